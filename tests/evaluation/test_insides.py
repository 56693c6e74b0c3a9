"""What is done to the insides of models, tried before any job starts."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from small import FULL, PARTIAL

from echoseq.errors import EchoseqError
from echoseq.evaluation.checking import check_plans
from echoseq.study.options import GRU
from echoseq.study.plan import Plan

LSTM, IN_BATCHES = FULL, replace(PARTIAL, batch_size=3)


@pytest.mark.parametrize(
    ("plan", "given", "said"),
    [
        (LSTM, {"probed": ["x"], "sets": ["decoder"]}, "expected states of the decoder to probe"),
        (LSTM, {"probed": ["x"], "sets": ["encoder"]}, "expected a recurrent layer named encoder"),
        (
            replace(PARTIAL, model="encoder_decoder_feedback"),
            {"probed": ["x"], "sets": ["decoder"]},
            "expected states of the decoder to probe, found none",
        ),
        (IN_BATCHES, {"ablated": {"x": ["attention"]}}, "expected an attention layer"),
        (
            replace(FULL, layer=GRU),
            {"ablated": {"x": ["carried_zero", "carried_only_h"]}},
            "carried_only_h: model lstm: expected a layer that carries a state",
        ),
        (
            replace(PARTIAL, model="encoder_decoder_feedback"),
            {"ablated": {"x": ["cells", "handed_zero"]}},
            "handed_zero: model encoder_decoder_feedback: expected an effect, but no answer",
        ),
    ],
)
def test_what_cannot_be_done_to_a_built_in_model_is_refused_before_any_job(
    plan: Plan, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(EchoseqError) as told:
        check_plans({"other": FULL, "x": plan}, **given)
    assert str(told.value).startswith("experiments.x.")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


KNOWN = """
import sys
sys.path.insert(0, "tests")
from dataclasses import replace
from echoseq.evaluation.checking import check_plans
from echoseq.study.plan import Plan
plan = Plan(12, 10, 4, 2, "one_hot", "drop", "encoder_decoder_attention", 6, 30, 3, True, False)
asked = {"x": ["attention", "carried_zero", "carried_only_h", "cells", "read_out"]}
check_plans({"x": plan}, ["x"], ["encoder", "decoder"], asked)
assert "tensorflow" not in sys.modules
"""


def test_what_is_known_is_not_tried() -> None:
    """Or every start of the workflow would load TensorFlow."""
    done = subprocess.run([sys.executable, "-c", KNOWN], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
