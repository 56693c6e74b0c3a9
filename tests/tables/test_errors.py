"""Groups of errors, checked against a loop over every value."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from examples import predicted
from framed import frame
from hypothesis import given
from hypothesis import strategies as st

from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.inference import wilson
from echoseq.tables.errors import (
    ELSEWHERE,
    FOREIGN,
    OTHER,
    REPEAT,
    SWAP,
)
from echoseq.tables.errors import make as error_table

SETTINGS = {"confidence": 0.95, "resamples": 500}


def predictions(
    sequences: list[list[int]],
    answers: list,
    *,
    n_in: int,
    alphabet: int = 10,
    missing: bool = False,
) -> Predictions:
    """Of seeds that answer so; answers: (seeds, sequences, windows, n_out)."""
    tokens = np.array(answers, np.uint8)
    zeros = np.zeros((*tokens.shape[:2], tokens.shape[3]), np.float32)
    return predicted(
        seeds=np.arange(len(tokens)),
        sequences=np.array(sequences, np.uint8),
        tokens=tokens,
        loss=zeros,
        distance=zeros,
        n_in=np.array(n_in),
        alphabet=np.array(alphabet),
        keep_missing=np.array(missing),
    )


def rows(table: pd.DataFrame, split: str) -> dict[str, dict]:
    chosen = table[table["split"] == split].set_index("group")
    return chosen.to_dict("index")


# Two seeds answer one sequence of five values in windows of three, two values each: [7 7 2],
# [7 2 4], [2 4 9], the first with a repeated value. Seed 1 is wrong in window 1 (position 2: 2
# instead of 7, which is the value one place on), in window 2 (position 1: 2 instead of 7, one place
# on) and in window 3 (position 2: 5 instead of 4, not in the window, one integer away).
TWO_SEEDS = predictions(
    [[7, 7, 2, 4, 9]],
    [[[[7, 7], [7, 2], [2, 4]]], [[[7, 2], [2, 2], [2, 5]]]],
    n_in=3,
)


def test_errors_by_hand():
    table = error_table("echo", TWO_SEEDS, **SETTINGS)
    assert set(table["experiment"]) == {"echo"}
    counted = {
        split: {g: (row["part"], row["whole"]) for g, row in rows(table, split).items()}
        for split in ("position", "repeat", "offset", "distance")
    }
    assert counted["position"] == {"1": (1, 6), "2": (2, 6)}
    assert counted["repeat"] == {
        "repeated": (1, 4),
        "distinct": (2, 8),
        "repeated less distinct": (3, 12),
    }
    assert counted["offset"] == {"-1": (0, 3), "+1": (2, 3), "+2": (0, 3), ELSEWHERE: (1, 3)}
    assert counted["distance"] == {
        "1": (1, 3),
        "2 to 5": (2, 3),
        "6 to 20": (0, 3),
        "21 or more": (0, 3),
    }
    difference = rows(table, "repeat")["repeated less distinct"]
    assert difference["rate"] == pytest.approx(1 / 4 - 2 / 8)


def test_a_symbol_is_no_repeated_value():
    """Of [1 2 8 8 9], [3 3 8 8 9], [8 8 8 9 9] and [1 2 3 4 9], only the second repeats one."""
    windows = np.array([[[1, 2, 8, 8, 9]], [[3, 3, 8, 8, 9]], [[8, 8, 8, 9, 9]], [[1, 2, 3, 4, 9]]])
    copied = replace(
        predictions([[0] * 5] * 4, [[[[5]]] * 4], n_in=5),
        windows=windows,
        expected=np.zeros((4, 1, 1), int),
        symbols=np.array(2),
    )
    repeats = rows(error_table("copy", copied, **SETTINGS), "repeat")
    assert (repeats["repeated"]["part"], repeats["repeated"]["whole"]) == (1, 1)
    assert (repeats["distinct"]["part"], repeats["distinct"]["whole"]) == (3, 3)
    integers = error_table("ten", replace(copied, symbols=np.array(0)), **SETTINGS)
    assert rows(integers, "repeat")["repeated"]["whole"] == 3


def test_chance_by_hand():
    """What a wrong answer drawn uniformly from the nine other integers would give.

    Window 1, position 2, value 7: of the others only 2, one place on; the first 7 is no error.
    Window 2, position 1: 2 one place on, 4 two on. Window 3, position 2: 2 one back, 9 one on.
    """
    table = error_table("echo", TWO_SEEDS, **SETTINGS)
    chance = {group: row["chance"] for group, row in rows(table, "offset").items()}
    assert chance == pytest.approx(
        {"-1": 1 / 27, "+1": 3 / 27, "+2": 1 / 27, ELSEWHERE: 1 - 5 / 27}
    )
    # Integers 1 away from 7, 7 and 4 among 0 to 9: two each; 2 to 5 away: 2 to 5 and 9; 2 to 5 and
    # 9; 0 to 2 and 6 to 9; the rest is farther.
    chance = {group: row["chance"] for group, row in rows(table, "distance").items()}
    assert chance == pytest.approx(
        {"1": 6 / 27, "2 to 5": 17 / 27, "6 to 20": 4 / 27, "21 or more": 0}
    )
    assert math.isnan(rows(table, "position")["1"]["chance"])


def slow_offset(window: np.ndarray, position: int, answer: int) -> str:
    places = [j for j in range(len(window)) if window[j] == answer]
    if not places:
        return ELSEWHERE
    return f"{min(places, key=lambda j: (abs(j - position), j)) - position:+d}"


def slow_kind(window: np.ndarray, answers: np.ndarray, position: int) -> str:
    """Of the wrong answer at a position."""
    answer, n_out = answers[position], len(answers)
    for other in set(range(n_out)) - {position}:
        if answer == window[other] != answers[other] == window[position]:
            return SWAP
    if answer not in window:
        return FOREIGN
    beside = [answers[i] for i in (position - 1, position + 1) if 0 <= i < n_out]
    return REPEAT if answer in beside else OTHER


def test_kinds_of_errors_by_hand():
    """Windows of [1 2 3 4], three values asked for: [1 2 3]."""
    kinds = {
        (2, 1, 3): (SWAP, 2),
        (3, 2, 1): (SWAP, 2),
        (2, 2, 3): (REPEAT, 1),
        (1, 1, 3): (REPEAT, 1),
        (1, 3, 3): (REPEAT, 1),
        (4, 2, 3): (OTHER, 1),
        (3, 2, 3): (OTHER, 1),  # what is two places on, and answered there, is no neighbour
        (9, 2, 3): (FOREIGN, 1),
        (9, 9, 3): (FOREIGN, 2),
        (2, 3, 1): (OTHER, 3),  # all moved by one place: no two are exchanged
    }
    for answer, (kind, number) in kinds.items():
        made = predictions([[1, 2, 3, 4]], [[[list(answer)]]], n_in=4)
        found = {
            g: r["part"] for g, r in rows(error_table("echo", made, **SETTINGS), "kind").items()
        }
        assert found == dict.fromkeys([SWAP, REPEAT, OTHER, FOREIGN], 0) | {kind: number}, answer


@st.composite
def studies(draw: st.DrawFn) -> Predictions:
    n_in = draw(st.integers(2, 4))
    n_out = draw(st.integers(1, n_in))
    length = draw(st.integers(n_in, 7))
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    sequences = generator.integers(0, 5, (2, length))
    shape = (2, 2, length - n_in + 1, n_out)
    return predictions(
        sequences.tolist(), generator.integers(0, 5, shape).tolist(), n_in=n_in, alphabet=5
    )


def test_values_from_outside_the_window_are_foreign_to_it_in_any_order():
    """As where a lag or a function of one's own asks for them: 8 and 9 after [1 2 3]."""
    asked = replace(predictions([[1, 2, 3]], [[[[9, 8]]]], n_in=3), expected=np.array([[[8, 9]]]))
    kinds = rows(error_table("lag", asked, **SETTINGS), "kind")
    assert {kind: row["part"] for kind, row in kinds.items()} == {
        SWAP: 0,
        REPEAT: 0,
        OTHER: 0,
        FOREIGN: 2,
    }


