"""A group has one network for each size, or tables would show two as one."""

from typing import Any

import pytest
from configurations import study_of_two

from echoseq.errors import EchoseqError
from echoseq.study.reading import load


def two_sweeps(**other: Any) -> dict[str, Any]:
    """Two sweeps of a question with the same group and sizes; the second with other settings."""
    shared = {"question": "q", "model": "encoder_decoder", "epochs": 300, "until": "learned"}
    shared |= {"seeds": 3, "task": "one", "batch_size": 1}
    grid = {"echo": {"short": {}}, "cells": [4, 8]}
    sweeps = {"s": shared | {"grid": grid}, "t": shared | {"grid": grid} | other}
    return study_of_two() | {"sweeps": sweeps, "questions": {"q": {"text": "Why"}}}


@pytest.mark.parametrize(
    "other",
    [
        {"seeds": 2},  # the same runs, of fewer seeds
        {"learning_rate": 0.01, "grid": {"echo": {"slow": {}}, "cells": [4, 8]}},
        {"learning_rate": 0.01, "grid": {"echo": {"short": {}}, "cells": [16]}},
        {"learning_rate": 0.01, "until": "epochs"},
    ],
)
def test_what_tables_tell_apart_is_accepted(other: dict[str, Any]) -> None:
    load(two_sweeps(**other))


@pytest.mark.parametrize("other", [{"learning_rate": 0.01}, {"epochs": 400}, {"stateful": False}])
def test_two_networks_of_one_group_and_size_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(EchoseqError) as caught:
        load(two_sweeps(**other))
    assert str(caught.value) == (
        "sweeps.t.group: expected another than 'short', with which 's_short_4' has as many cells "
        "and trains in another way (its experiment t_short_4)\n"
        "sweeps.t.group: expected another than 'short', with which 's_short_8' has as many cells "
        "and trains in another way (its experiment t_short_8)"
    )
