"""Arrays of other types, shapes and sizes: refused by their headers, before they are loaded."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from echoseq.errors import DamagedError
from echoseq.npz import NUMBER, TEXT, TRUTH, WHOLE, Member, read_npz

MEMBERS = {
    "seeds": Member(WHOLE, ("seeds",)),
    "loss": Member(NUMBER, ("seeds", "n_out")),
    "name": Member(TEXT),
    "kept": Member(TRUTH),
}
ARRAYS = {
    "seeds": np.array([3, 7]),
    "loss": np.zeros((2, 3), np.float32),
    "name": np.array("a"),
    "kept": np.array(True),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "arrays.npz"


def refusal(path: Path) -> str:
    with pytest.raises(DamagedError) as caught:
        read_npz(path, MEMBERS, "arrays")
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


def member(header: str, data: bytes = b"") -> bytes:
    """An array in NumPy's format, with any header."""
    text = header.encode().ljust(118 - 1) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def write(path: Path, method: int = zipfile.ZIP_STORED, **members: bytes) -> None:
    """A file with these bytes as members, and the other arrays as they should be."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, array in ARRAYS.items():
            content = io.BytesIO()
            np.save(content, array)
            archive.writestr(f"{name}.npy", members.get(name, content.getvalue()))


def test_arrays_are_read_as_they_were_written(path: Path) -> None:
    np.savez(path, **ARRAYS, more=np.zeros(3))
    found = read_npz(path, MEMBERS, "arrays")
    assert list(found) == list(MEMBERS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


@pytest.mark.parametrize(
    ("name", "array", "line"),
    [
        ("seeds", np.array([0.5, 1]), "whole numbers of shape (seeds), got float64 of shape (2,)"),
        ("seeds", np.array([[1, 2]]), "whole numbers of shape (seeds), got int64 of shape (1, 2)"),
        ("seeds", np.array(["a", "b"]), "whole numbers of shape (seeds), got <U1 of shape (2,)"),
        ("seeds", np.array([], int), "whole numbers of shape (seeds), got int64 of shape (0,)"),
        ("loss", np.zeros((3, 3)), "numbers of shape (seeds, n_out), seeds 2, got "
         "float64 of shape (3, 3)"),
        ("loss", np.zeros((2, 3), complex), "numbers of shape (seeds, n_out), got complex128 of "
         "shape (2, 3)"),
        ("name", np.array(["a"]), "text of shape (), got <U1 of shape (1,)"),
        ("kept", np.array(1), "true or false of shape (), got int64 of shape ()"),
    ],
)  # fmt: skip
def test_an_array_of_another_type_or_shape_is_named(
    path: Path, name: str, array: np.ndarray, line: str
) -> None:
    np.savez(path, **ARRAYS | {name: array})
    assert refusal(path).startswith(f"{name}: expected {line}")


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000000,)}",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (3,)}",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}",
    ],
)
def test_an_array_of_another_size_than_its_header_says_is_refused(path: Path, header: str) -> None:
    write(path, seeds=member(header, bytes(16)))
    assert refusal(path) == "seeds: expected an array of the size that its header says"


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<i8', 'fortran_order': False, 'shape': (-2,)}",
        "{'descr': '<i8', 'fortran_order': False, 'shape': (True,)}",
        "{'descr': '<i8', 'fortran_order': False, 'shape': 2}",
        "{'descr': '<i8', 'fortran_order': False}",
        "{'descr': 'what', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<i8', 'fortran_order': 0, 'shape': (2,)}",
        "[" * 100,
        "2",
        "",
    ],
)
def test_a_damaged_header_is_refused(path: Path, header: str) -> None:
    write(path, seeds=member(header, bytes(16)))
    assert refusal(path).startswith("expected arrays, cannot read it (")


def test_objects_are_refused(path: Path) -> None:
    """They would be unpickled."""
    np.savez(path, **ARRAYS | {"name": np.array({}, dtype=object)})
    assert refusal(path) == "name: expected text of shape (), got object of shape ()"
    write(path, seeds=b"\x80\x04N.")
    assert refusal(path).startswith("expected arrays, cannot read it (")


def test_a_file_is_never_smaller_than_what_is_loaded_from_it(path: Path) -> None:
    """So a small file cannot fill the memory."""
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': ({2**20},)}}"
    write(path, zipfile.ZIP_DEFLATED, seeds=member(header, bytes(2**23)))
    assert path.stat().st_size < 2**16
    assert refusal(path) == "expected arrays, got a file that claims to be larger"
    np.savez_compressed(path, **ARRAYS)
    assert refusal(path) == "seeds: expected an array of the size that its header says"


def test_what_is_no_file_is_refused(path: Path) -> None:
    assert refusal(path) == "expected arrays, cannot read it (No such file or directory)"
    path.mkdir()
    assert refusal(path) == "expected arrays, cannot read it (not a regular file)"
