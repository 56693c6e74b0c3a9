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
