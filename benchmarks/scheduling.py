"""List scheduling: how long a graph of jobs takes on some cores. Pure functions."""

import heapq
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Job:
    """A job on one core.

    seconds: that it takes.
    after: the places of the jobs that it waits for, in the list that it is in.
    """

    seconds: float
    after: frozenset[int] = frozenset()


def followers(jobs: Sequence[Job]) -> list[list[int]]:
    """The jobs that wait for each."""
    found: list[list[int]] = [[] for _ in jobs]
    for place, job in enumerate(jobs):
        for before in job.after:
            found[before].append(place)
    return found


def in_order(jobs: Sequence[Job]) -> list[int]:
    """The places of all jobs, each after those that it waits for.

    Raises:
        ValueError: if some wait for each other.
    """
    waiting = [len(job.after) for job in jobs]
    ready = [place for place, count in enumerate(waiting) if not count]
    later = followers(jobs)
    ordered = []
    while ready:
        ordered.append(place := ready.pop())
        for follower in later[place]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ready.append(follower)
    if len(ordered) < len(jobs):
        raise ValueError("jobs: some wait for each other")
    return ordered


def to_the_end(jobs: Sequence[Job]) -> list[float]:
    """Seconds from the start of each job to the end of the last that waits for it."""
    later = followers(jobs)
    lengths = [0.0] * len(jobs)
    for place in reversed(in_order(jobs)):
        after = max((lengths[follower] for follower in later[place]), default=0.0)
        lengths[place] = jobs[place].seconds + after
    return lengths


def bound(jobs: Sequence[Job], cores: int) -> float:
    """Seconds that no schedule is below: the longest path, or the work of each core."""
    return max(*to_the_end(jobs), sum(job.seconds for job in jobs) / cores)


def makespan(
    jobs: Sequence[Job], cores: int, rank: Sequence[float], *, dispatch: float = 0.0
) -> float:
    """Seconds until all jobs are done, if a core that is free takes the first job that is ready.

    Args:
        rank: of each job; of those that are ready, the one with the smallest starts.
        dispatch: seconds in which the one main process starts a job, one after the other.
    """
    later, waiting = followers(jobs), [len(job.after) for job in jobs]
    ready = [(rank[place], place) for place, count in enumerate(waiting) if not count]
    heapq.heapify(ready)
    running: list[tuple[float, int]] = []
    now = started = 0.0  # started: when the main process is free again
    while ready or running:
        while ready and len(running) < cores:
            _, place = heapq.heappop(ready)
            started = max(now, started) + dispatch
            heapq.heappush(running, (started + jobs[place].seconds, place))
        now, done = heapq.heappop(running)
        for follower in later[done]:
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, (rank[follower], follower))
    return now


def longest_first(jobs: Sequence[Job]) -> list[float]:
    """Ranks by which the job with the longest way to the end starts first."""
    return [-length for length in to_the_end(jobs)]


def shuffled(jobs: Sequence[Job], seed: int) -> list[float]:
    """Ranks in an order without meaning."""
    ranks = [float(place) for place in range(len(jobs))]
    random.Random(seed).shuffle(ranks)
    return ranks


def joined(jobs: Sequence[Job], groups: Sequence[int], added: Mapping[str, float]) -> list[Job]:
    """Groups of jobs as one job each, whose steps run one after the other.

    Args:
        groups: that of each job, numbered from 0.
        added: seconds to each group (`job`), and to each of its steps (`step`).
    """
    seconds = [added["job"]] * (max(groups) + 1)
    after: list[set[int]] = [set() for _ in seconds]
    for job, group in zip(jobs, groups, strict=True):
        seconds[group] += job.seconds + added["step"]
        after[group] |= {groups[before] for before in job.after} - {group}
    return [Job(s, frozenset(a)) for s, a in zip(seconds, after)]


def total(jobs: Iterable[Job]) -> float:
    """Seconds of all jobs."""
    return sum(job.seconds for job in jobs)
