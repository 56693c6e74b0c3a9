"""Measure how the cost of an epoch grows with cells, values, batch and alphabet, on one core.

`make bench-growth`, or `python benchmarks/growth.py PYTHON`, where PYTHON has the packages of
peers/requirements.txt. One size at a time differs from those of the base. All programs are up at
once and take turns: a fraction of a second each, round by round. A command that was interrupted
goes on where it was; `make speed` puts the results into docs/speed.md.
"""

import argparse
import sys
from contextlib import ExitStack
from dataclasses import asdict, replace
from typing import Any

import costs
import measuring
import programs
from measuring import Program, Session, Store, measure_core, require_same
from peers.work import Sizes

BASE = Sizes(
    length=25, alphabet=100, n_in=5, n_out=5, batch_size=21, cells=100, encoder=True, block=20
)
AXES = {
    "cells": (25, 50, 100, 200, 400, 600),
    "values": (2, 5, 10, 20, 50),
    "batch": (1, 5, 21, 84, 336),
    "alphabet": (10, 30, 100, 300, 1000),
}
PEERS = ("JAX, written out", "PyTorch, eager")
SECONDS = 0.15  # that a measurement takes, about
RATE = 50  # 10^9 operations a second, about, for choosing how many epochs that is
MOST = 100  # epochs in a measurement
COMPARED = 3  # epochs whose losses are compared


def sizes_at(axis: str, value: int) -> Sizes:
    """The base with another size; sequences are so long that an epoch is one update."""
    if axis == "values":
        sizes = replace(BASE, n_in=value, n_out=value)
    else:
        sizes = replace(BASE, **{{"batch": "batch_size"}.get(axis, axis): value})
    sizes = replace(sizes, length=sizes.batch_size + sizes.n_in - 1)
    return replace(sizes, block=epochs_of(sizes))


def epochs_of(sizes: Sizes) -> int:
    """How many are timed at once: a block, in which the losses that are compared fit."""
    about = SECONDS * RATE * 1e9 / costs.operations(sizes)
    return int(min(max(about, COMPARED), MOST))


def points(
    sessions: dict[str, Session], axis: str, value: int, rounds: int
) -> list[dict[str, Any]]:
    """Measure all programs at one point, in turn."""
    sizes = sizes_at(axis, value)
    losses = {}
    for name, session in sessions.items():
        session.ask(sizes=asdict(sizes))
        losses[name] = session.ask(losses=COMPARED)["losses"]
        require_same(name, losses[name], losses[programs.OURS])
    return [
        {"program": name, "round": number} | session.ask(epochs=sizes.block)
        for number in range(rounds)
        for name, session in sessions.items()
    ]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = measuring.parser(__doc__, rounds=5, output="growth.json")
    parser.add_argument("--axes", nargs="+", choices=AXES, default=[*AXES])
    return measuring.parse(parser)


def compared(python: str) -> list[Program]:
    """The programs, ours first."""
    return [programs.ours(), *(p for p in programs.compiled(python) if p.name in PEERS)]


def main() -> None:
    """Measure every axis."""
    sys.excepthook = measuring.end_in_one_line
    options = parse()
    core = measuring.pin(options.core)
    settings = measuring.conditions(core=core, rounds=options.rounds)
    store = Store(options.output, settings, fresh=options.fresh)
    if not store.has(program="machine"):
        store.put([measure_core()], program="machine")
    missing = [
        (axis, value)
        for axis in options.axes
        for value in AXES[axis]
        if not store.has(axis=axis, value=value)
    ]
    if not missing:
        measuring.nothing_missing(options.output)
        return
    with ExitStack() as stack:
        sessions = {p.name: stack.enter_context(Session(p)) for p in compared(options.python)}
        for axis, value in missing:
            found = points(sessions, axis, value, options.rounds)
            store.put(found, axis=axis, value=value)
            text = ", ".join(f"{f['program']} {f['ms']:.3f} ms" for f in found[: len(sessions)])
            print(f"{axis} {value}: {text}", flush=True)


if __name__ == "__main__":
    main()
