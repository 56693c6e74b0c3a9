"""A version exported for each tracker, read back with the tracker's own library."""

import json
import os
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tracked import CAPTION, EPOCHS, RUNS, history, make_version

from echoseq.escaping import markdown

CURVES = ("loss", "accuracy")
CELLS = {"full_echo": 20, "partial_echo": 150}
NAMES = [f"{experiment}/seed-{seed}" for experiment, seed in RUNS]
# Sent nowhere, whatever a user's environment says.
ELSEWHERE = {"TRACKIO_SERVER_URL": "http://localhost:9", "TRACKIO_SPACE_ID": "a/b"}


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_version(tmp_path_factory.mktemp("tracked") / "results")


WITHOUT_TENSORFLOW = """
import sys
sys.modules.update(tensorflow=None, keras=None)
from echoseq.cli import main
sys.exit(main(sys.argv[1:]))
"""


def export(version: Path, tracker: str, target: Path) -> subprocess.CompletedProcess[str]:
    arguments = ["export", version, "--to", tracker, target]
    command = [sys.executable, "-c", WITHOUT_TENSORFLOW, *arguments]
    given = os.environ | ELSEWHERE
    return subprocess.run(command, capture_output=True, text=True, check=False, env=given)


def exported(version: Path, tracker: str, target: Path) -> Path:
    done = export(version, tracker, target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"{target}: 3 runs, one figure"
    assert done.stderr == ""
    assert os.listdir(target.parent) == [target.name]
    return target


def require_curve(values: object, run: tuple[str, int], curve: str) -> None:
    np.testing.assert_allclose(values, history(*run)[curve], rtol=1e-6)


def test_tensorboard(version: Path, tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
    from tensorboard.plugins.hparams.metadata import SESSION_START_INFO_TAG
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

    folder = exported(version, "tensorboard", tmp_path / "out")
    read = EventMultiplexer(size_guidance={"tensors": 0}).AddRunsFromDirectory(str(folder)).Reload()
    assert sorted(read.Runs()) == sorted([*NAMES, "figures"])
    for name, run in zip(NAMES, RUNS):
        for curve in CURVES:
            events = read.Tensors(name, f"training/{curve}")
            assert [event.step for event in events] == list(range(1, EPOCHS + 1))
            require_curve([event.tensor_proto.float_val[0] for event in events], run, curve)
        content = read.SummaryMetadata(name, SESSION_START_INFO_TAG).plugin_data.content
        settings = HParamsPluginData.FromString(content).session_start_info.hparams
        assert settings["cells"].number_value == CELLS[run[0]]
        assert settings["stateful"].bool_value
        assert settings["experiment"].string_value == run[0]
        (accuracy,) = read.Tensors(name, "held_out/accuracy")
        assert accuracy.step == EPOCHS
    assert accuracy.tensor_proto.float_val[0] == pytest.approx(0.9)
    (field,) = read.Tensors("figures", "figures/field")
    assert field.tensor_proto.string_val[:2] == [b"30", b"20"]
    assert Image.open(BytesIO(field.tensor_proto.string_val[2])).getpixel((3, 3)) == (255, 0, 0)
    assert read.SummaryMetadata("figures", "figures/field").summary_description == markdown(CAPTION)


def test_mlflow(version: Path, tmp_path: Path) -> None:
    from mlflow import MlflowClient

    folder = exported(version, "mlflow", tmp_path / "out")
    client = MlflowClient(f"sqlite:///{folder}/mlflow.db")
    there = client.get_experiment_by_name("v3")
    assert there is not None
    runs = {run.info.run_name: run for run in client.search_runs([there.experiment_id])}
    assert sorted(runs) == sorted([*NAMES, "figures"])
    for name, run in zip(NAMES, RUNS):
        for curve in CURVES:
            found = client.get_metric_history(runs[name].info.run_id, f"training/{curve}")
            found.sort(key=lambda metric: metric.step)
            assert [metric.step for metric in found] == list(range(1, EPOCHS + 1))
            require_curve([metric.value for metric in found], run, curve)
        params = runs[name].data.params
        assert (params["experiment"], params["seed"]) == (run[0], str(run[1]))
        assert params["cells"] == str(CELLS[run[0]])
        assert runs[name].info.status == "FINISHED"
    assert runs[NAMES[-1]].data.metrics["held_out/accuracy"] == pytest.approx(0.9)
    figures = runs["figures"]
    assert figures.data.tags["caption.field"] == CAPTION
    (entry,) = client.list_artifacts(figures.info.run_id)
    path = client.download_artifacts(figures.info.run_id, entry.path, str(tmp_path))
    assert Path(path).read_bytes() == (version / "figures/field.png").read_bytes()


READ = """
import json
from trackio import Api
from trackio.sqlite_storage import SQLiteStorage
print(json.dumps({run.name: [run.config, SQLiteStorage.get_logs("v3", run.name, run_id=run.id)]
                  for run in Api().runs("v3")}))
"""


def test_trackio(version: Path, tmp_path: Path) -> None:
    folder = exported(version, "trackio", tmp_path / "out")
    given = os.environ | {"TRACKIO_DIR": str(folder)}
    command = [sys.executable, "-c", READ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=given)
    runs = json.loads(done.stdout)
    assert sorted(runs) == sorted([*NAMES, "figures"])
    for name, run in zip(NAMES, RUNS):
        config, logs = runs[name]
        assert (config["experiment"], config["seed"], config["cells"]) == (*run, CELLS[run[0]])
        for curve in CURVES:
            curve_logs = [log for log in logs if f"training/{curve}" in log]
            assert [log["step"] for log in curve_logs] == list(range(1, EPOCHS + 1))
            require_curve([log[f"training/{curve}"] for log in curve_logs], run, curve)
    assert logs[-1]["held_out/accuracy"] == pytest.approx(0.9)
    (log,) = runs["figures"][1]
    assert log["field"]["caption"] == CAPTION
    path = folder / "media" / log["field"]["file_path"]
    assert Image.open(path).convert("RGB").getpixel((3, 3)) == (255, 0, 0)


def test_nothing_is_left_of_an_export_that_fails_late(version: Path, tmp_path: Path) -> None:
    """The last run is damaged: the database with the others goes, too."""
    damaged = make_version(tmp_path / "results")
    (damaged / "runs/partial_echo/seed-0/history.csv").write_text("epoch,loss,accuracy\n")
    done = export(damaged, "mlflow", tmp_path / "out/here")
    assert done.returncode == 2
    assert done.stderr.startswith("echoseq: ")
    assert done.stderr.count("\n") == 1
    assert os.listdir(tmp_path / "out") == []
