"""Jobs and times are worded alike by `echoseq status` and by the plugin, which stands alone."""

from typing import Any

import pytest

import snakemake_logger_plugin_echoseq as plugin
from echoseq.watching import wording


@pytest.mark.parametrize(
    ("rule", "wildcards", "text"),
    [
        ("train_0_to_4", {"experiment": "full_echo"}, "train full_echo, seeds 0 to 4"),
        ("train_0_to_9_1a2b3c4d", {"experiment": "a"}, "train a, seeds 0 to 9"),
        ("train_seed", {"experiment": "a", "seed": 3}, "train a 3"),
        ("evaluate_experiment", {"experiment": "a"}, "evaluate a"),
        ("position_accuracy", None, "position accuracy"),
    ],
)
def test_jobs(rule: str, wildcards: dict[str, Any] | None, text: str) -> None:
    assert wording.described(rule, wildcards) == plugin.described(rule, wildcards) == text


def test_lists() -> None:
    assert wording.listed([*"abcde"]) == plugin.listed([*"abcde"]) == "a; b; c and 2 more"
    assert wording.listed(["a"]) == plugin.listed(["a"]) == "a"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3, "10 s"), (44, "40 s"), (170, "3 min"), (3600, "1 h"), (4800, "1 h 20 min")],
)
def test_times(seconds: float, text: str) -> None:
    assert wording.duration(seconds) == plugin.duration(seconds) == text
