"""What a builder of a model is given, and what it has to return."""

from dataclasses import dataclass
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.networks.backend import keras

# An unrolled LSTM compiles to a program without a loop, a third faster; a long one compiles slowly.
UNROLL_LIMIT = 32


@dataclass(frozen=True)
class Sizes:
    """All that a builder needs to know."""

    n_in: int
    n_out: int
    features: int
    cells: int
    batch_size: int
    stateful: bool
    masking: bool
    activation: str

    def unroll(self, steps: int) -> bool:
        """Whether a recurrent layer of so many steps should be unrolled."""
        return steps <= UNROLL_LIMIT


def check_contract(name: str, model: Any, sizes: Sizes) -> None:
    """Refuse a model with another input or output than its builder was asked for.

    Raises:
        EchoseqError: it names the model and the shape.
    """
    if not isinstance(model, keras.Model):
        raise EchoseqError(f"model {name}: expected a Keras model, got {type(model).__name__}")
    for part, steps in (("input", sizes.n_in), ("output", sizes.n_out)):
        expected = (sizes.batch_size, steps, sizes.features)
        found = getattr(model, f"{part}_shape", None)
        if found != expected:
            raise EchoseqError(f"model {name}: expected {part} shape {expected}, got {found}")
