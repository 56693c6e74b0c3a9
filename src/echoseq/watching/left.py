"""How long the training that is missing takes: an estimate, from the times of what is done."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from echoseq.errors import EchoseqError
from echoseq.places import TIMING, run_folder
from echoseq.stored import read_json
from echoseq.study.schema import Study
from echoseq.training.schema import Timing
from echoseq.watching.logs import Trained

Run = tuple[str, int]  # experiment and seed


@dataclass(frozen=True)
class Left:
    """An estimate of what is left of training.

    seconds: with so many jobs at a time.
    at_a_time: jobs.
    runs: how many are to be trained, begun ones included.
    alike: how many of these are estimated from runs of the same experiment, or from what has been
        trained of themselves; the others from all runs.
    """

    seconds: float
    at_a_time: int
    runs: int
    alike: int


def times_of(folder: Path, runs: Collection[Run]) -> dict[Run, float]:
    """The seconds that training took, of the runs whose times can be read."""
    found = {}
    for run in runs:
        try:
            timing = read_json(folder / run_folder(*run) / TIMING, Timing, "the times of a run")
        except EchoseqError:
            continue
        found[run] = timing["build_seconds"] + timing["training_seconds"]
    return found


def left(
    study: Study,
    missing: Collection[Run],
    read_times: Callable[[], Mapping[Run, float]],
    begun: Mapping[Run, Trained],
    at_a_time: int,
) -> Left | None:
    """An estimate of the time until all runs are trained; None if there is nothing to go by.

    Args:
        missing: runs that are to be trained.
        read_times: reads the seconds of the runs that are trained, only if they are needed.
        begun: how far those are that are trained now, or were when they were killed.
        at_a_time: jobs, one or more.
    """
    if not missing:
        return None
    times = read_times()
    own: dict[str, list[float]] = {}
    for (experiment, _), seconds in times.items():
        own.setdefault(experiment, []).append(seconds)
    estimates: dict[Run, float] = {}
    for run in missing:
        epochs, trained = study.experiments[run[0]].epochs, begun.get(run)
        share = trained.epoch / epochs if trained else 0.0
        if run[0] in own:
            estimates[run] = mean(own[run[0]]) * (1 - share)
        elif trained and trained.seconds is not None:
            estimates[run] = (epochs - trained.epoch) * trained.seconds
    if not (times or estimates):
        return None
    usual = mean(times.values() or estimates.values())
    work = sum(estimates.get(run, usual) for run in missing)
    return Left(work / at_a_time, at_a_time, len(missing), len(estimates))
