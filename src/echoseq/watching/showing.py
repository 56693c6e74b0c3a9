"""`echoseq status`: how far a version is, in the terminal or as JSON."""

import argparse
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from echoseq.watching.choosing import folder_of, study_of
from echoseq.watching.kept import is_published, kept_in
from echoseq.watching.left import Left
from echoseq.watching.making import in_folder, snakemake_command, unlock_command
from echoseq.watching.state import (
    ABSENT,
    FAILED,
    LOCKED,
    RUNNING,
    UNFINISHED,
    Going,
    Part,
    State,
    state_of,
)
from echoseq.watching.wording import duration, listed
from echoseq.wording import listed as listed_in_words
from echoseq.wording import plural

NAMED = 4  # of what is missing
PUBLISHED = "published"
MEANING = {
    LOCKED: (
        "locked, but no Snakemake runs here: it was killed, or runs on another machine, or as "
        "another user"
    ),
    UNFINISHED: "unfinished, nothing runs",
    FAILED: "failed, nothing runs",
}


def status(options: argparse.Namespace) -> None:
    """Print how far a version is."""
    folder = folder_of(options.version, options.config)
    if is_published(folder):
        parts = kept_in(folder)
        content, lines = _kept_content(folder, parts), _kept_lines(folder, parts)
    else:
        state = state_of(folder, study_of(folder, options.config))
        command = _next(state, options.config)
        content, lines = _content(state, command), [*_lines(state, command)]
    print(json.dumps(content, indent=2) if options.json else "\n".join(lines))


def _next(state: State, configurations: Iterable[Path] | None) -> str | None:
    """The command that goes on; None if one goes on, or nothing is missing."""
    if state.summary == ABSENT:
        return snakemake_command(state.folder, [], configurations=configurations)
    if state.summary in (UNFINISHED, FAILED, LOCKED):
        return state.last.command if state.last else snakemake_command(state.folder, [])
    return None


def _lines(state: State, command: str | None) -> Iterator[str]:
    yield f"{state.folder}: {MEANING.get(state.summary, state.summary)}{_snakemake(state)}"
    begun = state.begun if state.summary != ABSENT else ()
    for target in begun:
        yield from _target_lines(target, state.targets[target])
    others = [target for target in state.targets if target not in begun]
    if begun and others:
        yield f"not begun: {', '.join(others)}"
    if state.going:
        yield "running:" if state.summary == RUNNING else "running when it stopped:"
        yield from map(_going_line, state.going)
    if state.failed:
        yield "failed:"
    for failure in state.failed:
        yield f"  {failure.label}: {failure.reason or 'its log does not say why'}"
        yield f"    log: {_shown(failure.log)}"
    if state.resuming and state.summary != RUNNING:
        saved = state.resuming.values()
        runs = [f"{run.experiment}, seed {run.seed}, after epoch {run.epoch}" for run in saved]
        yield f"to be resumed: {listed(runs, NAMED)}"
    if state.left is not None:
        yield f"left: {_left_text(state.left)}"
    yield from _next_lines(state, command)


def _snakemake(state: State) -> str:
    """The processes and jobs, for the first line."""
    told = []
    if state.summary in (RUNNING, LOCKED) and state.last is not None:
        told.append(f"{state.last.done} of {plural(state.last.total, 'job')} done")
    if state.summary == RUNNING:
        told.append(f"process {', '.join(map(str, state.activity.processes))}")
    if state.summary != RUNNING and state.activity.jobs:
        told.append(f"its jobs still run: process {', '.join(map(str, state.activity.jobs))}")
    return f" ({'; '.join(told)})" if told else ""


def _target_lines(target: str, parts: Iterable[Part]) -> Iterator[str]:
    """A line if all is there, or one for each part."""
    parts = [*parts]
    if any(part.missing for part in parts):
        yield f"{target}:"
        yield from _part_lines(parts)
    else:
        yield f"{target}: all there"


def _part_lines(parts: Sequence[Part]) -> Iterator[str]:
    width = max(len(part.name) for part in parts)
    for part in parts:
        missing = f", missing: {listed(_grouped(part.missing), NAMED)}" if part.missing else ""
        yield f"  {part.name:{width}}  {part.there} of {part.there + len(part.missing)}{missing}"


