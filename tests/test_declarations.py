"""Constants of modules, read without importing them."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from echoseq import declarations
from echoseq.declarations import declared
from echoseq.errors import EchoseqError


@dataclass(frozen=True)
class Said:
    flag: bool
    names: tuple[str, ...]
    words: dict[str, str]


WHOLE = 'import nothing_there\nFLAG = True\nNAMES = ("a",)\nWORDS: dict = {"b": "c"}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(declarations, "package_folder", lambda: tmp_path)
    (tmp_path / "room").mkdir()
    return tmp_path / "room"


def test_modules_that_declare_are_found_by_name_and_others_left_out(folder: Path) -> None:
    (folder / "b.py").write_text(WHOLE)
    (folder / "a.py").write_text(WHOLE.replace("True", "False").replace('("a",)', "()"))
    (folder / "helper.py").write_text("import os\nOTHER = 1\n")
    words = {"b": "c"}
    found = declared("room", Said)
    assert found == {"a": Said(False, (), words), "b": Said(True, ("a",), words)}
    assert list(found) == ["a", "b"]


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("FLAG = True\n", "", "FLAG"),
        ("FLAG = True", "FLAG = 1", "FLAG"),
        ('("a",)', '("a", 2)', "NAMES"),
        ('("a",)', '["a"]', "NAMES"),
        ('{"b": "c"}', '{"b": 3}', "WORDS"),
        ('{"b": "c"}', "dict(b=made_up)", "WORDS"),
    ],
)
def test_half_a_declaration_is_refused_by_file_and_constant(
    folder: Path, old: str, new: str, name: str
) -> None:
    (folder / "a.py").write_text(WHOLE.replace(old, new))
    with pytest.raises(EchoseqError, match=rf"room/a\.py: expected a constant {name}, a literal"):
        declared("room", Said)
