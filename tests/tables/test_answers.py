"""Answers in sentences: what the figures say, and nothing else."""

import json
from typing import Any

import pandas as pd
import pytest

from echoseq.tables.answers import (
    BETTER,
    COLUMNS,
    NOT_BETTER,
    NOT_WORSE,
    SAME,
    UNDECIDED,
    WORSE,
    make,
    outcome,
    verdict,
)

NAN = float("nan")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.005, 0.005, SAME),
        (-0.0099, 0.0099, SAME),
        (0.001, 0.009, SAME),  # a difference, but one that hardly matters
        (-0.0101, 0.005, NOT_BETTER),
        (-0.005, 0.0101, NOT_WORSE),
        (-0.5, 0.5, UNDECIDED),
        (-0.3, -0.0101, WORSE),
        (-0.3, -0.0099, NOT_BETTER),
        (0.0101, 0.3, BETTER),
        (0.0099, 0.3, NOT_WORSE),
        (-1, 1, UNDECIDED),
        (NAN, NAN, UNDECIDED),
    ],
)
def test_an_interval_says_what_its_ends_leave_possible(low, high, expected):
    assert verdict(low, high, 0.01) == expected


def test_a_wider_margin_calls_more_hardly_any_change():
    assert verdict(-0.04, -0.02, 0.01) == WORSE
    assert verdict(-0.04, -0.02, 0.03) == NOT_BETTER
    assert verdict(-0.04, -0.02, 0.05) == SAME


def test_an_expectation_is_confirmed_refuted_or_undecided_by_each_experiment():
    verdicts = {"a": SAME, "b": WORSE, "c": UNDECIDED, "d": SAME, "e": BETTER}
    assert outcome("same", verdicts) == "confirmed by a and d, refuted by b and e, undecided by c"
    assert outcome("worse", verdicts) == "confirmed by b, refuted by a and d and e, undecided by c"
    assert outcome("worse", {"a": WORSE}) == "confirmed by a"
    assert outcome("same", {"a": BETTER}) == "refuted by a"
    assert outcome("same", {"a": UNDECIDED}) == "undecided by a"


@pytest.mark.parametrize(
    ("said", "same", "worse"),
    [
        (SAME, "confirmed", "refuted"),
        (WORSE, "refuted", "confirmed"),
        (BETTER, "refuted", "refuted"),
        (NOT_WORSE, "undecided", "refuted"),  # whatever it is, it is not worse
        (NOT_BETTER, "undecided", "undecided"),
        (UNDECIDED, "undecided", "undecided"),
    ],
)
def test_the_outcome_of_each_verdict_for_each_expectation(said, same, worse):
    assert outcome("same", {"a": said}) == f"{same} by a"
    assert outcome("worse", {"a": said}) == f"{worse} by a"


# Tables of a small study: a base and three experiments on two questions.
QUESTIONS = {
    "state": {"text": "Without state?", "expectation": "same"},
    "longer": {"text": "Longer echoes?", "expectation": None},
    "unasked": {"text": "Asked by no experiment?", "expectation": None},
}
EXPERIMENTS = [
    # experiment, question, compare_to, cells, epochs
    ("base", None, None, 20, 500),
    ("stateless", "state", "base", 20, 500),
    ("stateless_100", "state", "base", 100, 500),
    ("three", "longer", "base", 20, 500),
    ("lonely", "longer", None, 20, 500),
]
# mean, low, high of the exact match; difference, low, high, p_holm; epochs to learn by seed
FIGURES: dict[str, tuple] = {
    "base": (0.999, 0.99, 1.0, None, (100, 200)),
    "stateless": (0.998, 0.99, 1.0, (-0.001, -0.004, 0.002, 1.0), (150, 250, NAN)),
    "stateless_100": (1.0, 0.99, 1.0, (0.001, -0.002, 0.004, 1.0), (80, 90, 100)),
    "three": (0.5, 0.4, 0.6, (-0.499, -0.6, -0.4, 0.0625), (NAN, NAN)),
    "lonely": (0.5, 0.4, 0.6, None, (NAN, NAN)),
}


