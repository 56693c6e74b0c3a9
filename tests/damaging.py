"""A version too small to train, and what may happen to its files: values of any kind, bytes."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from ablations import ABLATIONS
from configurations import study_of_two
from examples import PREDICTIONS
from hypothesis import strategies as st
from readings import READOUTS
from records import run_record

from echoseq.data.snapshots import EVALUATION, write_snapshot
from echoseq.evaluation.ablations import write_ablations
from echoseq.evaluation.predictions import write_predictions
from echoseq.evaluation.readouts import write_readouts
from echoseq.files import write_json, write_table
from echoseq.provenance.environment import environment
from echoseq.provenance.manifest import build_manifest, seal
from echoseq.provenance.records import records_text
from echoseq.study.reading import load
from echoseq.training.files import history_digest

STUDY = load(study_of_two() | {"questions": {"longer": {"text": "Is it?"}}, "version": "tiny"})
HISTORY = pd.DataFrame({"epoch": [1, 2, 3], "loss": [3, 2, 1], "accuracy": [0, 0.5, 1]}).astype(
    {"loss": np.float32, "accuracy": np.float32}
)


def new_version(folder: Path) -> Path:
    """Two experiments of two seeds, with every kind of file that is read."""
    configuration = STUDY.resolved()
    (folder / "tables").mkdir(parents=True)
    (folder / "config.yaml").write_text(yaml.safe_dump(configuration), encoding="utf-8")
    write_json(folder / "environment.json", environment())
    for (name, seed), record in RUNS.items():
        run = folder / f"runs/{name}/seed-{seed}"
        write_json(run / "run.json", record)
        write_table(run / "history.csv", HISTORY)
        write_json(run / "timing.json", TIMING)
    write_predictions(folder / "runs/a/predictions.npz", PREDICTIONS)
    write_readouts(folder / "runs/a/probes.npz", READOUTS)
    write_ablations(folder / "runs/a/ablations.npz", ABLATIONS)
    write_snapshot(folder / "data/one/evaluation.npz", EVALUATION, 0, **SNAPSHOT)
    for name, rows in TABLES.items():
        write_table(folder / f"tables/{name}.csv", pd.DataFrame(rows))
    describe(folder)
    return folder


def new_published(folder: Path) -> Path:
    """The same version as it is published: `runs.json` instead of the folders of runs."""
    new_version(folder)
    for path in sorted((folder / "runs").rglob("*.*")):
        path.unlink()
    (folder / "runs.json").write_text(records_text(RUNS), encoding="utf-8")
    describe(folder)
    return folder


def describe(folder: Path, change: Callable[[Any], Any] = lambda content: content) -> None:
    """Write the manifest, with its seal, changed before it is sealed."""
    (folder / "manifest.json").unlink(missing_ok=True)
    manifest = build_manifest(
        folder,
        configuration=STUDY.resolved(),
        code={"commit": None, "clean": None},
        lock_digest="f" * 64,
        environment=json.loads((folder / "environment.json").read_text(encoding="utf-8")),
        bits_promised=True,
    )
    if (folder / "runs.json").exists():
        manifest = seal(manifest | {"published": manifest["files"]})
    changed = change(json.loads(json.dumps(manifest)))
    if isinstance(changed, dict):
        changed = seal(changed)
    (folder / "manifest.json").write_text(json.dumps(changed), encoding="utf-8")


RUNS = {
    (name, seed): run_record(
        experiment=name,
        seed=seed,
        plan=STUDY.plan_of(name).facts(),
        epochs=3,
        history_digest=history_digest(HISTORY),
    )
    for name in ("a", "b")
    for seed in (0, 1)
}
TIMING = {"build_seconds": 0.5, "training_seconds": 1.25, "resumed_after_epoch": 0}
SNAPSHOT = {"count": 3, "length": 6, "alphabet": 10}
TABLES: dict[str, list[dict[str, Any]]] = {
    "summary": [
        {"experiment": name, "position": position, "mean": 0.5, "low": 0.25, "high": 0.75}
        | {"confidence": 0.95, "seeds": 2, "chance": 0.1, "windows": "complete"}
        for name in ("a", "b")
        for position in ("1", "2", "all")
    ],
    "seeds": [
        {"experiment": name, "seed": seed, "position": "1", "windows": "complete"}
        | {"accuracy": 0.5, "loss": 1.5, "distance": 0.25, "n": 9}
        for name, seed in RUNS
    ],
    "answers": [
        {"question": "longer", "text": "Is it?", "expectation": "more", "outcome": "right"}
        | {"answer": "It is.", "compared": "a and b", "skill": "1", "cells": "2", "epochs": "3"}
        | {"updates": "4"}
    ],
}


def nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


# Values of JSON, some of them absurd, and some that JSON should not hold.
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(alphabet=st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(
        [10**9, -1, 0, 2**63, 10**400, 1e308, "", "../../etc", "/etc", "a\nb", "\x1b[2J", "\ud800"]
    ),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
DEEP = st.sampled_from([30, 49, 60, 500]).map(nested)


@st.composite
def changes(draw: Callable[..., Any]) -> Callable[[Any], Any]:
    """A change of JSON: one or two of its values, anywhere, replaced, removed or added to."""
    edits = draw(
        st.lists(st.tuples(st.integers(0, 10**6), EDITS, VALUES | DEEP), min_size=1, max_size=2)
    )

    def change(content: Any) -> Any:
        for place, edit, value in edits:
            content = edited(content, place, edit, value)
        return content

    return change


EDITS = st.sampled_from(["replace", "replace", "replace", "remove", "add"])


def edited(content: Any, place: int, edit: str, value: Any) -> Any:
    """Content with an edit at one of its places, all of which are counted."""
    value = deepcopy(value)  # or what is put into one file changes what is put into the next
    places = list(places_of(content))
    keys = places[place % len(places)]
    if not keys:
        return value
    *above, key = keys
    part = content
    for step in above:
        part = part[step]
    if edit == "remove":
        del part[key]
    elif edit == "add" and isinstance(part[key], dict):
        part[key]["added"] = value
    else:
        part[key] = value
    return content


def places_of(content: Any, keys: tuple[Any, ...] = ()) -> Any:
    yield keys
    items = content.items() if isinstance(content, dict) else ()
    for key, value in enumerate(content) if isinstance(content, list) else items:
        if len(keys) < 6:
            yield from places_of(value, (*keys, key))


@st.composite
def damages(draw: Callable[..., Any]) -> Callable[[bytes], bytes]:
    """A change of bytes: cut off, exchanged, put in, or something else entirely."""
    kind = draw(st.sampled_from(["cut", "flip", "insert", "swap", "other"]))
    place, length = draw(st.integers(0, 10**6)), draw(st.integers(1, 40))
    given = draw(st.binary(max_size=40) | st.sampled_from(OTHERS))

    def damage(content: bytes) -> bytes:
        at = place % (len(content) + 1)
        if kind == "cut":
            return content[:at]
        if kind == "flip":
            flipped = bytearray(content)
            flipped[place % len(content)] ^= 1 << length % 8
            return bytes(flipped)
        if kind == "insert":
            return content[:at] + given + content[at:]
        return content[:at] + given + content[at + len(given) :] if kind == "swap" else given

    return damage


OTHERS = [
    *(b"", b"\xff\xfe", b"\xef\xbb\xbf{}", b"[" * 100_000, b'{"a":' * 50_000, b"9" * 5000),
    *(b"NaN", b'{"a": 1, "a": 2}', b"PK\x03\x04", b"\x93NUMPY\x01\x00", b"\x00" * 100),
    *(b"1,2,3,4\n", b'"', b"inf", b"1e999", b"{'descr': '|O', 'shape': (1,)}", b"(1000000000000,)"),
]