@given(studies())
def test_counts_and_chance_equal_a_loop_over_every_value(study: Predictions):
    found: dict[tuple[str, str], int] = {}
    possible: dict[tuple[str, str], int] = {}
    inputs, expected = study.windows, study.expected
    asked = {"repeated": 0, "distinct": 0}
    errors = 0
    for seed, sequence, w, i in np.ndindex(*study.tokens.shape):
        window, value = inputs[sequence, w], expected[sequence, w, i]
        answer = study.tokens[seed, sequence, w, i]
        repeat = "repeated" if len(set(window.tolist())) < len(window) else "distinct"
        asked[repeat] += 1
        if answer == value:
            continue
        errors += 1
        for key in [
            ("position", str(i + 1)),
            ("repeat", repeat),
            ("offset", slow_offset(window, i, answer)),
            ("kind", slow_kind(window, study.tokens[seed, sequence, w], i)),
        ]:
            found[key] = found.get(key, 0) + 1
        for other in set(range(5)) - {int(value)}:
            key = "offset", slow_offset(window, i, other)
            possible[key] = possible.get(key, 0) + 1
    table = error_table("echo", study, confidence=0.95, resamples=10)
    for row in table.to_dict("records"):
        if " less " in row["group"] or row["split"] == "distance":
            continue
        key = row["split"], row["group"]
        assert row["part"] == found.get(key, 0)
        if row["split"] == "offset" and errors:
            assert row["chance"] == pytest.approx(possible.get(key, 0) / 4 / errors)
        if row["split"] == "repeat":
            assert row["whole"] == asked[row["group"]]


