"""Which tables there are, and that they are what they declare."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from ablations import ABLATIONS
from configurations import study_of_two
from examples import made_up
from readings import READOUTS

from echoseq.study.reading import load
from echoseq.tables.catalogue import (
    SOURCES,
    TABLES,
    in_order,
    made_from,
    module_of,
    modules_behind,
    read_for,
    settings_text,
    table_file,
)
from echoseq.tables.making import make_from_tables
from echoseq.tables.sources.pairs import Side
from echoseq.training.records import TrainedRun


def test_every_table_has_a_source_and_is_found_by_it() -> None:
    assert {table.source for table in TABLES.values()} == set(SOURCES)
    assert sorted(made_from(*SOURCES)) == sorted(TABLES)
    assert made_from("pairs") == ["comparisons"]


def test_a_table_is_made_after_those_that_it_reads() -> None:
    assert in_order(["answers", "needs", "facts"]) == ["needs", "facts", "answers"]
    assert in_order(["answers", "needs"]) == ["answers", "needs"]
    given = ["comparisons", "errors", "experiments", "probes", "runs", "skill"]
    assert [*given, "skill_of_seeds", "summary"] == read_for("tables")
    assert read_for("claims") == ["experiments", "runs", "skill_of_seeds"]


def test_the_modules_behind_tables_are_files() -> None:
    for source in {*SOURCES} - {"study"}:  # which the rule `list_experiments` has at hand
        modules = modules_behind(source)
        assert [module.stem for module in modules] == [source, *made_from(source)]
        assert all(module.is_file() for module in modules)


def test_tables_of_all_experiments_are_in_a_separate_folder() -> None:
    paths = [table_file(name, extensions=e) for name in TABLES for e in (False, True)]
    assert "tables/extensions/seeds.csv" in paths
    assert "tables/extensions/answers.csv" not in paths
    assert table_file("training_seconds", extensions=False).startswith("benchmarks/")


def test_settings_are_those_that_the_tables_declare() -> None:
    study = load(study_of_two()).model_dump(mode="json")
    assert json.loads(settings_text(["summary", "errors"], study)) == {
        key: study["statistics"][key] for key in ("confidence", "resamples", "success")
    }
    assert json.loads(settings_text(["needs", "answers"], study)) == {
        key: study["statistics"][key]
        for key in ("confidence", "learned_share", "margin", "success", "time_margin")
    } | {"questions": []}
    assert settings_text([], study) == "{}"


def test_what_is_claimed_is_no_part_of_the_questions() -> None:
    """So a claim makes no other table anew."""
    config = study_of_two()
    config["questions"] = {"q": {"text": "Why?"}}
    without = load(config).model_dump(mode="json")
    fact = {"table": "skill", "column": "accuracy", "experiment": "a"}
    claim = {"claim": "So it is.", "fact": fact, "expect": {"at_least": 0.5}}
    config["questions"]["q"]["because"] = [claim]
    study = load(config).model_dump(mode="json")
    others = [name for name in TABLES if name != "claims"]
    assert settings_text(others, study) == settings_text(others, without)
    settings = json.loads(settings_text(["claims"], study))
    assert settings["sequences"] == study["evaluation"]["sequences"]
    ((question, sentence),) = [(c["question"], c["claim"]) for c in settings["claims"]]
    assert (question, sentence) == ("q", "So it is.")


# What every table is made from, by its source: two small experiments; b is compared with a.
NAMES = ("a", "b")
ANSWERS = made_up([0, 1], 2, [(0, 0, 0, 0)])
QUESTION = {
    "name": "q",
    "text": "Why?",
    "expectation": {"epochs": "same"},
    "contrast": None,
    "probes": None,
}
SETTINGS: dict[str, Any] = {
    "confidence": 0.9,
    "resamples": 100,
    "success": 0.5,
    "learned_over": 2,
    "learned_share": 0.8,
    "budgets": [100],
    "margin": 0.01,
    "time_margin": 1.25,
    "questions": [QUESTION],
    "sequences": 2,
    "published": [
        {"experiment": "a", "number": 1, "source": "s", "citation": "A Paper.", "step": 0.1}
        | {"measure": "accuracy", "runs": [0.9, 0.8], "between": None, "of": None, "last": None}
        | {"expected": None, "not_met": None}
    ],
    "published_claims": [
        {
            "question": "q",
            "claim": "It is so.",
            "contrast": {"experiment": "a", "compare_to": "b", "measure": "accuracy"},
            "expect": {"at_least": 0.5},
        }
    ],
    "claims": [
        {
            "question": "q",
            "claim": "It is so.",
            "fact": {"table": "skill", "column": "accuracy", "experiment": "a"},
            "expect": {"at_least": 0.5},
        }
    ],
}


def run(experiment: str, seed: int) -> TrainedRun:
    record = {"experiment": experiment, "seed": seed, "parameters": 7, "epochs": 3}
    record |= {
        "updates": 3,
        "final_loss": 0.5,
        "final_accuracy": 1.0,
        "digest": "f" * 64,
        "plan": {},
    }
    return TrainedRun(record, np.ones(3, np.float32), np.ones(3, np.float32))


def side(name: str) -> Side:
    return Side(name, ANSWERS, np.array([3, 3]), np.array([3, 3]), np.array([True, True]))


def arguments() -> dict[str, list[tuple[Any, ...]]]:
    """By source, what the tables are made from, part by part, except the tables themselves."""
    asked = {key: value for key, value in QUESTION.items() if key != "name"}
    study = study_of_two() | {"questions": {QUESTION["name"]: asked}}
    for experiment in study["experiments"].values():
        experiment |= {"until": "learned", "epochs": 200, "question": "q"}
    study["experiments"]["c"] = {**study["experiments"]["a"], "question": None}
    timing = {"build_seconds": 0.5, "resumed_after_epoch": 0, "training_seconds": 2.5}
    return {
        "predictions": [(name, ANSWERS) for name in NAMES],
        "runs": [(name, [run(name, seed) for seed in (0, 1)]) for name in NAMES],
        "study": [(load(study),)],
        "pairs": [([(side("b"), side("a"))],)],
        "probes": [(name, READOUTS) for name in NAMES],
        "ablations": [(name, ABLATIONS) for name in NAMES],
        "timings": [({Path("a/seed-0"): timing},)],
        "published": [({name: (ANSWERS, [run(name, seed) for seed in (0, 1)]) for name in NAMES},)],
    }


def made(name: str, given: dict[str, list[tuple[Any, ...]]]) -> pd.DataFrame:
    make = import_module(module_of(name)).make
    settings = {key: SETTINGS[key] for key in TABLES[name].settings}
    return pd.concat(make(*part, **settings) for part in given[TABLES[name].source])


@pytest.fixture(scope="module")
def given() -> dict[str, list[tuple[Any, ...]]]:
    """By source, what the tables are made of; other tables too."""
    first = arguments()
    tables = {name: made(name, first) for name in made_from(*first)}
    tables |= make_from_tables(made_from("tables"), tables, SETTINGS)
    return first | {"tables": [(tables,)], "claims": [(tables,)]}


def of_three_sizes(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """A group that both seeds learned at each size, which needed cells and slopes are told of."""
    sizes = {"cells": [5, 10, 20], "learned": 2, "seeds": 2}
    needs = tables["needs"].iloc[[0] * 3].assign(**sizes)
    return tables | {"needs": needs, "runs": tables["runs"].assign(epochs_to_learn=300.0)}


@pytest.mark.parametrize("name", TABLES)
def test_tables_have_the_columns_that_they_declare(
    name: str, given: dict[str, list[tuple[Any, ...]]]
) -> None:
    if name in ("sizes", "slopes"):
        given = given | {"tables": [tuple(map(of_three_sizes, given["tables"][0]))]}
    table = made(name, given)
    assert len(table)
    assert list(table.columns) == list(TABLES[name].columns)
