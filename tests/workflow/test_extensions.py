"""The open questions, run small from end to end, and what CONTRIBUTING tells to do."""

import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from papers import ANSWER_FIGURES
from planning import planned, planned_jobs
from workspaces import PROJECT, Workspace, new_workspace

TINY = {"seeds": 1, "evaluation": {"sequences": 5}}


@pytest.fixture
def extensions(extended_study: Workspace) -> Workspace:
    """The extensions of the smoke study, on top of the study itself."""
    return extended_study


def table(workspace: Workspace, name: str) -> pd.DataFrame:
    return pd.read_csv(workspace.results() / f"tables/{name}.csv", dtype={"position": str})


LEARNED = "state_full_7_5_of_5_at_once_reset_20"


def test_every_question_has_an_answer(extensions: Workspace) -> None:
    answers = table(extensions, "answers").set_index("question")
    config = yaml.safe_load((PROJECT / "config" / "config.yaml").read_text(encoding="utf-8"))
    asked = {name for name, question in config["questions"].items() if "target" not in question}
    assert set(answers.index) == asked
    for name, row in answers.iterrows():
        assert row["text"] == config["questions"][name]["text"]
        assert row["answer"].endswith(".")
        assert "nan" not in row["answer"]
        assert isinstance(row["compared"], str) == (name not in ("lost", "memory"))
    assert answers["compared"].dropna().str.contains("\u2192").all()
    stated = answers["expectation"].dropna()
    assert set(stated.index) == {"longer", "state", "topology"}
    assert answers.loc[stated.index, "outcome"].notna().all()
    facts = table(extensions, "facts")
    assert set(facts["question"]) == set(answers.index)


def test_every_claim_is_judged(extensions: Workspace) -> None:
    found = table(extensions, "claims")
    assert found["question"].tolist() == ["masking", "masking", "control"]
    assert set(found["verdict"]) == {"undecided"}
    assert set(found["reason"]) == {"fewer than 6 seeds"}
    comparisons = table(extensions, "comparisons").set_index(["experiment", "measure"])
    name, _, control = found["experiment"]
    row = comparisons.loc[[(name, "epochs")]].iloc[0]
    assert found["value"][1] == pytest.approx(2 ** row["difference"])
    assert [found["low"][1], found["high"][1]] == pytest.approx([2 ** row["low"], 2 ** row["high"]])
    skill = table(extensions, "extensions/skill").set_index("experiment")
    assert found["value"][2] == skill.loc[control, "accuracy"]


def test_training_stops_when_it_has_learned_or_at_the_cap(extensions: Workspace) -> None:
    needs = table(extensions, "needs").set_index("experiment")
    assert needs.loc[LEARNED, "learned"] == 2
    assert needs.loc["longer_2_of_5_10", "learned"] == 0
    for name, row in needs.iterrows():
        for seed in (0, 1):
            folder = extensions.results() / f"runs/{name}/seed-{seed}"
            record = json.loads((folder / "run.json").read_text())
            assert record["epochs"] == len(pd.read_csv(folder / "history.csv")) <= row["cap"]
            assert record["learned"] or record["epochs"] == row["cap"]
    runs = table(extensions, "extensions/runs").set_index("experiment")
    own = runs.loc[LEARNED]
    assert (own["epochs_to_learn"] == own["epochs"]).all()
    assert (own["updates"] == 3 * own["epochs"]).all()


def test_every_extension_is_compared_with_its_base(extensions: Workspace) -> None:
    comparisons = table(extensions, "comparisons")
    exact = comparisons[comparisons["position"] == "all"].set_index("experiment")
    seeds = table(extensions, "extensions/seeds")
    accuracy = seeds[(seeds["position"] == "all") & (seeds["windows"] == "complete")]
    means = accuracy.groupby("experiment")["accuracy"].mean()
    assert len(exact) == 10
    for name, row in exact.iterrows():
        assert row["difference"] == pytest.approx(means[name] - means[row["base"]])
        assert row["low"] <= row["difference"] <= row["high"]
    tested = comparisons[comparisons["p_holm"].notna()]
    assert len(tested) == 9


def test_incomplete_windows_have_rows_of_their_own(extensions: Workspace) -> None:
    skill = table(extensions, "extensions/skill_of_seeds").set_index(["experiment", "windows"])
    kept = "masking_full_5_of_5_at_once_kept_20"
    assert len(skill.loc[(kept, "incomplete")]) == 2
    assert "incomplete" not in skill.loc["full_echo"].index
    seeds = table(extensions, "extensions/seeds")
    rows = seeds[(seeds["experiment"] == kept) & (seeds["seed"] == 0)]
    incomplete = rows[rows["windows"] == "incomplete"].set_index("position")["n"].to_dict()
    # Of the 4 incomplete windows all have the newest value, and none the oldest.
    assert incomplete == {"2": 10, "3": 20, "4": 30, "5": 40, "all": 40}
    assert (rows[rows["windows"] == "complete"]["n"] == 10 * 21).all()


