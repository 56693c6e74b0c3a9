"""Tables made from their sources, and the tables of the study taken over by the extensions."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from configurations import CONFIG
from examples import PREDICTIONS, made_up
from records import run_record
from sweeping import experiments_and_runs

from echoseq.errors import EchoseqError
from echoseq.evaluation.predictions import write_predictions
from echoseq.files import write_json, write_table
from echoseq.study.reading import read
from echoseq.tables import comparisons, echoes, learning, seeds
from echoseq.tables.catalogue import TABLES, made_from, read_for
from echoseq.tables.making import make_from_tables, make_tables, write_tables
from echoseq.tables.sources.pairs import Side
from echoseq.tables.store import write_table as store_table
from echoseq.training.files import history_digest
from echoseq.training.records import TrainedRun


def stored(folder: Path, name: str, predictions=PREDICTIONS) -> Path:
    path = folder / name / "predictions.npz"
    write_predictions(path, predictions)
    return path


def test_rows_of_predictions_follow_the_order_of_the_experiments(tmp_path: Path) -> None:
    paths = [stored(tmp_path, name) for name in ("b", "a")]
    made = make_tables("predictions", ["seeds", "echoes"], {"predictions": paths}, {})
    for name, module in (("seeds", seeds), ("echoes", echoes)):
        expected = pd.concat([module.make(experiment, PREDICTIONS) for experiment in ("b", "a")])
        pd.testing.assert_frame_equal(made[name], expected)


def test_without_experiments_there_is_no_table() -> None:
    assert make_tables("predictions", ["seeds", "echoes"], {"predictions": []}, {}) == {}


def test_a_table_gets_only_the_settings_that_it_declares(tmp_path: Path) -> None:
    settings = {"confidence": 0.5, "resamples": 200, "success": 0.7, "margin": 0.01}
    inputs = {"predictions": [stored(tmp_path, "a")]}
    summary = make_tables("predictions", ["summary"], inputs, settings)["summary"]
    assert (summary["confidence"] == 0.5).all()


def store_run(
    folder: Path, experiment: str, seed: int, plan: Mapping[str, Any] | None = None
) -> tuple[Path, Path]:
    run = folder / experiment / f"seed-{seed}"
    losses = np.array([3, 2, 1 + seed], np.float32)
    history = pd.DataFrame({"epoch": [1, 2, 3], "loss": losses, "accuracy": losses / 4})
    write_table(run / "history.csv", history)
    digest = history_digest(history)
    facts = run_record(experiment=experiment, seed=seed, epochs=3, history_digest=digest)
    write_json(run / "run.json", facts | ({} if plan is None else {"plan": plan}))
    return run / "run.json", run / "history.csv"


def test_rows_of_runs_are_made_experiment_by_experiment(tmp_path: Path) -> None:
    runs = [("a", 0), ("a", 1), ("b", 0)]
    records, histories = zip(*(store_run(tmp_path, *run) for run in runs))
    inputs = {"records": list(records), "histories": list(histories)}
    table = make_tables("runs", ["learning"], inputs, {})["learning"]
    assert table[["experiment", "seed"]].drop_duplicates().to_numpy().tolist() == [
        list(run) for run in runs
    ]
    ours = TrainedRun(
        {"seed": 1, "plan": {}}, *(np.array(v, np.float32) for v in ([3, 2, 2], [0.75, 0.5, 0.5]))
    )
    expected = learning.make("a", [ours])
    found = table[(table["experiment"] == "a") & (table["seed"] == 1)]
    pd.testing.assert_frame_equal(found, expected)


@pytest.mark.parametrize("source", ["runs", "pairs"])
def test_runs_of_another_plan_are_in_no_table(tmp_path: Path, source: str) -> None:
    plan = read(CONFIG).plan_of("full_echo")
    plans = {name: replace(plan, cells=cells).facts() for name, cells in (("a", 3), ("b", 4))}
    records, histories = zip(*(store_run(tmp_path, name, 0, plans["a"]) for name in ("a", "b")))
    answers = [stored(tmp_path, name) for name in ("a", "b")]
    inputs = {"records": [*records], "histories": [*histories]}
    inputs |= {"predictions": answers[1:], "bases": answers[:1]}
    with pytest.raises(EchoseqError, match=r"b/seed-0/run\.json: expected a run with cells 4"):
        make_tables(source, [], inputs, {}, plans)


def test_pairs_are_compared_all_together(tmp_path: Path) -> None:
    """With the times that the records tell; of these, `b` has none."""
    settings = {"confidence": 0.9, "resamples": 100, "questions": []}
    ours = made_up([0, 1], 2, [(0, 0, 0, 0)])
    base = stored(tmp_path, "base", made_up([0, 1], 2))
    paths = [stored(tmp_path, name, ours) for name in ("a", "b")]
    for path, learned in [(base, True), (paths[0], True), (paths[1], None)]:
        for seed in (0, 1):
            facts = run_record(epochs=100, updates=300 + seed, learned=learned)
            write_json(path.parent / f"seed-{seed}/run.json", facts)
    inputs = {"predictions": paths, "bases": [base, base]}
    table = make_tables("pairs", ["comparisons"], inputs, settings)["comparisons"]
    times = np.array([100, 100]), np.array([300, 301])
    sides = {
        name: Side(name, answers, *times, None if name == "b" else np.array([True, True]))
        for name, answers in [("a", ours), ("b", ours), ("base", made_up([0, 1], 2))]
    }
    pairs = [(sides[name], sides["base"]) for name in ("a", "b")]
    pd.testing.assert_frame_equal(table, comparisons.make(pairs, **settings))
    assert table.groupby("experiment").size().to_dict() == {"a": 6, "b": 4}


def test_answers_are_made_from_intact_tables(tmp_path: Path) -> None:
    inputs = {name: [tmp_path / f"{name}.csv"] for name in read_for("tables")}
    for name, (path,) in inputs.items():
        store_table(path, pd.DataFrame(columns=list(TABLES[name].columns)))
    settings = {"questions": [], "margin": 0.01, "time_margin": 1.25}
    settings |= {"confidence": 0.95, "learned_share": 0.8, "success": 0.99, "budgets": [1000]}
    settings["learned_over"] = 200
    made = make_tables("tables", made_from("tables"), inputs, settings)
    assert {name: table.empty for name, table in made.items()} == dict.fromkeys(made, True)
    assert made.keys() == {"answers", "facts", "needs", "sizes", "slopes"}
    inputs["runs"][0].write_text("changed")
    with pytest.raises(EchoseqError, match=r"runs\.csv: damaged"):
        make_tables("tables", made_from("tables"), inputs, settings)


def test_a_table_that_reads_another_gets_the_one_that_was_just_made() -> None:
    """Not rounded, as it would be if it were read from its file."""
    tables = {name: pd.DataFrame(columns=list(TABLES[name].columns)) for name in read_for("tables")}
    tables |= experiments_and_runs({"long": {8: [900, 900, 1000]}}, cap=5000)
    settings = {"confidence": 0.95, "learned_share": 0.8, "questions": []}
    settings |= {"success": 0.99, "budgets": [1000]}
    made = make_from_tables(["facts", "needs", "sizes"], tables, settings)
    with pytest.raises(KeyError, match="needs"):
        make_from_tables(["facts"], tables, settings)
    facts = make_from_tables(["facts"], tables | made, settings)["facts"]
    pd.testing.assert_frame_equal(facts, made["facts"])


def test_seconds_are_gathered_from_the_timings(tmp_path: Path) -> None:
    path = tmp_path / "echo/seed-3/timing.json"
    measured = {"build_seconds": 0.5, "resumed_after_epoch": 0, "training_seconds": 2.5}
    write_json(path, measured)
    made = make_tables("timings", ["training_seconds"], {"timings": [path]}, {})
    row = {"experiment": "echo", "seed": 3} | measured
    assert made["training_seconds"].to_dict("records") == [row]
    path.write_text(json.dumps([1])[:-1])
    with pytest.raises(EchoseqError, match=r"timing\.json: expected the timing of a run"):
        make_tables("timings", ["training_seconds"], {"timings": [path]}, {})


# The tables of the study, taken over


TEXT = 'experiment,seed,value,note\nb,0,0.1,NA\nb,1,,"a, ""b"""\nd,0,1e-05,\n'


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A table of experiments b and d as it was written before."""
    path = tmp_path / "study" / "values.csv"
    rows = [("b", 0, 0.1, "NA"), ("b", 1, np.nan, 'a, "b"'), ("d", 0, 1e-5, "")]
    store_table(path, pd.DataFrame(rows, columns=["experiment", "seed", "value", "note"]))
    assert path.read_text() == TEXT
    return path


def test_rows_that_were_made_before_are_taken_over_as_they_stand(
    before: Path, tmp_path: Path
) -> None:
    made = pd.DataFrame({"experiment": ["c", "a"], "seed": 7, "value": [1 / 3, 0.5], "note": "x"})
    write_tables({"values": tmp_path / "all.csv"}, {"values": made}, [before])
    assert (tmp_path / "all.csv").read_text() == (
        "experiment,seed,value,note\na,7,0.5,x\nb,0,0.1,NA\n"
        'b,1,,"a, ""b"""\nc,7,0.333333333,x\nd,0,1e-05,\n'
    )


def test_without_other_experiments_the_table_is_that_of_before(
    before: Path, tmp_path: Path
) -> None:
    write_tables({"values": tmp_path / "all.csv"}, {}, [before])
    assert (tmp_path / "all.csv").read_text() == TEXT


def test_a_damaged_table_is_not_taken_over(before: Path, tmp_path: Path) -> None:
    before.write_text(TEXT.replace("0.1", "0.2"))
    with pytest.raises(EchoseqError, match=r"values\.csv: damaged"):
        write_tables({"values": tmp_path / "all.csv"}, {}, [before])
    assert not (tmp_path / "all.csv").exists()