def tables(figures: dict[str, tuple] = FIGURES) -> dict[str, pd.DataFrame]:
    columns = ["experiment", "question", "compare_to", "cells", "epochs"]
    summary, comparisons, runs, seeds = [], [], [], []
    for name, (mean, low, high, difference, learned) in figures.items():
        for position, windows in (("1", "complete"), ("all", "complete"), ("all", "incomplete")):
            exact = (position, windows) == ("all", "complete")
            values = (mean, low, high) if exact else (0.77, 0.7, 0.8)  # not to be looked at
            row = dict(zip(("mean", "low", "high"), values))
            summary.append({"experiment": name, "position": position, "windows": windows} | row)
        if difference is not None:
            keys = ("difference", "low", "high", "p_holm")
            row = {"experiment": name, "base": "base"}
            comparisons.append(row | {"position": "1"} | dict.fromkeys(keys, -0.77))
            comparisons.append(row | {"position": "all"} | dict(zip(keys, difference)))
        for seed, epochs in enumerate(learned):
            for position, distance in (("1", 77), ("all", 1 + seed)):
                row = {"experiment": name, "position": position, "windows": "complete"}
                seeds.append(row | {"distance": distance, "loss": distance / 1000})
            runs.append(
                {
                    "experiment": name,
                    "seed": seed,
                    "parameters": 11_780,
                    "epochs_to_learn": epochs,
                }
            )
    return {
        "experiments": pd.DataFrame(EXPERIMENTS, columns=columns).assign(
            encoding="one_hot", chance_loss=0.085
        ),
        "seeds": pd.DataFrame(seeds),
        "summary": pd.DataFrame(summary),
        "comparisons": pd.DataFrame(comparisons),
        "runs": pd.DataFrame(runs),
    }


def answers(figures: dict[str, tuple] = FIGURES, margin: float = 0.01) -> pd.DataFrame:
    return make(tables(figures), questions=QUESTIONS, margin=margin).set_index("question")


def changed(name: str, place: int, value: Any) -> dict[str, tuple]:
    figures = list(FIGURES[name])
    figures[place] = value
    return FIGURES | {name: tuple(figures)}


def test_there_is_a_row_for_each_question_with_experiments():
    table = answers()
    assert table.index.tolist() == ["state", "longer"]
    assert list(table.columns) == ["text", "expectation", "outcome", "answer", "figures"]
    assert table["text"].tolist() == ["Without state?", "Longer echoes?"]
    assert table.loc["state", "expectation"] == SAME
    assert table.loc["longer", ["expectation", "outcome"]].isna().all()


def test_the_words_of_an_answer():
    assert answers().loc["longer", "answer"] == (
        "three has an exact match of 0.5000, -0.4990 (-0.6000 to -0.4000) beside base, worse, "
        "and 0 of 2 seeds learn it."
    )


def test_the_wording_of_an_answer_with_an_expectation():
    assert answers().loc["state", "answer"] == (
        "Expected at the base size: hardly any change (confirmed by stateless): "
        "stateless has an exact match of 0.9980, -0.0010 (-0.0040 to +0.0020) beside base, "
        "hardly any change, and 2 of 3 seeds learn it, after 200 epochs (median); "
        "stateless_100 has an exact match of 1.0000, +0.0010 (-0.0020 to +0.0040) beside base, "
        "hardly any change, and 3 of 3 seeds learn it, after 90 epochs (median)."
    )


