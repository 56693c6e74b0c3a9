"""Programs that are measured, in processes of their own and in turn, and what was measured."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from peers.work import Sizes

from echoseq.code import code_digest
from echoseq.files import write_json
from echoseq.provenance.environment import environment

HERE = Path(__file__).parent
MEASURED = HERE.parent / ".benchmarks"
STUDY = HERE.parent / "config" / "config.yaml"
EXPERIMENTS = ("full_echo", "partial_echo")
# Epochs whose losses are compared, and how far those of the same updates may be apart. Rounding
# makes 1e-6 and 2e-5; another epsilon of Adam's, 5e-6 and 3e-4.
COMPARED, TOLERANCE = 20, 1e-5  # whenever a program is timed
CHECKED, CHECKED_TOLERANCE = 200, 1e-4  # if nothing else is to be done


class MeasuringError(Exception):
    """Something cannot be measured, or is not what it should be; the message is one line."""


@dataclass(frozen=True)
class Program:
    """A program of `peers`.

    block: epochs in the first call, which traces and compiles.
    carries: whether it carries the state from batch to batch.
    note: on what it does not do.
    """

    name: str
    command: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    block: int = 100
    carries: bool = True
    note: str = ""


class Session:
    """A running program, that is asked and answers."""

    def __init__(self, program: Program) -> None:
        """Start it.

        Raises:
            MeasuringError: if there is no such program.
        """
        self._name = program.name
        self._said = tempfile.TemporaryFile("w+")  # noqa: SIM115 - a pipe would fill, unread
        try:
            self._process = subprocess.Popen(
                program.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                text=True,
                env=os.environ | dict(program.variables),
            )
        except OSError as error:
            raise MeasuringError(f"{program.name}: cannot be started: {error}") from error

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request, and wait for the answer.

        Raises:
            MeasuringError: if the program ends instead.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(request) + "\n")
            self._process.stdin.flush()
            return dict(json.loads(self._process.stdout.readline()))
        except (BrokenPipeError, ValueError) as error:
            self._process.wait()
            self._said.seek(0)
            said = self._said.read().strip().splitlines()
            raise MeasuringError(f"{self._name}: {said[-1] if said else 'ended'}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.communicate()
        self._said.close()


def parser(description: str | None, *, rounds: int, output: str) -> argparse.ArgumentParser:
    """The options of every command that measures peers in rounds.

    Args:
        rounds: how many, by default.
        output: the name of the file for what is measured, by default.
    """
    found = argparse.ArgumentParser(description=description)
    found.add_argument("python", help="an interpreter with the packages of peers/requirements.txt")
    found.add_argument("--rounds", type=int, default=rounds, help="default %(default)s")
    found.add_argument("--core", type=int, help="to run on, the lowest by default")
    found.add_argument("--fresh", action="store_true", help="forget earlier measurements")
    found.add_argument("--output", type=Path, default=MEASURED / output)
    return found


def parse(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """The command line; ends with a line if there are no rounds."""
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("--rounds: expected 1 or more (3 or more for a spread)")
    return options


def pin(core: int | None) -> int:
    """Run on one core, as will all that is started from here; the lowest if none is given."""
    core = min(os.sched_getaffinity(0)) if core is None else core
    try:
        os.sched_setaffinity(0, {core})
    except OSError as error:
        raise MeasuringError(f"--core: expected a core of this machine, got {core}") from error
    return core


def measure(
    program: Program, sizes: Sizes, epochs: int, compared: int = COMPARED
) -> dict[str, Any]:
    """Time a program in a process of its own.

    Args:
        epochs: that are timed, or more, if there are not enough whose losses are compared.

    Returns:
        first_s, version, ms, cpu_ms, loss: as `peers.work` explains; and the first `losses`.
    """
    with Session(program) as session:
        first = session.ask(sizes=asdict(sizes) | {"block": program.block})
        timed = session.ask(epochs=max(epochs, compared - program.block))
        return first | timed | session.ask(losses=compared)


def measure_core() -> dict[str, Any]:
    """What the core can do, in processes of their own.

    Returns:
        gflops, bandwidth: as `machine` explains; `gflops_avx2`: with AVX2 alone, which is all that
        echoseq uses.
    """
    found = [
        json.loads(
            subprocess.run(
                [sys.executable, str(HERE / "machine.py")],
                check=True,
                stdout=subprocess.PIPE,
                env=os.environ | variables,
            ).stdout
        )
        for variables in ({}, {"OPENBLAS_CORETYPE": "Haswell"})
    ]
    return found[0] | {"gflops_avx2": found[1]["gflops"]}


def require_same(
    name: str, losses: Sequence[float], reference: Sequence[float], tolerance: float = TOLERANCE
) -> float:
    """The largest difference of the losses of the same updates.

    Raises:
        MeasuringError: if it is more than is tolerated.
    """
    if len(losses) != len(reference):
        raise MeasuringError(f"{name}: expected {len(reference)} losses, got {len(losses)}")
    largest = max(abs(a - b) for a, b in zip(losses, reference))
    if not largest <= tolerance:
        raise MeasuringError(
            f"{name}: expected the losses of echoseq, they differ by {largest:.2g} "
            f"in the first {len(reference)} epochs"
        )
    return largest


class Store:
    """Measurements in a JSON file, written as they are made.

    If measuring is interrupted, the same command goes on with what is missing.
    """

    def __init__(self, path: Path, conditions: dict[str, Any], *, fresh: bool) -> None:
        """Read what is there, unless it is to be measured afresh.

        Raises:
            MeasuringError: if it was measured under other conditions.
        """
        self.path = path
        self._content: dict[str, Any] = {"conditions": conditions, "measurements": []}
        if path.exists() and not fresh:
            self._content = json.loads(path.read_text(encoding="utf-8"))
            before = self._content["conditions"]
            for key in sorted(key for key in conditions if before.get(key) != conditions[key]):
                raise MeasuringError(
                    f"{path}: measured with another {key}; --fresh (FRESH=1) begins anew"
                )

    @property
    def measurements(self) -> list[dict[str, Any]]:
        """All so far."""
        return list(self._content["measurements"])

    def has(self, **key: Any) -> bool:
        """Whether there is a measurement with these values."""
        return any(key.items() <= found.items() for found in map(_plain, self.measurements))

    def put(self, measurements: Sequence[Mapping[str, Any]], **key: Any) -> None:
        """Keep measurements in the place of all that have these values."""
        others = [m for m in self.measurements if not key.items() <= _plain(m).items()]
        self._content["measurements"] = [*others, *({**key, **m} for m in measurements)]
        write_json(self.path, self._content)


def nothing_missing(path: Path) -> None:
    """Say that all has been measured."""
    print(f"{path}: everything has been measured; --fresh (FRESH=1) measures it again")


def _plain(measurement: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in measurement.items() if not isinstance(v, dict | list)}


def conditions(**others: Any) -> dict[str, Any]:
    """What measurements in one file have in common: machine, packages, programs."""
    here = environment()
    scripts = sorted((HERE / "peers").glob("*.py"))
    requirements = (HERE / "peers/requirements.txt").read_text(encoding="utf-8")
    return {
        "cpu": here["cpu"],
        "instruction_sets": here["instruction_sets"],
        "packages": here["packages"],
        "requirements": [line for line in requirements.splitlines() if line[0] != "#"],
        "code": code_digest(scripts),
        **others,
    }


def spread(values: Sequence[float], digits: int) -> str:
    """Median, and smallest to largest; a single value as it is."""
    if len(values) == 1:
        return f"{values[0]:.{digits}f}"
    low, mid, high = (f"{f(values):.{digits}f}" for f in (min, statistics.median, max))
    return f"{mid} ({low} to {high})"


def end_in_one_line(kind: type[BaseException], error: BaseException, trace: TracebackType) -> None:
    """For `sys.excepthook`: a line for what a user can put right."""
    if issubclass(kind, MeasuringError):
        print(error, file=sys.stderr)
    else:
        sys.__excepthook__(kind, error, trace)
