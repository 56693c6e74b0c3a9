"""Data snapshots: the same bytes every time, and nothing wrong goes unnoticed."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from workspaces import PROJECT

from echoseq.data.snapshots import EVALUATION, PROBES, TRAINING, draw, read_snapshot, write_snapshot
from echoseq.errors import EchoseqError
from echoseq.files import array_digest
from echoseq.study.reading import read

SIZES = {"length": 6, "alphabet": 10}
STUDY = read(PROJECT / "config" / "config.yaml")


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "seed-3.npz"
    write_snapshot(path, TRAINING, 3, count=8, **SIZES)
    return path


def refusal(path: Path, purpose: str = TRAINING, seed: int = 3, **sizes: int) -> str:
    """The one line, which names the file, with which a snapshot is refused."""
    with pytest.raises(EchoseqError) as caught:
        read_snapshot(path, purpose, seed, **SIZES | sizes)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


# What is drawn


def test_known_values():
    """A change here means that every published result changes."""
    expected = {
        TRAINING: [77, 54, 4, 20, 10, 12, 83, 73, 5, 74, 55, 9],
        EVALUATION: [75, 40, 32, 76, 56, 82, 22, 19, 8, 94, 60, 1],
        PROBES: [22, 4, 40, 65, 89, 7, 58, 26, 64, 19, 85, 45],
    }
    for purpose, values in expected.items():
        assert draw(purpose, 0, count=1, length=25, alphabet=100)[0, :12].tolist() == values


@pytest.mark.parametrize(
    ("purpose", "count"),
    [(EVALUATION, STUDY.evaluation.sequences), (PROBES, STUDY.probing.sequences)],
)
def test_held_out_sequences_are_found_among_training_sequences_by_chance_alone(purpose, count):
    longest = max(experiment.epochs for experiment in STUDY.experiments.values())
    # Tasks with the same sizes share their sequences: see below.
    for length, alphabet in {(task.length, task.alphabet) for task in STUDY.tasks.values()}:
        sizes = {"length": length, "alphabet": alphabet}
        held_out = rows(draw(purpose, 0, count=count, **sizes))
        training = [rows(draw(TRAINING, seed, count=longest, **sizes)) for seed in range(10)]
        met = sum(len(set(held_out).intersection(seed)) for seed in training)
        expected = 10 * longest * count / alphabet**length
        # None at all but in the shortest, of 50 symbols to the fifth power; six deviations.
        assert abs(met - expected) <= 6 * expected**0.5, sizes


def rows(sequences: np.ndarray) -> list[bytes]:
    """Each sequence as bytes, much faster to compare than lists of integers."""
    return sequences.view(f"V{sequences.itemsize * sequences.shape[1]}").ravel().tolist()


def test_seeds_train_on_different_sequences():
    drawn = np.concatenate(
        [draw(TRAINING, s, count=100, length=25, alphabet=100) for s in range(10)]
    )
    assert len(np.unique(drawn, axis=0)) == 1000


def test_tasks_with_the_same_length_and_alphabet_share_their_sequences(tmp_path):
    full, partial = (tmp_path / task / "seed-0.npz" for task in ("full", "partial"))
    write_snapshot(full, TRAINING, 0, count=5, **SIZES)
    write_snapshot(partial, TRAINING, 0, count=50, **SIZES)
    short, long = (read_snapshot(path, TRAINING, 0, **SIZES) for path in (full, partial))
    np.testing.assert_array_equal(short, long[:5])


# Files


@pytest.mark.parametrize("alphabet", [2, 256, 257])
@pytest.mark.parametrize("purpose", [TRAINING, EVALUATION, PROBES])
def test_a_snapshot_is_read_as_it_was_drawn(tmp_path, purpose, alphabet):
    path = tmp_path / "snapshot.npz"
    write_snapshot(path, purpose, 5, count=4, length=7, alphabet=alphabet)
    stored = read_snapshot(path, purpose, 5, length=7, alphabet=alphabet)
    drawn = draw(purpose, 5, count=4, length=7, alphabet=alphabet)
    assert stored.dtype == drawn.dtype == np.min_scalar_type(alphabet - 1)
    np.testing.assert_array_equal(stored, drawn)


def test_a_snapshot_holds_integers_and_says_how_they_were_drawn(snapshot):
    with np.load(snapshot) as stored:
        assert set(stored.files) == {"sequences", "origin"}
        sequences, origin = stored["sequences"], json.loads(str(stored["origin"]))
    assert sequences.shape == (8, 6)
    assert sequences.dtype == np.uint8
    assert origin == {
        "purpose": "training data",
        "seed": 3,
        "count": 8,
        "length": 6,
        "alphabet": 10,
        "distribution": "independent, uniform on 0..alphabet-1",
        "generator": "numpy PCG64(SeedSequence(seed, spawn_key=purpose as UTF-8 bytes))",
        "sha256": array_digest([sequences]),
    }


def test_a_stored_origin_is_enough_to_draw_the_sequences_again(snapshot):
    with np.load(snapshot) as stored:
        sequences, origin = stored["sequences"], json.loads(str(stored["origin"]))
    key = tuple(origin["purpose"].encode())
    root = np.random.SeedSequence(origin["seed"], spawn_key=key)
    generator = np.random.Generator(np.random.PCG64(root))
    shape = (origin["count"], origin["length"])
    np.testing.assert_array_equal(generator.integers(0, origin["alphabet"], shape), sequences)


def test_a_second_write_gives_the_same_bytes(tmp_path, snapshot):
    again = tmp_path / "elsewhere" / "again.npz"
    write_snapshot(again, TRAINING, 3, count=8, **SIZES)
    assert again.read_bytes() == snapshot.read_bytes()


def test_a_snapshot_contains_no_time(snapshot):
    with zipfile.ZipFile(snapshot) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_snapshot_does_not_depend_on_the_order_of_its_sizes(tmp_path, snapshot):
    again = tmp_path / "again.npz"
    write_snapshot(again, TRAINING, 3, alphabet=10, length=6, count=8)
    assert again.read_bytes() == snapshot.read_bytes()


# Damage and mistakes


def test_a_missing_snapshot_is_refused(tmp_path):
    assert refusal(tmp_path / "missing.npz").startswith("expected a data snapshot")


def test_a_truncated_snapshot_is_refused_wherever_it_ends(snapshot):
    whole = snapshot.read_bytes()
    for size in range(0, len(whole), 7):
        snapshot.write_bytes(whole[:size])
        assert refusal(snapshot).startswith("expected a data snapshot")


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"not a snapshot\n", b"PK\x03\x04", b"\x80\x04N."],
    ids=["empty", "blank", "text", "start of a zip file", "pickle"],
)
def test_another_file_in_the_place_of_a_snapshot_is_refused(snapshot, content):
    snapshot.write_bytes(content)
    assert refusal(snapshot).startswith("expected a data snapshot")


def test_a_bare_array_in_the_place_of_a_snapshot_is_refused(snapshot):
    with snapshot.open("wb") as file:
        np.save(file, np.zeros((8, 6), np.uint8))
    assert refusal(snapshot).startswith("expected a data snapshot")


@pytest.mark.parametrize(
    "arrays",
    [
        {"sequences": np.zeros((8, 6), np.uint8)},
        {"origin": np.array("{}")},
        {"sequences": np.zeros((8, 6), np.uint8), "origin": np.array("{")},
        {"sequences": np.zeros((8, 6), np.uint8), "origin": np.array("[1]")},
        {"sequences": np.zeros((8, 6), np.uint8), "origin": np.array("{}")},
    ],
    ids=["no origin", "no sequences", "origin not JSON", "origin a list", "origin empty"],
)
def test_a_snapshot_with_parts_missing_is_refused(snapshot, arrays):
    np.savez(snapshot, **arrays)
    refusal(snapshot)


def test_a_flipped_bit_in_the_sequences_is_refused(snapshot):
    whole = snapshot.read_bytes()
    content = draw(TRAINING, 3, count=8, **SIZES).tobytes()
    start = whole.index(content)
    for bit in range(8 * start, 8 * (start + len(content))):
        snapshot.write_bytes(flipped(whole, bit))
        refusal(snapshot)


def test_a_flipped_bit_anywhere_is_refused_or_changes_nothing(snapshot):
    """Some bits of a zip file, those of times and attributes, do not matter."""
    whole = snapshot.read_bytes()
    expected = draw(TRAINING, 3, count=8, **SIZES)
    directory = whole.index(b"PK\x01\x02")
    bits = [
        *(8 * byte + byte % 8 for byte in range(directory)),
        *range(8 * directory, 8 * len(whole)),
    ]
    for bit in bits:
        snapshot.write_bytes(flipped(whole, bit))
        try:
            stored = read_snapshot(snapshot, TRAINING, 3, **SIZES)
        except EchoseqError:
            refusal(snapshot)
        else:
            assert stored.dtype == expected.dtype
            np.testing.assert_array_equal(stored, expected)


def flipped(content: bytes, bit: int) -> bytes:
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_sequences_that_do_not_fit_their_digest_are_refused(snapshot):
    """A well-formed file whose sequences were exchanged: only the digest can tell."""
    with np.load(snapshot) as stored:
        sequences, origin = stored["sequences"], stored["origin"]
    sequences[0, 0] = (sequences[0, 0] + 1) % 10
    np.savez(snapshot, sequences=sequences, origin=origin)
    assert refusal(snapshot) == "the sequences do not match their SHA-256; draw it again"


def test_a_snapshot_for_another_use_is_refused(snapshot):
    assert read_snapshot(snapshot, TRAINING, 3, **SIZES).shape == (8, 6)
    assert refusal(snapshot, seed=4) == "expected seed 4, got 3"
    assert refusal(snapshot, alphabet=11) == "expected alphabet 11, got 10"
    assert refusal(snapshot, length=7) == "expected length 7, got 6"
    expected = "expected purpose evaluation data, got training data"
    assert refusal(snapshot, purpose=EVALUATION) == expected
