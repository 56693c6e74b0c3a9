"""What runs again after a change: all that depends on it, and no more."""

import re
from pathlib import Path

import pytest
import yaml
from planning import planned, planned_jobs
from workspaces import PARTS, PROJECT, Workspace

from echoseq.code import code_closure
from echoseq.figures.catalogue import STUDY, figures_of
from echoseq.package import package_folder
from echoseq.study.blocks import block_name

FIGURES = figures_of(STUDY)
TRAIN, DRAW = "train_0_to_1", "snapshot_0_to_1"  # both seeds share a job


def edit(workspace: Workspace, *modules: str) -> None:
    """Change the code of modules of the copy, where no other code uses it."""
    for module in modules:
        change(workspace.folder / "src" / "echoseq" / module, r"\Z", "\n\nEDITED = 1\n")


def change(path: Path, old: str, new: str) -> None:
    text, found = re.subn(old, new, path.read_text(encoding="utf-8"), count=1)
    assert found == 1
    path.write_text(text, encoding="utf-8")


def test_reworded_comments_and_docstrings_run_nothing(smoke_copy: Workspace) -> None:
    """In all of the package and in every script."""
    package, scripts = (smoke_copy.folder / part for part in ("src/echoseq", "workflow/scripts"))
    sources = [*package.rglob("*.py"), *scripts.glob("*.py")]
    assert {"files.py", "loop.py", "train.py"} <= {path.name for path in sources}
    for path in sources:
        change(path, r'(?s)\A""".*?"""', '"""Reworded.\n\nTwice.\n"""\n# another remark\n')
        change(path, r"\Z", "# the end\n")
    change(package / "files.py", r'(?m)^    """(?=\w)', '    """Reworded: ')
    assert planned_jobs(smoke_copy) == {}


def test_nothing_runs_where_nothing_that_bears_on_results_changed(smoke_copy: Workspace) -> None:
    """A module that no step imports, YAML in another order, and how training is run."""
    edit(smoke_copy, "cli.py")
    path = smoke_copy.folder / "config" / "config.yaml"
    path.write_text(reordered(path), encoding="utf-8")
    smoke_copy.configure(
        execution={"checkpoint_seconds": 1},
    )
    assert planned_jobs(smoke_copy) == {}


def test_results_that_were_moved_or_copied_are_made_by_nothing_again(smoke_copy: Workspace) -> None:
    """To another disk, with a link in their place, and with times in another order."""
    results = smoke_copy.folder / "results"
    disk = results.rename(smoke_copy.folder.parent / "disk")
    results.symlink_to(disk)
    for path in sorted(disk.rglob("*"), reverse=True):  # tables before the runs behind them
        path.touch()
    assert planned_jobs(smoke_copy) == {}


def reordered(path: Path) -> str:
    def turn(value: object) -> object:
        if isinstance(value, dict):
            return {key: turn(value[key]) for key in reversed(value)}
        return value

    text = yaml.safe_dump(turn(yaml.safe_load(path.read_text(encoding="utf-8"))), sort_keys=False)
    assert text.index("experiments") < text.index("tasks")
    return text


@pytest.mark.parametrize("chosen", [FIGURES[::2], FIGURES[1::2]])
def test_a_changed_figure_redraws_itself_alone(smoke_copy: Workspace, chosen: list[str]) -> None:
    edit(smoke_copy, *(f"figures/{figure}.py" for figure in chosen))
    assert planned(smoke_copy) == dict.fromkeys(chosen, 1)


def test_a_changed_style_redraws_all_figures_and_no_more(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "figures/style.py")
    assert planned(smoke_copy) == dict.fromkeys(FIGURES, 1)


def test_changed_inference_makes_the_tables_anew_and_trains_nothing(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "statistics/inference.py")
    assert planned(smoke_copy) == {"summarize": 1, "learning": 1} | dict.fromkeys(FIGURES, 1)


def test_a_changed_table_is_made_anew_with_those_of_its_source(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "tables/echoes.py")
    jobs = planned(smoke_copy)
    assert jobs["summarize"] == 1
    assert not {"learning", "evaluate_experiment", TRAIN, "learning_curves"} & set(jobs)


def test_a_changed_number_in_the_ground_draws_and_trains_again(smoke_copy: Workspace) -> None:
    change(smoke_copy.folder / "src/echoseq/files.py", "86_400", "86_401")
    jobs = planned(smoke_copy)
    assert jobs[DRAW] == 2
    assert jobs[TRAIN] == 2


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("src/echoseq/training/loop.py", "BLOCK = 100", "BLOCK = 101"),
        ("workflow/scripts/train.py", r"loss %\.4f", "loss %.5f"),
    ],
)
def test_changed_training_code_trains_again(
    smoke_copy: Workspace, path: str, old: str, new: str
) -> None:
    change(smoke_copy.folder / path, old, new)
    jobs = planned(smoke_copy)
    assert jobs[TRAIN] == 2
    assert not {DRAW, "held_out"} & set(jobs)


def test_all_that_trains_is_training_code() -> None:
    """The rule names what this finds, as the test before sees."""
    found = code_closure([PROJECT / "workflow/scripts/train.py"])
    names = {path.relative_to(package_folder()).as_posix() for path in found}
    assert names >= {
        *("training/loop.py", "training/checkpoints.py", "training/runs.py"),
        *("networks/building.py", "networks/backend.py", "networks/coding.py"),
        *("networks/weights.py", "networks/numerics.py", "data/sequences.py", "streams.py"),
        "study/plan.py",
    }
    assert not any(name.startswith(("networks/architectures/", "tables/")) for name in names)
    assert "study/schema.py" not in names


