"""A version exported whole or not at all, and a line where a tracker is not installed."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

import pytest
from tracked import make_version

import echoseq
from echoseq import cli
from echoseq.api.version import Version
from echoseq.errors import DamagedError, EchoseqError
from echoseq.extras import require_extra
from echoseq.trackers import exporting
from echoseq.trackers.contents import Place, TrackedRun
from echoseq.trackers.exporting import TRACKERS, export
from echoseq.wholes import whole


def write(place: Place, runs: Iterable[TrackedRun], figures: object) -> None:
    for run in runs:
        (place.folder / run.name.replace("/", "-")).write_text(str(place.target))


@pytest.fixture
def version(tmp_path: Path) -> Version:
    return echoseq.results(make_version(tmp_path / "results"))


@pytest.fixture(autouse=True)
def tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tracker of the tests, beside the others."""
    module = ModuleType("echoseq.trackers.plain")
    module.write, module.IMAGES = write, (".png",)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setitem(sys.modules, "plain", module)
    monkeypatch.setitem(exporting.TRACKERS, "plain", "show {folder}")
    monkeypatch.setattr(exporting, "require_extra", lambda *_: None)


def test_the_folder_has_every_run_and_the_line_says_so(version, tmp_path: Path) -> None:
    target = tmp_path / "new/out"
    said = export(version, "plain", target)
    assert said == f"{target}: 3 runs, one figure\nshow {target}"
    assert len(list(target.iterdir())) == 3
    assert (target / "full_echo-seed-0").read_text() == str(target)
    assert os.listdir(target.parent) == ["out"]


def test_nothing_is_left_of_an_export_that_fails(version, tmp_path: Path) -> None:
    (version.folder / "runs/partial_echo/seed-0/history.csv").write_text("epoch,loss\n")
    with pytest.raises(DamagedError):
        export(version, "plain", tmp_path / "out")
    assert os.listdir(tmp_path) == ["results"]


def test_an_error_of_a_library_is_one_line(version, tmp_path: Path, monkeypatch) -> None:
    def fail(place: Place, *_: object) -> None:
        (place.folder / "half").touch()
        raise RuntimeError("no column\nsee the manual")

    monkeypatch.setattr(sys.modules["echoseq.trackers.plain"], "write", fail)
    with pytest.raises(EchoseqError) as error:
        export(version, "plain", tmp_path / "out")
    assert str(error.value).startswith("--to plain: RuntimeError: no column")
    assert "\n" not in str(error.value)
    assert os.listdir(tmp_path) == ["results"]


@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_what_is_there_stays_as_it_is(version, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "out"
    if kind == "folder":
        target.mkdir()
    elif kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to("nowhere")
    with pytest.raises(EchoseqError, match="expected a new name, found something there already"):
        export(version, "plain", target)
    assert sorted(os.listdir(tmp_path)) == ["out", "results"]
    assert kind != "folder" or os.listdir(target) == []
    assert kind != "file" or target.read_text() == "mine"


def test_what_appears_meanwhile_stays_too(tmp_path: Path) -> None:
    """An empty folder of that name would be replaced by a rename."""
    with pytest.raises(EchoseqError, match="found something"), whole(tmp_path / "out"):
        (tmp_path / "out").mkdir()
    assert os.listdir(tmp_path) == ["out"]


def test_a_version_without_runs_is_refused(version, tmp_path: Path) -> None:
    for record in version.folder.glob("runs/*/*/run.json"):
        record.unlink()
    with pytest.raises(EchoseqError, match="expected runs to export, found none"):
        export(version, "plain", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_published_version_says_what_it_lacks(version, tmp_path: Path) -> None:
    run = TrackedRun("a", 0, {}, version.table("runs")[:0], {"training/epochs": 1.0})
    epochs: list[int] = []
    assert list(exporting._noted([run], epochs)) == [run]
    assert epochs == [0]


@pytest.mark.parametrize("tracker", ["tensorboard", "mlflow", "trackio"])
def test_a_missing_extra_is_one_line(tracker: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, tracker, None)  # as if it were not installed
    with pytest.raises(EchoseqError) as error:
        require_extra(tracker, tracker)
    assert str(error.value) == (
        f"--to {tracker}: expected the package {tracker} to be installed, found none: "
        f"pip install -e '.[{tracker}]' in the folder of echoseq"
    )


def test_the_command_refuses_in_one_line(tmp_path: Path, capsys) -> None:
    given = ["export", str(tmp_path / "none"), "--to", "tensorboard", str(tmp_path / "out")]
    assert cli.main(given) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"echoseq: {tmp_path / 'none'}: expected a folder of results")
    assert said.err.count("\n") == 1
    assert os.listdir(tmp_path) == []


def test_every_tracker_has_a_module_and_an_extra() -> None:
    import tomllib

    from workspaces import PROJECT

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    for name in TRACKERS.keys() - {"plain"}:
        assert (PROJECT / f"src/echoseq/trackers/{name}.py").is_file()
        (requirement,) = project["optional-dependencies"][name]
        assert requirement.startswith(name)
