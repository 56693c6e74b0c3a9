"""The architectures: plain Keras, one builder function for each.

A builder takes `Sizes` and returns an untrained model with input (batch_size, n_in, features) and
output (batch_size, n_out, features), where `features` numbers stand for one integer. Layers that
carry state from batch to batch are stateful only if the sizes say so. A builder of one's own is
named by its dotted path, `my_models:gru_echo`, and keeps the same contract.
"""

import importlib
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from echoseq import streams
from echoseq.backend import keras
from echoseq.coding import coding
from echoseq.errors import EchoseqError
from echoseq.files import array_digest
from echoseq.sequences import MISSING

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


def lstm(sizes: Sizes) -> Any:
    """An LSTM that answers each step with one output: the full echo, n_out = n_in."""
    return keras.Sequential(
        [
            *_inputs(sizes),
            _lstm("lstm", sizes, sizes.n_in, return_sequences=True),
            _answers(sizes),
        ],
        name="lstm",
    )


def encoder_decoder(sizes: Sizes) -> Any:
    """An LSTM that reads the window and one that writes n_out values: the partial echo."""
    return keras.Sequential(
        [
            *_inputs(sizes),
            _lstm("encoder", sizes, sizes.n_in),
            keras.layers.RepeatVector(sizes.n_out, name="repeat"),
            _lstm("decoder", sizes, sizes.n_out, return_sequences=True),
            _answers(sizes),
        ],
        name="encoder_decoder",
    )


def many_to_one(sizes: Sizes) -> Any:
    """An LSTM that reads the window step by step and writes all answers as one vector."""
    return keras.Sequential(
        [*_inputs(sizes), _lstm("lstm", sizes, sizes.n_in), *_vector(sizes)],
        name="many_to_one",
    )


def one_to_one(sizes: Sizes) -> Any:
    """An LSTM that reads the window as the features of one step and writes one vector."""
    layers = keras.layers
    return keras.Sequential(
        [
            *_inputs(sizes),
            layers.Reshape((1, sizes.n_in * sizes.features), name="one_step"),
            _lstm("lstm", sizes, 1),
            *_vector(sizes),
        ],
        name="one_to_one",
    )


def memoryless(sizes: Sizes) -> Any:
    """A control without memory: the same Dense layer at every step, n_out = n_in."""
    layers = keras.layers
    return keras.Sequential(
        [
            *_inputs(sizes),
            layers.TimeDistributed(layers.Dense(sizes.cells, activation="tanh"), name="dense"),
            _answers(sizes),
        ],
        name="memoryless",
    )


def last_step(sizes: Sizes) -> Any:
    """A control that sees the last step of the window alone, and cannot carry anything to it."""
    layers = keras.layers
    return keras.Sequential(
        [
            *_inputs(sizes),
            layers.Cropping1D((sizes.n_in - 1, 0), name="last_step"),
            layers.Flatten(name="flat"),
            layers.Dense(sizes.cells, activation="tanh", name="dense"),
            *_vector(sizes),
        ],
        name="last_step",
    )


BUILDERS: dict[str, Callable[[Sizes], Any]] = {
    function.__name__: function
    for function in (lstm, encoder_decoder, many_to_one, one_to_one, memoryless, last_step)
}


def build(plan: dict[str, Any], seed: int) -> Any:
    """Build the model of a training plan, with initial weights that depend on the seed alone.

    Raises:
        EchoseqError: if a builder of the user's own cannot be found or breaks the contract.
    """
    sizes = sizes_of(plan)
    builder = find_builder(plan["model"])
    keras.utils.set_random_seed(streams.integer_seed("weights", seed))
    try:
        model = builder(sizes)
    except Exception as error:  # whatever the user's builder does
        raise EchoseqError(f"model {plan['model']}: {_one_line(error)}") from error
    _check_contract(plan["model"], model, sizes)
    _set_recurrent_kernels(model, streams.generator("recurrent weights", seed))
    return model


def sizes_of(plan: dict[str, Any]) -> Sizes:
    """The sizes that a training plan gives to a builder."""
    code = coding_of(plan)
    keys = ("n_in", "n_out", "cells", "batch_size", "stateful", "masking")
    return Sizes(
        **{key: plan[key] for key in keys}, features=code.features, activation=code.activation
    )


