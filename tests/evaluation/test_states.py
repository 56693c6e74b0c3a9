"""The states of several sets, of one model."""

from dataclasses import replace

import numpy as np
import pytest
from small import FULL, PARTIAL

from echoseq.data.snapshots import PROBES, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.states import States
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.study.plan import Plan
from echoseq.study.probed import PROBED, SET_OF

WINDOWS = draw(PROBES, 0, count=9, length=PARTIAL.n_in, alphabet=PARTIAL.alphabet)[None]


def states_of(plan: Plan, *sets: str) -> States:
    return States(build(plan, seed=0), coding_of(plan), sets)


def test_every_set_reads_states_that_it_declares() -> None:
    found = states_of(PARTIAL, *PROBED).read(WINDOWS)
    assert set(map(SET_OF.get, found)) == set(PROBED)


def test_sets_are_read_in_the_order_in_which_they_are_asked_for() -> None:
    both = states_of(PARTIAL, "decoder", "encoder").read(WINDOWS)
    assert list(both) == ["decoder h", "decoder c", "h", "c"]
    alone = states_of(PARTIAL, "encoder").read(WINDOWS)
    assert list(alone) == ["h", "c"]
    np.testing.assert_array_equal(both["c"], alone["c"])


def test_a_set_that_the_model_does_not_have_is_left_out() -> None:
    plan = replace(PARTIAL, model="encoder_decoder_feedback")
    assert list(states_of(plan, "encoder", "decoder").read(WINDOWS)) == ["h", "c"]


def test_a_model_with_none_of_the_states_is_refused() -> None:
    said = "^model lstm: expected states of the decoder to probe, found none$"
    with pytest.raises(EchoseqError, match=said):
        states_of(FULL, "decoder")