def test_a_changed_architecture_trains_its_experiments_alone(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "networks/architectures/encoder_decoder.py")
    jobs = planned_jobs(smoke_copy)
    assert jobs[TRAIN] == ["experiment=partial_echo"]
    assert jobs["evaluate_experiment"] == ["experiment=partial_echo"]


def test_changed_evaluation_code_trains_nothing(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "evaluation/answering.py")
    jobs = planned(smoke_copy)
    assert jobs["evaluate_experiment"] == 2
    assert TRAIN not in jobs


@pytest.mark.parametrize("module", ["evaluation/predictions.py", "training/records.py"])
def test_training_does_not_rest_on_what_comes_after_it(module: str) -> None:
    after = package_folder() / module
    assert after in code_closure([PROJECT / "workflow/scripts/evaluate.py"])
    assert after not in code_closure([PROJECT / "workflow/scripts/train.py"])


def test_changed_sequences_draw_and_train_again(smoke_copy: Workspace) -> None:
    edit(smoke_copy, "data/sequences.py")
    jobs = planned(smoke_copy)
    assert jobs[DRAW] == 2
    assert jobs[TRAIN] == 2


def test_changed_epochs_train_that_experiment_alone(smoke_copy: Workspace) -> None:
    smoke_copy.configure(experiments={"full_echo": {"epochs": 80}})
    jobs = planned_jobs(smoke_copy)
    assert jobs[TRAIN] == ["experiment=full_echo"]
    assert jobs["evaluate_experiment"] == ["experiment=full_echo"]
    assert DRAW not in jobs


def test_more_seeds_add_blocks_and_train_nothing_again(smoke_copy: Workspace) -> None:
    smoke_copy.configure(seeds=5, execution={"seeds_per_job": 2})
    jobs = planned_jobs(smoke_copy)
    experiments = ["experiment=full_echo", "experiment=partial_echo"]
    assert sorted(jobs["train_2_to_4"]) == experiments  # half a block joins the one before
    assert not {TRAIN, "train_seed"} & jobs.keys()
    assert sorted(jobs["snapshot_2_to_4"]) == ["task=full", "task=partial"]


def test_a_block_that_grows_is_trained_as_a_whole(smoke_copy: Workspace) -> None:
    smoke_copy.configure(seeds=[0, 1, 4])
    trained = {name for name in planned(smoke_copy) if name.startswith("train")}
    assert trained == {f"train_{block_name((0, 1, 4))}"}


def test_a_changed_reference_redraws_the_curves_and_trains_nothing(smoke_copy: Workspace) -> None:
    reference = {"reference": {"loss": [1.0, 2.0], "accuracy": 0.5}}
    smoke_copy.configure(experiments={"full_echo": reference})
    drawn = ("learning_curves", "task", "error_anatomy")  # from the table of experiments
    assert planned(smoke_copy) == dict.fromkeys(("describe", "list_experiments", *drawn), 1)


def test_another_page_draws_nothing_anew(smoke_copy: Workspace) -> None:
    smoke_copy.configure(page={"networks": ["full_echo"]})
    assert planned(smoke_copy) == {"describe": 1}


def test_a_changed_confidence_summarizes_anew_and_trains_nothing(smoke_copy: Workspace) -> None:
    smoke_copy.configure(statistics={"confidence": 0.9})
    jobs = planned(smoke_copy)
    assert jobs["summarize"] == 1
    assert not {TRAIN, "evaluate_experiment"} & set(jobs)


@pytest.mark.parametrize("rule", ["learning", "echoes"])
def test_a_rule_can_be_run_again_by_its_name(smoke_copy: Workspace, rule: str) -> None:
    assert planned(smoke_copy, "--forcerun", rule, target=rule) == {rule: 1}


def test_a_single_file_can_be_asked_for(workspace: Workspace) -> None:
    workspace.configure(execution={"seeds_per_job": 1})
    target = "results/smoke/runs/full_echo/seed-1/run.json"
    assert planned(workspace, target=target) == {"snapshot_seed": 1, "train_seed": 1}


def test_another_commit_writes_the_first_page_of_the_report_again(smoke_copy: Workspace) -> None:
    def git(*arguments: str) -> str:
        who = ("-c", "user.name=Someone", "-c", "user.email=someone@example.org")
        done = smoke_copy.run("git", *who, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    page = smoke_copy.results() / "report/study.rst"
    assert "Code: commit unknown." in page.read_text(encoding="utf-8")
    git("init", "--quiet")
    git("add", "--", *PARTS)
    git("commit", "--quiet", "--message", "The project")
    assert set(planned_jobs(smoke_copy)) == {"landing", "study"}
    assert smoke_copy.snakemake().returncode == 0
    assert f"Code: commit {git('rev-parse', 'HEAD')}." in page.read_text(encoding="utf-8")
    assert planned_jobs(smoke_copy) == {}
    (smoke_copy.folder / "requirements.lock").open("a").write("# a remark\n")
    assert "landing" in planned_jobs(smoke_copy)  # with uncommitted changes
