"""What runs again after a change: all that depends on it, and no more."""

import re
from pathlib import Path

import pytest
import yaml
from conftest import EXTRA, Workspace

FIGURES = {
    *("task", "learning_curves", "position_accuracy"),
    *("learned_by_epoch", "error_anatomy", "echoes"),
}

# Targets, and what follows every change because it sums all up.
SUMS = {
    *("study", "tables", "figures", "paper", "landing", "manifest"),
    *("extensions", "landing_extensions", "manifest_extensions"),
}


def planned(workspace: Workspace, *options: str, target: str = "study") -> dict[str, int]:
    """The jobs that a dry run would start: rule and number, without those that sum all up."""
    return {
        rule: len(jobs)
        for rule, jobs in planned_jobs(workspace, *options, target=target).items()
        if rule not in SUMS
    }


def planned_jobs(
    workspace: Workspace, *options: str, target: str = "study"
) -> dict[str, list[str]]:
    """Of each rule, the wildcards of the jobs that a dry run would start."""
    done = workspace.snakemake("--dry-run", *options, targets=[target])
    assert done.returncode == 0, done.stderr
    jobs: dict[str, list[str]] = {}
    blocks = re.split(r"^(?:local)?rule (\w+):$", done.stdout + done.stderr, flags=re.MULTILINE)
    for rule, text in zip(blocks[1::2], blocks[2::2], strict=True):
        found = re.search(r"wildcards: (.*)", text.split("\n[")[0])
        jobs.setdefault(rule, []).append(found.group(1) if found else "")
    return jobs


def edit(workspace: Workspace, module: str) -> None:
    """Change a module of the copy in a way that changes nothing it does."""
    with (workspace.folder / "src" / "echoseq" / module).open("a", encoding="utf-8") as source:
        source.write("\n# another line\n")


def test_nothing_to_do_after_a_whole_run(smoke_copy: Workspace) -> None:
    assert planned_jobs(smoke_copy) == {}


@pytest.mark.parametrize("figure", sorted(FIGURES))
def test_a_changed_figure_redraws_itself_alone(smoke_copy: Workspace, figure: str) -> None:
    edit(smoke_copy, f"figures/{figure}.py")
    assert planned(smoke_copy) == {figure: 1}


def test_a_changed_style_redraws_all_figures_and_no_more(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "figures/style.py")
    assert planned(smoke_copy) == dict.fromkeys(FIGURES, 1)


def test_changed_statistics_make_the_tables_anew_and_train_nothing(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "statistics.py")
    assert planned(smoke_copy) == {"summarize": 1, "learning": 1} | dict.fromkeys(FIGURES, 1)


@pytest.mark.parametrize(
    "module", ["training.py", "models.py", "backend.py", "checkpoints.py", "runs.py"]
)
def test_changed_training_code_trains_again(smoke_copy: Workspace, module: str) -> None:
    edit(smoke_copy, module)
    jobs = planned(smoke_copy)
    assert jobs["train"] == 6
    assert "snapshot" not in jobs
    assert "held_out" not in jobs


@pytest.mark.parametrize("module", ["evaluation.py", "predictions.py", "records.py"])
def test_changed_evaluation_code_trains_nothing(smoke_copy: Workspace, module: str) -> None:
    edit(smoke_copy, module)
    jobs = planned(smoke_copy)
    assert jobs
    assert "train" not in jobs


def test_changed_sequences_draw_and_train_again(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "sequences.py")
    jobs = planned(smoke_copy)
    assert jobs["snapshot"] == 4
    assert jobs["train"] == 6


def test_a_module_that_nothing_imports_runs_nothing(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "cli.py")
    assert planned(smoke_copy) == {}


def test_yaml_in_another_order_runs_nothing(smoke_copy: Workspace) -> None:
    path = smoke_copy.folder / "config" / "config.yaml"
    path.write_text(reordered(path), encoding="utf-8")
    smoke_copy.configure(
        experiments={"short_echo": dict(reversed(EXTRA["experiments"]["short_echo"].items()))}
    )
    assert planned(smoke_copy) == {}


def reordered(path: Path) -> str:
    def turn(value: object) -> object:
        if isinstance(value, dict):
            return {key: turn(value[key]) for key in reversed(value)}
        return value

    text = yaml.safe_dump(turn(yaml.safe_load(path.read_text(encoding="utf-8"))), sort_keys=False)
    assert text.index("experiments") < text.index("tasks")
    return text


@pytest.mark.parametrize("epochs", [40, 80])
def test_changed_epochs_train_that_experiment_alone(smoke_copy: Workspace, epochs: int) -> None:
    smoke_copy.configure(experiments=EXTRA["experiments"] | {"full_echo": {"epochs": epochs}})
    jobs = planned_jobs(smoke_copy)
    assert sorted(jobs["train"]) == [
        "experiment=full_echo, seed=0",
        "experiment=full_echo, seed=1",
    ]
    assert jobs["evaluate"] == ["experiment=full_echo"]
    assert "snapshot" not in jobs


def test_another_seed_trains_that_seed_alone(smoke_copy: Workspace) -> None:
    smoke_copy.configure(**EXTRA, seeds=3)
    jobs = planned_jobs(smoke_copy)
    assert {wildcards.split("seed=")[1] for wildcards in jobs["train"]} == {"2"}
    assert len(jobs["train"]) == 3
    assert sorted(jobs["snapshot"]) == ["task=full, seed=2", "task=partial, seed=2"]


def test_a_changed_reference_redraws_the_curves_and_trains_nothing(smoke_copy: Workspace) -> None:
    reference = {"reference": {"loss": [1.0, 2.0], "accuracy": 0.5}}
    smoke_copy.configure(experiments=EXTRA["experiments"] | {"full_echo": reference})
    assert planned(smoke_copy) == {"describe": 1, "learning_curves": 1, "task": 1}


def test_a_changed_confidence_summarizes_anew_and_trains_nothing(smoke_copy: Workspace) -> None:
    smoke_copy.configure(**EXTRA, statistics={"confidence": 0.9})
    jobs = planned(smoke_copy)
    assert jobs["summarize"] == 1
    assert not {"train", "evaluate"} & set(jobs)


def test_how_training_is_run_re_runs_nothing(smoke_copy: Workspace) -> None:
    smoke_copy.configure(**EXTRA, execution={"checkpoint_seconds": 1})
    assert planned_jobs(smoke_copy) == {}


@pytest.mark.parametrize("rule", ["summarize", "learning", "describe", "echoes"])
def test_a_rule_can_be_run_again_by_its_name(smoke_copy: Workspace, rule: str) -> None:
    assert planned(smoke_copy, "--forcerun", rule, target=rule) == {rule: 1}


def test_a_single_file_can_be_asked_for(workspace: Workspace) -> None:
    target = "results/smoke/runs/full_echo/seed-1/run.json"
    assert planned(workspace, target=target) == {"snapshot": 1, "train": 1}
