"""Modules of the user's own, in the working directory."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from echoseq.errors import EchoseqError
from echoseq.own import file_here, function_here, own_file, own_files


@pytest.fixture(autouse=True)
def path_of_python(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is added to it by a test is for that test alone."""
    monkeypatch.setattr(sys, "path", [*sys.path])


def test_own_files_are_those_of_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not what is built in or comes from elsewhere, nor what is installed in a hidden folder."""
    folder, elsewhere = tmp_path / "study", tmp_path / "elsewhere"
    for path in (folder / "models_here.py", folder / ".venv/models_of_it.py", elsewhere / "far.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("raise RuntimeError  # never imported\n")
    monkeypatch.chdir(folder)
    for path in (elsewhere, folder / ".venv", folder):
        monkeypatch.syspath_prepend(path)
    models = ["far:gru", "models_of_it:gru", "models_here:b", "models_here:a"]
    assert own_files(models) == [folder / "models_here.py"]
    assert own_files(["far:gru"]) == []


def test_a_study_may_lie_in_a_hidden_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only what is hidden in it is left out, at any depth."""
    folder = tmp_path / ".lab/study"
    for path in (folder / "hidden_around.py", folder / "envs/.one/hidden_inside.py"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        monkeypatch.syspath_prepend(path.parent)
    monkeypatch.chdir(folder)
    assert own_files(["hidden_inside:f", "hidden_around:f"]) == [folder / "hidden_around.py"]


def test_the_working_directory_comes_before_other_folders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    for folder in (here, elsewhere):
        folder.mkdir()
        (folder / "in_both_folders.py").touch()
    monkeypatch.chdir(here)
    monkeypatch.setattr(sys, "path", [str(elsewhere), *sys.path])
    assert own_file("in_both_folders:f") == here / "in_both_folders.py"


def test_the_file_of_a_module_here_is_that_which_python_would_import(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "lab/models"
    package.mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert file_here("lab.models") is None
    for file in (tmp_path / "lab/models.py", package / "__init__.py"):
        file.touch()
        assert file_here("lab.models") == file
    assert file_here("lab/models") is None


def test_what_has_no_file_is_no_module_of_ones_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder, or a module that something made without a file."""
    (tmp_path / "only_a_folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "made_up", ModuleType("made_up"))
    for name in ("only_a_folder", "made_up"):
        with pytest.raises(EchoseqError, match=rf"^{name}:f: cannot import {name}\b"):
            own_file(f"{name}:f")


def test_a_module_that_ends_python_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ending_python.py").write_text("raise SystemExit('no\\nmore')\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EchoseqError) as caught:
        function_here("ending_python:f")
    assert str(caught.value) == (
        "ending_python:f: cannot import ending_python (SystemExit: no more)"
    )
