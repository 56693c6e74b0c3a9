"""The records of runs, each in its file and all in one."""

import json
from pathlib import Path
from typing import Any

import pytest
from records import PLAN, run_record

from echoseq.errors import DamagedError
from echoseq.files import write_json
from echoseq.provenance.records import (
    covered,
    read_records,
    record_beside,
    records_text,
    trained_runs,
)

RECORD = run_record(experiment="a")


def records() -> dict[tuple[str, int], dict[str, Any]]:
    runs = [("a", 0), ("a", 10), ("a", 9), ("b", 0)]
    made = {run: RECORD | {"seed": run[1], "learned": None} for run in runs}
    made["a", 9] |= {"learned": False, "more": {"x": [1, 2]}}  # a key that others lack
    made["a", 0] |= {"final_loss": 1e-300, "nothing": None, "plan": PLAN.facts()}
    return made


def test_one_file_holds_exactly_the_records_of_all(tmp_path: Path) -> None:
    for (name, seed), record in records().items():
        write_json(tmp_path / f"runs/{name}/seed-{seed}/run.json", record)
    found = read_records(tmp_path)
    assert list(found) == [("a", 0), ("a", 9), ("a", 10), ("b", 0)]
    assert found == records()
    (tmp_path / "runs.json").write_text(records_text(found))
    packed = read_records(tmp_path)
    assert packed == records()
    assert list(packed) == list(found)


def test_the_order_of_records_makes_no_difference() -> None:
    made = records()
    assert records_text(made) == records_text(dict(reversed(made.items())))
    assert records_text(made).count("cells") == 2  # once for each experiment


