"""Files that appear whole or not at all, and digests."""

import hashlib
import json
import os
import subprocess
import time
from itertools import islice

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from echoseq.files import (
    HOST,
    array_digest,
    canonical_json,
    clear_unfinished,
    clear_unfinished_folders,
    temporary_name,
    walk,
    write_atomically,
    write_json,
    write_table,
    write_text,
)


class WriterError(Exception):
    """The failure of a writer."""


def half_written(path):
    path.write_text("ha", encoding="utf-8")
    raise WriterError


def interrupted(path):
    path.write_text("ha", encoding="utf-8")
    raise KeyboardInterrupt


def failing_at_once(path):
    raise WriterError


failing_writers = pytest.mark.parametrize("write", [half_written, interrupted, failing_at_once])

# write_atomically


@failing_writers
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, write):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises((WriterError, KeyboardInterrupt)):
        write_atomically(path, write)
    assert path.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


@failing_writers
def test_a_failed_write_of_a_new_file_leaves_nothing(tmp_path, write):
    with pytest.raises((WriterError, KeyboardInterrupt)):
        write_atomically(tmp_path / "table.csv", write)
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_writes_nothing_is_an_error(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(FileNotFoundError):
        write_atomically(path, lambda _: None)
    assert path.read_text(encoding="utf-8") == "old"


def test_the_old_file_stays_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("old", encoding="utf-8")
    seen = []

    def write(part):
        part.write_text("n", encoding="utf-8")
        seen.append(path.read_text(encoding="utf-8"))
        part.write_text("new", encoding="utf-8")
        seen.append(path.read_text(encoding="utf-8"))

    write_atomically(path, write)
    assert seen == ["old", "old"]
    assert path.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_the_temporary_file_is_in_the_targets_folder_and_has_its_suffix(tmp_path):
    """A rename between file systems is not atomic, and writers choose formats by the suffix."""
    parts = []

    def write(part):
        parts.append(part)
        part.touch()

    for name in ("model.keras", "figure.svg", "predictions.npz"):
        write_atomically(tmp_path / name, write)
        assert parts[-1].parent == tmp_path
        assert parts[-1].name != name
        assert parts[-1].suffix == (tmp_path / name).suffix


def test_only_files_of_killed_writes_are_cleared(tmp_path):
    kept = [tmp_path / "a/.table.csv.sha256", tmp_path / "a/b.tmp.csv", tmp_path / ".c.tmp.csv"]
    for path in kept:
        write_text(path, "")

    def killed(part):
        part.with_name("left").write_text(part.name, encoding="utf-8")
        raise WriterError

    for name in ("a/model.keras", "manifest.json", "a/.table.csv.sha256", "epoch-5.12ab.npz"):
        with pytest.raises(WriterError):
            write_atomically(tmp_path / name, killed)
        left = (tmp_path / name).with_name("left")
        left.rename(left.with_name(left.read_text(encoding="utf-8")))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == len(kept) + 4
    clear_unfinished(tmp_path)  # this process lives, and may be writing them
    left = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    assert len(left) == len(kept) + 4
    gone = subprocess.Popen(["true"])
    gone.wait()
    for path in left:
        path.rename(path.with_name(path.name.replace(f".{os.getpid()}.", f".{gone.pid}.")))
    other = tmp_path / "a/.table.node-7.12.tmp.csv"  # of another machine
    other.touch()
    clear_unfinished(tmp_path)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted([*kept, other])
    os.utime(other, (time.time() - 2 * 86_400,) * 2)
    clear_unfinished(tmp_path)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)


