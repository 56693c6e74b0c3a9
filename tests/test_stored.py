"""JSON files of results: what no model has to see."""

import os
from pathlib import Path

import pytest

from echoseq.checked import Count, Model
from echoseq.errors import DamagedError
from echoseq.stored import read_json, require_file


class Facts(Model):
    epochs: Count = 1


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "facts.json"


def refusal(path: Path, limit: int = 1000) -> str:
    with pytest.raises(DamagedError) as caught:
        read_json(path, Facts, "facts", limit)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


def test_content_is_returned_as_it_is_written(path: Path) -> None:
    path.write_text('{"epochs": 3, "more": [1.5, null, "\\u00e9", {"a": true}]}')
    expected = {"epochs": 3, "more": [1.5, None, "é", {"a": True}]}
    assert read_json(path, Facts, "facts") == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"epochs": NaN}', "epochs: expected a finite number"),
        ('{"more": {"x": [-Infinity]}}', "more.x.0: expected a finite number"),
        ('{"more": 1e999}', "more: expected a finite number"),
        ('{"more": ' + "9" * 5000 + "}", "more: expected a number of at most 64 bits"),
        ('{"more": -18446744073709551616}', "more: expected a number of at most 64 bits"),
        ('{"more": "\\ud800"}', "more: expected text, got half of a surrogate pair"),
        ('{"\\ud800": 1}', "expected text as a key"),
        ('{"more": ' + "[" * 60 + "]" * 60 + "}", "more.0.0: expected at most 50 levels of keys"),
        ('{"epochs": 1000000000}', "epochs: expected 1000000 or less, got 1000000000"),
        ("[]", "expected keys and values, got []"),
        ("null", "expected keys and values, got nothing"),
    ],
)
def test_a_value_that_cannot_be_is_named(path: Path, text: str, line: str) -> None:
    path.write_text(text)
    assert refusal(path, 10_000) == line


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not JSON, line 1"),
        (b'{\n"a"', "not JSON, line 2"),
        (b"\xff", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON, line 1"),
        (b'{"a": {"b": 1, "b": 1}}', "b: given twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b" " * 1_000_001, "1,000,001 bytes, expected at most 1,000,000"),
    ],
)
def test_what_is_not_json_is_refused(path: Path, content: bytes, reason: str) -> None:
    path.write_bytes(content)
    assert refusal(path, 1_000_000) == f"expected facts, cannot read it ({reason})"


def test_a_large_file_is_not_read(path: Path) -> None:
    path.touch()
    os.truncate(path, 2**40)
    assert "1,099,511,627,776 bytes, expected at most 1,000" in refusal(path)


def test_only_regular_files_are_opened(path: Path) -> None:
    """Reading a pipe would wait for ever."""
    os.mkfifo(path)
    assert refusal(path) == "expected facts, cannot read it (not a regular file)"
    assert "not a regular file" in refusal(path.parent)
    assert "not a regular file" in refusal(Path("/dev/zero"))
    assert "No such file" in refusal(path / "none") or "Not a directory" in refusal(path / "none")
    with pytest.raises(DamagedError, match="expected a table, cannot read it"):
        require_file(Path("a\0b"), "a table", 1)
