"""The memory that a run takes, from its sizes."""

import json

import pytest
from configurations import study_of_two
from optioned import PLANS as OPTIONED
from workspaces import PROJECT

from echoseq.errors import EchoseqError
from echoseq.networks.building import build
from echoseq.study import memory
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.hints import hints
from echoseq.study.plan import Plan
from echoseq.study.reading import load

V2 = json.loads((PROJECT / "results/published/v2/runs.json").read_text(encoding="utf-8"))
RUNS = [run["all"] for run in V2.values()]


def test_the_weights_are_those_that_were_trained() -> None:
    """Of all experiments of a version."""
    assert [memory.weights(Plan.from_facts(run["plan"])) for run in RUNS] == [
        run["parameters"] for run in RUNS
    ]
    assert {run["plan"]["model"] for run in RUNS} <= {*memory.WEIGHTS} == {*ARCHITECTURES}


@pytest.mark.parametrize("plan", OPTIONED.values(), ids=OPTIONED.keys())
def test_the_weights_of_a_model_with_options_are_those_that_are_built(plan: Plan) -> None:
    assert memory.weights(plan) == build(plan, 0).count_params()


def test_the_study_fits_many_times() -> None:
    """Measured, a job of v2 takes at most 700 MB, most of it TensorFlow itself."""
    assert max(memory.memory(Plan.from_facts(run["plan"])) for run in RUNS) < 100e6


@pytest.mark.parametrize(
    ("task", "experiment", "amount"),
    [
        ({"alphabet": 65536}, {"cells": 1_000_000}, "179 TiB"),
        ({}, {"cells": 1_000_000, "model": "memoryless"}, None),
        ({"n_in": 1_000_000, "length": 1_000_000, "alphabet": 65536}, {}, "244 GiB"),
        ({"length": 1_000_000}, {"epochs": 1_000_000}, "1.82 TiB"),
        ({}, {"cells": 1_000_000, "model": "mine:net"}, None),
    ],
)
def test_sizes_that_cannot_fit_are_refused_with_the_memory_that_they_take(
    task: dict[str, int], experiment: dict[str, int], amount: str | None
) -> None:
    study = study_of_two()
    study["tasks"]["one"] |= task | ({"n_out": 5} if "memoryless" in experiment.values() else {})
    study["experiments"]["a"] |= experiment
    del study["experiments"]["b"]
    if amount is None:
        assert load(study)
        return
    with pytest.raises(EchoseqError) as caught:
        load(study)
    assert str(caught.value).startswith("experiments.a.cells: expected sizes that take at most 64 ")
    assert f"take about {amount} for one run" in str(caught.value)


def test_a_run_larger_than_the_machine_is_pointed_out() -> None:
    study = load(study_of_two())
    assert [hint for hint in hints(study, machine=2**40) if "memory" in hint] == []
    assert [hint for hint in hints(study, machine=1024) if "memory" in hint] == [
        f"experiments.{name}: a run takes about 30.8 KiB of memory, this machine has 1 KiB"
        for name in ("a", "b")
    ]
