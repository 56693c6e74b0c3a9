"""The jobs of a study, as a dry run plans them, and how long they took where they were measured."""

import json
import re
import statistics
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from measuring import MeasuringError
from scheduling import Job

PROJECT = Path(__file__).parents[1]
CRATE = "ro-crate-metadata.json"


@dataclass(frozen=True)
class Step:
    """A job of a dry run; files are relative to the version's folder.

    group: the number of the group that it shares a job with.
    """

    rule: str
    inputs: frozenset[str]
    outputs: frozenset[str]
    group: int


@dataclass(frozen=True)
class Measured:
    """A job that ran; `start` is in seconds."""

    rule: str
    outputs: frozenset[str]
    seconds: float
    inputs: frozenset[str] = frozenset()
    start: float = 0.0


def dry_run(version: Path, *options: str) -> str:
    """What Snakemake would do for all of a published version, if nothing were there.

    Raises:
        MeasuringError: if it fails.
    """
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--forceall", "extensions"]
    command += ["--configfile", str(version.resolve() / "config.yaml"), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise MeasuringError(f"{version}: cannot be planned: {said[-1]}")
    return done.stdout + done.stderr


def steps(text: str, version: str) -> list[Step]:
    """The jobs in the text of a dry run, in its order; jobs of one group stand below its line."""
    found, group, number = [], None, -1
    for block in re.split(r"^(?=\[)|(?=^ *(?:local)?rule \w+:$)", text, flags=re.MULTILINE):
        if "Group job " in block.split("\n", 1)[0]:
            number, group = number + 1, number + 1
        head = re.match(r"( *)(?:local)?rule (\w+):\n", block)
        if head is None:
            continue
        if not head[1]:
            group = None
        if group is None:
            number += 1
        files = {key: _files(block, key, f"results/{version}/") for key in ("input", "output")}
        if files["output"]:
            place = number if group is None else group
            found.append(Step(head[2], files["input"], files["output"], place))
    return _renumbered(found)


def _files(block: str, key: str, folder: str) -> frozenset[str]:
    line = re.search(rf"^ *{key}: (.*)$", block, re.MULTILINE)
    names = line[1].split(", ") if line else []
    return frozenset(name.removeprefix(folder) for name in names)


def _renumbered(found: Sequence[Step]) -> list[Step]:
    places = {group: i for i, group in enumerate(dict.fromkeys(step.group for step in found))}
    return [Step(s.rule, s.inputs, s.outputs, places[s.group]) for s in found]


def measured_jobs(version: Path) -> list[Measured]:
    """The jobs that made a published version, from its crate.

    Raises:
        MeasuringError: if there is none.
    """
    path = version / CRATE
    try:
        graph = json.loads(path.read_text(encoding="utf-8"))["@graph"]
    except (OSError, ValueError, KeyError) as error:
        raise MeasuringError(f"{path}: expected the crate of a published version") from error
    entities = {entity["@id"]: entity for entity in graph}
    runs = [e for e in graph if e["@type"] == "CreateAction" and e["@id"].startswith("#job/")]
    return [
        Measured(
            rule=run["instrument"]["@id"].removeprefix("#rule/"),
            outputs=_listed(run.get("result", []), entities),
            inputs=_listed(run.get("object", []), entities),
            seconds=_time(run["endTime"]) - _time(run["startTime"]),
            start=_time(run["startTime"]),
        )
        for run in runs
    ]


def busy_time(version: Path) -> float:
    """Seconds in which at least one job of a published version ran."""
    end, busy = 0.0, 0.0
    for job in sorted(measured_jobs(version), key=lambda job: job.start):
        busy += max(job.start + job.seconds - max(end, job.start), 0.0)
        end = max(end, job.start + job.seconds)
    return busy


def _listed(references: Iterable[dict[str, str]], entities: dict[str, Any]) -> frozenset[str]:
    """Files; several are one entity, whose name lists them: `a, b: x, y; c: z`."""
    found = set()
    for reference in references:
        name = reference["@id"]
        if not name.startswith("#files/"):
            found.add(name)
            continue
        for part in entities[name]["name"].split("; "):
            folders, _, files = part.partition(": ")
            found |= {f"{a}/{b}" for a in folders.split(", ") for b in files.split(", ")}
    return frozenset(found)


def _time(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def kind(rule: str) -> str:
    """What all rules made in one loop have in common: train, evaluate, ..."""
    return rule.split("_", 1)[0]


def durations(planned: Sequence[Step], measured: Sequence[Measured]) -> list[float | None]:
    """Seconds of each planned job; None where none of its files was measured.

    What starting takes is that of the quickest job of its kind. A job that does what several did
    starts once; one that makes a share of the files of another takes that share of the rest.
    """
    makers = {output: job for job in measured for output in job.outputs}
    quickest: dict[str, float] = {}
    for job in measured:
        quickest[kind(job.rule)] = min(job.seconds, quickest.get(kind(job.rule), job.seconds))
    found: list[float | None] = []
    for step in planned:
        jobs = {id(makers[o]): makers[o] for o in step.outputs if o in makers}.values()
        start = max((quickest[kind(job.rule)] for job in jobs), default=0.0)
        work = [
            max(job.seconds - start, 0.0) * len(step.outputs & job.outputs) / len(job.outputs)
            for job in jobs
        ]
        found.append(start + sum(work) if jobs else None)
    return found


def filled(seconds: Sequence[float | None], measured: Sequence[Measured]) -> list[float]:
    """The same, with the median of all that is not training where nothing was measured."""
    others = [job.seconds for job in measured if kind(job.rule) not in {"train", "share"}]
    return [statistics.median(others) if s is None else s for s in seconds]


def graph(planned: Sequence[Step | Measured], seconds: Sequence[float]) -> list[Job]:
    """The jobs, each after those that make what it reads."""
    maker = {output: place for place, step in enumerate(planned) for output in step.outputs}
    return [
        Job(s, frozenset(maker[name] for name in step.inputs if name in maker))
        for step, s in zip(planned, seconds, strict=True)
    ]
