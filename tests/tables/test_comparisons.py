"""Comparisons with a base, by hand."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from examples import MASKED, PREDICTIONS, made_up

from echoseq import streams
from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.inference import bootstrap_mean, difference_interval, wilson
from echoseq.tables.comparisons import COLUMNS, compare, make
from echoseq.tables.sources.pairs import Side
from echoseq.task import MISSING

SETTINGS: dict[str, Any] = {"confidence": 0.9, "resamples": 500}


def side(
    predictions: Predictions, epochs: list[int] = (), learned: list[bool] = (), name: str = "ours"
) -> Side:
    """An experiment; without epochs, of a fixed length."""
    trained = np.array(epochs or [100] * len(predictions.seeds))
    known = np.array(learned or [True] * len(epochs)) if epochs else None
    return Side(name, predictions, trained, 3 * trained, known)


def comparison(ours: Predictions | Side, theirs: Predictions | Side) -> pd.DataFrame:
    sides = [it if isinstance(it, Side) else side(it) for it in (ours, theirs)]
    return pd.DataFrame([row for row, _ in compare(*sides, **SETTINGS)])


def test_a_comparison_by_hand():
    """Seed 1: one window wrong in ours; seed 2: two in ours and one in the base."""
    ours = made_up([1, 2], 2, [(1, 0, 0, 0), (2, 0, 0, 0), (2, 1, 3, 1)])
    base = made_up([1, 2], 2, [(2, 0, 1, 1)])
    table = comparison(ours, base)
    assert (table["experiment"] == "ours").all()
    assert (table["confidence"] == 0.9).all()
    assert (table["measure"] == "accuracy").all()
    assert table["position"].tolist() == ["1", "2", "value", "all"]
    assert table["accuracy"].tolist() == pytest.approx([14 / 16, 15 / 16, 29 / 32, 13 / 16])
    assert table["base_accuracy"].tolist() == pytest.approx([1, 15 / 16, 31 / 32, 15 / 16])
    assert table["difference"].tolist() == pytest.approx([-2 / 16, 0, -2 / 32, -2 / 16])
    assert table["seeds"].tolist() == [2] * 4
    exact = table.iloc[3]
    counts = np.array([[3, 4], [3, 3]]), np.array([[4, 4], [3, 4]])
    assert (exact["low"], exact["high"]) == difference_interval(*counts, (4, 4), **SETTINGS)
    value = table.iloc[2]
    counts = np.array([[7, 8], [7, 7]]), np.array([[8, 8], [7, 8]])
    assert (value["low"], value["high"]) == difference_interval(*counts, (8, 8), **SETTINGS)


def test_only_the_seeds_that_both_have_are_compared_in_whatever_order_they_stand():
    ours = made_up([7, 3, 1], 2, [(3, 0, 0, 0), (7, 0, 0, 0), (7, 0, 1, 0), (7, 0, 2, 0)])
    base = made_up([1, 2, 3, 5], 2, [(2, 0, 0, 0), (5, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0)])
    table = comparison(ours, base).set_index("position")
    assert table["seeds"].tolist() == [2] * 4
    assert table.loc["1", "accuracy"] == pytest.approx(15 / 16)  # of seeds 1 and 3
    assert table.loc["1", "base_accuracy"] == pytest.approx(14 / 16)
    assert table.loc["1", "difference"] == pytest.approx(1 / 16)
    shuffled = made_up([3, 5, 1, 2], 2, [(2, 0, 0, 0), (5, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0)])
    pd.testing.assert_frame_equal(comparison(ours, shuffled).set_index("position"), table)


def test_seeds_are_paired_not_means():
    """Both lose the same seeds: no difference but what was not seen. Other seeds: a large one."""
    lost = [(seed, s, w, 0) for seed in (0, 2) for s in range(2) for w in range(4)]
    same = comparison(made_up([0, 1, 2, 3], 2, lost), made_up([0, 1, 2, 3], 2, lost))
    unseen = wilson(0, 8, 0.9)[1]
    assert same[["low", "high"]].to_numpy() == pytest.approx(np.array([[-unseen, unseen]] * 4))
    others = [(seed + 1, *rest) for seed, *rest in lost]
    crossed = comparison(made_up([0, 1, 2, 3], 2, lost), made_up([0, 1, 2, 3], 2, others))
    assert crossed["difference"].tolist() == pytest.approx([0] * 4)
    assert crossed["high"].iloc[0] > 2 * unseen


def test_echoes_of_different_length_are_compared_where_both_have_a_position():
    ours = made_up([0, 1], 3, [(0, 0, 0, 2), (1, 0, 0, 0)])
    base = made_up([0, 1], 2, [(0, 0, 0, 1)])
    table = comparison(ours, base).set_index("position")
    assert table.index.tolist() == ["1", "2", "value", "all"]
    assert table["accuracy"].tolist() == pytest.approx([15 / 16, 1, 46 / 48, 14 / 16])
    assert table["base_accuracy"].tolist() == pytest.approx([1, 15 / 16, 31 / 32, 15 / 16])
    turned = comparison(base, ours).set_index("position")
    assert turned["difference"].tolist() == pytest.approx((-table["difference"]).tolist())


def test_a_position_at_which_one_asks_nothing_is_not_compared():
    """As the first of a delayed echo, beside one at once."""
    at_once = made_up([0, 1], 2, [(0, 0, 0, 1)])
    asked = at_once.expected.copy()
    asked[..., 0] = MISSING
    delayed = replace(at_once, expected=asked)
    for pair in ((delayed, at_once), (at_once, delayed)):
        table = comparison(*pair).set_index("position")
        assert table.index.tolist() == ["2", "value", "all"]
        assert table.loc["2", "difference"] == 0


def test_only_complete_windows_are_compared():
    table = comparison(MASKED, made_up([3, 7], 2))
    pd.testing.assert_frame_equal(table, comparison(PREDICTIONS, made_up([3, 7], 2)))


def test_a_single_seed_in_common_has_a_difference_without_interval():
    table = comparison(made_up([4, 1], 2, [(1, 0, 0, 0)]), made_up([1, 2], 2))
    assert table["difference"].tolist() == pytest.approx([-1 / 8, 0, -1 / 16, -1 / 8])
    assert table[["low", "high"]].isna().all(axis=None)


def test_times_are_compared_by_their_ratio():
    """Four times, twice and as many epochs: 2, 1 and 0 doublings, a mean of 1."""
    ours = side(made_up([0, 1, 2], 2), [4000, 2000, 3000])
    base = side(made_up([0, 1, 2], 2), [1000, 1000, 3000], name="base")
    table = comparison(ours, base).set_index("measure")
    for time in ("epochs", "updates"):
        row = table.loc[time]
        assert row["difference"] == pytest.approx(1)
        low, high = bootstrap_mean(np.array([[2_000_000], [1_000_000], [0]]), **SETTINGS)
        assert (row["low"], row["high"]) == pytest.approx((low / 1e6, high / 1e6))
        assert (row["censored"], row["seeds"]) == (0, 3)
    assert table.loc["accuracy", "censored"].isna().all()


def test_the_step_in_which_times_are_known_is_that_of_the_seeds_compared():
    """A seed that only one has, and its time, say nothing of the others."""
    ours, base = [500] * 6, side(made_up([*range(6)], 2), [1000] * 6, name="base")
    alone = comparison(side(made_up([*range(6)], 2), ours), base)
    more = comparison(side(made_up([*range(7)], 2), [*ours, 60_000]), base)
    pd.testing.assert_frame_equal(more, alone)


def test_updates_differ_from_epochs_by_the_batches():
    ours, base = side(made_up([0, 1], 2), [1000, 1000]), side(made_up([0, 1], 2), [1000, 1000])
    more = Side("more", ours.predictions, ours.epochs, 21 * ours.epochs, ours.learned)
    table = comparison(more, base).set_index("measure")
    assert table.loc["epochs", "difference"] == 0
    assert table.loc["updates", "difference"] == pytest.approx(math.log2(7), abs=1e-6)


def test_an_interval_of_times_is_never_narrower_than_their_step():
    """All seeds are the same: half a step of 100 epochs is left on either side."""
    ours, base = side(made_up([0, 1], 2), [500, 500]), side(made_up([0, 1], 2), [1000, 1000])
    row = comparison(ours, base).set_index("measure").loc["epochs"]
    step = math.log2(1 + 50 / 500)
    assert (row["low"], row["high"]) == pytest.approx((-1 - step, -1 + step))


def test_seeds_that_did_not_learn_take_part_with_their_cap():
    ours = side(made_up([0, 1], 2), [4000, 2000], [False, True])
    base = side(made_up([0, 1], 2), [1000, 1000], [True, False], name="base")
    row = comparison(ours, base).set_index("measure").loc["epochs"]
    assert row["difference"] == pytest.approx(1.5)
    assert row["censored"] == 2


def test_training_of_a_fixed_length_has_no_times():
    learned, fixed = side(made_up([0, 1], 2), [100, 100]), side(made_up([0, 1], 2))
    for pair in ((learned, fixed), (fixed, learned), (fixed, fixed)):
        assert set(comparison(*pair)["measure"]) == {"accuracy"}


def question(experiment: str, measure: str) -> dict[str, Any]:
    return {"text": "?", "contrast": {"experiment": experiment, "measure": measure, "seeds": None}}


def test_planned_contrasts_are_tested_and_corrected_for_their_number():
    seeds = list(range(6))
    base = side(made_up(seeds, 2), [100] * 6, name="base")
    slow = side(made_up(seeds, 2), [400] * 6, name="slow")
    wrong = side(made_up(seeds, 2, [(s, 0, 0, 0) for s in seeds]), [100] * 6, name="wrong")
    other = side(made_up(seeds, 2), [800] * 6, name="other")
    questions = [question("slow", "updates"), question("wrong", "accuracy")]
    questions.append({"text": "?", "contrast": None})
    pairs = [(it, base) for it in (slow, wrong, other)]
    table = make(iter(pairs), **SETTINGS, questions=questions)
    assert list(table.columns) == list(COLUMNS)
    tested = table[table["p"].notna()]
    assert tested[["experiment", "measure", "position"]].fillna("").to_numpy().tolist() == [
        ["slow", "updates", ""],
        ["wrong", "accuracy", "value"],
    ]
    assert tested["p"].tolist() == [2 / 2**6] * 2
    assert tested["p_holm"].tolist() == [4 / 2**6] * 2
    assert table[table["p"].isna()]["p_holm"].isna().all()


def test_without_pairs_the_table_has_columns_but_no_rows():
    table = make([], **SETTINGS, questions=[])
    assert table.empty
    assert list(table.columns) == list(COLUMNS)


def simulated(effect: float, study: int) -> pd.DataFrame:
    """Ten seeds, times of the base spread by a third; ours are `effect` doublings longer."""
    stream = streams.generator("a made-up study", study)
    seeds = list(range(10))
    base, ours = (np.exp2(stream.normal(12, 0.5, 10) + extra) for extra in (0, effect))
    sides = [
        side(made_up(seeds, 2), np.ceil(times / 100).astype(int).__mul__(100).tolist(), name=name)
        for times, name in ((ours, "ours"), (base, "base"))
    ]
    settings = SETTINGS | {"questions": [question("ours", "epochs")]}
    return make([(sides[0], sides[1])], **settings).set_index("measure").loc["epochs"]


@pytest.mark.parametrize(("effect", "fewest", "most"), [(0.0, 0, 20), (1.5, 190, 200)])
def test_a_planted_difference_is_found_and_a_planted_null_is_not(
    effect: float, fewest: int, most: int
) -> None:
    """At .05, of 200 null studies about 10 are found: 2 to 20 with a chance of .998."""
    found = [simulated(effect, study)["p_holm"] <= 0.05 for study in range(200)]
    assert fewest <= sum(found) <= most
