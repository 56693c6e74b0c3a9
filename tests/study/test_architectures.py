"""The architectures that a configuration can name, known without building them."""

from dataclasses import replace
from pathlib import Path

import pytest
from small import FULL

from echoseq.errors import EchoseqError
from echoseq.package import package_folder
from echoseq.study.architectures import ARCHITECTURES, code_behind, is_built_in, model_file


def test_every_module_of_the_folder_is_an_architecture() -> None:
    folder = package_folder() / "networks/architectures"
    assert list(ARCHITECTURES) == sorted(path.stem for path in folder.glob("[!_]*.py"))


def test_the_architectures_of_the_study_are_there() -> None:
    step_by_step = {name for name, a in ARCHITECTURES.items() if a.step_by_step}
    assert step_by_step == {"lstm", "memoryless"}
    unmasked = {name for name, a in ARCHITECTURES.items() if not a.uses_mask}
    assert {"one_to_one", "last_step"} <= unmasked
    without_memory = {name for name, a in ARCHITECTURES.items() if not a.has_memory}
    assert without_memory == {"memoryless", "last_step"}
    assert {"encoder_decoder", "many_to_one"} <= set(ARCHITECTURES) - step_by_step - unmasked


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_file_of_an_architecture_is_its_module(name: str) -> None:
    assert is_built_in(name)
    path = model_file(name)
    assert path.is_file()
    assert path.parts[-3:] == ("networks", "architectures", f"{name}.py")


def test_the_users_own_model_is_a_file_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "of_the_lab.py").write_text("raise RuntimeError  # never imported\n")
    assert not is_built_in("of_the_lab:gru")
    assert model_file("of_the_lab:gru") == tmp_path / "of_the_lab.py"


@pytest.mark.parametrize("key", ["targets", "frame"])
def test_the_file_of_a_task_of_ones_own_is_behind_its_plan(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run is trained again if it changes, also with a model of the package."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    file = tmp_path / "asked_by_the_lab.py"
    file.touch()
    plan = replace(FULL, **{key: "asked_by_the_lab:f"})
    assert plan.own_code() == ["asked_by_the_lab:f"]
    assert code_behind(plan) == [model_file("lstm"), file]
    assert code_behind(FULL) == [model_file("lstm")]


@pytest.mark.parametrize("module", ["no_such_module", "no_such_package.module"])
def test_a_model_in_a_missing_module_is_refused(module: str) -> None:
    with pytest.raises(
        EchoseqError,
        match=f"^model {module}:gru: cannot import {module}, which is looked for",
    ):
        model_file(f"{module}:gru")
