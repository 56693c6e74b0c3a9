"""Hints about configurations that are valid, but may not do what was meant."""

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