def test_the_study_itself_is_not_made_again(extensions: Workspace) -> None:
    """But the paper, in which the answers are now, and the manifest, in which it is."""
    assert planned(extensions) == {}
    assert planned(extensions, target="extensions") == {}
    assert {"paper", "manifest"} <= set(planned_jobs(extensions))


def test_experiments_that_train_in_the_same_way_share_their_runs(extensions: Workspace) -> None:
    """The LSTM is the base of the longer echoes, the topologies, the cells and the decoders."""
    trained, *copies = (
        *("cell_LSTM_2_of_5_10", "decoder_plain_2_of_5_10"),
        *("longer_2_of_5_10", "topology_2_of_5_many-to-many_10"),
    )
    results = extensions.results()
    record = json.loads((results / f"runs/{trained}/seed-0/run.json").read_text())
    assert (results / f"logs/train/{trained}/seeds-0_to_1.log").exists()
    needs = table(extensions, "needs").set_index("experiment")
    keys = ["seeds", "learned", "cap", "parameters"]
    for name in copies:
        assert json.loads((results / f"runs/{name}/seed-0/run.json").read_text()) == record
        sweep = name.partition("_")[0]
        assert "copied" in (results / f"logs/share/{sweep}_0.log").read_text()
        assert needs.loc[name, keys].equals(needs.loc[trained, keys])


def test_figures_of_the_extensions_are_there(extensions: Workspace) -> None:
    for figure in ANSWER_FIGURES:
        for suffix in ("pdf", "svg", "png"):
            assert (extensions.results() / f"figures/{figure}.{suffix}").stat().st_size > 1000
    seconds = pd.read_csv(extensions.results() / "benchmarks/training_seconds.csv")
    assert len(seconds) == 23 * 2
    assert (seconds["training_seconds"] > 0).all()
    per_experiment = pd.read_csv(extensions.results() / "benchmarks/needed_seconds.csv")
    assert (per_experiment["seeds"] == 2).all()
    assert (per_experiment["minimum"] <= per_experiment["seconds"]).all()


def test_a_question_can_be_asked_alone(extensions: Workspace) -> None:
    plan = planned(extensions, "--config", "version=one", "ask=[topology]", target="extensions")
    assert plan["evaluate_experiment"] == len(["full_echo", "partial_echo"])
    assert plan["evaluate_topology_0"] == 1  # many-to-many and many-to-one
    assert "needed_time" in plan
    assert not {"probe", "lost", "memory", "share", "state_and_batch"} & plan.keys()


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


def run(workspace: Workspace, config: str, target: str, *options: str, **tiny: object):
    path = workspace.folder / "tiny.yaml"
    path.write_text(yaml.safe_dump(TINY | tiny), encoding="utf-8")
    files = ("--configfile", config, "tiny.yaml")
    return workspace.run_snakemake("--cores", "2", target, *files, *options)


def test_an_experiment_is_added_by_configuration_alone(contributor: Workspace) -> None:
    small = {"one_of_3": {"cells": 5, "epochs": 20, "seeds": None}}
    target = "results/three/runs/one_of_3/seed-0/run.json"
    done = run(contributor, "my-study.yaml", target, experiments=small)
    assert done.returncode == 0, done.stderr
    record = json.loads((contributor.folder / target).read_text())
    assert record["plan"]["n_in"] == 3
    assert record["epochs"] == 20


def test_a_grid_of_ones_own_plans_nothing_else(contributor: Workspace) -> None:
    arguments = ("--cores", "2", "extensions", "-n", "--quiet", "rules")
    done = contributor.run_snakemake(*arguments, "--configfile", "my-grid.yaml")
    assert done.returncode == 0, done.stderr
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, flags=re.MULTILINE))
    assert jobs["train_0_to_2"] == "7"
    assert jobs["evaluate_experiment"] == jobs["evaluate_recall_0"] == "1"
    assert {"needed_cells", "needed_time"} <= jobs.keys()


