"""Answers in sentences: what the facts say, and nothing else."""

from typing import Any

import pandas as pd
import pytest
from answering import answers_from, facts_from
from sweeping import experiments_and_runs, skill_and_comparisons

from echoseq.answers.answers import COLUMNS
from echoseq.answers.facts import pair_of
from echoseq.answers.verdicts import (
    LESS,
    MORE,
    NOT_LESS,
    NOT_MORE,
    RIGHT,
    SAME,
    UNDECIDED,
    WRONG,
    outcome,
    verdict,
)
from echoseq.tables.catalogue import TABLES

NAN = float("nan")
TEN = 10


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (-0.005, 0.005, SAME),
        (-0.0099, 0.0099, SAME),
        (-0.01, 0.01, SAME),  # up to the margin counts as hardly any change
        (-0.01, 0.02, NOT_LESS),
        (-0.02, 0.01, NOT_MORE),
        (0.01, 0.02, NOT_LESS),
        (-0.02, -0.01, NOT_MORE),
        (0.001, 0.009, SAME),  # a difference, but one that hardly matters
        (-0.0101, 0.005, NOT_MORE),
        (-0.005, 0.0101, NOT_LESS),
        (-0.5, 0.5, UNDECIDED),
        (-0.3, -0.0101, LESS),
        (-0.3, -0.0099, NOT_MORE),
        (0.0101, 0.3, MORE),
        (0.0099, 0.3, NOT_LESS),
        (NAN, NAN, UNDECIDED),
    ],
)
def test_an_interval_says_what_its_ends_leave_possible(low, high, expected):
    assert verdict(low, high, 0.01) == expected


@pytest.mark.parametrize(
    ("expected", "right", "wrong"),
    [
        ("same", {SAME}, {LESS, MORE}),
        ("less", {LESS}, {SAME, NOT_LESS, MORE}),
        ("more", {MORE}, {SAME, NOT_MORE, LESS}),
    ],
)
def test_an_expectation_is_right_wrong_or_undecided(expected, right, wrong):
    for found in (LESS, SAME, MORE, NOT_LESS, NOT_MORE, UNDECIDED):
        result = RIGHT if found in right else WRONG if found in wrong else UNDECIDED
        assert outcome(expected, found) == result


# Two groups at two sizes; ten seeds each.
QUICK = {"short": {4: [NAN] * TEN, 8: [500] * TEN}, "long": {4: [NAN] * TEN, 8: [2000] * TEN}}
RATIO = {"epochs": (2, 1.8, 2.2, 0.012), "updates": (2, 1.8, 2.2, NAN)}
SKILL = {"accuracy": (-0.002, -0.006, 0.002, NAN)}
QUESTION = {
    "text": "Longer echoes",
    "expectation": {"skill": None, "cells": "more", "epochs": "more"},
    "contrast": {"experiment": "long_8", "measure": "epochs", "seeds": None},
    "explanation": None,
    "probes": None,
}
SETTINGS: dict[str, Any] = {
    "confidence": 0.9,
    "learned_share": 0.8,
    "success": 0.99,
    "budgets": [10_000],
    "margin": 0.01,
    "time_margin": 1.25,
}

FACTS = {key: value for key, value in SETTINGS.items() if "margin" not in key}


def answer(
    groups=None, compared=None, accuracy=None, budgets=(10_000,), **question: Any
) -> dict[Any, Any]:
    """The one row of answers to a question about these groups."""
    tables = skill_and_comparisons(
        experiments_and_runs(groups or QUICK, cap=5000),
        compared if compared is not None else {"long_8": RATIO | SKILL},
        accuracy or {"long_8": 0.9876, "short_8": 0.9912},
    )
    (row,) = answers_from(
        tables, **SETTINGS | {"budgets": budgets}, questions=[QUESTION | {"name": "q"} | question]
    ).to_dict("records")
    return row


