"""Probes in the workflow: what asks for them, what they wait for, and what they leave alone."""

import pandas as pd
import pytest
from planning import planned, planned_jobs
from workspaces import Workspace

PROBED = ["experiment=longer_3_of_5_10", "experiment=partial_echo"]


def edit(workspace: Workspace, module: str) -> None:
    path = workspace.folder / "src/echoseq" / module
    path.write_text(path.read_text(encoding="utf-8") + "\n\nEDITED = 1\n", encoding="utf-8")


@pytest.fixture
def extended(extended_study: Workspace, tmp_path) -> Workspace:
    """A copy of the finished extensions, free to be changed."""
    return extended_study.copy_to(tmp_path / "workspace")


def test_the_extensions_probe_and_the_study_does_not(workspace: Workspace) -> None:
    jobs = planned_jobs(workspace, target="extensions")
    assert sorted(jobs["probe"]) == PROBED
    assert len(jobs["probe_data"]) == 2
    assert {"summarize_probes", "memory"} <= jobs.keys()
    assert not {"probe", "probe_data", "summarize_probes", "memory"} & planned(workspace).keys()


def test_without_probes_none_is_made(workspace: Workspace) -> None:
    nothing = {"grid": {"decoder": {"attention": {"ablate": None}}}}  # which would fit some, too
    workspace.configure(questions={"memory": None}, sweeps={"decoder": nothing})
    jobs = planned(workspace, target="extensions")
    assert not {"probe", "probe_data", "summarize_probes", "memory"} & jobs.keys()
    assert jobs["answer"] == 1


def test_probes_of_a_question_with_another_name_have_tables_but_no_figure(
    workspace: Workspace,
) -> None:
    workspace.configure(questions={"memory": None, "linear": {"probes": ["partial_echo"]}})
    jobs = planned_jobs(workspace, target="extensions")
    assert jobs["probe"] == PROBED[1:]
    assert "summarize_probes" in jobs
    assert "memory" not in jobs


def test_the_tables_are_made_from_the_probes(extended_study: Workspace) -> None:
    folder = extended_study.results() / "tables"
    table, by_seed = (pd.read_csv(folder / f"{name}.csv") for name in ("probes", "probes_of_seeds"))
    assert set(table["experiment"]) == {"longer_3_of_5_10", "partial_echo"}
    assert len(by_seed) == 2 * len(table)
    trained = table[(table["network"] == "trained") & (table["probe"] == "linear")]
    means = trained.groupby(trained["position"] <= trained["step"])["accuracy"].mean()
    assert means[True] > 2 * means[False]


def test_changed_probes_train_nothing(extended: Workspace) -> None:
    edit(extended, "evaluation/probes.py")
    jobs = planned(extended, target="extensions")
    assert jobs["probe"] == 2
    assert not {rule for rule in jobs if rule.startswith(("train", "evaluate", "snapshot"))}


def test_other_sequences_for_probes_train_nothing(extended: Workspace) -> None:
    extended.configure(probing={"sequences": 30})
    jobs = planned(extended, target="extensions")
    assert (jobs["probe_data"], jobs["probe"]) == (2, 2)
    assert not {rule for rule in jobs if rule.startswith(("train", "evaluate", "snapshot"))}


def test_further_states_are_probed_again_and_train_nothing(extended: Workspace) -> None:
    extended.configure(probing={"states": ["encoder", "decoder"]})
    jobs = planned(extended, target="extensions")
    assert jobs["probe"] == 2
    assert not {rule for rule in jobs if rule.startswith(("train", "evaluate", "probe_data"))}


def test_a_model_without_an_encoder_is_refused_before_any_job(workspace: Workspace) -> None:
    workspace.configure(
        experiments={"full_memoryless": {"batch_size": 21}},
        questions={"memory": {"probes": ["full_memoryless"]}},
    )
    done = workspace.snakemake("--dry-run")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "experiments.full_memoryless.model memoryless: cannot probe it (" in said
    assert "expected a recurrent layer named encoder to probe, got" in said
    assert "Traceback" not in said
