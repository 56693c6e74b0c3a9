"""Time echoseq beside JAX, PyTorch and Keras's `fit`: the same updates, on one core, in turn.

`make bench-peers`, or `python benchmarks/compare_peers.py PYTHON`, where PYTHON has the packages of
peers/requirements.txt. Every measurement is a process of its own; all programs take turns, round by
round. What the core can do at most is measured beside them. A command that was interrupted goes on
where it was; `make speed` puts the results into docs/speed.md.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import measuring
import programs
from measuring import (
    CHECKED,
    CHECKED_TOLERANCE,
    COMPARED,
    EXPERIMENTS,
    STUDY,
    TOLERANCE,
    MeasuringError,
    Program,
    Store,
    measure,
    measure_core,
    require_same,
)
from peers.work import Sizes

from echoseq.study.reading import read

SECONDS = 1.5  # that a measurement takes, about: so many epochs
ABOUT = {  # ms an epoch of the full and of the partial echo, on some machine
    "echoseq": (0.25, 1.2),
    "JAX": (0.3, 1.7),
    "JAX, written out": (0.25, 1.2),
    "JAX, written out, AVX2 alone": (0.25, 1.2),
    "PyTorch, eager": (2.5, 4.5),
    "PyTorch, compiled": (2.5, 3.0),
    "one `fit` a sequence, TensorFlow": (80, 70),
    "one `fit` a sequence, JAX": (5, 8),
    "one `fit` a sequence, PyTorch": (40, 30),
}


def epochs_of(program: Program, experiment: str) -> int:
    """How many are timed, in whole blocks."""
    about = ABOUT[program.name][EXPERIMENTS.index(experiment)]
    return -(-int(SECONDS * 1000 / about) // program.block) * program.block


class References:
    """What the first losses of the programs should be: those of echoseq's on some sizes."""

    def __init__(self, sizes: Sizes, count: int) -> None:
        """With nothing known."""
        self._sizes, self._count = sizes, count
        self._known: dict[bool, list[float]] = {}

    def require_same(self, program: Program, losses: list[float], tolerance: float) -> float:
        """The largest difference from these; ours, which carries states, are what is known first.

        Raises:
            MeasuringError: if it is more than is tolerated.
        """
        if program.name == programs.OURS:
            self._known.setdefault(True, losses)
        return require_same(program.name, losses, self._losses_for(program), tolerance)

    def _losses_for(self, program: Program) -> list[float]:
        """Measured once, if the program carries states, and once if not."""
        carries = program.carries or self._sizes.batches == 1
        if carries not in self._known:
            sizes = replace(self._sizes, stateful=carries)
            self._known[carries] = measure(programs.ours(), sizes, 1, self._count)["losses"]
        return self._known[carries]


def turn(
    compared: list[Program], experiment: str, sizes: Sizes, number: int
) -> Iterator[dict[str, Any]]:
    """One round: each program once, and what the core can do."""
    references = References(sizes, COMPARED)
    for program in compared:
        found = measure(program, sizes, epochs_of(program, experiment))
        references.require_same(program, found.pop("losses"), TOLERANCE)
        print(f"{experiment}, round {number}: {program.name} {found['ms']:.3f} ms", flush=True)
        yield {"program": program.name} | found
    yield {"program": "machine"} | measure_core()


def check(compared: list[Program]) -> None:
    """Compare the losses of the first epochs, without timing anything."""
    for experiment in EXPERIMENTS:
        sizes = sizes_of(experiment)
        references = References(sizes, CHECKED)
        for program in compared:
            losses = measure(program, sizes, 1, CHECKED)["losses"]
            largest = references.require_same(program, losses, CHECKED_TOLERANCE)
            print(f"{experiment}, {CHECKED} epochs: {program.name} differs by {largest:.1e}")


def sizes_of(experiment: str) -> Sizes:
    """Of an experiment of the study."""
    return programs.sizes_of(read(STUDY).plan_of(experiment))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = measuring.parser(__doc__, rounds=3, output="peers.json")
    parser.add_argument("--only", nargs="+", metavar="PROGRAM", help="and echoseq")
    parser.add_argument("--check", action="store_true", help="only compare losses")
    return measuring.parse(parser)


def chosen(options: argparse.Namespace, cache: Path) -> list[Program]:
    """The programs to compare, ours first."""
    others = programs.compiled(options.python)
    if programs.can_compile(options.python):
        others.append(programs.torch_compiled(options.python, cache))
    else:
        print("PyTorch, compiled: left out, torch.compile finds no C++ compiler")
    others += programs.fits(options.python)
    names = [program.name for program in others]
    for name in options.only or ():
        if name not in names:
            raise MeasuringError(f"--only: expected some of {', '.join(names)}; got {name}")
    kept = [p for p in others if not options.only or p.name in options.only]
    return [programs.ours(), *kept]


def main() -> None:
    """Compare both echoes."""
    sys.excepthook = measuring.end_in_one_line
    options = parse()
    core = measuring.pin(options.core)
    with tempfile.TemporaryDirectory() as cache:
        compared = chosen(options, Path(cache))
        if options.check:
            check(compared)
            return
        measure_all(compared, options.rounds, store_of(options, core))


def store_of(options: argparse.Namespace, core: int) -> Store:
    """Where measurements are kept."""
    return Store(options.output, measuring.conditions(core=core), fresh=options.fresh)


def measure_all(compared: list[Program], rounds: int, store: Store) -> None:
    """Measure the rounds that lack a program, whole, so that programs take turns in each."""
    missing = [
        {"experiment": experiment, "round": number}
        for number in range(rounds)
        for experiment in EXPERIMENTS
        if not all(store.has(experiment=experiment, round=number, program=p.name) for p in compared)
    ]
    for key in missing:
        sizes = sizes_of(key["experiment"])
        store.put([*turn(compared, key["experiment"], sizes, key["round"])], **key)
    if not missing:
        measuring.nothing_missing(store.path)


if __name__ == "__main__":
    main()