def test_a_grid_of_ones_own_is_answered(contributor: Workspace) -> None:
    small = {
        "seeds": 2,
        "sweeps": {"recall": {"epochs": 200, "grid": {"cells": [5]}}},
        "questions": {"recall": {"contrast": {"experiment": "recall_three_digits_5"}}},
    }
    done = run(contributor, "my-grid.yaml", "results/grid/tables/answers.csv", **small)
    assert done.returncode == 0, done.stderr
    tables = contributor.folder / "results/grid/tables"
    needs = pd.read_csv(tables / "needs.csv").set_index("group")
    assert needs["learned"].to_dict() == {"one digit": 0, "three digits": 0}
    assert needs["base"].dropna().to_dict() == {"three digits": "one digit"}
    (answer,) = pd.read_csv(tables / "answers.csv").to_dict("records")
    assert answer["question"] == "recall"
    assert "Neither is learned" in answer["answer"]


def test_claims_of_ones_own_are_judged_as_it_says(contributor: Workspace) -> None:
    """An edited one is judged again by a job of its own, which nothing but documents follow."""
    config = contributor.folder / "my-claims.yaml"

    def snakemake(*arguments: str):
        done = contributor.run_snakemake("--cores", "2", *arguments, "--configfile", config.name)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def verdicts() -> list[str]:
        return pd.read_csv(contributor.folder / "results/claims/tables/claims.csv")[
            "verdict"
        ].tolist()

    snakemake("extensions")
    assert verdicts() == ["holds", "refuted"]
    text = config.read_text(encoding="utf-8")
    edited = text.replace("can but guess", "answers at random").replace(
        "at_most: 0.2", "at_most: 2.5"
    )
    config.write_text(edited.replace("column: accuracy", "column: bits"), encoding="utf-8")
    planned = dict(re.findall(r"^(\w+) +(\d+)$", snakemake("-n", "extensions"), flags=re.MULTILINE))
    documents = {"describe", "paper", "landing_extensions", "manifest", "manifest_extensions"}
    assert planned.keys() - documents == {"claims", "extensions", "total"}
    snakemake("claims")
    assert verdicts() == ["holds", "refuted"]
    assert (
        pd.read_csv(contributor.folder / "results/claims/tables/claims.csv")["measure"][1] == "bits"
    )


def test_a_paper_of_ones_own_is_met_as_it_says(contributor: Workspace) -> None:
    """And the study, of which it is a part, is neither made nor needed."""
    config = ("--configfile", "my-paper.yaml")
    done = contributor.run_snakemake("--cores", "2", "published", *config)
    assert done.returncode == 0, done.stderr
    results = contributor.folder / "results/paper"
    assert not (results / "runs/full_echo").exists()
    found = pd.read_csv(results / "tables/published.csv")
    assert found["verdict"].tolist() == ["met", "not met", "met"]
    assert found["seeds"].tolist() == [6, 6, 6]
    (loss,) = found[found["measure"] == "training_loss"].to_dict("records")
    assert loss["low"] < loss["difference"] < loss["high"] < -loss["tolerance"]
    assert pd.read_csv(results / "tables/published_claims.csv")["verdict"].tolist() == ["holds"]
    runs = pd.read_csv(results / "tables/published_runs.csv")
    assert runs.groupby(["number", "side"]).size().to_dict() == {
        **{(1, "ours"): 6, (1, "theirs"): 3, (2, "ours"): 6, (2, "their range"): 2},
        (3, "ours"): 6,
    }
    assert "met 2, not met 1" in (results / "figures/published_values.txt").read_text()
    told = contributor.run(sys.executable, "-m", "echoseq.cli", "published", "results/paper")
    assert "| `theirs` | accuracy per value | .9967 (.9900 to 1), 3 runs |" in told.stdout
    again = contributor.run_snakemake("--cores", "2", "-n", "published", *config)
    assert "Nothing to be done" in again.stdout + again.stderr


def test_a_model_of_ones_own_is_trained(contributor: Workspace) -> None:
    target = "results/gru/runs/gru_echo/predictions.npz"
    done = run(contributor, "my-gru.yaml", target, experiments={"gru_echo": {"epochs": 20}})
    assert done.returncode == 0, done.stderr
    record = json.loads(
        (contributor.folder / "results/gru/runs/gru_echo/seed-0/run.json").read_text()
    )
    gru = 3 * ((100 + 20) * 20 + 2 * 20)  # Keras's GRU has two biases
    assert record["parameters"] == gru + 20 * 100 + 100

    def planned_after(line: str) -> str:
        with (contributor.folder / "my_models.py").open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
        files = ("--configfile", "my-gru.yaml", "tiny.yaml")
        again = contributor.run_snakemake("--cores", "2", "--dry-run", target, *files)
        return again.stdout + again.stderr

    assert "Nothing to be done" in planned_after("# a remark")
    assert re.search(r"^train_seed +1$", planned_after("EDITED = 1"), flags=re.MULTILINE)


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
