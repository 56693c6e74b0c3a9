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
    assert configured.version == "v2"
    assert configured.seeds_of("full_echo") == configured.seeds_of("partial_echo")
    assert configured.seeds_of("full_echo") == list(range(10))
    sizes = {"length": 25, "alphabet": 100, "n_in": 5}
    sizes |= {"encoding": "one_hot", "framing": "drop", "stateful": True, "masking": False}
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
    assert [configured.tasks[name].windows for name in ("full", "partial")] == [21, 21]
    assert configured.names(extensions=False) == ["full_echo", "partial_echo"]


def test_the_smoke_study_has_the_same_shape() -> None:
    small = yaml.safe_load((PROJECT / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    whole = read(CONFIG)
    assert set(small["experiments"]) == set(whole.experiments)


@pytest.mark.parametrize(("seeds", "expected"), [(3, [0, 1, 2]), ([7, 2], [2, 7])])
def test_seeds_are_a_count_or_a_list(seeds: Any, expected: list[int]) -> None:
    configured = load(changed("seeds", seeds))
    assert configured.seeds_of("full_echo") == expected
    own = load(changed("experiments.full_linear.seeds", seeds))
    assert own.seeds_of("full_linear") == expected
    assert own.seeds_of("full_echo") == list(range(10))


def test_the_seeds_of_a_task_are_those_of_its_experiments() -> None:
    configuration = changed("experiments.full_memoryless.seeds", [0, 3, 12])
    assert load(configuration).seeds_of_task("full") == [*range(10), 12]
    assert load(configuration).seeds_of_task("full_linear") == list(range(5))


def test_a_question_of_its_own_makes_an_experiment_an_extension() -> None:
    configured = load(changed("experiments.full_linear.question", None))
    assert configured.names(extensions=False) == ["full_echo", "partial_echo", "full_linear"]
    names = {*configured.names(extensions=True), *configured.names(extensions=False)}
    assert names == set(configured.experiments)


def test_every_extension_asks_compares_and_has_5_seeds_or_more() -> None:
    """The base has 10 seeds."""
    configured = read(CONFIG)
    extensions = configured.names(extensions=True)
    assert {configured.experiments[n].question for n in extensions} == set(configured.questions)
    for name in extensions:
        base = configured.experiments[name].compare_to
        assert base == ("full_echo" if name.startswith("full") else "partial_echo")
        shared = {*configured.seeds_of(name)} & {*configured.seeds_of(base)}
        assert len(shared) >= 5
    expected = {name: q.expectation for name, q in configured.questions.items() if q.expectation}
    assert expected == {"state": "same", "topology": "worse"}


def test_windows_with_missing_values_count_under_mask_framing() -> None:
    configured = read(CONFIG)
    windows = {name: task.windows for name, task in configured.tasks.items()}
    assert (windows["full_mask"], windows["partial_mask"]) == (25, 25)
    assert (windows["full_linear"], windows["two_of_10"], windows["ten_of_10"]) == (21, 16, 16)


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
