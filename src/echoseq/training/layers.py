"""Layers of Keras in training, each computed in the way that is fastest.

- A product with one-hot vectors takes rows of the kernel, and its gradient adds to rows.
- There is no product with a state that is known to be zero.
- What a RepeatVector repeats is multiplied once, also beside something else.
- The gradient of a recurrent kernel is one product over all steps.
- Layers that treat all steps alike treat them at once.
- Attention compares all steps at once, without products of small matrices.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from echoseq.networks.backend import keras, tf
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.task import MISSING
from echoseq.training.activations import (
    Activations,
    Beside,
    Logits,
    OneHots,
    Plain,
    Repeated,
    Steps,
)
from echoseq.training.attending import attend
from echoseq.training.cells import Cell, Gru, Lstm, Simple
from echoseq.training.products import affine
from echoseq.training.recurrence import run, run_once
from echoseq.training.scanning import scan
from echoseq.training.stepping import Kernel

# Pairs of steps that attention compares at once; more would take much memory.
_PAIRS = 256


def compute(
    operation: Any, args: Sequence[Any], kwargs: Mapping[str, Any], *, fresh: bool
) -> list[Activations]:
    """What an operation of a model returns in training, flat.

    Args:
        args: its arguments, activations among them, perhaps in lists.
        fresh: whether every batch begins with a state of zero, as in `forward_pass`.
    """
    is_layer = isinstance(operation, keras.layers.Layer)
    plain = all(value is None for name, value in kwargs.items() if name != "training")
    single = all(map(_is_single, keras.tree.flatten(args)))
    if is_layer and plain and single and _is_float32(operation):
        found = _in_our_way(operation, args, fresh=fresh)
        if found is not None:
            return found
    args, kwargs = keras.tree.map_structure(_for_keras, (tuple(args), dict(kwargs)))
    options = {"training": True} if is_layer else {}
    return [*map(Plain, keras.tree.flatten(operation(*args, **{**kwargs, **options})))]


def is_covered(layer: Any) -> bool:
    """Whether a layer is a standard recurrent one, or a cell of one, with no more to it.

    Regularizers of its weights are added in training; constraints are the optimizer's.
    """
    if type(layer) in _STEPS:
        return _is_plain(layer)
    return (
        type(layer) in _CELLS
        and type(layer.cell) is _CELLS[type(layer)]
        and not (layer.go_backwards or layer.return_state or layer.zero_output_for_mask)
        and _is_float32(layer)
        and _is_plain(layer.cell)
    )


def _is_plain(cell: Any) -> bool:
    """Whether a cell of Keras's is one of `_STEPS` with nothing that `recurrence` does not do."""
    gates = getattr(cell, "recurrent_activation", keras.activations.sigmoid)  # none if simple
    return (
        (cell.activation, gates) == (keras.activations.tanh, keras.activations.sigmoid)
        and not (cell.dropout or cell.recurrent_dropout)
        and getattr(cell, "reset_after", True)
        and _is_float32(cell)
    )


def _is_float32(layer: Any) -> bool:
    return layer.dtype_policy.name == "float32"


def _is_single(argument: Any) -> bool:
    """Whether it is of 32 bits, if it is a tensor of floating point numbers."""
    return not isinstance(argument, Plain) or argument.whole.dtype == tf.float32


def _for_keras(argument: Any) -> Any:
    return argument.tensor() if isinstance(argument, Activations) else argument


def _in_our_way(layer: Any, args: Sequence[Any], *, fresh: bool) -> list[Activations] | None:
    """What a layer returns, if there is another way than Keras's to compute it."""
    kind, (given, *more) = type(layer), args
    if kind in _STEPS:
        return _step(layer, given, *more) if is_covered(layer) else None
    if more:
        return None
    found = None
    if is_covered(layer):
        found = _recurrent(layer, given, fresh=fresh)
    elif kind in _MERGES and isinstance(given, list):
        found = _MERGES[kind](layer, [*map(_activations, given)])
    elif kind in _OTHERS and isinstance(given, Activations):
        found = _OTHERS[kind](layer, given)
    return None if found is None else [found]


def _tensor(variable: Any) -> Any:
    return None if variable is None else tf.convert_to_tensor(variable)


def _activations(given: Any) -> Activations:
    return given if isinstance(given, Activations) else Plain(tf.convert_to_tensor(given))


def _step(cell: Any, given: Activations, states: Any) -> list[Activations]:
    """A cell, called by itself: its output, and the states after it."""
    bias, kernel = _recurrent_weights(cell)
    read = affine(given.tensor(), _tensor(cell.kernel), bias)
    before = [_activations(state).tensor() for state in keras.tree.flatten(states)]
    after = run_once(_STEPS[type(cell)], read, kernel, before)
    return [Plain(tensor) for tensor in (after[0], *after)]


def _recurrent(layer: Any, value: Activations, *, fresh: bool) -> Activations:
    """A recurrent layer, its steps written out unless they are many."""
    steps = value.steps() if isinstance(value, Plain) else value
    cell, carries = _STEPS[type(layer.cell)], layer.stateful and not fresh
    bias, kernel = _recurrent_weights(layer.cell)
    inputs = steps.products(_tensor(layer.cell.kernel), bias)
    held = tf.nest.flatten(layer.states) if carries else []
    states = [tf.convert_to_tensor(state) for state in held] or [None] * cell.count
    masks = [None] * steps.count if steps.mask is None else tf.unstack(steps.mask)
    only_last = not layer.return_sequences
    take = scan if steps.count > UNROLL_LIMIT else run
    outputs, states = take(cell, inputs, kernel, states, masks, only_last=only_last)
    for variable, state in zip(held, states):
        variable.assign(state)
    if only_last:
        return Plain(outputs[0])
    return Steps(tf.concat(outputs, axis=0), steps.count, steps.mask)


