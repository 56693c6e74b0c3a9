"""The configuration: what its keys mean, and that the project's own is the study described."""

import json
from typing import Any

import pytest
import yaml
from configurations import CONFIG, changed
from workspaces import PROJECT

from echoseq.study import schema
from echoseq.study.reading import load, read


def test_the_study_has_the_numbers_of_the_source() -> None:
    configured = read(CONFIG)
    assert configured.version == "v3"
    assert configured.seeds_of("full_echo") == configured.seeds_of("partial_echo")
    assert configured.seeds_of("full_echo") == list(range(10))
    sizes = {"length": 25, "alphabet": 100, "n_in": 5}
    sizes |= {"encoding": "one_hot", "framing": "drop", "stateful": True, "masking": False}
    sizes |= {"optimizer": "Adam", "learning_rate": 0.001}
    sizes |= {"until": "epochs", "success": None, "learned_over": None}
    sizes |= {"echo": "oldest", "overlap": True, "targets": None, "frame": None}
    sizes |= {"windows": None, "symbols": []}
    assert configured.plan_of("full_echo").facts() == sizes | {
        "n_out": 5,
        "model": "lstm",
        "cells": 20,
        "epochs": 500,
        "batch_size": 7,
    }
    assert configured.plan_of("partial_echo").facts() == sizes | {
        "n_out": 2,
        "model": "encoder_decoder",
        "cells": 150,
        "epochs": 5000,
        "batch_size": 21,
    }
    assert configured.evaluation.sequences == 100
    assert [configured.tasks[name].built.windows for name in ("full", "partial")] == [21, 21]
    assert configured.names(extensions=False) == ["full_echo", "partial_echo"]


