"""Random integer sequences: generate, encode, decode. Pure functions."""

import numpy as np

from echoseq.errors import EchoseqError


def generate(count: int, length: int, alphabet: int, stream: np.random.Generator) -> np.ndarray:
    """Draw sequences of integers, independent and uniform on 0..alphabet-1.

    Returns:
        Shape (count, length), in the smallest unsigned type that holds the alphabet. A larger
        count from the same stream begins with the same sequences: values are drawn row by row,
        in 64 bits, so that they do not depend on the storage type.
    """
    drawn = stream.integers(0, alphabet, size=(count, length), dtype=np.int64)
    return drawn.astype(np.min_scalar_type(alphabet - 1))


def one_hot(values: np.ndarray, alphabet: int) -> np.ndarray:
    """Encode each integer as a vector of zeros with a 1 at its index.

    Args:
        values: integers in 0..alphabet-1, any shape.

    Returns:
        float32, the shape of `values` with an axis of `alphabet` appended.

    Raises:
        EchoseqError: if a value is not a whole number or lies outside the alphabet.
    """
    values = np.asarray(values)
    require_alphabet(values, alphabet)
    encoded = np.zeros((*values.shape, alphabet), np.float32)
    np.put_along_axis(encoded, values[..., None].astype(np.intp), 1, axis=-1)
    return encoded


def require_alphabet(values: np.ndarray, alphabet: int) -> None:
    """Refuse values that are not whole numbers in 0..alphabet-1, naming the first.

    Raises:
        EchoseqError: if there is such a value.
    """
    if not np.issubdtype(values.dtype, np.integer):
        raise EchoseqError(f"values: expected whole numbers, got {values.dtype}")
    outside = values[(values < 0) | (values >= alphabet)]
    if outside.size:
        raise EchoseqError(f"values: expected 0 to {alphabet - 1}, got {outside.flat[0]}")


def decode(encoded: np.ndarray) -> np.ndarray:
    """Decode vectors (..., alphabet) to integers (...) by argmax; the first wins a tie."""
    return np.argmax(encoded, axis=-1)
