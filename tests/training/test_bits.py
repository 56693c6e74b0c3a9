"""Training and answering give the same bits on every machine that is promised them."""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from workspaces import PROJECT

from echoseq.networks.numerics import VARIABLES

FULL = {"model": "lstm", "n_out": 5, "cells": 20, "batch_size": 7, "epochs": 400}
PARTIAL = {"model": "encoder_decoder", "n_out": 2, "cells": 150, "batch_size": 21, "epochs": 150}
NETWORKS = {
    "lstm": FULL,
    "encoder_decoder": PARTIAL,
    "lstm linear": FULL | {"encoding": "linear"},
    **{
        name: PARTIAL | {"model": f"encoder_decoder_{name}", "cells": 50}
        for name in ("gru", "simple_rnn", "step", "feedback", "attention")
    },
    "lstm masked": FULL | {"framing": "mask", "masking": True, "batch_size": 5},
}
REAL_SIZES = """
import json, sys
from echoseq.networks import numerics
numerics.VARIABLES["ONEDNN_MAX_CPU_ISA"] = sys.argv[1]
from echoseq.evaluation.answering import Predictor
from echoseq.files import array_digest
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.networks.weights import weights_digest
from echoseq.data.snapshots import TRAINING, draw
from echoseq.study.plan import Plan
from echoseq.training.loop import Trainer
digests = {}
plain = dict(length=25, alphabet=100, n_in=5, encoding="one_hot", framing="drop", stateful=True,
             masking=False)
for name, settings in json.loads(sys.argv[2]).items():
    plan = Plan(**plain | settings)
    coding = coding_of(plan)
    model = build(plan, 0)
    initial = weights_digest(model)
    sequences = draw(TRAINING, 0, count=plan.epochs, length=25, alphabet=100)
    trainer = Trainer(coding, length=25, n_in=5, n_out=plan.n_out, batch_size=plan.batch_size)
    history = trainer.train(model, sequences)
    tokens, loss, _ = Predictor(model, coding).sequences(sequences[:5])
    results = array_digest([history.loss, history.accuracy, tokens, loss])
    digests[name] = {"initial": initial, "trained": weights_digest(model), "results": results}
print(json.dumps(digests))
"""


def digests_with(
    tmp_path: Path,
    names: Iterable[str] = tuple(NETWORKS),
    onednn: str = VARIABLES["ONEDNN_MAX_CPU_ISA"],
    **variables: str,
) -> dict[str, dict[str, str]]:
    """Digests of the networks at the study's sizes, the matrix product capped as said."""
    script = tmp_path / "real_sizes.py"
    script.write_text(REAL_SIZES)
    done = subprocess.run(
        [sys.executable, str(script), onednn, json.dumps({name: NETWORKS[name] for name in names})],
        env=os.environ | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


# What every x86-64 processor with AVX2 and FMA should give with the locked libraries.
KNOWN = PROJECT / "tests" / "known_digests.json"
PROMISED = pytest.mark.skipif(
    platform.machine() not in {"x86_64", "AMD64"}, reason="bits are promised for x86-64 alone"
)


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    return digests_with(tmp_path_factory.mktemp("best"))


@PROMISED
def test_the_bits_are_those_of_other_machines(digests: dict[str, dict[str, str]]) -> None:
    """After a change that is meant to change them: write what is printed here to the file."""
    assert digests == json.loads(KNOWN.read_text()), json.dumps(digests, indent=2)


@PROMISED
def test_the_same_bits_when_limited_to_avx2(
    digests: dict[str, dict[str, str]], tmp_path: Path
) -> None:
    """Compiled for AVX2, and with a user's variables that would let kernels be chosen freely."""
    outside = {"ONEDNN_MAX_CPU_ISA": "SSE41", "TF_ENABLE_ONEDNN_OPTS": "1"}
    limited = {"XLA_FLAGS": "--xla_cpu_max_isa=AVX2"}
    assert digests_with(tmp_path, **limited, **outside) == digests


@PROMISED
@pytest.mark.parametrize("isa", ["xla", "onednn"])
def test_the_bits_need_avx2(digests: dict[str, dict[str, str]], tmp_path: Path, isa: str) -> None:
    """The limits above do something: below AVX2 the bits differ, in either library."""
    if isa == "xla":
        below = digests_with(tmp_path, ["lstm"], XLA_FLAGS="--xla_cpu_max_isa=AVX")
    else:
        below = digests_with(tmp_path, ["lstm"], onednn="SSE41")
    assert below["lstm"]["initial"] == digests["lstm"]["initial"]
    assert below["lstm"]["trained"] != digests["lstm"]["trained"]
