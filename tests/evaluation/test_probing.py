"""The encoders of trained models, probed: what is read from which network, and what is refused."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from small import FULL, PARTIAL

from echoseq.data.snapshots import PROBES, TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.probing import cases_of, probe_models
from echoseq.evaluation.readouts import (
    LINEAR,
    MLP,
    SHUFFLED,
    TRAINED,
    UNTRAINED,
    Case,
    Readouts,
)
from echoseq.files import write_json
from echoseq.study.plan import Plan
from echoseq.training.records import read_record
from echoseq.training.runs import CheckpointSettings, NewRun, train_runs

SIZES = {"length": PARTIAL.length, "alphabet": PARTIAL.alphabet}
PLAN = replace(PARTIAL, n_out=1, cells=12, epochs=1500, learning_rate=0.01)
SEQUENCES = draw(PROBES, 0, count=100, **SIZES)
SETS = ["encoder"]


def train(plan: Plan, folder: Path, seeds: tuple[int, ...]) -> list[tuple[Path, Path]]:
    folders = [folder / f"seed-{seed}" for seed in seeds]
    runs = [
        NewRun(seed, draw(TRAINING, seed, count=plan.epochs, **SIZES), own, own / "checkpoints")
        for seed, own in zip(seeds, folders, strict=True)
    ]
    train_runs("small", plan, runs, checkpointing=CheckpointSettings(10, "code"))
    return [(own / "model.keras", own / "run.json") for own in folders]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Path]]:
    return train(PLAN, tmp_path_factory.mktemp("runs"), (0, 4))


@pytest.fixture(scope="module")
def readouts(runs: list[tuple[Path, Path]]) -> Readouts:
    return probe_models(PLAN, runs, SEQUENCES, SETS, report=print)


def accuracy(readouts: Readouts, *case: object) -> float:
    """Of a case, over seeds and sequences."""
    correct = readouts.correct[:, readouts.cases.index(Case(*case))]
    return correct.mean() / int(readouts.windows)


def test_what_is_asked_for_is_held_by_a_trained_network(readouts: Readouts) -> None:
    last = PLAN.n_in
    for state in ("h", "c"):
        for probe in (LINEAR, MLP):
            assert accuracy(readouts, TRAINED, probe, state, 1, last) > 0.9
    assert accuracy(readouts, UNTRAINED, LINEAR, "h", 1, last) < 0.7
    assert accuracy(readouts, UNTRAINED, LINEAR, "h", last, last) > 0.9


def test_what_is_not_read_yet_is_not_known(readouts: Readouts) -> None:
    early = [case for case in readouts.cases if case.position > case.step]
    assert len(early) == 2 * 2 * (PLAN.n_in - 1)
    for case in early:
        assert accuracy(readouts, *case) == pytest.approx(1 / PLAN.alphabet, abs=0.08)


def test_shuffled_labels_are_not_learned(readouts: Readouts) -> None:
    shuffled = [case for case in readouts.cases if case.network == SHUFFLED]
    assert len(shuffled) == 2 * 2 * PLAN.n_in
    for case in shuffled:
        assert accuracy(readouts, *case) < 0.4
    means = readouts.loss[:, readouts.network == SHUFFLED].mean(axis=(0, 2))
    np.testing.assert_allclose(means, np.log(PLAN.alphabet), atol=0.1)


def test_readouts_say_what_they_are_of(readouts: Readouts) -> None:
    assert readouts.seeds.tolist() == [0, 4]
    assert readouts.correct.shape == readouts.loss.shape == (2, len(readouts.cases), 20)
    assert readouts.correct.max() <= readouts.windows == 9
    assert (readouts.alphabet, readouts.asked.tolist()) == (10, [1])


def test_probes_are_the_same_again(runs: list[tuple[Path, Path]], readouts: Readouts) -> None:
    again = probe_models(PLAN, runs[1:], SEQUENCES, SETS, report=print)
    np.testing.assert_array_equal(again.correct[0], readouts.correct[1])
    np.testing.assert_array_equal(again.loss[0], readouts.loss[1])


def test_the_cases_are_those_that_are_described() -> None:
    cases = cases_of(3, {"h": 3})
    assert len(set(cases)) == len(cases) == 2 * (2 + 3 + 3) + 2 * 3 + 2 * 3
    assert {case.step for case in cases if case.probe == MLP} == {3}
    assert Case(TRAINED, LINEAR, "h", 2, 1) in cases
    assert Case(TRAINED, LINEAR, "h", 3, 1) not in cases


def test_a_state_after_all_has_been_read_is_read_for_every_value() -> None:
    """Of a decoder that writes two of three values; the encoder's cases stay as they were."""
    cases = cases_of(3, {"h": 3, "decoder h": 2})
    assert cases[: len(cases_of(3, {"h": 3}))] == cases_of(3, {"h": 3})
    own = [case for case in cases if case.state == "decoder h"]
    assert len(set(own)) == len(own) == 2 * (3 + 3 + 3) + 2 * 3
    assert {case.step for case in own if case.probe == MLP or case.network == SHUFFLED} == {2}
    assert Case(TRAINED, LINEAR, "decoder h", 3, 1) in own


def test_the_decoder_adds_cases_and_changes_none(
    runs: list[tuple[Path, Path]], readouts: Readouts
) -> None:
    both = probe_models(PLAN, runs[1:], SEQUENCES, ["encoder", "decoder"], report=print)
    count = len(readouts.cases)
    assert both.cases[:count] == readouts.cases
    np.testing.assert_array_equal(both.correct[0, :count], readouts.correct[1])
    np.testing.assert_array_equal(both.loss[0, :count], readouts.loss[1])
    assert {case.state for case in both.cases[count:]} == {"decoder h", "decoder c"}
    assert {case.step for case in both.cases[count:]} == {1}
    assert accuracy(both, TRAINED, LINEAR, "decoder h", 1, 1) > 0.9
    assert accuracy(both, UNTRAINED, LINEAR, "decoder h", 1, 1) < 0.7
    assert accuracy(both, SHUFFLED, LINEAR, "decoder h", 1, 1) < 0.4


def test_a_run_that_began_with_other_weights_is_refused(
    tmp_path: Path, runs: list[tuple[Path, Path]]
) -> None:
    model, record = runs[0]
    changed = tmp_path / "run.json"
    write_json(changed, read_record(record) | {"initial_digest": "0" * 64})
    said = f"{changed}: the run began with other weights than this program draws; train it again"
    with pytest.raises(EchoseqError, match=re.escape(said)):
        probe_models(PLAN, [(model, changed)], SEQUENCES, SETS, report=print)


def test_a_model_of_another_run_is_refused(runs: list[tuple[Path, Path]]) -> None:
    with pytest.raises(EchoseqError, match="the weights do not match the digest"):
        probe_models(PLAN, [(runs[1][0], runs[0][1])], SEQUENCES, SETS, report=print)


def test_a_model_without_an_encoder_is_refused_in_one_line(tmp_path: Path) -> None:
    plan = replace(FULL, epochs=1, batch_size=9)
    with pytest.raises(EchoseqError, match="expected a recurrent layer named encoder") as told:
        probe_models(plan, train(plan, tmp_path, (0,)), SEQUENCES, SETS, report=print)
    assert "\n" not in str(told.value)
