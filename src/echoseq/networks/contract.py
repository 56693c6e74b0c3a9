"""What a model builder is given, and what it must return."""

from dataclasses import dataclass
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.networks.backend import keras

# An unrolled LSTM has no loop and runs a third faster, but a long one compiles slowly.
UNROLL_LIMIT = 32


@dataclass(frozen=True)
class Sizes:
    """Everything that a builder needs to know."""

    n_in: int
    n_out: int
    features: int
    cells: int
    batch_size: int
    stateful: bool
    masking: bool
    activation: str

    def unroll(self, steps: int) -> bool:
        """Whether to unroll a recurrent layer of this many steps."""
        return steps <= UNROLL_LIMIT


def check_contract(name: str, model: Any, sizes: Sizes) -> None:
    """Refuse a model whose input or output is not the one requested.

    Raises:
        EchoseqError: the message names the model and the shape.
    """
    if not isinstance(model, keras.Model):
        raise EchoseqError(f"model {name}: expected a Keras model, got {type(model).__name__}")
    for part, steps in (("input", sizes.n_in), ("output", sizes.n_out)):
        expected = (sizes.batch_size, steps, sizes.features)
        found = getattr(model, f"{part}_shape", None)
        if found != expected:
            raise EchoseqError(f"model {name}: expected {part} shape {expected}, got {found}")