@pytest.mark.parametrize(
    ("difference", "said", "outcome_said"),
    [
        ((-0.001, -0.004, 0.002, 1.0), SAME, "confirmed by stateless"),
        ((-0.2, -0.3, -0.1, 0.01), WORSE, "refuted by stateless"),
        ((0.2, 0.1, 0.3, 0.01), BETTER, "refuted by stateless"),
        ((-0.02, -0.05, 0.02, 0.5), UNDECIDED, "undecided by stateless"),
        ((0.01, 0.0, 0.02, 0.5), NOT_WORSE, "undecided by stateless"),
    ],
)
def test_other_figures_give_another_sentence(difference, said, outcome_said):
    table = answers(changed("stateless", 3, difference))
    sentence = table.loc["state", "answer"]
    assert table.loc["state", "outcome"] == outcome_said
    assert f"({outcome_said})" in sentence
    assert f" beside base, {said}, and 2 of 3 seeds" in sentence
    assert f"{difference[0]:+.4f} ({difference[1]:+.4f} to {difference[2]:+.4f})" in sentence
    assert table.loc["longer", "answer"] == answers().loc["longer", "answer"]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 0.123),  # the exact match
        (3, (-0.4, -0.6, -0.4, 0.0625)),  # each end and the middle of the difference
        (3, (-0.499, -0.7, -0.4, 0.0625)),
        (3, (-0.499, -0.6, -0.3, 0.0625)),
        (4, (NAN, 300)),  # who learns it, and when
        (4, (NAN, NAN, NAN)),
    ],
)
def test_every_number_in_a_sentence_comes_from_the_tables(place, value):
    before = answers().loc["longer", "answer"]
    assert answers(changed("three", place, value)).loc["longer", "answer"] != before


def test_a_regression_is_reported_in_integers_and_against_the_mean_predictor():
    """Seeds 0 and 1 are 1 and 2 integers off, over all positions."""
    given = tables()
    linear = given["experiments"]["experiment"] == "three"
    given["experiments"].loc[linear, "encoding"] = "linear"
    table = make(given, questions=QUESTIONS, margin=0.01).set_index("question")
    assert table.loc["longer", "answer"].endswith(
        "0 of 2 seeds learn it, 1.50 integers off on average (squared error 0.0015, that of the "
        "mean predictor 0.0850)."
    )
    (fact,) = json.loads(table.loc["longer", "figures"])
    assert fact["mean_absolute_error"] == 1.5


def test_the_margin_decides_what_counts_as_a_change():
    figures = changed("stateless", 3, (-0.03, -0.04, -0.02, 0.01))
    assert answers(figures, margin=0.01).loc["state", "outcome"] == "refuted by stateless"
    assert answers(figures, margin=0.05).loc["state", "outcome"] == "confirmed by stateless"


def test_only_experiments_at_the_base_size_bear_on_the_expectation():
    """stateless_100 has more cells: it is reported, but neither confirms nor refutes."""
    table = answers(changed("stateless_100", 3, (-0.2, -0.3, -0.1, 0.01)))
    assert table.loc["state", "outcome"] == "confirmed by stateless"
    assert "-0.2000 (-0.3000 to -0.1000) beside base, worse" in table.loc["state", "answer"]


def test_the_figures_behind_an_answer_can_be_read_again():
    (three,) = json.loads(answers().loc["longer", "figures"])
    assert three == {
        "experiment": "three",
        "question": "longer",
        "base": "base",
        "base_size": True,
        "parameters": 11_780,
        "epochs": 500,
        "exact_match": 0.5,
        "exact_match_low": 0.4,
        "exact_match_high": 0.6,
        "difference": -0.499,
        "low": -0.6,
        "high": -0.4,
        "p_holm": 0.0625,
        "seeds": 2,
        "learned": 0,
        "median_epochs_to_learn": None,
        "verdict": WORSE,
    }
    stateless, larger = json.loads(answers().loc["state", "figures"])
    assert (stateless["learned"], stateless["median_epochs_to_learn"]) == (2, 200)
    assert (stateless["base_size"], larger["base_size"]) == (True, False)


def test_without_questions_the_table_has_columns_but_no_rows():
    facts = pd.DataFrame(columns=["experiment", "question", "compare_to"])
    table = make({"experiments": facts}, questions={}, margin=0.01)
    assert table.empty
    assert list(table.columns) == list(COLUMNS)
