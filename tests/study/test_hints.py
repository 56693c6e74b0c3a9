"""Hints about configurations that are valid, but may not do what was meant."""

import pytest
from configurations import CONFIG, study_of_two

from echoseq.study.hints import hints
from echoseq.study.reading import load, read


def test_a_comparison_that_the_study_does_not_make_is_named() -> None:
    assert hints(load(study_of_two())) == [
        "experiments.b.compare_to: only `extensions` makes comparisons, the study does not"
    ]


def test_a_comparison_on_a_question_needs_no_hint() -> None:
    study = study_of_two()
    study["experiments"]["b"]["question"] = "q"
    study["questions"] = {"q": {"text": "What?"}}
    assert hints(load(study)) == []
    assert hints(read(CONFIG)) == []


@pytest.mark.parametrize(
    ("echo", "keys", "has"),
    [
        ([0, 1], {"batch_size": 5}, "batch_size: 5"),
        ([0, 1], {"batch_size": 1, "stateful": False}, "stateful: false"),
        ([0, 1], {"batch_size": 1}, None),
        ([1, 2], {"batch_size": 2}, None),
        ([1, "none"], {"batch_size": 2}, None),
    ],
)
def test_values_before_the_window_are_out_of_reach_of_larger_batches(
    echo: list[object], keys: dict[str, object], has: str | None
) -> None:
    study = study_of_two()
    study["tasks"]["one"] |= {"length": 7, "n_in": 2, "n_out": 2, "echo": echo}
    study["tasks"]["other"] = study["tasks"]["one"]
    for experiment in study["experiments"].values():
        experiment |= {"model": "encoder_decoder", **keys}
    found = [hint for hint in hints(load(study)) if "before the window" in hint]
    assert [hint.rpartition("it has ")[2] for hint in found] == ([has] * 2 if has else [])