def test_an_answer_says_skill_time_and_cells_of_the_pair():
    row = answer()
    assert list(row) == list(COLUMNS)
    assert row["answer"] == (
        "With long instead of short (8 cells), 98.8% of the values are right on held-out sequences "
        "instead of 99.1% (a difference of \u22120.2 points, \u22120.6 to +0.2). In windows with "
        "missing values it is 98.8% instead of 99.1%. It is learned after 2,000 epochs (6,000 "
        "updates) instead of 500 epochs (1,500 updates), by 10 of 10 and 10 of 10 seeds: 4.00 "
        "times the epochs (3.48 to 4.59, p = .0120). Cells needed: 8 instead of 8 within "
        "5,000 epochs."
    )
    assert row["compared"] == "short \u2192 long (8 cells)"
    assert row["skill"] == "99.1% \u2192 98.8%"
    assert row["cells"] == "8 \u2192 8"
    assert row["cap"] == "5,000"
    assert row["epochs"] == "500 \u2192 2,000"
    assert row["updates"] == "1,500 \u2192 6,000"
    assert row["expectation"] == "more cells and more epochs"
    assert row["outcome"] == "cells wrong and epochs right"


def test_updates_are_told_where_they_differ_from_epochs():
    row = answer(compared={"long_8": RATIO | {"updates": (-1, -1.2, -0.8, 0.02)}})
    assert (
        "4.00 times the epochs (3.48 to 4.59, p = .0120) and 0.50 times the updates (0.44 to 0.57, "
        "p = .0200)." in row["answer"]
    )


@pytest.mark.parametrize(
    ("p", "told"),
    [(1, "p = 1"), (0.0176, "p = .0176"), (0.00006, "p = .0001"), (1 / 32_768, "p < .0001")],
)
def test_no_p_value_is_zero(p, told):
    """The least is one in 32,768, as many as there are assignments of signs."""
    row = answer(compared={"long_8": {"epochs": (2, 1.8, 2.2, p)}})
    assert f"4.00 times the epochs (3.48 to 4.59, {told})." in row["answer"]


@pytest.mark.parametrize(
    ("short", "long", "text"),
    [
        (
            [500] * 9 + [NAN],
            [2000] * TEN,
            "by 10 of 10 and 9 of 10 seeds: at most 4.00 times the epochs (up to 4.59",
        ),
        (
            [500] * TEN,
            [2000] * 9 + [NAN],
            "by 9 of 10 and 10 of 10 seeds: at least 4.00 times the epochs (3.48 or more",
        ),
        (
            [500] * 9 + [NAN],
            [NAN] * 6 + [2000] * 4,
            "by 4 of 10 and 9 of 10 seeds: about 4.00 times the epochs (no interval",
        ),
        (
            [500] * TEN,
            [NAN] * 6 + [4000] * 4,
            "It is not learned within 5,000 epochs, where short is after 500 epochs (1,500 "
            "updates), by 4 of 10 and 10 of 10 seeds: at least 4.00 times the epochs",
        ),
        (
            [NAN] * TEN,
            [2000] * TEN,
            "It is learned after 2,000 epochs (6,000 updates), where short is not within 5,000, by "
            "10 of 10 and 0 of 10 seeds: at most 4.00 times the epochs",
        ),
        ([NAN] * TEN, [NAN] * TEN, "Neither is learned by half of the seeds within 5,000 epochs."),
    ],
)
def test_seeds_that_do_not_learn_are_told(short, long, text):
    row = answer({"short": {8: short}, "long": {8: long}})
    assert text in row["answer"]


def test_what_is_not_learned_within_its_cap_takes_more_epochs():
    """The cap is that of the experiment that did not learn."""
    groups = {"short": {8: [500] * TEN}, "long": {8: [NAN] * TEN}}
    tables = experiments_and_runs(groups, cap=5000)
    tables["experiments"].loc[tables["experiments"]["group"] == "long", "epochs"] = 9000
    given = skill_and_comparisons(tables, {"long_8": RATIO})
    questions = [QUESTION | {"name": name, "expectation": {"epochs": "more"}} for name in "qz"]
    (row,) = answers_from(given, **SETTINGS, questions=questions).to_dict("records")
    assert "It is not learned within 9,000 epochs, where short is after 500 epochs" in row["answer"]
    assert (row["question"], row["outcome"]) == ("q", "right")