def test_the_smoke_study_has_the_same_shape() -> None:
    small = yaml.safe_load((PROJECT / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    whole = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    for part in ("experiments", "sweeps", "questions"):
        there = {name for name, it in whole[part].items() if it is not None}
        assert set(small[part]) == there


@pytest.mark.parametrize(("seeds", "expected"), [(3, [0, 1, 2]), ([7, 2], [2, 7])])
def test_seeds_are_a_count_or_a_list(seeds: Any, expected: list[int]) -> None:
    configured = load(changed("seeds", seeds))
    assert configured.seeds_of("full_echo") == expected
    own = load(changed("experiments.full_memoryless.seeds", seeds))
    assert own.seeds_of("full_memoryless") == expected
    assert own.seeds_of("full_echo") == list(range(10))


def test_the_seeds_of_a_task_are_those_of_its_experiments() -> None:
    configuration = changed("experiments.full_memoryless.seeds", [0, 3, 12])
    assert load(configuration).seeds_of_task("full") == [*range(10), 12]
    assert load(configuration).seeds_of_task("full_linear") == list(range(7))


def test_a_question_of_its_own_makes_an_experiment_an_extension() -> None:
    configured = load(changed("experiments.full_memoryless.question", None))
    assert configured.names(extensions=False) == ["full_echo", "partial_echo", "full_memoryless"]
    names = [*configured.names(extensions=True), *configured.names(extensions=False)]
    assert sorted([*names, *configured.met()]) == sorted(configured.experiments)


def test_every_question_has_experiments_and_a_planned_contrast_with_10_seeds() -> None:
    configured = read(CONFIG)
    extensions = configured.names(extensions=True)
    questions = configured.questions.items()
    asked = {name for name, q in questions if q.target == "extensions" and not q.probes}
    assert {configured.experiments[n].question for n in extensions} == asked
    assert set(configured.contrasts()) == asked - {"lost"}  # which compares nothing
    for contrast in configured.contrasts().values():
        base = configured.experiments[contrast.experiment].compare_to
        for name in (contrast.experiment, base):
            assert configured.seeds_of(name) == list(range(10))
    # With fewer than seven, the interval of a median is open; of `lost`, no time is told.
    timed = [name for name in extensions if configured.experiments[name].question != "lost"]
    assert all(len(configured.seeds_of(name)) >= 7 for name in timed)
    assert all(len(configured.seeds_of(name)) >= 6 for name in extensions)


def test_only_one_thing_differs_between_an_experiment_and_its_base() -> None:
    """The axis of the comparison; framing also sets the batch, and controls another network."""
    configured = read(CONFIG)
    allowed = {
        "linear": {"encoding"},
        "longer": {"n_in", "n_out", "batch_size"},
        "state": {"stateful"},
        "topology": {"model"},
        "masking": {"masking", "framing", "batch_size", "filler", "read"},
        "control": {"model"},
        "cell": {"model", "encoder", "decoder"},  # both layers may have another kernel
        "decoder": {"model", "attention"},
        "order": {"echo"},
    }
    for name, experiment in configured.experiments.items():
        if experiment.compare_to is not None:
            plans = [configured.plan_of(n).facts() for n in (name, experiment.compare_to)]
            differing = {
                key for key in {*plans[0], *plans[1]} if plans[0].get(key) != plans[1].get(key)
            }
            assert differing <= allowed[experiment.question], name


def test_the_expectations_are_those_of_the_source() -> None:
    questions = read(CONFIG).questions
    stated = {name: q.expectation for name, q in questions.items() if q.expectation}
    assert {name: e.model_dump(exclude_none=True) for name, e in stated.items()} == {
        "longer": {"cells": "more", "epochs": "more"},
        "state": {"skill": "same"},
        "topology": {"cells": "more", "epochs": "more"},
    }


def test_windows_with_missing_values_count_under_mask_framing() -> None:
    configured = read(CONFIG)
    windows = {name: task.built.windows for name, task in configured.tasks.items()}
    assert (windows["full_mask"], windows["partial_mask"]) == (25, 25)
    assert (windows["full_linear"], windows["two_of_10"], windows["ten_of_10"]) == (21, 21, 21)


def test_the_schema_is_that_of_the_code() -> None:
    """After a change of the configuration's classes: `make schema`."""
    stored = json.loads((PROJECT / "config" / "schema.json").read_text(encoding="utf-8"))
    assert stored == schema.Study.model_json_schema()


def test_every_key_is_explained() -> None:
    text = (PROJECT / "config" / "README.md").read_text(encoding="utf-8")
    parts = schema.Part.__subclasses__()
    assert {schema.Study, schema.Task, schema.Execution, schema.Verify} <= {*parts}
    for part in parts:
        for key, field in part.model_fields.items():
            assert field.description, key
            assert f"`{key}`" in text, key


# Probes


PROBED = ["partial_echo"]


def test_probes_are_of_the_first_seeds_of_the_named_experiments() -> None:
    assert read(CONFIG).probed() == {name: [0, 1, 2, 3, 4, 5] for name in PROBED}
    few = changed("probing", {"seeds": 2}) | {"seeds": [9, 3, 7]}
    assert load(few).probed()["partial_echo"] == [3, 7]
    assert load(changed("probing.seeds", 99)).probed()["partial_echo"] == list(range(10))
    assert load(changed("questions.memory", None)).probed() == {}


def test_an_experiment_may_be_probed_for_several_questions() -> None:
    configured = load(changed("questions.longer.probes", ["partial_echo"]))
    assert sorted(configured.probed()) == sorted(PROBED)


def test_probes_change_no_training_plan() -> None:
    """The keys of a plan are those of tasks and experiments: nothing is trained again."""
    without = load(changed("questions.memory", None))
    settings = {"sequences": 100, "seeds": 1, "states": ["encoder", "decoder"]}
    others = load(changed("probing", settings))
    study = read(CONFIG)
    for configured in (without, others):
        for name in configured.experiments:
            assert configured.plan_of(name) == study.plan_of(name)
            assert configured.seeds_of(name) == study.seeds_of(name)
    assert "probes" not in study.plan_of("partial_echo").text


# The page


def test_the_page_shows_the_named_networks_in_their_order_or_those_of_the_study() -> None:
    names = ["longer_5_of_5_100", "full_echo"]
    assert load(changed("page.networks", names)).shown() == names
    assert load(changed("page", {})).shown() == ["full_echo", "partial_echo"]
    own = changed("experiments.full_echo.model", "mine:net") | {"page": {}}
    assert load(own).shown() == ["partial_echo"]
    own["experiments"]["partial_echo"]["model"] = "mine:net"
    assert load(own).shown() == []
    assert load(own).resolved()["page"] == {"networks": None}


def test_what_is_shown_is_recorded_and_changes_no_training_plan() -> None:
    study, other = read(CONFIG), load(changed("page", {}))
    assert other.resolved()["page"] == {"networks": ["full_echo", "partial_echo"]}
    assert load(study.resolved()).shown() == study.shown()
    for name in study.experiments:
        assert study.plan_of(name) == other.plan_of(name)


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("experiments.full_memoryless", ["full_echo", "cell_GRU_2_of_5_50", "lost_5_of_5_1000"]),
        ("sweeps.cell", ["full_echo", "full_memoryless", "lost_5_of_5_1000"]),
        ("sweeps.cell.grid.cell.GRU", ["full_echo", "full_memoryless", "lost_5_of_5_1000"]),
        ("sweeps.lost", ["full_echo", "full_memoryless", "cell_GRU_2_of_5_50"]),
    ],
)
def test_what_null_leaves_out_is_not_shown(path: str, left: list[str]) -> None:
    config = changed(path, None)
    config |= {"page": {"networks": ["full_echo", "full_memoryless", "cell_GRU_2_of_5_50"]}}
    config["page"]["networks"].append("lost_5_of_5_1000")
    config["questions"] |= {"cell": {"text": "Why?"}, "lost": {"text": "What?"}, "memory": None}
    assert load(config).shown() == left


def test_the_study_is_shown_where_null_leaves_nothing() -> None:
    config = changed("sweeps.lost", None) | {"page": {"networks": ["lost_5_of_5_1000"]}}
    config["questions"] |= {"lost": {"text": "What?"}}
    assert load(config).shown() == ["full_echo", "partial_echo"]