def test_the_nearest_of_equal_values_is_taken_for_the_one_confused_with():
    """The window is [1 5 5 5]: an answer of 5 to position 1 is one place on, not two or three."""
    table = error_table("echo", predictions([[1, 5, 5, 5]], [[[[5]]]], n_in=4), **SETTINGS)
    assert {g: row["part"] for g, row in rows(table, "offset").items()} == {
        "+1": 1,
        "+2": 0,
        "+3": 0,
        ELSEWHERE: 0,
    }


def test_windows_that_miss_values_are_left_out():
    """Of the windows [-, 3] and [3, 4], asked for both values, the second counts."""
    study = predictions([[3, 4]], [[[[9, 9], [3, 9]]]], n_in=2, missing=True)
    table = error_table("echo", study, **SETTINGS)
    assert [row["whole"] for row in rows(table, "position").values()] == [1, 1]
    assert [row["part"] for row in rows(table, "position").values()] == [0, 1]


def test_one_seed_has_rates_without_intervals():
    one = predictions([[7, 7, 2, 4, 9]], [[[[7, 2], [2, 2], [2, 5]]]], n_in=3)
    table = error_table("echo", one, **SETTINGS)
    assert table[["low", "high"]].isna().all(axis=None)
    assert table["rate"].notna().all()


def test_where_nothing_is_wrong_rates_keep_a_width_and_shares_do_not_exist():
    sequences = [[7, 7, 2, 4, 9], [1, 2, 3, 4, 5]]
    right = frame(np.array(sequences), 3, 2)[1].tolist()
    table = error_table("echo", predictions(sequences, [right] * 3, n_in=3), **SETTINGS)
    (position, _) = rows(table, "position").values()
    assert (position["rate"], position["low"]) == (0, 0)
    assert position["high"] == pytest.approx(wilson(0, 6, 0.95)[1])
    difference = rows(table, "repeat")["repeated less distinct"]
    assert difference["low"] < 0 < difference["high"]
    shares = table[table["split"].isin(["offset", "distance"])]
    assert shares[["rate", "low", "high", "chance"]].isna().all(axis=None)


def test_the_same_table_every_time():
    first, second = (error_table("echo", TWO_SEEDS, **SETTINGS) for _ in range(2))
    pd.testing.assert_frame_equal(first, second, check_exact=True)
