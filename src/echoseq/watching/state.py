"""How far a version is: what is there, what is missing, what runs, what failed, what is left."""

import re
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from echoseq.files import walk
from echoseq.layout import LOGS
from echoseq.places import CHECKPOINTS, MODEL, RECORD, RUNS
from echoseq.study.schema import STUDY, Study
from echoseq.watching import snakemake
from echoseq.watching.expected import Item, expected
from echoseq.watching.left import Left, Run, left, times_of
from echoseq.watching.logs import Trained, reason_in, seconds_in, text_of, training_in
from echoseq.watching.snakemake import ERROR as JOB_FAILED
from echoseq.watching.snakemake import RUNNING as JOB_RUNNING
from echoseq.watching.snakemake import Activity, Invocation

ABSENT, RUNNING, LOCKED, FAILED = "not begun", "running", "locked", "failed"
UNFINISHED, FINISHED = "unfinished", "finished"
PER_EXPERIMENT = ("train", "evaluate", "probe", "ablate", "share")  # folders of logs
CHECKPOINTED = re.compile(rf"{CHECKPOINTS}/([^/]+)/seed-(\d+)/epoch-(\d+)\.")
RECORDED = re.compile(rf"{RUNS}/([^/]+)/seed-(\d+)/{re.escape(RECORD)}")


@dataclass(frozen=True)
class Part:
    """What there is of a part of a target."""

    name: str
    there: int
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Going:
    """A job that runs, or did when Snakemake was killed.

    seconds: since it began.
    training: whether it trains runs.
    trained: how far it is with which run; None if it trains nothing, or has not begun to.
    epochs: at most, of that run; None without one.
    """

    label: str
    log: Path
    seconds: float
    training: bool
    trained: Trained | None
    epochs: int | None


@dataclass(frozen=True)
class Failure:
    """A job that failed.

    reason: as its log says; None if it does not.
    """

    label: str
    log: Path
    reason: str | None


@dataclass(frozen=True)
class State:
    """How far a version is.

    summary: one of the texts above.
    targets: what there is of each, by part.
    begun: the study, and the targets of which something is there that no other has.
    going: the jobs that run, or did when Snakemake was killed.
    resuming: how far runs were at their last checkpoints, after which they go on.
    """

    folder: Path
    summary: str
    targets: dict[str, tuple[Part, ...]]
    begun: tuple[str, ...]
    activity: Activity
    last: Invocation | None
    going: tuple[Going, ...]
    resuming: dict[Run, Trained]
    failed: tuple[Failure, ...]
    left: Left | None


NOTHING = Activity(frozenset(), frozenset(), (), ())


def state_of(folder: Path, study: Study) -> State:
    """How far a version is, from its files and from what Snakemake says of it.

    Args:
        folder: of the version, which need not be there yet.
    """
    home = snakemake.home_of(folder)
    active = snakemake.activity(home, folder) if home else NOTHING
    last = snakemake.last_invocation(home, folder) if home else None
    files = {path.relative_to(folder).as_posix() for path in walk(folder)}
    there = files - active.unfinished
    items = expected(study)
    targets = {target: (*_parts(own, there),) for target, own in items.items()}
    begun = [t for t, own in items.items() if t == STUDY or _begun(own, there)]
    incomplete = any(part.missing for target in begun for part in targets[target])
    going = (*_going(home, last, study),) if home and last and active.locked else ()
    failed = (*_failed(folder, last, going, study),) if incomplete else ()
    return State(
        folder=folder,
        summary=_summary(folder, active, incomplete=incomplete, failed=bool(failed)),
        targets=targets,
        begun=(*begun,),
        activity=active,
        last=last,
        going=going,
        resuming=(resuming := _resuming(folder, files)),
        failed=failed,
        left=left(
            study,
            _untrained(study, _asked(items, begun, active), files),
            lambda: times_of(folder, _trained(files)),
            _progress(going, resuming),
            _at_a_time(active, last, going),
        ),
    )


def _parts(items: Collection[Item], there: Collection[str]) -> Iterator[Part]:
    """What there is of a target, by part."""
    for name in dict.fromkeys(item.part for item in items):
        own = {item.name: item for item in items if item.part == name}
        missing = [n for n, item in own.items() if not all(path in there for path in item.paths)]
        yield Part(name, len(own) - len(missing), (*missing,))


