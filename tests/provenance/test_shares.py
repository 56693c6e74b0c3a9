"""The share of published runs that is trained again."""

from typing import Any

import pytest

from echoseq.provenance.records import RunName
from echoseq.provenance.shares import SHARES, runs_of_share, share_text
from echoseq.study.reading import load
from echoseq.study.schema import Study

FACTS = {"task": "one", "model": "encoder_decoder", "epochs": 10, "batch_size": 1, "cells": 3}


def asked(question: str, **facts: Any) -> dict[str, Any]:
    return FACTS | {"question": question, "compare_to": "core"} | facts


def study() -> Study:
    """Two questions with runs of their own, and one whose only experiment is a copy."""
    return load(
        {
            "version": "v",
            "seeds": 2,
            "tasks": {"one": {"n_out": 2}},
            "experiments": {
                "core": FACTS,
                "a_first": asked("tested", cells=4),
                "b_tested": asked("tested", cells=5, seeds=[1, 7]),
                "c_copy": asked("open"),
                "d_own": asked("open", cells=6),
                "e_copy": asked("copied", seeds=1),
            },
            "questions": {
                "tested": {
                    "text": "?",
                    "contrast": {"experiment": "b_tested", "measure": "accuracy"},
                },
                "open": {"text": "?"},
                "copied": {"text": "?"},
            },
        }
    )


def published(*without: str) -> list[RunName]:
    made = study()
    names = [name for name in made.experiments if name not in without]
    return [(name, seed) for name in names for seed in made.seeds_of(name)]


@pytest.mark.parametrize(
    ("share", "runs"),
    [
        ("sample", [("b_tested", 1), ("core", 0), ("core", 1), ("d_own", 0)]),
        ("study", [("core", 0), ("core", 1)]),
        ("one", [("a_first", 0), ("b_tested", 1), ("core", 0), ("d_own", 0)]),
        (
            "all",
            [(name, s) for name in ("a_first", "b_tested", "core", "d_own")
             for s in ((1, 7) if name == "b_tested" else (0, 1))],
        ),
    ],
)  # fmt: skip
def test_the_runs_of_a_share(share: str, runs: list[RunName]) -> None:
    """No copy is trained: its run is that of another experiment."""
    assert runs_of_share(share, published(), study()) == runs


def test_another_experiment_stands_for_the_contrast_if_that_is_not_published() -> None:
    assert ("a_first", 0) in runs_of_share("sample", published("b_tested"), study())


def test_a_run_that_a_copy_was_made_from_counts_as_that_of_its_question() -> None:
    """If it is not in the study, which is verified anyway."""
    made = study().model_dump(mode="json")
    made["experiments"]["c_copy"]["cells"] = made["experiments"]["e_copy"]["cells"] = 9
    runs = [*published("d_own"), ("e_copy", 0)]
    chosen = runs_of_share("sample", runs, load(made))
    assert ("c_copy", 0) in chosen  # trained for both of their questions
    assert not [run for run in chosen if run[0] == "e_copy"]


def test_a_copy_is_left_out_if_its_original_is_not_published() -> None:
    assert runs_of_share("all", [("e_copy", 0), ("d_own", 0)], study()) == [("d_own", 0)]


def test_what_a_share_is_called() -> None:
    runs = runs_of_share("sample", published(), study())
    assert share_text("sample", runs, study()) == f"sample: {SHARES['sample']}"
    only = share_text("sample", [("core", 0)], study())
    assert only == "sample: the study, no question has runs"
