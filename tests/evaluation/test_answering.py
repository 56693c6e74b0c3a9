import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from framed import frame
from records import run_record
from small import FULL, PARTIAL

from echoseq.data.sequences import one_hot
from echoseq.data.snapshots import EVALUATION, TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import (
    Predictor,
    echo,
    evaluate_models,
    load_model,
    predictor_of,
    require_digest,
)
from echoseq.files import write_json
from echoseq.networks import building as models
from echoseq.networks.backend import keras
from echoseq.networks.coding import Linear, OneHot, coding_of
from echoseq.networks.weights import weights_digest
from echoseq.study.plan import Plan
from echoseq.task import MISSING, Task
from echoseq.training.runs import CheckpointSettings, NewRun, train_runs

PLAN = replace(FULL, epochs=15)
CODING = coding_of(PLAN)
SIZES = {"length": 12, "alphabet": 10}


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folders = [tmp_path_factory.mktemp(f"seed-{seed}") for seed in (0, 1)]
    train(PLAN, *(run_in(folder, seed) for seed, folder in enumerate(folders)))
    return folders


@pytest.fixture
def held_out() -> np.ndarray:
    return draw(EVALUATION, 0, count=6, **SIZES)


def train(plan: Plan, *runs: NewRun) -> list[dict]:
    return train_runs("small", plan, runs, checkpointing=CheckpointSettings(10, "code"))


def run_in(folder: Path, seed: int = 0) -> NewRun:
    training = draw(TRAINING, seed, count=20, **SIZES)
    return NewRun(seed, training, folder, folder / "checkpoints")


def pairs(runs: list[Path]) -> list[tuple[Path, Path]]:
    return [(folder / "model.keras", folder / "run.json") for folder in runs]


def test_predictions_are_those_of_plain_keras(runs: list[Path], held_out: np.ndarray) -> None:
    found = evaluate_models(pairs(runs), held_out, report=print)
    assert found.tokens.shape == (2, 6, 9, 4)
    for i, folder in enumerate(runs):
        model = load_model(folder / "model.keras")
        for j, sequence in enumerate(held_out):
            for layer in models.stateful_layers(model):
                layer.reset_state()
            windows, targets = frame(sequence, 4, 4)
            outputs = model.predict(one_hot(windows, 10), batch_size=3, verbose=0)
            np.testing.assert_array_equal(found.tokens[i, j], outputs.argmax(-1))
            chosen = np.take_along_axis(outputs, targets[..., None].astype(int), -1)[..., 0]
            np.testing.assert_allclose(found.loss[i, j], -np.log(chosen).mean(0), rtol=1e-4)
            distance = np.abs(outputs.argmax(-1) - targets.astype(int)).mean(0)
            np.testing.assert_allclose(found.distance[i, j], distance, rtol=1e-6)


MASKED = replace(PLAN, framing="mask", masking=True)
LINEAR = replace(PARTIAL, epochs=15, encoding="linear")


def trained(plan: Plan, folder: Path) -> tuple[Path, Path]:
    train(plan, run_in(folder))
    return folder / "model.keras", folder / "run.json"