@pytest.mark.parametrize(
    ("compared", "long", "summary"),
    [
        (
            RATIO | SKILL,
            [2000] * TEN,
            "With long instead of short (8 cells), about as many values are right; it takes 4.00 "
            "times the epochs; of the sizes tried, it needs the same within as many epochs.",
        ),
        (
            {"accuracy": (-0.2, -0.3, -0.1, NAN), "epochs": (0.1, -0.05, 0.25, NAN)},
            [500] * TEN,
            "With long instead of short (8 cells), fewer values are right; it takes about as many "
            "epochs; of the sizes tried, it needs the same within as many epochs.",
        ),
        (
            {"accuracy": (0.2, -0.3, 0.5, NAN), "epochs": (0.1, -2, 2, NAN)},
            [500] * TEN,
            "With long instead of short (8 cells), it is open whether more or fewer values are "
            "right; it is open whether it takes more epochs; of the sizes tried, it needs the same "
            "within as many epochs.",
        ),
        (
            RATIO | SKILL,
            [NAN] * TEN,
            "With long instead of short (8 cells), about as many values are right; it is not "
            "learned in time, short is; within as many epochs it needs more cells.",
        ),
    ],
)
def test_the_summary_says_in_words_what_the_numbers_say(compared, long, summary):
    groups = {"short": QUICK["short"], "long": {4: [NAN] * TEN, 8: long}}
    assert answer(groups, {"long_8": compared})["summary"] == summary


def test_the_summary_of_what_has_no_verdicts_is_the_answer():
    row = answer({"short": QUICK["short"]}, {}, contrast=None)
    assert row["summary"] == row["answer"]


def test_an_answer_without_a_pair_says_so_instead_of_nothing():
    """What reads answers.csv expects a sentence: the report, the paper, the page."""
    row = answer({"short": {8: [500] * TEN}}, compared={}, accuracy={"short_8": 0.9912})
    assert row["answer"] == "Beside what claims test, no two experiments are compared."


def test_where_neither_is_learned_nothing_is_known_of_the_times():
    row = answer({"short": {8: [NAN] * TEN}, "long": {8: [NAN] * TEN}})
    assert row["outcome"] == UNDECIDED
    assert row["epochs"] == "not learned \u2192 not learned"


@pytest.mark.parametrize(
    ("short", "long", "cells", "found"),
    [
        ({4: 1, 8: 1}, {4: 0, 8: 1}, "at most 4 \u2192 8", "right"),
        ({4: 1, 8: 1}, {4: 0, 8: 0}, "at most 4 \u2192 more than 8", "right"),
        ({4: 0, 8: 1}, {4: 1, 8: 1}, "8 \u2192 at most 4", "wrong"),
        ({4: 0, 8: 1}, {4: 0, 8: 1}, "8 \u2192 8", "wrong"),
        ({4: 1, 8: 1}, {4: 1, 8: 1}, "at most 4 \u2192 at most 4", "undecided"),
        ({4: 0, 8: 0}, {4: 0, 8: 0}, "more than 8 \u2192 more than 8", "undecided"),
        ({4: 0, 8: 1}, {8: 1, 16: 1}, "8 \u2192 at most 8", "undecided"),
        ({4: 0, 8: 0}, {8: 0, 50: 1}, "more than 8 \u2192 50", "undecided"),
        ({4: 0, 8: 0}, {8: 1, 50: 1}, "more than 8 \u2192 at most 8", "wrong"),
        ({4: 0, 8: 1}, {8: 0, 16: 0}, "8 \u2192 more than 16", "right"),
    ],
)
def test_cells_are_compared_on_the_grid(short, long, cells, found):
    groups = {
        name: {size: [500 if learns else NAN] * TEN for size, learns in sizes.items()}
        for name, sizes in (("short", short), ("long", long))
    }
    row = answer(groups, expectation={"cells": "more"})
    assert (row["cells"], row["outcome"]) == (cells, found)


def test_cells_are_needed_within_the_caps_of_their_group():
    tables = experiments_and_runs(QUICK, cap=5000)
    tables["experiments"].loc[tables["experiments"]["group"] == "long", "epochs"] = 9000
    given = skill_and_comparisons(tables, {"long_8": RATIO})
    (row,) = answers_from(given, **SETTINGS, questions=[QUESTION | {"name": "q"}]).to_dict(
        "records"
    )
    assert "Cells needed: 8 within 9,000 epochs instead of 8 within 5,000." in row["answer"]
    assert row["cap"] == "5,000 \u2192 9,000"