def _begun(items: Collection[Item], there: Collection[str]) -> bool:
    return any(path in there for item in items for path in item.paths)


def _summary(folder: Path, active: Activity, *, incomplete: bool, failed: bool) -> str:
    if active.locked:
        return RUNNING if active.processes else LOCKED
    if not folder.is_dir():
        return ABSENT
    return FAILED if failed else UNFINISHED if incomplete else FINISHED


def _going(home: Path, last: Invocation, study: Study) -> Iterator[Going]:
    """The jobs of which Snakemake's log tells no end."""
    for job in last.jobs:
        if job.status == JOB_RUNNING:
            training = any(path.endswith(f"/{MODEL}") for path in job.outputs)
            trained = training_in(text_of(home / job.log)) if training else None
            known = trained and study.experiments.get(trained.experiment)
            yield Going(
                label=job.label,
                log=home / job.log,
                seconds=max(0.0, time.time() - job.began),
                training=training,
                trained=trained,
                epochs=known.epochs if known else None,
            )


def _failed(
    folder: Path, last: Invocation | None, going: Collection[Going], study: Study
) -> Iterator[Failure]:
    """The jobs that failed last time, and the steps whose logs tell of an error."""
    home = snakemake.home_of(folder) or folder
    told = {home / job.log: job for job in (last.jobs if last else ()) if job.log}
    active = {job.log for job in going}
    for log, job in told.items():
        reason = reason_in(text_of(log))
        if log not in active and (job.status == JOB_FAILED or reason is not None):
            yield Failure(job.label, log, reason)
    for log in sorted((folder.absolute() / LOGS).rglob("*.log")):
        rule, *names = log.relative_to(folder.absolute() / LOGS).with_suffix("").parts
        gone = rule in PER_EXPERIMENT and names[0] not in {*study.experiments, "sweeps"}
        reason = None if gone or log in told else reason_in(text_of(log))
        if reason is not None:
            yield Failure(" ".join([rule, *names]), log, reason)


def _resuming(folder: Path, files: Collection[str]) -> dict[Run, Trained]:
    """How far each run was when its newest checkpoint was written."""
    found: dict[Run, tuple[int, str]] = {}
    for path in files:
        if match := CHECKPOINTED.match(path):
            run = match[1], int(match[2])
            found[run] = max(found.get(run, (0, "")), (int(match[3]), path))
    return {
        run: Trained(*run, epoch, seconds_in(folder / path, epoch))
        for run, (epoch, path) in sorted(found.items())
    }


def _asked(
    items: Mapping[str, Collection[Item]], begun: Collection[str], active: Activity
) -> list[Run]:
    """The runs that a command makes now, or else those of the targets that have been begun."""
    return [
        item.run
        for target, own in items.items()
        for item in own
        if item.run is not None
        and (active.locked.intersection(item.paths) if active.locked else target in begun)
    ]


def _trained(files: Collection[str]) -> list[Run]:
    """The runs that have been trained, also those of a job that goes on with others."""
    return [(m[1], int(m[2])) for path in files if (m := RECORDED.fullmatch(path))]


def _untrained(study: Study, runs: Collection[Run], files: Collection[str]) -> list[Run]:
    """The runs that are to be trained: not those that are copied."""
    copied, done = study.twins(), {*_trained(files)}
    return [run for run in runs if run[0] not in copied and run not in done]


def _progress(going: Collection[Going], resuming: Mapping[Run, Trained]) -> dict[Run, Trained]:
    """How far runs are: as a log tells, or else their checkpoints."""
    told = [job.trained for job in going if job.trained and job.trained.seconds is not None]
    return {**resuming, **{(run.experiment, run.seed): run for run in told}}


def _at_a_time(active: Activity, last: Invocation | None, going: Collection[Going]) -> int:
    """How many jobs train at a time: as many as now, or as there were cores the last time."""
    if active.locked and active.processes:
        return max(1, sum(job.training for job in going))
    return (last.cores if last else None) or 1
