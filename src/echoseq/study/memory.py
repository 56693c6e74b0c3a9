"""How much memory a run takes, from its sizes alone: a little less than it does."""

import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from echoseq.study.options import GRU, LSTM, SIMPLE, Layer, said
from echoseq.study.plan import Plan

MOST = 64 * 2**30  # bytes that a run may take; where sizes are typing errors, it is far more
NUMBER = 4  # bytes of a float32
COPIES = 2  # of each weight: itself and its gradient, besides what the optimizer keeps
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
INTEGER = 2  # bytes of an integer in a snapshot, at most


def _recurrent(layer: Layer, inputs: int, cells: int) -> int:
    biases = (
        2 if layer.cell == GRU.cell and layer.reset_after else 1
    )  # Keras's GRU has one for each of two products
    gates = {LSTM.cell: 4, GRU.cell: 3, SIMPLE.cell: 1}[layer.cell]
    return gates * cells * (inputs + cells + biases)


def _dense(inputs: int, units: int) -> int:
    return units * (inputs + 1)


def _read(f: int, p: Plan) -> int:
    """The numbers that the first layer reads at each step."""
    return f + p.n_in * ("place" in p.read)


def _encoder_decoder(f: int, p: Plan) -> int:
    """The weights of `encoder_decoder` with its options, of which `f` numbers are an integer."""
    cells, output = p.cells, said(p.output, p.attention)
    sizes = {"encoding": cells, "context": cells, "state": cells, "previous_state": cells}
    sizes |= {"step": p.n_out, "answer": f}
    fed, read = (sum(sizes[name] for name in names) for names in (p.feed, output))
    attention = cells * (2 * cells + 1) if p.attention == "additive" else 0
    starts = (2 if p.decoder.cell == LSTM.cell else 1) if p.start in ("first", "last") else 0
    layers = _recurrent(p.encoder, _read(f, p), cells) + _recurrent(p.decoder, fed, cells)
    return layers + attention + starts * cells * cells + _dense(read, f)


def _with(**options: Any) -> Callable[[int, Plan], int]:
    """Those of an encoder-decoder that is `encoder_decoder` with such options."""
    return lambda f, p: _encoder_decoder(f, replace(p, **options))


# The weights of the built-in models, by the numbers that stand for one integer, and the sizes.
WEIGHTS: dict[str, Callable[[int, Plan], int]] = {
    "lstm": lambda f, p: _recurrent(p.layer, _read(f, p), p.cells) + _dense(p.cells, f),
    "encoder_decoder": _encoder_decoder,
    "encoder_decoder_gru": _with(encoder=GRU, decoder=GRU),
    "encoder_decoder_simple_rnn": _with(encoder=SIMPLE, decoder=SIMPLE),
    "encoder_decoder_step": _with(feed=("encoding", "step")),
    "encoder_decoder_feedback": _with(feed=("encoding", "answer")),
    "encoder_decoder_state": _with(start="encoder"),
    "encoder_decoder_teacher_forcing": lambda f, p: (
        _recurrent(LSTM, f, p.cells) + _recurrent(LSTM, f + 1, p.cells) + _dense(p.cells, f)
    ),
    "encoder_decoder_attention": _with(attention="dot"),
    "many_to_one": lambda f, p: _recurrent(p.layer, f, p.cells) + _dense(p.cells, p.n_out * f),
    "one_to_one": lambda f, p: (
        _recurrent(p.layer, p.n_in * f, p.cells) + _dense(p.cells, p.n_out * f)
    ),
    "memoryless": lambda f, p: _dense(f, p.cells) + _dense(p.cells, f),
    "last_step": lambda f, p: _dense(f, p.cells) + _dense(p.cells, p.n_out * f),
}


def weights(plan: Plan) -> int:
    """The number of weights of a model; 0 if it is not known."""
    return WEIGHTS[plan.model](_features(plan), plan) if plan.model in WEIGHTS else 0


def memory(plan: Plan) -> int:
    """Bytes that a run takes at least: its weights, a batch in and out, and its sequences."""
    batch = plan.batch_size * (plan.n_in + plan.n_out) * (_features(plan) + plan.cells)
    windows = plan.updates * plan.batch_size * plan.n_in
    sequences = plan.epochs * plan.length
    copies = COPIES + plan.optimizer.kept
    return NUMBER * (copies * weights(plan) + batch + windows) + INTEGER * sequences


def of_machine() -> int:
    """Bytes of memory that this machine has."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def size(number: int) -> str:
    """A number of bytes: 1.2 TiB, 64 GiB."""
    power = min((number.bit_length() - 1) // 10, len(UNITS) - 1)
    return f"{number / 1024**power:.3g} {UNITS[power]}"


def _features(plan: Plan) -> int:
    return plan.task.tokens if plan.encoding == "one_hot" else 1
