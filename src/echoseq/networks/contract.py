"""What a model builder is given, and what it must return."""

from dataclasses import dataclass
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.networks.backend import keras
from echoseq.task import FILLER

# What `fit` of a subclass of Keras's model may do otherwise, and this study's training would not.
OWN_TRAINING = (
    *("train_step", "compute_loss", "compute_metrics", "make_train_function"),
    *("train_on_batch", "fit", "test_step", "predict_step"),
)

# An unrolled LSTM has no loop and runs a third faster, but a long one compiles slowly.
UNROLL_LIMIT = 32


@dataclass(frozen=True)
class Sizes:
    """Everything that a builder needs to know.

    filler: what stands in every feature of a missing value, which a Masking layer looks for.
    """

    n_in: int
    n_out: int
    features: int
    cells: int
    batch_size: int
    stateful: bool
    masking: bool
    activation: str
    filler: float = FILLER

    def unroll(self, steps: int) -> bool:
        """Whether to unroll a recurrent layer of this many steps."""
        return steps <= UNROLL_LIMIT


def check_contract(name: str, model: Any, sizes: Sizes) -> None:
    """Refuse a model that is not the one requested, or has parts that training would ignore.

    Raises:
        EchoseqError: the message names the model and what was expected.
    """
    if not isinstance(model, keras.Model):
        raise EchoseqError(f"model {name}: expected a Keras model, got {type(model).__name__}")
    for part, steps in (("input", sizes.n_in), ("output", sizes.n_out)):
        expected = (sizes.batch_size, steps, sizes.features)
        found = getattr(model, f"{part}_shape", None)
        if found != expected:
            raise EchoseqError(f"model {name}: expected {part} shape {expected}, got {found}")
    if not model.trainable_variables:
        raise EchoseqError(f"model {name}: expected weights to train, got none")
    _check_nothing_is_ignored(name, model)
    _check_layers(name, model, sizes)


def check_taught(name: str, taught: Any, model: Any, sizes: Sizes) -> None:
    """Refuse what is to be trained in place of a model, if that would not train the model.

    Raises:
        EchoseqError: the message names the builder and what was expected.
    """
    if not isinstance(taught, keras.Model):
        raise EchoseqError(f"model {name}: expected a Keras model, got {type(taught).__name__}")
    windows, *others = ((sizes.batch_size, n, sizes.features) for n in (sizes.n_in, sizes.n_out))
    parts = {"input": [windows, *others], "output": others}
    for part, expected in parts.items():
        found = [tuple(tensor.shape) for tensor in getattr(taught, f"{part}s", None) or []]
        if found != expected:
            raise EchoseqError(f"model {name}: expected {part} shapes {expected}, got {found}")
    ours, theirs = ({id(v) for v in one.trainable_variables} for one in (taught, model))
    if ours != theirs or not {id(v) for v in taught.variables} <= {id(v) for v in model.variables}:
        raise EchoseqError(f"model {name}: expected the layers of the model, with all its weights")


def _check_layers(name: str, model: Any, sizes: Sizes) -> None:
    """Refuse layers of other numbers than float32, and states that are not asked for."""
    for layer in model._flatten_layers(include_self=False):
        if layer.compute_dtype in ("float16", "bfloat16", "float64"):
            raise EchoseqError(
                f"model {name}: expected layers that compute in float32, but {layer.name} "
                f"does in {layer.compute_dtype}"
            )
    carrying = stateful_layers(model)
    if carrying and not sizes.stateful:
        raise EchoseqError(
            f"model {name}: expected no stateful layer with stateful: false, but "
            f"{carrying[0].name} is"
        )


def stateful_layers(model: Any) -> list[Any]:
    """The layers that carry state from batch to batch."""
    layers = model._flatten_layers(include_self=False)  # including those of nested models
    return [layer for layer in layers if getattr(layer, "stateful", False)]


def _check_nothing_is_ignored(name: str, model: Any) -> None:
    """Refuse a model that says how it is to be trained: the study trains it in its own way."""
    if model.compiled:
        raise EchoseqError(
            f"model {name}: expected a model that is not compiled, because the study trains it "
            f"with the loss of its task and the optimizer of its experiment"
        )
    own = [key for key in OWN_TRAINING if getattr(type(model), key) != getattr(keras.Model, key)]
    if own:
        raise EchoseqError(
            f"model {name}: expected the training of Keras's own model, but "
            f"{type(model).__name__} has its own {own[0]}, which the study would not call"
        )