def test_cells_are_needed_within_each_budget():
    """What takes longer needs more cells within fewer epochs, and within the cap no more."""
    groups = {
        "short": {4: [900] * TEN, 8: [500] * TEN, 16: [500] * TEN},
        "long": {4: [3000] * TEN, 8: [900] * TEN, 16: [900] * TEN},
    }
    row = answer(groups, budgets=[800, 2000], expectation={"cells": "more"})
    assert row["cells"] == (
        "8 \u2192 more than 16 (800); at most 4 \u2192 8 (2,000); "
        "at most 4 \u2192 at most 4 (5,000)"
    )
    assert row["answer"].endswith(
        "Cells needed: more than 16 instead of 8 within 800 epochs, 8 instead of at most 4 within "
        "2,000 epochs and at most 4 instead of at most 4 within 5,000 epochs."
    )
    assert row["outcome"] == RIGHT


def answer_with_a_later_cap(groups, cells, **settings):
    """What is answered if short had 1,000 epochs, long 5,000, and `cells` was expected."""
    tables = experiments_and_runs(groups, cap=1000)
    later = tables["experiments"]["group"] == "long"
    tables["experiments"].loc[later, "epochs"] = 5000
    given = skill_and_comparisons(tables, {"long_8": RATIO})
    asked = QUESTION | {"name": "q", "expectation": {"cells": cells}}
    (row,) = answers_from(given, **SETTINGS | settings, questions=[asked]).to_dict("records")
    return row


def test_budgets_that_the_groups_do_not_share_decide_nothing():
    groups = {"short": {4: [NAN] * TEN, 8: [900] * TEN}, "long": {4: [2000] * TEN, 8: [900] * TEN}}
    row = answer_with_a_later_cap(groups, "less", budgets=[950])
    assert row["cells"] == "8 \u2192 8 (950); 8 \u2192 at most 4 (1,000 \u2192 5,000)"
    assert row["outcome"] == "wrong"  # the same within 950 epochs, which both were given
    assert row["summary"].endswith("it needs the same within as many epochs.")


def test_caps_that_the_groups_do_not_share_decide_nothing():
    """Fewer cells within 5,000 epochs than within 1,000 may be more within as many."""
    groups = {"short": {4: [NAN] * TEN, 8: [900] * TEN}, "long": {4: [2000] * TEN, 8: [950] * TEN}}
    row = answer_with_a_later_cap(groups, "more")
    assert row["cells"] == "8 \u2192 at most 4"
    assert row["outcome"] == UNDECIDED
    assert row["summary"].endswith("the sizes tried do not tell whether it needs more cells.")


def test_budgets_that_contradict_each_other_leave_cells_undecided():
    groups = {
        "short": {4: [900] * TEN, 8: [900] * TEN, 16: [500] * TEN},
        "long": {4: [3000] * TEN, 8: [700] * TEN, 16: [700] * TEN},
    }
    row = answer(groups, budgets=[800, 2000], expectation={"cells": "more"})
    assert row["cells"].startswith("16 \u2192 8 (800); at most 4 \u2192 8 (2,000); ")
    assert row["outcome"] == UNDECIDED
    assert row["summary"].endswith("whether it needs more cells depends on the epochs.")


@pytest.mark.parametrize(
    ("short", "long", "told"),
    [
        (
            NAN,
            800,
            " after 800 epochs (2,400 updates), where short is not within 5,000",
        ),
        (800, NAN, "It is not learned within 9,000 epochs, where short is after 800 epochs"),
        (NAN, NAN, "Neither is learned by half of the seeds within 9,000 and 5,000 epochs."),
    ],
)
def test_what_is_not_learned_is_not_within_its_own_cap(short: float, long: float, told: str):
    groups = {"short": {8: [short] * TEN}, "long": {8: [long] * TEN}}
    tables = experiments_and_runs(groups, cap=5000)
    tables["experiments"].loc[tables["experiments"]["group"] == "long", "epochs"] = 9000
    given = skill_and_comparisons(tables, {"long_8": RATIO})
    asked = [QUESTION | {"name": "q"}]
    (row,) = answers_from(given, **SETTINGS, questions=asked).to_dict("records")
    assert told in row["answer"]


def test_an_expectation_is_not_judged_in_another_set_up():
    assert answer(set_up="ours")["outcome"] == "not judged (another set-up)"
    assert answer(set_up="source")["outcome"] == "cells wrong and epochs right"
    assert answer(set_up="ours", expectation=None)["outcome"] is None