def _grouped(names: Iterable[str]) -> list[str]:
    """Names with those that differ in the seed alone in one: full_echo, seeds 0 to 4."""
    seeds: dict[str, list[str]] = {}
    for name in names:
        own, _, seed = name.partition(", seed ")
        seeds.setdefault(own, []).append(seed)
    return [
        own + (f", seed{'s' * (len(found) > 1)} {_numbers(found)}" if found[0] else "")
        for own, found in seeds.items()
    ]


def _numbers(texts: Sequence[str]) -> str:
    """Whole numbers in words: 3; 1 and 4; 0 to 4."""
    first = int(texts[0])
    row = len(texts) > 2 and [*map(int, texts)] == [*range(first, first + len(texts))]
    return f"{texts[0]} to {texts[-1]}" if row else listed_in_words(texts)


def _going_line(job: Going) -> str:
    line = f"  {job.label}, for {duration(job.seconds)}"
    if job.trained is not None and job.trained.epoch:
        of = f" of {job.epochs}" if job.epochs else ""
        line += f": seed {job.trained.seed}, epoch {job.trained.epoch}{of}"
    elif job.training:
        line += ": compiling" if job.trained else ": queued or starting"
    return f"{line}\n    log: {_shown(job.log)}"


def _left_text(left: Left) -> str:
    jobs = "one job" if left.at_a_time == 1 else f"{left.at_a_time} jobs"
    others = left.runs - left.alike
    guess = f", {others} of them from the times of other experiments" if others else ""
    return (
        f"about {duration(left.seconds)} of training: an estimate for {plural(left.runs, 'run')}"
        f"{guess}, {jobs} at a time"
    )


def _next_lines(state: State, command: str | None) -> Iterator[str]:
    if command is None:
        return
    if state.summary == LOCKED:
        yield "next, once no job of it runs any more:"
        yield f"  {in_folder(state.folder, unlock_command(state.folder))}"
        yield f"  {in_folder(state.folder, command)}"
    else:
        yield f"next: {in_folder(state.folder, command)}"


def _shown(path: Path) -> str:
    return os.path.relpath(path)


def _content(state: State, command: str | None) -> dict[str, Any]:
    """The same as JSON."""
    last = state.last
    return {
        "folder": str(state.folder),
        "state": state.summary,
        "targets": {target: _parts_content(parts) for target, parts in state.targets.items()},
        "begun": [*state.begun],
        "jobs": {"done": last.done, "total": last.total} if last else None,
        "processes": {"snakemake": state.activity.processes, "jobs": state.activity.jobs},
        "running": [_going_content(job) for job in state.going],
        "failed": [
            {"job": failure.label, "log": _shown(failure.log), "reason": failure.reason}
            for failure in state.failed
        ],
        "resuming": [
            {"experiment": run.experiment, "seed": run.seed, "epoch": run.epoch}
            for run in state.resuming.values()
        ],
        "left": _left_content(state.left),
        "next": command,
    }


def _parts_content(parts: Iterable[Part]) -> dict[str, Any]:
    return {part.name: {"there": part.there, "missing": [*part.missing]} for part in parts}


def _going_content(job: Going) -> dict[str, Any]:
    trained = job.trained
    return {
        "job": job.label,
        "log": _shown(job.log),
        "seconds": round(job.seconds, 1),
        "experiment": trained.experiment if trained else None,
        "seed": trained.seed if trained else None,
        "epoch": trained.epoch if trained else None,
        "epochs": job.epochs,
    }


def _left_content(left: Left | None) -> dict[str, Any] | None:
    if left is None:
        return None
    return {
        "estimate": True,
        "of": "training",
        "seconds": round(left.seconds, 1),
        "runs": left.runs,
        "from_the_same_experiment": left.alike,
        "jobs_at_a_time": left.at_a_time,
    }


def _kept_lines(folder: Path, parts: Iterable[Part]) -> list[str]:
    first = f"{folder}: published; `echoseq check {folder}` compares its files"
    return [first, *_part_lines([*parts])]


def _kept_content(folder: Path, parts: Iterable[Part]) -> dict[str, Any]:
    return {"folder": str(folder), "state": PUBLISHED, "targets": {"kept": _parts_content(parts)}}
