"""The smoke study, end to end: what it leaves, and that it leaves the same again."""

import hashlib
import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from framed import frame
from workspaces import Workspace, digests

from echoseq.data.snapshots import EVALUATION, TRAINING, read_snapshot
from echoseq.evaluation.predictions import read_predictions
from echoseq.files import HOST

EXPERIMENTS = {"full_echo": 5, "partial_echo": 2}
RUNS = [(name, seed) for name in EXPERIMENTS for seed in (0, 1)]


def file_digests(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
    }


def test_every_file_of_the_interface_is_there(smoke_study: Workspace) -> None:
    results = smoke_study.results()
    expected = ["config.yaml", "environment.json"]
    for task in ("full", "partial"):
        expected += [f"data/{task}/{name}.npz" for name in ("seed-0", "seed-1", "evaluation")]
    for name in EXPERIMENTS:
        expected += [f"runs/{name}/predictions.npz", f"runs/{name}/listing.txt"]
        for seed in (0, 1):
            files = ("model.keras", "history.csv", "run.json", "timing.json")
            expected += [f"runs/{name}/seed-{seed}/{file}" for file in files]
        expected += [f"benchmarks/train/{name}/seeds-0_to_1.tsv"]
    tables = ("seeds", "summary", "errors", "experiments", "runs", "learned", "learning", "echoes")
    expected += [f"tables/{table}.csv" for table in tables]
    figures = (
        *("task", "learning_curves", "position_accuracy"),
        *("learned_by_epoch", "error_anatomy", "echoes"),
    )
    for figure in figures:
        expected += [f"figures/{figure}.{suffix}" for suffix in ("pdf", "svg", "png", "txt")]
    missing = [file for file in expected if not (results / file).is_file()]
    assert missing == []


def test_no_temporary_file_is_left(smoke_study: Workspace) -> None:
    assert [p for p in smoke_study.results().rglob("*") if ".tmp" in p.name] == []


def test_a_run_clears_what_a_killed_one_left(smoke_copy: Workspace) -> None:
    killed = subprocess.Popen(["true"])
    killed.wait()
    left = smoke_copy.results() / f"runs/full_echo/.predictions.{HOST}.{killed.pid}.tmp.npz"
    left.touch()
    assert smoke_copy.snakemake("--force", targets=["describe"]).returncode == 0
    assert not left.exists()


@pytest.mark.parametrize(("name", "seed"), RUNS)
def test_history_has_a_row_for_each_epoch(smoke_study: Workspace, name: str, seed: int) -> None:
    run = smoke_study.results() / f"runs/{name}/seed-{seed}"
    history = pd.read_csv(run / "history.csv")
    record = json.loads((run / "run.json").read_text())
    assert list(history.columns) == ["epoch", "loss", "accuracy"]
    assert history["epoch"].tolist() == list(range(1, record["epochs"] + 1))
    assert history["loss"].iloc[0] == pytest.approx(math.log(100), abs=0.05)
    assert record["final_loss"] == pytest.approx(history["loss"].iloc[-20:].mean(), rel=1e-6)


def test_run_records_say_what_was_run(smoke_study: Workspace) -> None:
    record = json.loads(
        (smoke_study.results() / "runs/full_echo/seed-1/run.json").read_text(encoding="utf-8")
    )
    assert (record["experiment"], record["seed"]) == ("full_echo", 1)
    assert record["parameters"] == 11_780
    assert {"digest", "final_loss", "epochs", "versions", "numerics"} <= set(record)


def test_seeds_table_counts_what_the_predictions_say(smoke_study: Workspace) -> None:
    results = smoke_study.results()
    table = pd.read_csv(results / "tables/seeds.csv", dtype={"position": str})
    columns = ["experiment", "seed", "position", "accuracy", "loss", "distance", "n", "windows"]
    assert list(table.columns) == columns
    assert (table["windows"] == "complete").all()
    assert (table["n"] == 10 * 21).all()
    for name, n_out in EXPERIMENTS.items():
        with np.load(results / f"runs/{name}/predictions.npz") as stored:
            tokens, sequences = stored["tokens"], stored["sequences"]
        _, targets = frame(sequences, 5, n_out)
        for seed in (0, 1):
            rows = table[(table["experiment"] == name) & (table["seed"] == seed)]
            accuracy = rows.set_index("position")["accuracy"]
            right = tokens[seed] == targets
            for position in range(n_out):
                expected = right[..., position].mean()
                assert accuracy[str(position + 1)] == pytest.approx(expected)
            assert accuracy["all"] == pytest.approx(right.all(axis=-1).mean())


def test_summary_has_a_row_for_each_experiment_and_position(smoke_study: Workspace) -> None:
    table = pd.read_csv(smoke_study.results() / "tables/summary.csv", dtype={"position": str})
    found = table.groupby("experiment")["position"].apply(list).to_dict()
    assert found == {
        name: [*map(str, range(1, n_out + 1)), "all"] for name, n_out in EXPERIMENTS.items()
    }
    assert (table["seeds"] == 2).all()
    assert ((table["low"] <= table["mean"]) & (table["mean"] <= table["high"])).all()


def test_held_out_sequences_are_the_same_for_all_and_seen_by_none(smoke_study: Workspace) -> None:
    data = smoke_study.results() / "data"
    sizes = {"length": 25, "alphabet": 100}
    held_out = {
        task: read_snapshot(data / task / "evaluation.npz", EVALUATION, 0, **sizes)
        for task in ("full", "partial")
    }
    np.testing.assert_array_equal(held_out["full"], held_out["partial"])
    unseen = {tuple(row) for row in held_out["full"].tolist()}
    for seed in (0, 1):
        path = data / "full" / f"seed-{seed}.npz"
        seen = {tuple(row) for row in read_snapshot(path, TRAINING, seed, **sizes).tolist()}
        assert len(seen) == 10_000
        assert not seen & unseen


