"""Simulate how long the extensions take on a cluster, against cores and what a job costs to start.

`make bench-cores`, or `python benchmarks/cores.py [VERSION]`. The jobs and what they wait for are
those that Snakemake plans today for a published version, in the groups that share a Slurm job; how
long each takes was measured when that version was made. A core that is free takes the first job
that is ready. Snakemake's order has no meaning, so several orders are drawn, and the median taken.

What Slurm adds to a job is a parameter, `--added`. By docs/cluster.md it is at least Snakemake's
planning, in the job and again in its step (2 s and 4 ms for each run of the study, twice), and the
time until the end is noticed (profiles/slurm looks every 20 s at most while jobs end): half a
minute for the extensions, in an empty queue.
"""

import argparse
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

import measuring
import pandas as pd
import planned
import scheduling
from measuring import MEASURED
from scheduling import Job

from echoseq.documents.markdown import markdown_table
from echoseq.files import write_table

VERSION = planned.PROJECT / "results/published/v3"
CORES = (4, 8, 16, 32, 64, 128, 256, 512, 1000)
ADDED = (0, 30, 120)  # seconds to each Slurm job
ORDERS = 9
ON_SLURM = ("--workflow-profile", str(planned.PROJECT / "profiles/slurm"))
WAYS = {  # by what a job has
    "ten runs": (),
    "one run": (
        *("--config", "execution={seeds_per_job: 1}"),
        *("--group-components", "data=10", "train=1", "evaluate=4", "tables=100"),
    ),
}


def slurm_jobs(version: Path, added: float, options: Sequence[str]) -> list[Job]:
    """The Slurm jobs of a published version."""
    steps = planned.steps(planned.dry_run(version, *ON_SLURM, *options), version.name)
    measured = planned.measured_jobs(version)
    seconds = planned.filled(planned.durations(steps, measured), measured)
    jobs = planned.graph(steps, seconds)
    return scheduling.joined(jobs, [step.group for step in steps], {"job": added, "step": 0})


def simulated(jobs: Sequence[Job], cores: int) -> dict[str, float]:
    """Minutes on some cores: median, best and worst of the orders, and two to compare with."""
    orders = [scheduling.shuffled(jobs, seed) for seed in range(ORDERS)]
    minutes = [scheduling.makespan(jobs, cores, order) / 60 for order in orders]
    longest = scheduling.makespan(jobs, cores, scheduling.longest_first(jobs)) / 60
    return {
        "minutes": statistics.median(minutes),
        "minutes_low": min(minutes),
        "minutes_high": max(minutes),
        "longest_first": longest,
        "bound": scheduling.bound(jobs, cores) / 60,
    }


def with_added(jobs: Sequence[Job], added: float) -> list[Job]:
    """The same, each taking longer."""
    return [Job(job.seconds + added, job.after) for job in jobs]


def table(version: Path, added: Sequence[float]) -> pd.DataFrame:
    """A row for each way to share a job, what is added to it, and number of cores."""
    rows = []
    for way, options in WAYS.items():
        jobs = slurm_jobs(version, 0, options)
        for seconds in added:
            slower = with_added(jobs, seconds)
            for cores in CORES:
                key = {"job": way, "jobs": len(jobs), "added": seconds, "cores": cores}
                rows.append(key | simulated(slower, cores))
    return pd.DataFrame(rows)


def summary(rows: pd.DataFrame) -> str:
    """Minutes by cores, a column for each way and what is added, as a table in Markdown."""
    columns = {
        f"{way} a job, {added:g} s added": part.set_index("cores")["minutes"]
        for (way, added), part in rows.groupby(["job", "added"], sort=False)
    }
    lines = [
        [f"{cores:,}", *(f"{minutes[cores]:.0f}" for minutes in columns.values())]
        for cores in rows["cores"].unique()
    ]
    return markdown_table(["cores", *columns], lines)


def as_run(version: Path) -> str:
    """The jobs as they were when the version was made, on two cores: how good a simulation is."""
    jobs = planned.measured_jobs(version)
    seconds = [job.seconds for job in jobs]
    graph = planned.graph(jobs, seconds)
    minutes = simulated(graph, 2)["minutes"]
    return (
        f"The {len(jobs)} jobs of {version.name} as they were run, on two cores: "
        f"{planned.busy_time(version) / 60:.0f} minutes, simulated {minutes:.0f}.\n"
    )


def main() -> None:
    """Print the table, and write all of it as CSV."""
    sys.excepthook = measuring.end_in_one_line
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version", nargs="?", type=Path, default=VERSION, help="a published one")
    parser.add_argument("--added", type=float, nargs="+", default=ADDED, help="seconds to each job")
    parser.add_argument("--output", type=Path, default=MEASURED / "cores.csv")
    options = parser.parse_args()
    print(as_run(options.version))
    rows = table(options.version, options.added)
    write_table(options.output, rows)
    print(summary(rows))


if __name__ == "__main__":
    main()