@pytest.fixture(scope="module")
def regression(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return trained(LINEAR, tmp_path_factory.mktemp("regression"))


def test_predictions_with_missing_values_are_those_of_plain_keras(
    tmp_path: Path, held_out: np.ndarray
) -> None:
    """All 12 windows are answered; loss and distance rest on the 9 that miss nothing."""
    run = trained(MASKED, tmp_path)
    found = evaluate_models([run], held_out, report=print)
    assert found.tokens.shape == (1, 6, 12, 4)
    assert found.incomplete == 3
    model = load_model(run[0])
    for j, sequence in enumerate(held_out):
        for layer in models.stateful_layers(model):
            layer.reset_state()
        steps = np.array([-1] * 3 + sequence.tolist())
        windows = np.array([steps[t : t + 4] for t in range(12)])
        np.testing.assert_array_equal(found.expected[j], windows)
        inputs = np.where((windows < 0)[..., None], -1, one_hot(np.maximum(windows, 0), 10))
        outputs = model.predict(inputs.astype(np.float32), batch_size=3, verbose=0)
        np.testing.assert_array_equal(found.tokens[0, j], outputs.argmax(-1))
        chosen = np.take_along_axis(outputs[3:], windows[3:, :, None], -1)[..., 0]
        np.testing.assert_allclose(found.loss[0, j], -np.log(chosen).mean(0), rtol=1e-4)
        distance = np.abs(outputs[3:].argmax(-1) - windows[3:]).mean(0)
        np.testing.assert_allclose(found.distance[0, j], distance, rtol=1e-6)


def test_predictions_of_a_regression_are_rounded(
    regression: tuple[Path, Path], held_out: np.ndarray
) -> None:
    found = evaluate_models([regression], held_out, report=print)
    assert found.tokens.shape == (1, 6, 9, 2)
    assert (found.alphabet, found.incomplete) == (10, 0)
    model = load_model(regression[0])
    for j, sequence in enumerate(held_out):
        for layer in models.stateful_layers(model):
            layer.reset_state()
        windows, targets = frame(sequence.astype(int), 4, 2)
        inputs = (windows / 9).astype(np.float32)[..., None]
        outputs = model.predict(inputs, batch_size=9, verbose=0)[..., 0]
        expected = np.clip(np.round(outputs * 9), 0, 9)
        np.testing.assert_array_equal(found.tokens[0, j], expected)
        loss = (outputs - targets / 9) ** 2
        np.testing.assert_allclose(found.loss[0, j], loss.mean(0), rtol=1e-4)
        distance = np.abs(outputs * 9 - targets)
        np.testing.assert_allclose(found.distance[0, j], distance.mean(0), rtol=1e-4)


def test_the_coding_of_a_model_is_that_of_the_run_beside_it(
    regression: tuple[Path, Path], tmp_path: Path
) -> None:
    path, record = (Path(shutil.copy2(file, tmp_path)) for file in regression)
    model = load_model(path)
    predictor = predictor_of(model, path)
    assert (predictor.coding, predictor.task) == (Linear(10, missing=False), LINEAR.task)
    targets, tokens = echo(predictor, [3, 1, 4, 1, 5])
    assert targets.tolist() == [[3, 1], [1, 4]]
    assert ((tokens >= 0) & (tokens < 10)).all()
    write_json(record, {"seed": 0})
    with pytest.raises(EchoseqError, match=r"run.json: experiment: expected a value"):
        predictor_of(model, path)


def test_a_model_on_its_own_is_taken_for_one_hot(runs: list[Path], tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes((runs[0] / "model.keras").read_bytes())
    predictor = predictor_of(load_model(path), path)
    assert predictor.coding == OneHot(10, missing=False)
    assert predictor.task == replace(PLAN.task, length=4)


def test_the_coding_of_a_run_knows_of_missing_values(runs: list[Path], tmp_path: Path) -> None:
    write_json(tmp_path / "run.json", run_record(plan=MASKED.facts()))
    found = predictor_of(load_model(runs[0] / "model.keras"), tmp_path / "model.keras")
    assert found.coding == OneHot(10, missing=True)


def test_each_seed_answers_with_its_own_weights(runs: list[Path], held_out: np.ndarray) -> None:
    both = evaluate_models(pairs(runs), held_out, report=print)
    second = evaluate_models(pairs(runs[1:]), held_out, report=print)
    np.testing.assert_array_equal(both.loss[1], second.loss[0])
    assert not np.array_equal(both.loss[0], both.loss[1])
    assert both.seeds.tolist() == [0, 1]


def test_models_of_ones_own_may_differ_by_more_than_weights(
    tmp_path: Path, held_out: np.ndarray
) -> None:
    plan = replace(PLAN, model="builders:scaled")
    saved = [tmp_path / f"seed-{seed}" for seed in (0, 1)]
    for seed, folder in enumerate(saved):
        folder.mkdir()
        model = models.build(plan, seed)
        model.save(folder / "model.keras")
        facts = {"plan": plan.facts(), "seed": seed, "digest": weights_digest(model)}
        write_json(folder / "run.json", run_record(**facts))
    both = evaluate_models(pairs(saved), held_out[:1], report=print)
    second = evaluate_models(pairs(saved[1:]), held_out[:1], report=print)
    np.testing.assert_array_equal(both.loss[1], second.loss[0])


def test_the_order_of_sequences_does_not_matter(runs: list[Path], held_out: np.ndarray) -> None:
    """The state does not leak from one sequence to the next."""
    predictor = Predictor(load_model(runs[0] / "model.keras"), CODING, PLAN.task)
    answers = predictor.sequences(*PLAN.task.frame(held_out))
    assert len(answers) == 3
    for forwards, backwards in zip(
        answers, predictor.sequences(*PLAN.task.frame(held_out[::-1])), strict=True
    ):
        np.testing.assert_array_equal(forwards, backwards[::-1])


def test_weights_that_are_not_the_runs_are_refused(runs: list[Path], held_out: np.ndarray) -> None:
    mixed = [(runs[0] / "model.keras", runs[1] / "run.json")]
    with pytest.raises(EchoseqError, match=r"model\.keras: the weights do not match the digest"):
        evaluate_models(mixed, held_out, report=print)


@pytest.mark.parametrize("damage", ["truncate", "empty", "text"])
def test_a_damaged_model_is_one_clear_line(runs: list[Path], tmp_path: Path, damage: str) -> None:
    content = (runs[0] / "model.keras").read_bytes()
    path = tmp_path / "model.keras"
    path.write_bytes({"truncate": content[:2000], "empty": b"", "text": b"hello"}[damage])
    with pytest.raises(EchoseqError) as caught:
        load_model(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_digest_sees_a_single_changed_weight(runs: list[Path], tmp_path: Path) -> None:
    model = load_model(runs[0] / "model.keras")
    digest = weights_digest(model)
    require_digest(model, digest, tmp_path)
    weights = model.get_weights()
    weights[0][0, 0] = np.nextafter(weights[0][0, 0], np.float32(9))
    model.set_weights(weights)
    assert weights_digest(model) != digest


@pytest.mark.parametrize("count", [4, 5, 6, 12])
def test_echo_takes_any_number_of_values(runs: list[Path], count: int) -> None:
    values = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8][:count]
    targets, tokens = echo(
        Predictor(load_model(runs[0] / "model.keras"), CODING, PLAN.task), values
    )
    assert targets.tolist() == [values[i : i + 4] for i in range(count - 3)]
    assert tokens.shape == (count - 3, 4)


@pytest.mark.parametrize("echo_of", ["oldest", (0, 4)])
def test_echo_carries_the_state_of_windows_that_lack_values(echo_of: str | tuple[int, ...]) -> None:
    """As evaluation does with the same sequence."""
    plan = replace(PLAN, model="many_to_one", framing="mask", n_out=2, echo=echo_of, batch_size=1)
    model = models.build(plan, seed=3)
    model.set_weights([3 * weights for weights in model.get_weights()])
    predictor = Predictor(model, coding_of(plan), plan.task)
    sequence = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8])
    (tokens,), _, _ = predictor.sequences(*plan.task.frame(sequence[None]))
    targets, answers = echo(predictor, sequence.tolist())
    assert (targets != MISSING).all()
    np.testing.assert_array_equal(answers, tokens[-len(answers) :])