SHARED, OWN = dict(list(RECORD.items())[2:]), {"seed": 0, "experiment": "a"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ([], "expected keys and values, got []"),
        ({"a": {}}, "a.all: expected a value, got none (and 1 more)"),
        ({"a": {"all": 1, "seeds": {}}}, "a.all: expected keys and values, got 1"),
        ({"a/b": {"all": {}, "seeds": {}}}, "a/b: expected a name in one line, without '/', got "
         "text 'a/b'"),
        ({"a": {"all": SHARED, "seeds": {"0": OWN | {"epochs": 10**9}}}},
         "a.seeds.0.epochs: expected 1000000 or less, got 1000000000"),
        ({"a": {"all": SHARED | {"epochs": "4"}, "seeds": {"0": OWN}}},
         "a.all.epochs: expected a whole number, got text '4'"),
        ({"a": {"all": SHARED, "seeds": {"0": {"seed": 0}}}},
         "a.seeds.0.experiment: expected a value, got none"),
        ({"a": {"all": SHARED, "seeds": {"00": OWN}}},
         "a.seeds.00: expected a seed, got text '00'"),
        ({"a": {"all": SHARED, "seeds": {"\u0661": OWN}}},
         "a.seeds.\u0661: expected a seed, got text '\u0661'"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_or_size_is_named(tmp_path: Path, content: Any, line: str) -> None:
    path = tmp_path / "runs.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DamagedError) as caught:
        read_records(tmp_path)
    assert str(caught.value) == f"{path}: {line}"


@pytest.mark.parametrize("text", ["", "{}}", '{"a": {}, "a": {}}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "runs.json").write_text(text)
    with pytest.raises(DamagedError, match=r"runs\.json: expected the records of runs, cannot"):
        read_records(tmp_path)


def write_record(folder: Path, run: str, **facts: Any) -> None:
    write_json(folder / f"runs/{run}/run.json", RECORD | {"seed": 0} | facts)


def configure(folder: Path, **sizes: int) -> None:
    """A configuration whose experiments differ in their size alone."""
    tasks = {"full": {"n_in": 3, "sequences": 10}, "more": {"n_in": 3, "sequences": 20}}
    experiments = {
        name: {"task": task, "cells": cells, "question": task}
        for (name, cells), task in zip(sizes.items(), ["full", "more", "full"], strict=False)
    }
    write_json(folder / "config.yaml", {"tasks": tasks, "experiments": experiments})


@pytest.mark.parametrize(
    "stray",
    [
        *("a/seed-0.bak", "a/seed-0 (copy)", "a/seed-00", "a/seed-٣", "a/seed--1", "a/Seed-0"),
        *("a.bak/seed-0", "a copy/seed-0", ".a/seed-0", "a/old/seed-0", "a/seed-0/seed-0"),
    ],
)
def test_only_seed_n_is_a_run(tmp_path: Path, stray: str) -> None:
    """Whatever comes later in the order of names would be taken for the run."""
    write_record(tmp_path, stray, digest="of a copy")
    write_record(tmp_path, "a/seed-0")
    (tmp_path / "runs/a/seed-3").touch()
    (tmp_path / "runs/a/seed-4").mkdir()
    assert read_records(tmp_path) == {("a", 0): RECORD | {"seed": 0}}


@pytest.mark.parametrize(("seed", "found"), [(1, "seed-0"), (0, "seed-1")])
def test_the_record_of_another_seed_is_refused(tmp_path: Path, seed: int, found: str) -> None:
    write_record(tmp_path, f"a/{found}", seed=seed)
    expected = rf"runs/a/{found}/run\.json: expected the record of seed {1 - seed}, .* seed {seed}"
    for read in (read_records, lambda _: record_beside(tmp_path / f"runs/a/{found}/model.keras")):
        with pytest.raises(DamagedError, match=expected):
            read(tmp_path)


def test_a_link_to_another_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_record(tmp_path, "a/seed-0")
    (tmp_path / "runs/a/seed-1").symlink_to("seed-0")
    with pytest.raises(DamagedError, match=r"seed-1/run\.json: expected the record of seed 1"):
        read_records(tmp_path)
    assert list(read_records(tmp_path, [("a", 0)])) == [("a", 0)]
    monkeypatch.chdir(tmp_path / "runs/a/seed-0")
    assert record_beside(Path("model.keras"))["seed"] == 0


def test_linked_runs_are_read(tmp_path: Path) -> None:
    write_record(tmp_path / "disk", "a/seed-0")
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1/runs").symlink_to(tmp_path / "disk/runs")
    (tmp_path / "disk/runs/loop").symlink_to(tmp_path / "v1")
    assert list(read_records(tmp_path / "v1")) == [("a", 0)]


def test_the_record_of_another_experiment_is_refused_unless_it_trains_alike(
    tmp_path: Path,
) -> None:
    configure(tmp_path, a=3, b=3, c=4)
    write_record(tmp_path, "a/seed-0")
    write_record(tmp_path, "b/seed-0")  # a copy, by the rule `share`
    assert list(read_records(tmp_path)) == [("a", 0), ("b", 0)]
    write_record(tmp_path, "left/seed-0")  # by an earlier configuration
    assert len(read_records(tmp_path)) == 3
    for experiment in ("a", "left", "none"):
        write_record(tmp_path, "c/seed-0", experiment=experiment)
        message = r"c/seed-0/run\.json: expected the record of c, seed 0, got that of "
        with pytest.raises(DamagedError, match=f"{message}{experiment}, seed 0"):
            read_records(tmp_path)
        with pytest.raises(DamagedError, match=f"{message}{experiment}, seed 0"):
            record_beside(tmp_path / "runs/c/seed-0/model.keras")
    assert len(read_records(tmp_path, [("a", 0), ("b", 0)])) == 2


def test_published_records_are_those_of_their_names(tmp_path: Path) -> None:
    configure(tmp_path, a=3, b=3, c=4)
    for run, facts in {
        ("c", 0): {"experiment": "a", "seed": 0},
        ("a", 1): {"experiment": "a", "seed": 2},
    }.items():
        (tmp_path / "runs.json").write_text(records_text({run: RECORD | facts}))
        message = rf"runs\.json: expected the record of {run[0]}, seed {run[1]}, got that of a, "
        with pytest.raises(DamagedError, match=message):
            read_records(tmp_path)
    (tmp_path / "runs.json").write_text(records_text({("b", 0): RECORD | {"seed": 0}}))
    assert list(read_records(tmp_path)) == [("b", 0)]


def test_a_copy_counts_as_the_run_that_it_is_a_copy_of() -> None:
    """Its record names the experiment that trained it, here `a` in that of `b`."""
    assert trained_runs(records()) == {("a", 0), ("a", 9), ("a", 10)}


def test_what_a_record_stands_for() -> None:
    assert covered("runs/a/seed-0/history.csv")
    assert covered("runs/a/seed-0/run.json")
    assert not covered("runs/a/predictions.npz")
    assert not covered("tables/history.csv")