def test_windows_with_missing_values_are_told_apart():
    """Only where both of the pair train on them."""
    tables = skill_and_comparisons(experiments_and_runs(QUICK, cap=5000), {"long_8": RATIO})
    skill = tables["skill"]
    incomplete = skill["windows"] == "incomplete"
    skill.loc[incomplete & (skill["experiment"] == "long_8"), "accuracy"] = 0.829
    told = " In windows with missing values it is 82.9% instead of 99.0%. It is learned"
    for rows, found in ((skill, True), (skill[~incomplete], False)):
        given = tables | {"skill": rows}
        (row,) = answers_from(given, **SETTINGS, questions=[QUESTION | {"name": "q"}]).to_dict(
            "records"
        )
        assert (told in row["answer"]) == found


def test_a_single_size_needs_no_cells():
    row = answer({"short": {8: [500] * TEN}, "long": {8: [2000] * TEN}})
    assert row["cells"] is None
    assert "Cells" not in row["answer"]
    assert row["outcome"] == "cells undecided and epochs right"


@pytest.mark.parametrize(
    ("low", "high", "found"),
    [
        *((-0.1, 0.1, "right"), (-0.3, 0.3, "right"), (0.4, 0.6, "wrong")),
        *((0.2, 0.6, "undecided"), (-0.6, -0.4, "wrong")),
    ],
)
def test_hardly_any_change_of_a_time_is_a_ratio_within_the_margin(low, high, found):
    """Of 1.25, .32 doublings."""
    row = answer(
        compared={"long_8": {"epochs": (0, low, high, NAN)}}, expectation={"epochs": "same"}
    )
    assert row["outcome"] == found


@pytest.mark.parametrize(
    ("ends", "missed", "expected", "found"),
    [
        ((0.1, 0.2), (0, 4), "same", "undecided"),  # those may have needed any number of epochs
        ((0.1, 0.2), (4, 0), "same", "undecided"),
        ((0.4, 0.6), (0, 4), "more", "right"),  # a bound may still decide
        ((0.4, 0.6), (4, 0), "more", "undecided"),
        ((-0.6, -0.4), (4, 0), "more", "wrong"),
        ((-0.6, -0.4), (0, 10), "more", "undecided"),
        ((0.4, 0.6), (4, 6), "more", "undecided"),
    ],
)
def test_runs_that_did_not_learn_leave_a_ratio_open(ends, missed, expected, found):
    short, long = ([900] * (TEN - some) + [NAN] * some for some in missed)
    ratio = {"epochs": (sum(ends) / 2, *ends, NAN)}
    groups = {"short": {8: short}, "long": {8: long}}
    row = answer(groups, {"long_8": ratio}, expectation={"epochs": expected})
    assert row["outcome"] == found


def test_the_summary_says_that_a_ratio_is_a_bound():
    groups = {"short": {8: [500] * TEN}, "long": {8: [2000] * 9 + [NAN]}}
    assert "it takes at least 4.00 times the epochs" in answer(groups)["summary"]


def test_all_claims_with_the_same_outcome_are_one_word():
    groups = {"short": {4: [500] * TEN, 8: [500] * TEN}, "long": {4: [NAN] * TEN, 8: [2000] * TEN}}
    assert answer(groups)["outcome"] == "right"


def test_a_question_without_a_contrast_is_about_the_last_experiment_compared():
    row = answer(compared={"long_8": RATIO, "long_4": RATIO}, contrast=None, expectation=None)
    assert row["compared"] == "short \u2192 long (8 cells)"
    assert row["expectation"] is None
    assert row["outcome"] is None


def test_the_largest_has_the_longest_windows_then_answers_then_the_most_cells():
    asked = pd.DataFrame(
        [
            ("longest", "base_a", 9, 2, 4),
            ("base_a", None, 9, 9, 99),
            ("more cells", "base_b", 5, 2, 50),
            ("more values", "base_b", 5, 5, 8),
        ],
        columns=["experiment", "compare_to", "n_in", "n_out", "cells"],
    )
    question = {"contrast": None}
    assert pair_of(question, asked) == ("base_a", "longest")
    assert pair_of(question, asked[2:]) == ("base_b", "more values")
    assert pair_of({"contrast": {"experiment": "more cells"}}, asked) == ("base_b", "more cells")
    assert pair_of(question, asked[1:2]) is None


def test_a_question_in_which_nothing_is_compared_tells_the_cells():
    row = answer({"short": QUICK["short"]}, {}, contrast=None)
    assert row["answer"] == "Cells needed within 5,000 epochs: short: 8."
    assert all(row[key] is None for key in ("compared", "skill", "epochs"))