def test_listing_shows_expected_beside_predicted(smoke_study: Workspace) -> None:
    text = (smoke_study.results() / "runs/partial_echo/listing.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.startswith("expected")]
    assert len(lines) == 21
    assert all("predicted" in line for line in lines)


def test_resolved_configuration_is_that_of_the_smoke_study(smoke_study: Workspace) -> None:
    text = (smoke_study.results() / "config.yaml").read_text(encoding="utf-8")
    resolved = yaml.safe_load(text)
    assert resolved["version"] == "smoke"
    assert resolved["experiments"]["partial_echo"]["cells"] == 20
    assert resolved["evaluation"]["sequences"] == 10


MADE_AGAIN = """
import json, sys
from importlib import import_module
from pathlib import Path
from echoseq.figures import style
from echoseq.figures.catalogue import STUDY, figures_of
results, out = map(Path, sys.argv[1:])
for name in figures_of(STUDY):
    module = import_module(f"echoseq.figures.{name}")
    stored = {table: results / f"tables/{table}.csv" for table in module.TABLES}
    style.render(module.draw, stored, [out / f"{name}.{form}" for form in ("pdf", "svg", "png")])
    style.write_caption(module.caption, stored, out / f"{name}.txt")
"""


def test_figures_have_the_same_bytes_again(smoke_study: Workspace, tmp_path: Path) -> None:
    """In another process, whose sets are in another order."""
    results = smoke_study.results()
    before = file_digests(results / "figures")
    assert len(before) == 24
    command = (sys.executable, "-c", MADE_AGAIN, str(results), str(tmp_path))
    done = smoke_study.run(*command, PYTHONHASHSEED="1")
    assert done.returncode == 0, done.stderr
    assert file_digests(tmp_path) == before


def test_tables_have_the_same_bytes_again(smoke_copy: Workspace) -> None:
    results = smoke_copy.results()
    before = file_digests(results / "tables")
    done = smoke_copy.snakemake("--forcerun", "summarize", "learning", targets=["tables"])
    assert done.returncode == 0, done.stderr
    assert file_digests(results / "tables") == before


def test_saved_models_need_keras_alone(smoke_study: Workspace, tmp_path: Path) -> None:
    """A process without echoseq loads a model and answers as the stored predictions do."""
    results = smoke_study.results()
    script = tmp_path / "plain.py"
    script.write_text(
        "import sys, numpy as np, keras\n"
        "model = keras.models.load_model(sys.argv[1])\n"
        "values = np.array(eval(sys.argv[2]))\n"
        "windows = np.eye(100)[[values[i:i + 5] for i in range(21)]]\n"
        "answers = [model(windows[i:i + 7]) for i in (0, 7, 14)]\n"
        "print(np.concatenate(answers).argmax(-1).tolist())\n"
        "assert 'echoseq' not in sys.modules\n"
    )
    predictions = read_predictions(results / "runs/full_echo/predictions.npz")
    model = results / "runs/full_echo/seed-0/model.keras"
    sequence = str(predictions.sequences[3].tolist())
    done = smoke_study.run(sys.executable, str(script), str(model), sequence)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == predictions.tokens[0, 3].tolist()


def test_a_job_for_each_run_gives_the_same_files_for_any_number_of_cores(
    smoke_study: Workspace, workspace: Workspace
) -> None:
    """The study ran with 2 cores, and both seeds of an experiment in one job.

    Here the second seed is trained alone, with 4 cores; the first is with 1, to be verified
    (test_crate.py).
    """
    workspace.configure(execution={"seeds_per_job": 1})
    names = reversed(EXPERIMENTS)  # in another order, too
    targets = [f"results/smoke/runs/{name}/seed-1/run.json" for name in names]
    done = workspace.snakemake(targets=targets, cores=4)
    assert done.returncode == 0, done.stderr
    logs = {path.name for path in (workspace.results() / "logs/train").rglob("*.log")}
    assert logs == {"seed-1.log"}
    shared = {path.name for path in (smoke_study.results() / "logs/train").rglob("*.log")}
    assert shared == {"seeds-0_to_1.log"}
    made, expected = digests(workspace), digests(smoke_study)
    assert len([name for name in made if name.endswith("run.json")]) == len(EXPERIMENTS)
    assert made.items() <= expected.items()


def test_results_go_to_another_directory(smoke_study: Workspace, tmp_path: Path) -> None:
    """Run from elsewhere; only the snapshot, to be quick."""
    target = "results/v3/data/full/seed-0.npz"
    snakefile = str(smoke_study.folder / "Snakefile")
    arguments = ("--cores", "1", "-s", snakefile, "--directory", str(tmp_path))
    done = smoke_study.run_snakemake(*arguments, target)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / target).is_file()


def test_a_damaged_model_is_refused_by_name(smoke_copy: Workspace) -> None:
    """Weights that are not those of the run must not flow into the tables."""
    runs = smoke_copy.results() / "runs/full_echo"
    (runs / "seed-0/model.keras").write_bytes((runs / "seed-1/model.keras").read_bytes())
    target = "results/smoke/runs/full_echo/predictions.npz"
    done = smoke_copy.snakemake("--forcerun", "evaluate_experiment", targets=[target])
    assert done.returncode != 0
    assert "seed-0/model.keras: the weights do not match the digest" in done.stderr
    assert not (runs / "predictions.npz").exists()
