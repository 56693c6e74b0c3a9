"""Saved models are loaded with the user's own code, and with no other."""

import json
import logging
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from small import FULL, sequences
from workspaces import PROJECT

from echoseq.cli import main
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import evaluate_models
from echoseq.evaluation.loading import load_model
from echoseq.files import file_digest, write_json
from echoseq.networks.backend import keras
from echoseq.networks.weights import weights_digest
from echoseq.training.runs import CheckpointSettings, NewRun, train_runs

SOURCE = PROJECT / "tests/builders.py"
RUN = "results/mine/runs/leaky/seed-0"
MARKER = "open({!r}, 'w').close()\n"


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of one's own, with a module and a run of its model. Not to be changed."""
    folder = tmp_path_factory.mktemp("folder")
    shutil.copy(SOURCE, folder / "of_mine.py")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr(sys, "path", sys.path.copy())
        patch.setitem(sys.modules, "of_mine", None)  # so that it is removed in the end
        del sys.modules["of_mine"]
        plan = replace(FULL, model="of_mine:leaky", epochs=2)
        run = NewRun(0, sequences(plan, 2), folder / RUN, folder / "checkpoints")
        train_runs("leaky", plan, [run], checkpointing=CheckpointSettings(10, []))
    return folder


@pytest.fixture
def folder(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, the working directory of a process that knows nothing of the module."""
    registered = keras.src.saving.object_registration
    for known in (registered.GLOBAL_CUSTOM_OBJECTS, registered.GLOBAL_CUSTOM_NAMES):
        for key in [*known]:
            monkeypatch.delitem(known, key)
    for name in ("of_mine", "evil"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    copy = Path(shutil.copytree(trained, tmp_path / "folder"))
    monkeypatch.chdir(copy)
    return copy


def refused(path: Path) -> str:
    with pytest.raises(EchoseqError) as told:
        load_model(path)
    assert "\n" not in str(told.value)
    return str(told.value)


def rewrite(run: Path, **changes: object) -> None:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    model = changes.pop("model", record["plan"]["model"])
    write_json(run / "run.json", record | {"plan": record["plan"] | {"model": model}} | changes)


def test_the_module_that_the_record_names_is_imported(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = json.loads((folder / RUN / "run.json").read_text(encoding="utf-8"))
    assert record["model_digest"] == file_digest(SOURCE)
    model = load_model(folder / RUN / "model.keras")
    assert weights_digest(model) == record["digest"]
    assert type(model.layers[0].cell).__module__ == "of_mine"
    assert not caplog.records


def test_a_record_from_before_there_was_a_digest_is_read(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    record = json.loads((folder / RUN / "run.json").read_text(encoding="utf-8"))
    del record["model_digest"]
    write_json(folder / RUN / "run.json", record)
    assert load_model(folder / RUN / "model.keras")
    assert not caplog.records


def test_another_file_than_the_one_trained_with_is_reported(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    module = folder / "of_mine.py"
    module.write_text(module.read_text(encoding="utf-8") + "\nLATER = 1\n", encoding="utf-8")
    assert load_model(folder / RUN / "model.keras")
    (line,) = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert line.startswith(f"{module}: not the file that was trained with")


def test_it_is_evaluated_and_predicts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = evaluate_models(
        [(folder / RUN / "model.keras", folder / RUN / "run.json")], sequences(FULL, 3), print
    )
    assert found.tokens.shape == (1, 3, 9, 4)
    assert main(["predict", f"{RUN}/model.keras", "1", "2", "3", "4"]) == 0
    assert "of 4 values right" in capsys.readouterr().out


def test_without_the_module_one_line_says_where_to_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    line = refused(folder / RUN / "model.keras")
    assert "Could not locate class 'Leaky'" in line
    assert "its model is in of_mine: run this where that module is" in line


def test_a_module_that_fails_is_one_line(folder: Path) -> None:
    (folder / "of_mine.py").write_text("raise RuntimeError('not\\ntoday')\n", encoding="utf-8")
    said = "model of_mine:leaky: cannot import of_mine (RuntimeError: not today)"
    assert refused(folder / RUN / "model.keras") == said


# Code that comes with a run is never run


def test_a_function_of_another_module_is_never_a_task(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It would be called with the windows; only modules of the working directory are."""
    plan = json.loads((folder / RUN / "run.json").read_text(encoding="utf-8"))["plan"]
    rewrite(folder / RUN, plan=plan | {"targets": "builtins:print"})
    capsys.readouterr()
    assert main(["predict", f"{RUN}/model.keras", "1", "2", "3", "4"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "its task is in builtins: run this where that module is" in said.err


def plant(path: Path, marker: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MARKER.format(str(marker)), encoding="utf-8")


@pytest.mark.parametrize(
    ("planted", "model", "here"),
    [
        (f"{RUN}/evil.py", "evil:x", RUN),  # the working directory is the folder of the run
        ("results/mine/evil.py", "evil:x", "results/mine"),  # or that of its version
        ("results/mine/runs/evil.py", "evil:x", "results/mine/runs"),
        ("results/mine/evil.py", "results.mine.evil:x", "."),
        ("results/evil.py", "results.evil:x", "."),
        ("results/evil/__init__.py", "results.evil:x", "."),
        ("elsewhere/evil.py", "..elsewhere.evil:x", "."),
        ("elsewhere/evil.py", "../elsewhere/evil:x", "results"),
        ("elsewhere/evil.py", "evil:x", "."),  # on the path, but not in the working directory
    ],
)
def test_no_code_that_comes_with_a_run_is_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, planted: str, model: str, here: str
) -> None:
    marker = folder / "ran"
    plant(folder / planted, marker)
    rewrite(folder / RUN, model=model)
    monkeypatch.syspath_prepend(folder / "elsewhere")
    monkeypatch.chdir(folder / here)
    assert "Could not locate class 'Leaky'" in refused(folder / RUN / "model.keras")
    assert not marker.exists()


def test_a_module_behind_a_link_into_a_run_is_not_imported(folder: Path) -> None:
    marker = folder / "ran"
    plant(folder / RUN / "code.py", marker)
    (folder / "evil.py").symlink_to(folder / RUN / "code.py")
    rewrite(folder / RUN, model="evil:x")
    refused(folder / RUN / "model.keras")
    assert not marker.exists()


def test_a_lambda_in_a_model_is_not_run(folder: Path) -> None:
    marker = folder / "ran"
    source = f"lambda x, path={str(marker)!r}: (open(path, 'w').close(), x)[1]"
    function = keras.layers.Lambda(eval(source), output_shape=(4, 10))
    keras.Sequential([keras.Input(batch_shape=(3, 4, 10)), function]).save(
        folder / RUN / "model.keras"
    )
    marker.unlink(missing_ok=True)
    assert "lambda" in refused(folder / RUN / "model.keras").lower()
    assert not marker.exists()


# The reason


def test_a_model_of_another_keras_is_said_to_be_one(folder: Path) -> None:
    rewrite(folder / RUN, model="lstm", versions={"keras": "3.99.0"})
    line = refused(folder / RUN / "model.keras")
    assert f"it was saved by Keras 3.99.0, this is {keras.__version__}" in line
    rewrite(folder / RUN, versions={"keras": keras.__version__})
    assert "this is" not in refused(folder / RUN / "model.keras")


def test_without_a_record_the_file_says_its_version(folder: Path) -> None:
    path = folder / "alone.keras"
    with ZipFile(folder / RUN / "model.keras") as old, ZipFile(path, "w") as new:
        for name in old.namelist():
            about = json.dumps({"keras_version": "4.0.0", "date_saved": ""}).encode()
            new.writestr(name, about if name == "metadata.json" else old.read(name))
    assert f"it was saved by Keras 4.0.0, this is {keras.__version__}" in refused(path)