def test_what_the_pair_has_in_common_is_named_once():
    groups = {"batch 1, carried": QUICK["short"], "batch 1, reset": QUICK["long"]}
    contrast = {"experiment": "batch 1, reset_8", "measure": "epochs"}
    row = answer(groups, {"batch 1, reset_8": RATIO}, contrast=contrast)
    assert row["compared"] == "carried \u2192 reset (batch 1, 8 cells)"
    assert row["answer"].startswith("With reset instead of carried (batch 1, 8 cells), ")


def test_other_numbers_give_other_sentences():
    texts = [answer()["answer"]]
    texts.append(answer(accuracy={"long_8": 0.5})["answer"])
    texts.append(answer(compared={"long_8": RATIO | {"epochs": (1, 0.8, 1.2, 0.04)}})["answer"])
    slower = {"short": QUICK["short"], "long": {4: [NAN] * TEN, 8: [2100] * TEN}}
    texts.append(answer(slower)["answer"])
    assert len(set(texts)) == len(texts)


# The facts behind them


def test_every_number_of_an_answer_is_a_fact():
    tables = skill_and_comparisons(experiments_and_runs(QUICK, cap=5000), {"long_8": RATIO | SKILL})
    incomplete = tables["skill"]["windows"] == "incomplete"
    tables["skill"].loc[incomplete, ["accuracy", "low", "high", "seeds"]] = [0.9, 0.8, 0.95, 7]
    table = facts_from(
        tables,
        **FACTS,
        questions=[QUESTION | {"name": name} for name in ("q", "none")],
    )
    assert list(table.columns) == list(TABLES["facts"].columns)
    assert set(table["question"]) == {"q"}
    other = table[table["pair"] == "other"].set_index("fact")
    assert (other["group"] == "long").all()
    assert other.loc["epochs", "value"] == 2000
    assert other.loc["learned", ["value", "low"]].tolist() == pytest.approx([1, 0.787], abs=1e-3)
    assert other.loc["difference", ["value", "low", "high"]].tolist() == [-0.002, -0.006, 0.002]
    ratio = other.loc["ratio of epochs", ["value", "low", "high", "p_holm"]].tolist()
    assert ratio == pytest.approx([4, 2**1.8, 2**2.2, 0.012])
    assert other.loc["bits", "low"] == 12
    incomplete = other.loc["accuracy in incomplete windows", ["value", "low", "high", "seeds"]]
    assert incomplete.tolist() == [0.9, 0.8, 0.95, 7]
    needed = table[table["fact"] == "needed_cells"].set_index("group")["value"].to_dict()
    assert needed == {"short": 8, "long": 8}
    neither = table[table["pair"].isna() & table["cells"].notna()]
    assert set(neither["cells"]) == {4}


def test_times_have_the_interval_of_their_median():
    spread = [1900, 1950, *[2000] * 6, 2100, 2200]
    tables = experiments_and_runs({"short": {8: [500] * TEN}, "long": {8: spread}}, cap=5000)
    given = skill_and_comparisons(tables, {"long_8": RATIO})
    table = facts_from(given, **FACTS, questions=[QUESTION | {"name": "q"}])
    other = table[table["pair"] == "other"].set_index("fact")
    for time, factor in (("epochs", 1), ("updates", 3)):
        low, value, high = other.loc[time, ["low", "value", "high"]] / factor
        assert (low, value, high) == (1950, 2000, 2000)


def test_a_base_from_elsewhere_is_among_the_facts():
    tables = experiments_and_runs(QUICK, cap=5000)
    tables["experiments"].loc[:1, "question"] = "another"
    given = skill_and_comparisons(tables, {"long_8": RATIO})
    table = facts_from(given, **FACTS, questions=[QUESTION | {"name": "q"}])
    base = table[table["pair"] == "base"]
    assert set(base["fact"]) >= {"accuracy", "bits"}
    assert set(base["group"]) == {"short"}


def test_nan_is_never_written_into_a_sentence():
    for groups in (QUICK, {"short": {8: [NAN] * TEN}, "long": {8: [NAN] * TEN}}):
        for compared in ({}, {"long_8": {"epochs": (0, NAN, NAN, NAN)}}):
            row = answer(groups, compared)
            texts = [value for value in row.values() if isinstance(value, str)]
            assert not any("nan" in text for text in texts)
