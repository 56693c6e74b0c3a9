"""Data snapshots: files of integer sequences that record how they were drawn."""

from pathlib import Path

import numpy as np

from echoseq import streams
from echoseq.checked import Alphabet, Count, Digest, Line, Model, Seed
from echoseq.data.sequences import generate
from echoseq.errors import DamagedError
from echoseq.files import array_digest, canonical_json, write_atomically
from echoseq.npz import TEXT, WHOLE, Member, read_npz
from echoseq.stored import parse_json

TRAINING = "training data"
EVALUATION = "evaluation data"
PROBES = "probe data"
MEMBERS = {"sequences": Member(WHOLE, ("count", "length")), "origin": Member(TEXT)}


def draw(purpose: str, seed: int, *, count: int, length: int, alphabet: int) -> np.ndarray:
    """Draw the sequences of one snapshot, shape (count, length).

    Tasks with the same length and alphabet get the same sequences for the same purpose and seed,
    so results on these tasks can be compared pair by pair.
    """
    return generate(count, length, alphabet, streams.generator(purpose, seed))


def write_snapshot(path: Path, purpose: str, seed: int, **shape: int) -> None:
    """Draw a snapshot (`count`, `length`, `alphabet`) and write it as a compact .npz file."""
    sequences = draw(purpose, seed, **shape)
    origin = {
        "purpose": purpose,
        "seed": seed,
        **shape,
        "distribution": "independent, uniform on 0..alphabet-1",
        "generator": "numpy PCG64(SeedSequence(seed, spawn_key=purpose as UTF-8 bytes))",
        "sha256": array_digest([sequences]),
    }
    write_atomically(
        path,
        lambda part: np.savez(part, sequences=sequences, origin=np.array(canonical_json(origin))),
    )


class Origin(Model):
    """How the sequences of a snapshot were drawn, and their SHA-256."""

    purpose: Line
    seed: Seed
    count: Count
    length: Count
    alphabet: Alphabet
    sha256: Digest


def read_snapshot(path: Path, purpose: str, seed: int, *, length: int, alphabet: int) -> np.ndarray:
    """Read and check a snapshot, shape (count, length).

    Raises:
        DamagedError: if the file is damaged, or was drawn for another purpose, seed or task.
    """
    what = "a data snapshot"
    stored = read_npz(path, MEMBERS, what)
    sequences = stored["sequences"]
    origin = parse_json(str(stored["origin"]), path, Origin, what, "origin")
    if array_digest([sequences]) != origin["sha256"]:
        raise DamagedError(f"{path}: the sequences do not match their SHA-256; draw it again")
    expected = {"purpose": purpose, "seed": seed, "length": length, "alphabet": alphabet}
    for key, value in expected.items():
        if origin[key] != value:
            raise DamagedError(f"{path}: expected {key} {value}, got {origin[key]}")
    if sequences.shape != (origin["count"], length):
        raise DamagedError(f"{path}: expected {origin['count']} sequences of {length} integers")
    if sequences.min() < 0 or sequences.max() >= alphabet:
        raise DamagedError(f"{path}: expected integers from 0 to {alphabet - 1}")
    return sequences
