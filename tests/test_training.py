"""The compiled loop does what a plain Keras loop does, and gives the same bits everywhere."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import PROJECT

from echoseq import models
from echoseq.backend import keras
from echoseq.errors import EchoseqError
from echoseq.models import weights_digest
from echoseq.numerics import VARIABLES
from echoseq.sequences import frame, one_hot
from echoseq.snapshots import TRAINING, draw
from echoseq.training import History, train

SMALL = {"n_in": 4, "alphabet": 10, "cells": 6, "length": 12}  # 9 windows
FULL = SMALL | {"model": "lstm", "n_out": 4, "batch_size": 3}
PARTIAL = SMALL | {"model": "encoder_decoder", "n_out": 2, "batch_size": 9}
PLANS = pytest.mark.parametrize("plan", [FULL, PARTIAL], ids=["full", "partial"])


def sequences(plan: dict, epochs: int) -> np.ndarray:
    return draw(TRAINING, 0, count=epochs, length=plan["length"], alphabet=plan["alphabet"])


def run(plan: dict, epochs: int, **options: object) -> tuple[object, History]:
    model = models.build(plan, 0)
    sizes = {key: plan[key] for key in ("n_in", "n_out", "batch_size")}
    return model, train(model, sequences(plan, epochs), **sizes, **options)


def plain_keras(plan: dict, epochs: int) -> tuple[object, History]:
    """The study's own way: one `fit` a sequence, unshuffled, the state reset by hand."""
    model = models.build(plan, 0)
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    losses, accuracies = [], []
    for sequence in sequences(plan, epochs):
        x, y = (
            one_hot(part, plan["alphabet"]) for part in frame(sequence, plan["n_in"], plan["n_out"])
        )
        fit = model.fit(x, y, batch_size=plan["batch_size"], verbose=0, shuffle=False)
        losses += fit.history["loss"]
        accuracies += fit.history["accuracy"]
        for layer in models.stateful_layers(model):
            layer.reset_state()
    return model, History(np.array(losses), np.array(accuracies))


@PLANS
def test_every_step_is_that_of_a_plain_keras_loop(plan: dict) -> None:
    ours, history = run(plan, 60)
    keras_model, keras_history = plain_keras(plan, 60)
    np.testing.assert_allclose(history.loss, keras_history.loss, rtol=2e-5)
    np.testing.assert_allclose(history.accuracy, keras_history.accuracy, atol=1e-6)
    for a, b in zip(ours.get_weights(), keras_model.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=2e-5)


@PLANS
def test_the_block_size_does_not_change_a_bit(plan: dict) -> None:
    whole, whole_history = run(plan, 25, block=25)
    parts, parts_history = run(plan, 25, block=10)  # 10, 10 and 5
    assert weights_digest(whole) == weights_digest(parts)
    np.testing.assert_array_equal(whole_history.loss, parts_history.loss)
    np.testing.assert_array_equal(whole_history.accuracy, parts_history.accuracy)


def test_the_state_is_carried_between_batches_of_a_sequence() -> None:
    """With batches of one third of the windows, forgetting the state between them shows."""
    _, carried = run(FULL, 30)
    model = models.build(FULL, 0)
    model.layers[0].stateful = False
    _, stateless = model, train(
        model, sequences(FULL, 30), n_in=4, n_out=4, batch_size=3
    )  # fmt: skip
    assert not np.allclose(carried.loss, stateless.loss, rtol=1e-4)


def test_the_state_is_reset_between_sequences() -> None:
    """The second of two sequences is learned as it is by a fresh model with the same weights."""
    together = train(models.build(PARTIAL, 0), sequences(PARTIAL, 2), **PARTIAL_SIZES)
    first = models.build(PARTIAL, 0)
    train(first, sequences(PARTIAL, 2)[:1], **PARTIAL_SIZES)
    fresh = models.build(PARTIAL, 1)
    fresh.set_weights(first.get_weights())
    second = train(fresh, sequences(PARTIAL, 2)[1:], **PARTIAL_SIZES)
    assert second.loss[0] == together.loss[1]


PARTIAL_SIZES = {"n_in": 4, "n_out": 2, "batch_size": 9}


def test_progress_is_reported_by_block() -> None:
    calls = []
    _, history = run(PARTIAL, 25, block=10, progress=lambda *call: calls.append(call))
    assert [call[0] for call in calls] == [10, 20, 25]
    assert calls[2][1] == pytest.approx(history.loss[20:].mean())


def test_a_loss_that_is_no_number_stops_training() -> None:
    model = models.build(PARTIAL, 0)
    model.set_weights([w * np.nan for w in model.get_weights()])
    with pytest.raises(EchoseqError, match="not a number in epoch 1"):
        train(model, sequences(PARTIAL, 5), n_in=4, n_out=2, batch_size=9)


def test_it_learns() -> None:
    plan = FULL | {"cells": 20}
    _, history = run(plan, 400)
    assert history.accuracy[-20:].mean() > 0.9
    assert history.loss[-20:].mean() < history.loss[:20].mean() / 2


def test_keras_is_set_up_for_the_same_bits() -> None:
    assert keras.backend.backend() == "tensorflow"
    assert {key: os.environ[key] for key in VARIABLES} == VARIABLES


REAL_SIZES = """
import json, sys
from echoseq import numerics
numerics.VARIABLES["ONEDNN_MAX_CPU_ISA"] = sys.argv[1]
from echoseq.evaluation import Predictor
from echoseq.files import array_digest
from echoseq.models import build, weights_digest
from echoseq.snapshots import TRAINING, draw
from echoseq.training import train
digests = {}
for name, n_out, cells, batch_size in (("lstm", 5, 20, 7), ("encoder_decoder", 2, 150, 21)):
    plan = dict(model=name, n_in=5, n_out=n_out, alphabet=100, cells=cells, batch_size=batch_size)
    model = build(plan, 0)
    initial = weights_digest(model)
    sequences = draw(TRAINING, 0, count=150, length=25, alphabet=100)
    history = train(model, sequences, n_in=5, n_out=n_out, batch_size=batch_size)
    answers = Predictor(model).sequences(sequences[:5])
    results = array_digest([history.loss, history.accuracy, *answers])
    digests[name] = {"initial": initial, "trained": weights_digest(model), "results": results}
print(json.dumps(digests))
"""


def digests_with(
    tmp_path: Path, onednn: str = VARIABLES["ONEDNN_MAX_CPU_ISA"], **variables: str
) -> dict[str, dict[str, str]]:
    """Digests of both models at the study's sizes, the matrix product capped as said."""
    script = tmp_path / "real_sizes.py"
    script.write_text(REAL_SIZES)
    done = subprocess.run(
        [sys.executable, str(script), onednn],
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
        below = digests_with(tmp_path, XLA_FLAGS="--xla_cpu_max_isa=AVX")
    else:
        below = digests_with(tmp_path, onednn="SSE41")
    for name, known in digests.items():
        assert below[name]["initial"] == known["initial"]
        assert below[name]["trained"] != known["trained"]
