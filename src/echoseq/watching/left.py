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
    alike: how many of these are estimated from runs of the same experiment, done or begun; the
        others from all runs.
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
        at_a_time: most jobs at a time, one or more; seeds that share a job are trained in turn.
    """
    if not missing:
        return None
    times = read_times()
    usual = _usual_times(study, times, begun)
    estimates: dict[Run, float] = {}
    for run in missing:
        if run[0] in usual:
            epoch = begun[run].epoch if run in begun else 0
            estimates[run] = usual[run[0]] * (1 - epoch / study.experiments[run[0]].epochs)
    if not (times or usual):
        return None
    any_run = mean(times.values() or usual.values())
    work = sum(estimates.get(run, any_run) for run in missing)
    size = study.execution.seeds_per_job
    together = min(at_a_time, len({(experiment, seed // size) for experiment, seed in missing}))
    return Left(work / together, together, len(missing), len(estimates))


def _usual_times(
    study: Study, times: Mapping[Run, float], begun: Mapping[Run, Trained]
) -> dict[str, float]:
    """The seconds that a run of each experiment takes: as those that are done, or as one that runs.

    What runs is taken to need all its epochs, though it may learn sooner.
    """
    found = {
        run.experiment: run.seconds * study.experiments[run.experiment].epochs
        for run in begun.values()
        if run.seconds is not None
    }
    done: dict[str, list[float]] = {}
    for (experiment, _), seconds in times.items():
        done.setdefault(experiment, []).append(seconds)
    return found | {experiment: mean(own) for experiment, own in done.items()}
