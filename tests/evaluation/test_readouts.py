"""What probes read, kept in a file."""

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from readings import READOUTS

from echoseq.errors import DamagedError, EchoseqError
from echoseq.evaluation.readouts import Case, Readouts, read_readouts, write_readouts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    target = tmp_path / "probes.npz"
    write_readouts(target, READOUTS)
    return target


def test_readouts_are_read_as_they_were_written(path: Path) -> None:
    found = read_readouts(path)
    for field in fields(Readouts):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(READOUTS, field.name))
    assert found.cases[0] == Case("trained", "linear", "h", 1, 2)
    assert {type(value) for value in found.cases[0]} == {str, int}


def test_the_same_readouts_give_the_same_bytes(path: Path) -> None:
    again = path.with_name("again.npz")
    write_readouts(again, READOUTS)
    assert again.read_bytes() == path.read_bytes()


def test_damaged_readouts_are_refused_in_one_line(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(EchoseqError, match="expected readouts of probes, cannot read it") as told:
        read_readouts(path)
    assert str(told.value).startswith(str(path))


def test_changed_readouts_are_refused(path: Path) -> None:
    with np.load(path) as stored:
        arrays = dict(stored)
    changed = replace(READOUTS, correct=READOUTS.correct + 1)
    np.savez(path, **arrays | {"correct": changed.correct})
    with pytest.raises(EchoseqError, match="do not match their SHA-256; probe again"):
        read_readouts(path)


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"alphabet": np.array(1)}, "alphabet: expected 2 or more, got 1"),
        ({"windows": np.array(3)}, "correct: expected 0 to 3 windows"),
        ({"windows": np.array(0)}, "windows: expected 1 or more, got 0"),
    ],
)
def test_readouts_of_a_task_that_cannot_be_are_refused(
    path: Path, changes: dict[str, np.ndarray], line: str
) -> None:
    """Their digest is right."""
    write_readouts(path, replace(READOUTS, **changes))
    with pytest.raises(DamagedError) as told:
        read_readouts(path)
    assert str(told.value) == f"{path}: {line}"
