"""The table of runs."""

import numpy as np
import pytest

from echoseq.tables.runs import COLUMNS, make
from echoseq.training.files import FINAL_EPOCHS
from echoseq.training.records import TrainedRun

NAN = float("nan")


def test_a_row_has_the_values_of_the_record_and_when_it_learned():
    record = {"experiment": "echo", "seed": 3, "parameters": 7, "epochs": 400, "updates": 1200}
    record |= {"final_loss": 0.5, "final_accuracy": 0.75, "digest": "f" * 64, "other": 1}
    late = np.repeat([0, 1], [150, 250]).astype(np.float32)
    runs = [TrainedRun(record, np.ones(400, np.float32), a) for a in (late, np.zeros_like(late))]
    table = make("echo", runs, success=0.99, learned_over=100)
    assert list(table.columns) == list(COLUMNS)
    kept = {key: value for key, value in record.items() if key != "other"}
    learned = ["epochs_to_learn", "updates_to_learn"]
    assert table.drop(columns=[*learned, "trained_for"]).to_dict("records") == [kept, kept]
    assert table["trained_for"].tolist() == ["echo", "echo"]
    assert table[learned].to_numpy() == pytest.approx(
        np.array([[300, 900], [NAN, NAN]]), nan_ok=True
    )
    copied = make("copy", runs, success=0.99, learned_over=100)
    assert copied[["experiment", "trained_for"]].to_numpy().tolist() == [["copy", "echo"]] * 2


def test_the_meaning_of_final_values_says_over_how_many_epochs():
    for key in ("final_loss", "final_accuracy"):
        assert f"mean over the last {FINAL_EPOCHS} epochs" in COLUMNS[key]
