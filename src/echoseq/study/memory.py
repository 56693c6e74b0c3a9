"""How much memory a run takes, from its sizes alone: a little less than it does."""

import os
from collections.abc import Callable

from echoseq.study.plan import Plan

MOST = 64 * 2**30  # bytes that a run may take; where sizes are typing errors, it is far more
NUMBER = 4  # bytes of a float32
COPIES = 2  # of each weight: itself and its gradient, besides what the optimizer keeps
UNITS = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB")
INTEGER = 2  # bytes of an integer in a snapshot, at most


def _lstm(inputs: int, cells: int) -> int:
    return 4 * cells * (inputs + cells + 1)


def _gru(inputs: int, cells: int) -> int:
    return 3 * cells * (inputs + cells + 2)


def _simple(inputs: int, cells: int) -> int:
    return cells * (inputs + cells + 1)


def _dense(inputs: int, units: int) -> int:
    return units * (inputs + 1)


def _encoder_decoder(layer: Callable[[int, int], int]) -> Callable[[int, Plan], int]:
    return lambda f, p: layer(f, p.cells) + layer(p.cells, p.cells) + _dense(p.cells, f)


# The weights of the built-in models, by the numbers that stand for one integer, and the sizes.
WEIGHTS: dict[str, Callable[[int, Plan], int]] = {
    "lstm": lambda f, p: _lstm(f, p.cells) + _dense(p.cells, f),
    "encoder_decoder": _encoder_decoder(_lstm),
    "encoder_decoder_gru": _encoder_decoder(_gru),
    "encoder_decoder_simple_rnn": _encoder_decoder(_simple),
    "encoder_decoder_step": lambda f, p: (
        _lstm(f, p.cells) + _lstm(p.cells + p.n_out, p.cells) + _dense(p.cells, f)
    ),
    "encoder_decoder_feedback": lambda f, p: (
        _lstm(f, p.cells) + _lstm(p.cells + f, p.cells) + _dense(p.cells, f)
    ),
    "encoder_decoder_state": _encoder_decoder(_lstm),
    "encoder_decoder_teacher_forcing": lambda f, p: (
        _lstm(f, p.cells) + _lstm(f + 1, p.cells) + _dense(p.cells, f)
    ),
    "encoder_decoder_attention": lambda f, p: (
        _lstm(f, p.cells) + _lstm(p.cells, p.cells) + _dense(2 * p.cells, f)
    ),
    "many_to_one": lambda f, p: _lstm(f, p.cells) + _dense(p.cells, p.n_out * f),
    "one_to_one": lambda f, p: _lstm(p.n_in * f, p.cells) + _dense(p.cells, p.n_out * f),
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
