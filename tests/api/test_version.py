"""Results from Python: typed tables, runs, predictions, and one line for what is missing."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from examples import MASKED, PREDICTIONS
from workspaces import PROJECT, Workspace

import echoseq
from echoseq.api import typing
from echoseq.api.predictions import COLUMNS, answer_table
from echoseq.errors import EchoseqError
from echoseq.study.reading import load
from echoseq.tables.catalogue import PUBLISHED, TABLES, made_from, table_file

V1 = PROJECT / "results/published/v1"


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path) -> Path:
    return Path(shutil.copytree(smoke_study.results(), tmp_path / "smoke"))


def refused(action) -> str:
    with pytest.raises(EchoseqError) as error:
        action()
    text = str(error.value)
    assert "\n" not in text
    return text


def test_importing_echoseq_loads_almost_nothing() -> None:
    code = "import sys, echoseq; print(sorted({n.partition('.')[0] for n in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "'echoseq'" in done.stdout
    for heavy in ("numpy", "pandas", "pydantic", "tensorflow", "keras"):
        assert f"'{heavy}'" not in done.stdout


def test_opening_a_version_does_not_load_tensorflow() -> None:
    code = (
        f"import sys, echoseq; r = echoseq.results({str(V1)!r}); r.table('summary'); "
        "r.columns('summary'); r.run('full_echo', 0).record; assert 'pandas' in sys.modules; "
        "assert not {'tensorflow', 'keras', 'matplotlib', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# Tables


def test_every_table_has_a_meaning_for_each_column(extended_study: Workspace) -> None:
    r = echoseq.results(extended_study.results())
    assert r.tables == [name for name in TABLES if name not in made_from(PUBLISHED)]
    for name in r.tables:
        table, meanings = r.table(name), r.columns(name)
        assert list(meanings) == list(table.columns)
        assert all(meanings.values()), name
        assert not any("{" in text for text in meanings.values()), name
        assert r.row(name)
        assert {*table.columns} - {*TABLES[name].columns} <= {"scope"}


def test_every_column_has_a_type_that_says_what_it_is(extended_study: Workspace) -> None:
    """Nothing is lost: what the file has in a column can be told from the table."""
    r = echoseq.results(extended_study.results())
    for name in r.tables:
        path = extended_study.results() / table_file(name, extensions=True)
        written, table = pd.read_csv(path, dtype={"position": str, "group": str}), r.table(name)
        assert len(table) == len(written)
        for column in written.columns.drop("position", errors="ignore"):
            same = table[column].astype(object).where(table[column].notna(), None)
            there = written[column].astype(object).where(written[column].notna(), None)
            assert same.tolist() == there.tolist(), (name, column)
        if "position" in written:
            assert table["position"].dtype == "Int64", name
            texts = [text if isinstance(text, str) else "" for text in written["position"]]
            assert [None if pd.isna(n) else n for n in table["position"]] == [
                int(text) if text.isdigit() else None for text in texts
            ]


def test_rows_that_are_about_no_single_position_say_what_they_are_about() -> None:
    table = pd.DataFrame(
        {"position": ["1", "2", "value", "all", None], "seeds": [1, 2, 3, 4, None]}
    )
    got = typing.typed(table, "comparisons")
    assert list(got) == ["position", "scope", "seeds"]
    assert got["position"].tolist() == [1, 2, pd.NA, pd.NA, pd.NA]
    assert got["scope"].tolist()[:4] == ["position", "position", "value", "answer"]
    assert got["scope"].isna().tolist() == [False] * 4 + [True]
    assert got["seeds"].tolist() == [1, 2, 3, 4, pd.NA]
    assert list(got["scope"].cat.categories) == ["position", "value", "answer"]


def test_kinds_of_windows_are_a_category() -> None:
    got = typing.typed(pd.DataFrame({"windows": ["complete"]}), "skill")
    assert got["windows"].cat.categories.tolist() == ["complete", "incomplete"]


def test_the_extensions_have_the_rows_of_all_experiments(
    smoke_study: Workspace, extended_study: Workspace
) -> None:
    few, all_ = (echoseq.results(w.results()).table("skill") for w in (smoke_study, extended_study))
    assert {"full_echo", "partial_echo"} == set(few["experiment"])
    assert set(few["experiment"]) < set(all_["experiment"])


# What is missing, unknown or damaged


def test_what_is_missing_is_said_in_one_line(results: Path, tmp_path: Path) -> None:
    r = echoseq.results(str(results))
    config = f"--configfile {os.path.relpath(results / 'config.yaml')}"
    assert repr(r) == f"<echoseq {results}: {len(r.experiments)} experiments>"
    (tmp_path / "empty").mkdir()
    said = refused(lambda: echoseq.results(tmp_path / "empty"))
    assert said == f"{tmp_path}/empty: expected a folder of results, found no config.yaml in it"
    said = refused(lambda: r.table("sumary"))
    assert "expected the name of a table (echoes, errors, " in said
    assert said.endswith("got 'sumary'")
    assert refused(lambda: r.table("answers")).endswith(
        f"got 'answers', which `snakemake --cores all extensions {config}` makes"
    )
    assert "got 'sumary'" in refused(lambda: r.columns("sumary"))
    assert "got 'sumary'" in refused(lambda: r.row("sumary"))
    assert refused(lambda: r.seeds("echo")) == (
        f"experiment: expected one of {len(r.experiments)} names, got 'echo'; "
        "did you mean full_echo or partial_echo?"
    )
    assert refused(lambda: r.run("full_echo", 7)) == "seed: expected one of 0, 1, got 7"
    shutil.rmtree(results / "runs/full_echo/seed-1")
    assert refused(lambda: r.run("full_echo", 1)) == (
        f"{results}/runs/full_echo/seed-1: not trained yet; `snakemake --cores all "
        f"results/smoke/runs/full_echo/seed-1/run.json {config}` trains it"
    )
    run = r.run("full_echo", 0)
    for name in ("history.csv", "model.keras"):
        (results / "runs/full_echo/seed-0" / name).unlink()
    for part in (lambda: run.history, run.model):
        said = refused(part)
        assert re.fullmatch(
            r".*(runs/full_echo/seed-0/\S+): found no such file; `snakemake --cores all "
            rf"results/smoke/\1 {config}` makes it",
            said,
        )
    (results / "runs/full_echo/predictions.npz").unlink()
    assert "predictions.npz: found no such file; `snakemake " in refused(
        lambda: r.predictions("full_echo")
    )


def test_what_was_trained_is_known(results: Path) -> None:
    shutil.rmtree(results / "runs/full_echo/seed-1")
    r = echoseq.results(results)
    trained = r.trained
    assert list(trained.columns) == ["experiment", "seed", "trained"]
    assert not trained.duplicated(["experiment", "seed"]).any()
    done = trained[trained["trained"]]
    assert [*zip(done["experiment"], done["seed"])] == [
        ("full_echo", 0),
        ("partial_echo", 0),
        ("partial_echo", 1),
    ]
    study = load(r.configuration)
    assert len(trained) == sum(len(study.seeds_of(name)) for name in study.experiments)


def test_of_a_published_version_everything_was_trained() -> None:
    trained = echoseq.results(V1).trained  # its configuration is none of today's
    assert len(trained) == 195
    assert trained["trained"].all()


def test_a_damaged_table_is_refused(results: Path) -> None:
    table = results / "tables/seeds.csv"
    table.write_text(table.read_text().replace("complete", "complet ", 1))
    assert "damaged" in refused(lambda: echoseq.results(results).table("seeds"))
    (results / "tables/seeds.csv.sha256").unlink()  # then by the manifest, as if published
    said = refused(lambda: echoseq.results(results).table("seeds"))
    assert said == f"{table}: damaged, it does not match manifest.json"


def test_a_damaged_history_or_model_is_refused(results: Path) -> None:
    runs = results / "runs/full_echo"
    (runs / "seed-0/model.keras").write_bytes((runs / "seed-1/model.keras").read_bytes())
    (runs / "seed-0/history.csv").write_bytes((runs / "seed-1/history.csv").read_bytes())
    run = echoseq.results(results).run("full_echo", 0)
    assert "do not match the digest" in refused(lambda: run.history)
    assert "do not match the digest" in refused(run.model)


def test_copies_of_runs_are_not_among_the_seeds(results: Path) -> None:
    for name in ("seed-2.bak", "seed-2 (copy)", "seed-02"):
        shutil.copytree(results / "runs/full_echo/seed-0", results / "runs/full_echo" / name)
    assert echoseq.results(results).seeds("full_echo") == [0, 1]


def test_a_run_in_the_place_of_another_is_refused(results: Path) -> None:
    shutil.copytree(results / "runs/full_echo/seed-0", results / "runs/full_echo/seed-2")
    shutil.rmtree(results / "runs/full_echo/seed-1")
    shutil.copytree(results / "runs/partial_echo/seed-1", results / "runs/full_echo/seed-1")
    r = echoseq.results(results)
    assert refused(lambda: r.run("full_echo", 2).record).endswith("got that of seed 0")
    other = r.run("full_echo", 1)
    for part in (lambda: other.record, lambda: other.history, other.model):
        assert refused(part).endswith(
            "seed-1/run.json: expected the record of full_echo, seed 1, got that of partial_echo, "
            "seed 1"
        )


# A published version


def test_a_published_version_is_read_as_far_as_it_goes() -> None:
    r = echoseq.results(V1)
    assert r.table("summary")["position"].dtype == "Int64"
    assert r.columns("summary")["mean"] == "accuracy, mean over seeds on 100 held-out sequences"
    for name in r.tables:
        assert len(r.table(name)) > 0
        assert list(r.columns(name)) == list(r.table(name).columns)
    run = r.run("partial_echo", 9)
    assert (run.record["experiment"], run.record["seed"]) == ("partial_echo", 9)
    assert refused(lambda: run.history).endswith("published versions do not have it")
    assert refused(lambda: r.arrays("partial_echo")).endswith("published versions do not have it")


# Predictions


def test_predictions_have_a_row_for_each_answer() -> None:
    table = answer_table("echo", PREDICTIONS)
    assert list(table) == list(COLUMNS)
    assert len(table) == PREDICTIONS.tokens.size
    assert (table["experiment"] == "echo").all()
    wrong = table[~table["right"]]
    assert wrong[["seed", "sequence", "window", "position"]].to_numpy().tolist() == [
        *([7, 0, 1, 1], [7, 0, 2, 2], [7, 1, 3, 1]),
        *([7, 1, 4, 1], [7, 1, 4, 2]),
    ]
    assert wrong["predicted"].tolist() == [9, 0, 0, 5, 6]
    assert wrong["expected"].tolist() == [0, 2, 7, 6, 5]
    assert (table["windows"] == "complete").all()


def test_what_is_not_asked_for_is_missing() -> None:
    table = answer_table("echo", MASKED)
    missing = table[table["expected"].isna()]
    assert sorted(set(zip(missing["window"], missing["position"]))) == [(1, 1), (1, 2), (2, 1)]
    assert missing[["predicted", "right"]].isna().all(axis=None)
    incomplete = table[table["windows"] == "incomplete"]
    assert sorted(incomplete["window"].unique()) == [1, 2]
    wrong = table[~table["right"].fillna(True)]
    assert len(wrong) == 6
    assert wrong[wrong["windows"] == "incomplete"][
        ["seed", "window", "position"]
    ].to_numpy().tolist() == [[7, 2, 2]]


def test_a_run_is_what_its_files_hold(results: Path) -> None:
    r = echoseq.results(results)
    run = r.run("partial_echo", 1)
    written = pd.read_csv(results / "runs/partial_echo/seed-1/history.csv")
    np.testing.assert_allclose(run.history.to_numpy(), written.to_numpy(), rtol=1e-6)
    assert run.record["history_digest"]
    seeds = r.table("seeds")
    right = r.predictions("partial_echo").groupby(["seed", "position"])["right"].mean()
    for (seed, position), accuracy in right.items():
        chosen = seeds["experiment"].eq("partial_echo") & seeds["seed"].eq(seed)
        row = seeds[chosen & seeds["position"].eq(position).fillna(False)]
        assert row["accuracy"].item() == pytest.approx(accuracy)
