"""Sentences of the paper about experiments, by position and of one's own."""

from typing import Any

import pandas as pd
import pytest

from echoseq.documents import results

ECHO = {"experiment": "full_echo", "echo": "2 of 3", "asked_positions": "[1, 2]", "n_in": 3}
COPYING = {"experiment": "copying", "echo": "copy", "asked_positions": None, "n_in": 14}


def core(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(rows).assign(epochs=100)


def test_what_is_asked_is_called_by_position_or_by_its_function() -> None:
    assert results.asked(core(ECHO, COPYING)) == (
        "the 2 oldest of 3 (full echo) or what the function copy returns (copying)"
    )


@pytest.mark.parametrize(
    ("counts", "said"), [([1, 1], "one window"), ([21, 21], "21 windows"), ([1, 21], "1 or 21")]
)
def test_one_window_is_not_several(counts: list[int], said: str) -> None:
    assert results.windows(pd.DataFrame({"sequence_windows": counts})).startswith(said)


def test_the_abstract_has_values_of_echoes_and_what_functions_return() -> None:
    summary = pd.DataFrame({"experiment": ["full_echo", "copying"], "position": "all"}).assign(
        windows="complete", mean=0.5, low=0.4, high=0.6, chance=0.01
    )
    assert results.abstract(core(ECHO, COPYING), {"summary": summary}) == (
        "The full echo (2 of 3 values, 100 epochs) has a mean exact match of .5000 (.4000 to "
        ".6000), where a guess would reach .0100; the experiment copying (what copy returns, 100 "
        "epochs) has a mean exact match of .5000 (.4000 to .6000), where a guess would reach .0100."
    )


def seeds_with(*wrong: int) -> pd.DataFrame:
    """The table of seeds of an experiment, each with so many of 100 values wrong."""
    rows = [
        {"experiment": "full_echo", "seed": seed, "windows": "complete", "n": 50}
        | {"position": position, "accuracy": 1 - share * number / 50}
        for seed, number in enumerate(wrong)
        for position, share in (("1", 0.5), ("2", 0.5), ("all", 1.0), ("value", 0.5))
    ]
    return pd.DataFrame(rows)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ((1, 2, 30), ", 30 of them with one of 3 seeds"),
        ((10, 11, 12), ""),  # none has most
        ((33,), ""),
    ],
)
def test_it_is_said_if_most_of_the_wrong_values_are_of_one_seed(
    wrong: tuple[int, ...], said: str
) -> None:
    assert results._of_one_seed(seeds_with(*(2 * one for one in wrong)), 2 * sum(wrong)) == (
        said.replace("30", "60")
    )


@pytest.mark.parametrize(
    ("low", "third", "told"), [(0.7, 0.85, False), (0.81, 0.85, True), (0.81, 0.5, False)]
)
def test_a_least_accurate_position_is_named_if_it_is_clear(
    low: float, third: float, told: bool
) -> None:
    """Below all others, not only below the best: the third may be as bad."""
    shared = {"experiment": "full_echo", "windows": "complete", "seeds": 3, "minimum": 0.1}
    shared |= {"maximum": 1.0, "success_rate": 0.5, "success_low": 0.1, "success_high": 0.9}
    rows = [
        {"position": position, "mean": mean, "low": least, "high": most} | shared
        for position, mean, least, most in (
            ("1", 0.6, 0.5, 0.8),
            ("2", 0.9, low, 0.95),
            ("3", third + 0.1, third, 0.9),
            ("all", 0.5, 0.4, 0.6),
        )
    ]
    text = results.accuracy(pd.DataFrame(rows), 0.99)
    assert ("Its least accurate position is 1, with .6000 (.5000 to .8000)." in text) == told