def coding_of(plan: dict[str, Any]) -> Any:
    """The coding of a training plan."""
    return coding(plan["encoding"], plan["alphabet"], missing=plan["framing"] == "mask")


def find_builder(name: str) -> Callable[[Sizes], Any]:
    """The builder of a name, or of a dotted path `module:function` in the working directory.

    Raises:
        EchoseqError: if there is none.
    """
    if name in BUILDERS:
        return BUILDERS[name]
    module_name, _, function = name.partition(":")
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    try:
        module = importlib.import_module(module_name)
    except Exception as error:  # whatever the user's module does when it is imported
        raise EchoseqError(
            f"model {name}: cannot import {module_name} ({_one_line(error)})"
        ) from error
    builder = getattr(module, function, None)
    if not callable(builder):
        raise EchoseqError(f"model {name}: expected a function {function} in {module_name}")
    return builder


def is_built_in(name: str) -> bool:
    """Whether a model is one of this package, not the user's own."""
    return ":" not in name


def builder_file(name: str) -> Path:
    """The source file of a builder."""
    module = __name__ if is_built_in(name) else name.partition(":")[0]
    return Path(str(sys.modules[module].__file__))


def weights_digest(model: Any) -> str:
    """SHA-256 of the weights, in the model's order; states and optimizer left out."""
    return array_digest(model.get_weights())


def orthogonal(rows: int, columns: int, *, stream: np.random.Generator) -> np.ndarray:
    """A random matrix with orthonormal rows, uniform among them, float32, rows <= columns.

    The same distribution as Keras's orthogonal initializer, whose QR decomposition depends on the
    processor's cache. This is Gram and Schmidt's method, every row twice for accuracy, with sums
    in one fixed order.
    """
    basis = np.empty((rows, columns))
    for i, drawn in enumerate(stream.standard_normal((rows, columns))):
        rest = drawn
        for _ in range(2):
            shares = (basis[:i] * rest).sum(axis=1)
            rest = rest - (shares[:, None] * basis[:i]).sum(axis=0)
        basis[i] = rest / np.sqrt((rest * rest).sum())
    return basis.astype(np.float32)


def _set_recurrent_kernels(model: Any, stream: np.random.Generator) -> None:
    for weight in model.trainable_variables:
        if weight.name == "recurrent_kernel":
            weight.assign(orthogonal(*weight.shape, stream=stream))


def stateful_layers(model: Any) -> list[Any]:
    """The layers that carry state from batch to batch."""
    layers = model._flatten_layers(include_self=False)  # those of nested models too
    return [layer for layer in layers if getattr(layer, "stateful", False)]


def _one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())


def _check_contract(name: str, model: Any, sizes: Sizes) -> None:
    if not isinstance(model, keras.Model):
        raise EchoseqError(f"model {name}: expected a Keras model, got {type(model).__name__}")
    for part, steps in (("input", sizes.n_in), ("output", sizes.n_out)):
        expected = (sizes.batch_size, steps, sizes.features)
        found = getattr(model, f"{part}_shape", None)
        if found != expected:
            raise EchoseqError(f"model {name}: expected {part} shape {expected}, got {found}")


def _inputs(sizes: Sizes) -> list[Any]:
    shape = (sizes.batch_size, sizes.n_in, sizes.features)
    masking = [keras.layers.Masking(float(MISSING), name="masking")] if sizes.masking else []
    return [keras.Input(batch_shape=shape), *masking]


def _lstm(name: str, sizes: Sizes, steps: int, **options: Any) -> Any:
    return keras.layers.LSTM(
        sizes.cells, stateful=sizes.stateful, unroll=sizes.unroll(steps), name=name, **options
    )


def _answers(sizes: Sizes) -> Any:
    """One answer for each step."""
    dense = keras.layers.Dense(sizes.features, activation=sizes.activation)
    return keras.layers.TimeDistributed(dense, name="output")


def _vector(sizes: Sizes) -> list[Any]:
    """All answers as one vector of n_out * features, cut into one for each value."""
    layers = keras.layers
    return [
        layers.Dense(sizes.n_out * sizes.features, name="vector"),
        layers.Reshape((sizes.n_out, sizes.features), name="values"),
        layers.Activation(sizes.activation, name="output"),
    ]
