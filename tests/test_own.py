"""Modules of the user's own, in the working directory."""

from pathlib import Path

import pytest

from echoseq.own import own_files


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
