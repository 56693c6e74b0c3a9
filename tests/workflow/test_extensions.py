"""The open questions, run small from end to end, and what CONTRIBUTING tells to do."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest
import yaml
from planning import planned, planned_jobs
from workspaces import PROJECT, Workspace, new_workspace

TINY = {"seeds": 1, "evaluation": {"sequences": 5}}


@pytest.fixture
def extensions(extended_study: Workspace) -> Workspace:
    """The extensions of the smoke study, on top of the study itself."""
    return extended_study


def table(workspace: Workspace, name: str) -> pd.DataFrame:
    return pd.read_csv(workspace.results() / f"tables/{name}.csv", dtype={"position": str})


def test_every_question_has_an_answer(extensions: Workspace) -> None:
    answers = table(extensions, "answers").set_index("question")
    config = yaml.safe_load((PROJECT / "config" / "config.yaml").read_text(encoding="utf-8"))
    assert set(answers.index) == set(config["questions"])
    for name, answer in answers.iterrows():
        figures = json.loads(answer["figures"])
        assert figures
        for figure in figures:
            assert figure["experiment"] in answer["answer"]
            assert figure["question"] == name
        assert answer["answer"].endswith(".")
    stated = answers["expectation"].dropna().to_dict()
    assert stated == {"state": "hardly any change", "topology": "worse"}


def test_every_extension_is_compared_with_its_base(extensions: Workspace) -> None:
    comparisons = table(extensions, "comparisons")
    exact = comparisons[comparisons["position"] == "all"].set_index("experiment")
    seeds = table(extensions, "extensions/seeds")
    accuracy = seeds[(seeds["position"] == "all") & (seeds["windows"] == "complete")]
    means = accuracy.groupby("experiment")["accuracy"].mean()
    assert len(exact) == 6
    for name, row in exact.iterrows():
        assert row["difference"] == pytest.approx(means[name] - means[row["base"]])
        assert row["low"] <= row["difference"] <= row["high"]


def test_incomplete_windows_have_rows_of_their_own(extensions: Workspace) -> None:
    seeds = table(extensions, "extensions/seeds")
    rows = seeds[(seeds["experiment"] == "partial_unmasked") & (seeds["seed"] == 0)]
    incomplete = rows[rows["windows"] == "incomplete"].set_index("position")["n"].to_dict()
    # Of the 4 incomplete windows one has a second value, the oldest value is in none.
    assert incomplete == {"2": 10, "all": 10}
    assert (rows[rows["windows"] == "complete"]["n"] == 10 * 21).all()
    assert set(seeds[seeds["experiment"] == "full_echo"]["windows"]) == {"complete"}


def test_the_study_itself_is_not_made_again(extensions: Workspace) -> None:
    """But the paper, in which the answers are now, and the manifest, in which it is."""
    assert planned(extensions) == {}
    assert planned(extensions, target="extensions") == {}
    assert {"paper", "manifest"} <= set(planned_jobs(extensions))


def test_figures_of_the_extensions_are_there(extensions: Workspace) -> None:
    for figure in ("differences", "cost", "longer_echoes"):
        for suffix in ("pdf", "svg", "png"):
            assert (extensions.results() / f"figures/{figure}.{suffix}").stat().st_size > 1000
    seconds = pd.read_csv(extensions.results() / "benchmarks/training_seconds.csv")
    assert len(seconds) == 8 * 2
    assert (seconds["training_seconds"] > 0).all()


# What CONTRIBUTING tells to do


def examples() -> dict[str, str]:
    """The files that CONTRIBUTING shows, by the name in their first line."""
    text = (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```(?:yaml|python)\n# (\S+)\n(.*?)```", text, flags=re.DOTALL)
    return dict(blocks)


@pytest.fixture
def contributor(tmp_path: Path) -> Workspace:
    """A fresh copy with the files of CONTRIBUTING, and a configuration that makes them tiny."""
    workspace = new_workspace(tmp_path / "workspace")
    for name, content in examples().items():
        (workspace.folder / name).write_text(content, encoding="utf-8")
    return workspace


def run(workspace: Workspace, config: str, target: str, **tiny: object):
    path = workspace.folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | tiny), encoding="utf-8")
    files = ("--configfile", config, "tiny.yaml")
    return workspace.run_snakemake("--cores", "2", target, *files)


def test_an_experiment_is_added_by_configuration_alone(contributor: Workspace) -> None:
    small = {"one_of_3": {"cells": 5, "epochs": 20, "seeds": None}}
    target = "results/three/runs/one_of_3/seed-0/run.json"
    done = run(contributor, "my-study.yaml", target, experiments=small)
    assert done.returncode == 0, done.stderr
    record = json.loads((contributor.folder / target).read_text())
    assert record["plan"]["n_in"] == 3
    assert record["epochs"] == 20


def test_a_model_of_ones_own_is_trained(contributor: Workspace) -> None:
    target = "results/gru/runs/gru_echo/predictions.npz"
    done = run(contributor, "my-gru.yaml", target, experiments={"gru_echo": {"epochs": 20}})
    assert done.returncode == 0, done.stderr
    record = json.loads(
        (contributor.folder / "results/gru/runs/gru_echo/seed-0/run.json").read_text()
    )
    gru = 3 * ((100 + 20) * 20 + 2 * 20)  # Keras's GRU has two biases
    assert record["parameters"] == gru + 20 * 100 + 100

    with (contributor.folder / "my_models.py").open("a", encoding="utf-8") as source:
        source.write("\n# another line\n")
    files = ("--configfile", "my-gru.yaml", "tiny.yaml")
    again = contributor.run_snakemake("--cores", "2", "--dry-run", target, *files)
    assert re.search(r"^train +1$", again.stdout + again.stderr, flags=re.MULTILINE)


def test_a_model_that_breaks_the_contract_starts_nothing(contributor: Workspace) -> None:
    config = contributor.folder / "my-gru.yaml"
    config.write_text(config.read_text().replace("task: full", "task: partial"), encoding="utf-8")
    done = run(contributor, "my-gru.yaml", "study")
    said = [x for x in done.stderr.splitlines() if x.startswith("echoseq:")]
    assert done.returncode != 0
    assert len(said) == 1
    assert "experiments.gru_echo" in said[0]
    assert "model my_models:gru_echo: expected output shape (7, 2, " in said[0]
    assert "Traceback" not in done.stderr
    assert not (contributor.folder / "results").exists()