def test_echo_answers_a_task_whose_windows_are_longer_than_its_sequences(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in copying after a pause; it takes as many values as a sequence has."""
    source = """
import numpy as np

def twice(sequences):
    windows = np.concatenate([sequences, sequences[:, ::-1]], axis=1)[:, None]
    return windows, windows[..., ::-1].copy()
"""
    (tmp_path / "tasks_of_echo.py").write_text(source, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    task = Task(length=3, alphabet=10, n_in=6, n_out=6, cut="tasks_of_echo:twice")
    layers = [keras.Input(batch_shape=(1, 6, 10)), keras.layers.Dense(10, activation="softmax")]
    model = Predictor(keras.Sequential(layers), CODING, task)
    targets, tokens = echo(model, [3, 1, 4])
    assert targets.tolist() == [[3, 1, 4, 4, 1, 3]]
    assert tokens.shape == (1, 6)
    with pytest.raises(EchoseqError, match="values: expected 3 for tasks_of_echo:twice, got 6"):
        echo(model, [3, 1, 4, 1, 5, 9])


def test_echo_refuses_what_the_model_cannot_read(runs: list[Path]) -> None:
    model = Predictor(load_model(runs[0] / "model.keras"), CODING, PLAN.task)
    with pytest.raises(EchoseqError, match="values: expected at least 4, got 3"):
        echo(model, [1, 2, 3])
    with pytest.raises(EchoseqError, match="expected 0 to 9, got 10"):
        echo(model, [1, 2, 3, 10])


def test_a_run_needs_enough_sequences(tmp_path: Path) -> None:
    training = draw(TRAINING, 0, count=14, **SIZES)
    with pytest.raises(EchoseqError, match="expected 15 sequences or more, got 14"):
        train(PLAN, NewRun(0, training, tmp_path, tmp_path / "checkpoints"))
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_record_is_one_clear_line(
    runs: list[Path], tmp_path: Path, held_out: np.ndarray
) -> None:
    write_json(tmp_path / "run.json", {"seed": 0})
    with pytest.raises(EchoseqError, match=r"run.json: experiment: expected a value"):
        evaluate_models([(runs[0] / "model.keras", tmp_path / "run.json")], held_out, report=print)


@pytest.mark.parametrize("shape", [(4,), (None, 4, 10), (3, None, 10)])
def test_a_model_that_is_no_echo_is_refused(shape: tuple) -> None:
    layers = [keras.Input(batch_shape=(None, *shape) if len(shape) == 1 else shape)]
    with pytest.raises(EchoseqError, match="expected input and output of"):
        Predictor(keras.Sequential([*layers, keras.layers.Dense(10)]), CODING, PLAN.task)