def test_temporary_folders_of_killed_processes_are_cleared(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    ours, theirs = temporary_name("v1"), temporary_name("v1").replace(str(os.getpid()), "%d")
    for name in (ours, theirs % gone.pid, ".hidden", "v1.tmp"):
        write_text(tmp_path / name / "a/note.txt", "")
    clear_unfinished_folders(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {ours, ".hidden", "v1.tmp"}


# walk


def names_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in walk(folder))


@pytest.fixture
def linked(tmp_path):
    """A folder whose runs are on another disk, but for one experiment, which is on a third."""
    folder, disk, third = tmp_path / "v1", tmp_path / "disk", tmp_path / "third"
    for path in (folder / "config.yaml", disk / "b/run.json", third / "run.json"):
        write_text(path, "")
    (folder / "runs").symlink_to(disk)
    (disk / "a").symlink_to(third)
    return folder


def test_links_are_followed(linked):
    assert names_in(linked) == ["config.yaml", "runs/a/run.json", "runs/b/run.json"]
    assert names_in(linked / "none") == []


def test_links_that_lead_back_are_not_followed(linked):
    before = names_in(linked)
    for target in (".", "..", "../..", "/", linked, linked / "runs"):
        (linked / "loop").symlink_to(target)
        (linked.parent / "third/loop").symlink_to(target)
        (linked / "real").mkdir(exist_ok=True)
        (linked / "real/loop").symlink_to(target)
        found = [name for name in names_in(linked) if "loop" not in name.split("/")]
        assert found == before
        assert len(names_in(linked)) < 20
        for loop in (linked / "loop", linked.parent / "third/loop", linked / "real/loop"):
            loop.unlink()


def test_many_links_between_folders_end(tmp_path):
    folders = [tmp_path / f"{number}" for number in range(8)]
    for folder in folders:
        write_text(folder / "file", "")
        for other in folders:
            (folder / f"to-{other.name}").symlink_to(other)
    found = [path.relative_to(tmp_path).as_posix() for path in islice(walk(tmp_path), 1000)]
    assert {f"{folder.name}/file" for folder in folders} <= set(found)
    assert len(found) == len(set(found)) < 600


def test_two_names_of_a_folder_are_both_there(tmp_path):
    """The name that comes first is the link, but what is really there is found as such."""
    write_text(tmp_path / "runs/b/run.json", "")
    (tmp_path / "runs/a").symlink_to("b")
    (tmp_path / "old").symlink_to("runs")
    assert {"runs/b/run.json", "runs/a/run.json", "old/b/run.json"} <= set(names_in(tmp_path))


def test_links_that_lead_nowhere_are_found(tmp_path):
    (tmp_path / "gone").symlink_to("nowhere")
    (tmp_path / "self").symlink_to("self")
    assert names_in(tmp_path) == ["gone", "self"]


def test_temporary_files_are_cleared_in_linked_folders(linked):
    gone = subprocess.Popen(["true"])
    gone.wait()
    part = linked / f"runs/a/.run.{HOST}.{gone.pid}.tmp.json"
    part.touch()
    clear_unfinished(linked)
    assert names_in(linked) == ["config.yaml", "runs/a/run.json", "runs/b/run.json"]


def test_missing_folders_are_made(tmp_path):
    path = tmp_path / "runs" / "full_echo" / "note.txt"
    write_text(path, "there")
    assert path.read_text(encoding="utf-8") == "there"


# Formats


def test_text_is_utf8_with_unix_line_ends(tmp_path):
    write_text(tmp_path / "note.txt", "é\nb\n")
    assert (tmp_path / "note.txt").read_bytes() == b"\xc3\xa9\nb\n"


def test_json_is_sorted_indented_and_readable(tmp_path):
    write_json(tmp_path / "note.json", {"b": [1], "a": "é"})
    expected = '{\n  "a": "é",\n  "b": [\n    1\n  ]\n}\n'
    assert (tmp_path / "note.json").read_bytes() == expected.encode()


def test_a_table_has_no_index_and_every_digit(tmp_path):
    values = [0.1, 1 / 3, 1e-300, float(np.nextafter(1, 2))]
    table = pd.DataFrame({"n": [1, 2, 3, 4], "value": values}, index=[9, 8, 7, 6])
    write_table(tmp_path / "table.csv", table)
    lines = (tmp_path / "table.csv").read_bytes().decode().split("\n")
    assert lines[0] == "n,value"
    assert lines[1] == "1,0.1"
    assert lines[-1] == ""
    assert [float(line.split(",")[1]) for line in lines[1:-1]] == values


# canonical_json

numbers = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=12,
)


def reordered(value):
    """The same value with the keys of every mapping in the opposite order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


def test_canonical_json_is_one_known_text():
    value = {"b": {"d": None, "c": "é"}, "a": [True, 1, 0.1]}
    expected = r'{"a":[true,1,0.1],"b":{"c":"\u00e9","d":null}}'
    assert canonical_json(value) == expected


@given(values)
def test_canonical_json_does_not_depend_on_the_order_of_keys(value):
    assert canonical_json(reordered(value)) == canonical_json(value)


@given(values)
@example(1 / 3)
@example({"a": [0.1 + 0.2, 1e-300, 2**64 + 1]})
def test_canonical_json_loses_nothing(value):
    assert json.loads(canonical_json(value)) == value


def test_canonical_json_keeps_the_order_of_lists():
    assert canonical_json([1, 2]) != canonical_json([2, 1])


# array_digest

arrays = hnp.arrays(
    hnp.integer_dtypes() | hnp.unsigned_integer_dtypes() | hnp.floating_dtypes(),
    hnp.array_shapes(max_dims=4, max_side=5),
)


def test_a_known_digest():
    array = np.array([[1, 2, 3]], dtype=np.uint16)
    expected = hashlib.sha256(b"<u2(1, 3)" + bytes([1, 0, 2, 0, 3, 0])).hexdigest()
    assert array_digest([array]) == expected


@given(arrays)
def test_a_digest_does_not_depend_on_memory_order(array):
    expected = array_digest([np.ascontiguousarray(array)])
    assert array_digest([np.asfortranarray(array)]) == expected
    spread = np.repeat(array, 2, axis=-1)[..., ::2]
    assert array_digest([spread]) == expected
    assert array_digest([np.flip(np.flip(array).copy())]) == expected


@given(arrays)
def test_a_digest_does_not_depend_on_byte_order(array):
    swapped = array.astype(array.dtype.newbyteorder())
    assert array_digest([swapped]) == array_digest([array])


@given(arrays, st.data())
def test_a_digest_depends_on_every_element(array, data):
    index = data.draw(st.tuples(*(st.integers(0, size - 1) for size in array.shape)))
    changed = array.copy()
    changed[index] = 0 if array[index] != 0 else 1
    assert array_digest([changed]) != array_digest([array])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.zeros(2, np.int32), np.zeros(2, np.uint32)),
        (np.zeros(2, np.int32), np.zeros(2, np.float32)),
        (np.zeros(2, np.int32), np.zeros(1, np.int64)),
        (np.zeros(2, np.int32), np.zeros(2, np.int64)),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros((2, 3)), np.zeros(6)),
        (np.zeros((0, 3)), np.zeros((0, 2))),
        (np.zeros(1), np.zeros(())),
        (np.array([[1, 2], [3, 4]]), np.array([[1, 3], [2, 4]])),
        (np.array([0.0]), np.array([-0.0])),
    ],
)
def test_a_digest_depends_on_type_shape_and_content(one, other):
    assert array_digest([one]) != array_digest([other])


def test_a_digest_depends_on_the_order_of_arrays_and_where_they_part():
    one, other = np.array([1, 2]), np.array([3])
    digests = [
        array_digest(arrays)
        for arrays in ([one, other], [other, one], [np.array([1, 2, 3])], [one], [])
    ]
    assert len(set(digests)) == len(digests)
