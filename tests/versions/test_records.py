"""The records of runs, each in its file and all in one."""

from pathlib import Path
from typing import Any

import pytest

from echoseq.errors import EchoseqError
from echoseq.files import write_json
from echoseq.versions.records import covered, read_records, records_text

RECORD: dict[str, Any] = {"experiment": "a", "plan": {"cells": 3}, "final_loss": 0.1 + 0.2}
RECORD |= dict.fromkeys(("parameters", "epochs", "final_accuracy", "digest", "history_digest"), 1)


def records() -> dict[tuple[str, int], dict[str, Any]]:
    runs = [("a", 0), ("a", 10), ("a", 9), ("b", 0)]
    made = {run: RECORD | {"seed": run[1], "learned": None} for run in runs}
    made["a", 9] |= {"learned": False, "more": {"x": [1, 2]}}  # a key that others lack
    made["a", 0] |= {"final_loss": 1e-300, "nothing": None}
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


@pytest.mark.parametrize("text", ["", "[]", "{}}", '{"a": {}}', '{"a": {"all": 1, "seeds": {}}'])
def test_a_damaged_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "runs.json").write_text(text)
    with pytest.raises(EchoseqError, match=r"runs\.json: expected the records of runs"):
        read_records(tmp_path)


def test_what_a_record_stands_for() -> None:
    assert covered("runs/a/seed-0/history.csv")
    assert covered("runs/a/seed-0/run.json")
    assert not covered("runs/a/predictions.npz")
    assert not covered("tables/history.csv")