def _recurrent_weights(cell: Any) -> tuple[Any, Kernel]:
    """The bias of what a step reads, or None, and the recurrent kernel; a GRU has two biases."""
    kernel, bias = _tensor(cell.recurrent_kernel), _tensor(cell.bias)
    if bias is None or len(bias.shape) == 1:
        return bias, Kernel(kernel)
    first, second = tf.unstack(bias)
    return first, Kernel(kernel, second)


def _masking(layer: Any, value: Activations) -> Activations | None:
    """A missing value has the filler in every feature: it becomes zeros, and is masked."""
    if not isinstance(value, OneHots) or value.mask is not None:
        return None
    if value.missing is None:  # a vector with a one and zeros has no such filler
        return value
    if layer.mask_value != value.missing:
        return None
    return replace(value, missing=0.0, mask=value.values != MISSING)


def _reshape(layer: Any, value: Activations) -> Activations | None:
    """All steps as the features of one: the vectors side by side."""
    if not isinstance(value, OneHots) or value.mask is not None:
        return None
    steps, _, vectors = value.values.shape
    if vectors > 1 or tuple(layer.target_shape) != (1, steps * value.alphabet):
        return None
    return replace(value, values=tf.transpose(value.values, [2, 1, 0]))


def _repeat_vector(layer: Any, value: Activations) -> Activations:
    return Repeated(value.tensor(), layer.n)


def _time_distributed(layer: Any, value: Activations) -> Activations | None:
    """A Dense layer treats all rows alike; Keras calls it for each step."""
    if type(layer.layer) is not keras.layers.Dense or not _is_float32(layer.layer):
        return None
    return _dense(layer.layer, value)


def _dense(layer: Any, value: Activations) -> Activations | None:
    """All rows at once.

    Not so with a single unit: XLA fuses the product of a matrix and a vector with what makes the
    matrix, and all rows at once were summed in an order that depends on the processor.
    """
    if layer.units == 1:
        return None
    weights = [_tensor(layer.kernel), _tensor(layer.bias)]
    rank = len(value.whole.shape) if isinstance(value, Plain) else 3
    if rank != 3:
        return Plain(layer.activation(affine(value.tensor(), *weights))) if rank == 2 else None
    steps = value.steps()
    rows = affine(steps.rows, *weights)
    if layer.activation is keras.activations.softmax:
        return Logits(rows, steps.count, steps.mask)
    return Steps(layer.activation(rows), steps.count, steps.mask)


def _concatenate(layer: Any, values: list[Activations]) -> Activations | None:
    """Features side by side."""
    if layer.axis not in (-1, 2) or not _are_steps(values):
        return None
    if any(isinstance(value, Repeated | OneHots) for value in values):
        parts = [value.steps() if isinstance(value, Plain) else value for value in values]
        return Beside(tuple(parts))
    steps = [value.steps() for value in values]
    return Steps(tf.concat([part.rows for part in steps], axis=1), steps[0].count)


def _attention(layer: Any, values: list[Activations]) -> Activations | None:
    """Dot products of two sequences, without scale or dropout."""
    if layer.score_mode != "dot" or layer.use_scale or layer.dropout or len(values) != 2:
        return None
    if not _are_steps(values):
        return None
    query, value = (part.steps() for part in values)
    if query.count * value.count > _PAIRS:
        return None
    shapes = [(part.count, -1, part.rows.shape[-1]) for part in (query, value)]
    rows = attend(*(tf.reshape(part.rows, s) for part, s in zip((query, value), shapes)))
    return Steps(tf.reshape(rows, query.rows.shape), query.count)


def _are_steps(values: list[Activations]) -> bool:
    """Whether each is a sequence without a mask."""
    ranks = [len(value.whole.shape) if isinstance(value, Plain) else 3 for value in values]
    return set(ranks) == {3} and all(value.mask is None for value in values)


_STEPS: dict[type, Cell] = {
    keras.layers.LSTMCell: Lstm(),
    keras.layers.GRUCell: Gru(),
    keras.layers.SimpleRNNCell: Simple(),
}
_CELLS: dict[type, type] = {
    keras.layers.LSTM: keras.layers.LSTMCell,
    keras.layers.GRU: keras.layers.GRUCell,
    keras.layers.SimpleRNN: keras.layers.SimpleRNNCell,
}
_OTHERS: dict[type, Callable[[Any, Any], Activations | None]] = {
    keras.layers.Masking: _masking,
    keras.layers.Reshape: _reshape,
    keras.layers.RepeatVector: _repeat_vector,
    keras.layers.Dense: _dense,
    keras.layers.TimeDistributed: _time_distributed,
}
_MERGES: dict[type, Callable[[Any, list[Activations]], Activations | None]] = {
    keras.layers.Concatenate: _concatenate,
    keras.layers.Attention: _attention,
}
