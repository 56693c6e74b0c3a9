"""The simulation of a study on some cores."""

from itertools import permutations

import planned
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planned import Measured, Step
from scheduling import (
    Job,
    bound,
    in_order,
    joined,
    longest_first,
    makespan,
    shuffled,
    to_the_end,
    total,
)

# 1, then six of 2 that wait for it, then 1 that waits for all.
FORK = [Job(1), *(Job(2, frozenset({0})) for _ in range(6)), Job(1, frozenset(range(1, 7)))]


@pytest.mark.parametrize(("cores", "seconds"), [(1, 14), (2, 8), (3, 6), (4, 6), (6, 4), (1000, 4)])
def test_a_fork_takes_what_it_must(cores: int, seconds: float) -> None:
    for seed in range(5):
        assert makespan(FORK, cores, shuffled(FORK, seed)) == seconds


def test_the_order_matters_and_the_best_is_the_known_optimum() -> None:
    """Jobs of 3, 3, 2, 2, 2 on two cores: 6 at best, 7 if the longest start first."""
    jobs = [Job(s) for s in (3, 3, 2, 2, 2)]
    assert makespan(jobs, 2, longest_first(jobs)) == 7
    assert min(makespan(jobs, 2, order) for order in permutations(range(5))) == 6
    assert bound(jobs, 2) == 6


def test_the_longest_path_starts_first() -> None:
    """A chain of 2 + 2 + 2 beside three of 2: 6 on two cores, if the chain is not kept waiting."""
    chain = [Job(2), Job(2, frozenset({0})), Job(2, frozenset({1}))]
    jobs = [
        *(Job(2) for _ in range(3)),
        *(Job(j.seconds, frozenset(a + 3 for a in j.after)) for j in chain),
    ]
    assert makespan(jobs, 2, longest_first(jobs)) == 6
    assert makespan(jobs, 2, range(6)) == 8  # the others first
    assert to_the_end(jobs) == [2, 2, 2, 6, 4, 2]


def test_one_main_process_starts_one_job_after_the_other() -> None:
    jobs = [Job(1) for _ in range(10)]
    assert makespan(jobs, 1000, range(10)) == 1
    assert makespan(jobs, 1000, range(10), dispatch=2) == 21


def test_jobs_that_wait_for_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="wait for each other"):
        in_order([Job(1, frozenset({1})), Job(1, frozenset({0}))])


@st.composite
def graphs(draw: st.DrawFn) -> list[Job]:
    count = draw(st.integers(1, 12))
    return [
        Job(draw(st.integers(0, 9)), frozenset(draw(st.sets(st.integers(0, i - 1))) if i else ()))
        for i in range(count)
    ]


@given(jobs=graphs(), cores=st.integers(1, 5), seed=st.integers(0, 9))
def test_no_schedule_breaks_the_bounds_of_list_scheduling(
    jobs: list[Job], cores: int, seed: int
) -> None:
    """Graham's: at most the work of a core, and what is left of the longest path."""
    found = makespan(jobs, cores, shuffled(jobs, seed))
    path = max(to_the_end(jobs))
    assert bound(jobs, cores) - 1e-9 <= found
    assert found <= total(jobs) / cores + path * (1 - 1 / cores) + 1e-9


def test_steps_of_a_group_run_one_after_the_other() -> None:
    groups = [0, 1, 1, 1, 2, 2, 2, 3]
    jobs = joined(FORK, groups, {"job": 10, "step": 1})
    assert jobs[1] == Job(10 + 3 * (2 + 1), frozenset({0}))
    assert jobs[3] == Job(12, frozenset({1, 2}))
    assert len(jobs) == 4
    assert joined(FORK, [0] * 8, {"job": 10, "step": 0}) == [Job(10 + 14)]


DRY = """
[Sun Nov 29 21:49:14 2026] Group job train (jobs in lexicogr. order):
    [Sun Nov 29 21:49:14 2026]
    rule train_0_to_4:
        input: results/v2/data/full/seed-0.npz
        output: results/v2/runs/a/seed-0/run.json, results/v2/runs/a/seed-1/run.json
        jobid: 3
    [Sun Nov 29 21:49:14 2026]
    rule train_0_to_4:
        output: results/v2/runs/b/seed-0/run.json
        jobid: 4
[Sun Nov 29 21:49:14 2026]
rule evaluate_all:
    input: results/v2/runs/a/seed-0/run.json, results/v2/runs/b/seed-0/run.json
    output: results/v2/runs/a/listing.txt, results/v2/runs/b/listing.txt
    jobid: 5
[Sun Nov 29 21:49:14 2026]
localrule extensions:
    input: results/v2/runs/a/listing.txt
    jobid: 0
"""


def test_steps_and_groups_are_read_from_a_dry_run() -> None:
    found = planned.steps(DRY, "v2")
    assert [(s.rule, s.group) for s in found] == [
        ("train_0_to_4", 0),
        ("train_0_to_4", 0),
        ("evaluate_all", 1),
    ]
    assert found[0].outputs == {"runs/a/seed-0/run.json", "runs/a/seed-1/run.json"}
    jobs = planned.graph(found, [1, 1, 1])
    assert jobs[2].after == {0, 1}


def test_a_block_starts_once_and_a_part_takes_its_share() -> None:
    measured = [
        Measured("evaluate", frozenset({"a/x", "a/y"}), 6.0),
        Measured("evaluate", frozenset({"b/x", "b/y"}), 7.0),
        Measured("evaluate", frozenset({"c/x"}), 5.0),
        Measured("train_0_to_4", frozenset({"m/0", "m/1"}), 30.0),
        Measured("train_0_to_4", frozenset({"n/0"}), 10.0),
        Measured("lost", frozenset({"lost.svg"}), 4.0),
    ]

    def planned_to_make(*outputs: str) -> Step:
        return Step("some", frozenset(), frozenset(outputs), 0)

    steps = [
        planned_to_make("a/x", "a/y", "b/x", "b/y"),  # 5 to start, 1 and 2
        planned_to_make("m/1"),  # 10 to start, half of 20
        planned_to_make("lost.svg", "lost.pdf"),
        planned_to_make("new"),
    ]
    seconds = planned.durations(steps, measured)
    assert seconds == [8.0, 20.0, 4.0, None]
    assert planned.filled(seconds, measured)[3] == 5.5  # the median of 6, 7, 5 and 4


def test_the_jobs_of_a_published_version_are_read_from_its_crate() -> None:
    jobs = planned.measured_jobs(planned.PROJECT / "results/published/v2")
    assert len(jobs) > 500
    made = set().union(*(job.outputs for job in jobs))
    assert {"runs/full_echo/seed-7/model.keras", "tables/extensions/runs.csv", "paper.pdf"} <= made
    trained = next(j for j in jobs if "runs/full_echo/seed-7/model.keras" in j.outputs)
    assert trained.inputs == {f"data/full/seed-{seed}.npz" for seed in range(5, 10)}
    in_order(planned.graph(jobs, [job.seconds for job in jobs]))


def test_a_folder_without_a_crate_is_refused_in_a_line(tmp_path: planned.Path) -> None:
    with pytest.raises(planned.MeasuringError, match="expected the crate of a published version"):
        planned.measured_jobs(tmp_path)
