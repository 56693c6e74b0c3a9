"""Some of the questions of a study, with the experiments that these need."""

from typing import Any

import pytest
from configurations import changed

from echoseq.study.reading import load
from echoseq.study.schema import Study

STUDY = {"full_echo", "partial_echo"}


def asking(*questions: str) -> Study:
    return load(changed("ask", list(questions)))


def names(study: Study, question: str | None) -> set[str]:
    return {name for name, e in study.experiments.items() if e.question == question}


def test_all_questions_are_asked_by_default() -> None:
    assert load(changed("ask", None)) == load(changed("seeds", 10))
    assert asking(*load(changed("seeds", 10)).questions).experiments.keys() == (
        load(changed("seeds", 10)).experiments.keys()
    )


def test_other_questions_and_their_experiments_are_left_out() -> None:
    everything, study = load(changed("ask", None)), asking("longer", "state")
    assert set(study.questions) == {"longer", "state"}
    assert names(study, None) == STUDY
    for question in ("longer", "state"):
        assert names(study, question) == names(everything, question)
    assert len(study.experiments) == sum(len(names(study, q)) for q in (None, "longer", "state"))
    for name in study.experiments:
        assert study.plan_of(name) == everything.plan_of(name)
        assert study.seeds_of(name) == everything.seeds_of(name)


def test_no_question_leaves_the_study() -> None:
    assert set(asking().experiments) == STUDY
    assert asking().twins() == {}


def test_what_a_question_probes_is_kept_and_compared_with_nothing() -> None:
    borrowed = {f"cell_{cell}_5_of_5_100" for cell in ("LSTM", "simple_RNN")}
    configuration = changed("questions.memory.probes", ["partial_echo", *sorted(borrowed)])
    study = load(configuration | {"ask": ["memory"]})
    assert names(study, "memory") == borrowed
    assert set(study.experiments) == STUDY | borrowed
    assert {study.experiments[name].compare_to for name in borrowed} == {None}


def test_a_base_on_another_question_is_kept() -> None:
    configuration = changed("experiments.full_memoryless.compare_to", "longer_2_of_5_50")
    study = load(configuration | {"ask": ["control"]})
    assert study.experiments["full_memoryless"].compare_to == "longer_2_of_5_50"
    assert "longer_2_of_5_50" in names(study, "control")
    assert "longer_5_of_5_100" not in study.experiments


def test_the_page_shows_what_is_left() -> None:
    named = load(changed("seeds", 10)).shown()
    assert len(named) == 5
    assert asking("cell").shown() == [
        "full_echo",
        "cell_LSTM_2_of_5_25",
        "cell_simple_RNN_5_of_5_25",
    ]
    config = changed("page.networks", named[2:])
    assert load(config | {"ask": ["decoder"]}).shown() == named[3:]
    assert load(config | {"ask": []}).shown() == ["full_echo", "partial_echo"]


def test_the_resolved_study_is_read_as_the_same() -> None:
    study = asking("memory", "masking")
    again = load(study.resolved() | {"execution": study.execution.model_dump()})
    assert again.experiments == study.experiments
    assert again.questions == study.questions


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (["longest"], "ask: expected one of 14 names, got 'longest'; did you mean longer or lost?"),
        ("longer", "ask: expected a list, got text 'longer'"),
    ],
)
def test_an_unknown_question_is_refused(ask: Any, line: str) -> None:
    with pytest.raises(Exception, match=line) as caught:
        load(changed("ask", ask))
    assert "\n" not in str(caught.value)
