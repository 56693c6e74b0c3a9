"""Ablations in the workflow: what asks for them, what they wait for, and what they leave alone."""

import pandas as pd
import pytest
from planning import planned, planned_jobs
from workspaces import Workspace

ABLATED = [
    "experiment=decoder_attention_2_of_5_10",
    "experiment=state_full_7_5_of_5_at_once_carried_20",
]
NOTHING = {"ablate": None}
RULES = {"ablate", "summarize_ablations"}


def edit(workspace: Workspace, module: str, text: str = "EDITED = 1\n") -> None:
    path = workspace.folder / "src/echoseq" / module
    path.write_text(path.read_text(encoding="utf-8") + f"\n\n{text}", encoding="utf-8")


@pytest.fixture
def extended(extended_study: Workspace, tmp_path) -> Workspace:
    """A copy of the finished extensions, free to be changed."""
    return extended_study.copy_to(tmp_path / "workspace")


def test_the_extensions_ablate_and_the_study_does_not(workspace: Workspace) -> None:
    jobs = planned_jobs(workspace, target="extensions")
    assert sorted(jobs["ablate"]) == ABLATED
    assert "summarize_ablations" in jobs
    assert not RULES & planned(workspace).keys()


def test_where_nothing_is_ablated_there_are_no_tables(workspace: Workspace) -> None:
    workspace.configure(
        sweeps={
            "decoder": {"grid": {"decoder": {"attention": NOTHING}}},
            "state_full": {"grid": {"state": {"carried": NOTHING}}},
        }
    )
    assert not RULES & planned(workspace, target="extensions").keys()


def test_the_tables_are_made_from_the_same_sequences(extended_study: Workspace) -> None:
    folder = extended_study.results() / "tables"
    names = ("ablations", "ablations_of_seeds", "extensions/seeds", "extensions/skill")
    table, by_seed, seeds, skill = (pd.read_csv(folder / f"{name}.csv") for name in names)
    assert set(table["experiment"]) == {name.partition("=")[2] for name in ABLATED}
    intact = by_seed[by_seed["ablation"] == "intact"]
    both = intact.merge(seeds, on=["experiment", "seed", "position"])
    assert len(both) == 2 * (2 + 1) + 2 * (5 + 1)
    assert (both["accuracy_x"] == both["accuracy_y"]).all()
    values = table[(table["ablation"] == "intact") & (table["position"] == "value")]
    known = values.merge(skill, on="experiment")
    assert (known["accuracy_x"] - known["accuracy_y"]).abs().max() < 1e-9
    assert {"attention", "read_out", "carried_other", "cells_mean"} <= {*table["ablation"]}


def test_another_ablation_trains_nothing_and_ablates_its_experiment_alone(
    extended: Workspace,
) -> None:
    carried = {"ablate": ["cells"]}
    extended.configure(sweeps={"state_full": {"grid": {"state": {"carried": carried}}}})
    jobs = planned_jobs(extended, target="extensions")
    assert jobs["ablate"] == ABLATED[1:]
    assert not {
        rule for rule in jobs if rule.startswith(("train", "evaluate", "snapshot", "probe"))
    }


def test_a_change_of_one_family_ablates_where_it_is_asked_for(extended: Workspace) -> None:
    edit(extended, "evaluation/ablated/attention.py")
    jobs = planned_jobs(extended, target="extensions")
    assert jobs["ablate"] == ABLATED[:1]
    assert not {
        rule for rule in jobs if rule.startswith(("train", "evaluate", "snapshot", "probe"))
    }


def test_a_remark_changes_nothing(extended: Workspace) -> None:
    edit(extended, "evaluation/ablated/cells.py", "# cells of layers\n")
    edit(extended, "evaluation/switching.py", "# a remark\n")
    assert not RULES & planned(extended, target="extensions").keys()


def test_what_cannot_be_taken_away_ends_in_one_line(workspace: Workspace) -> None:
    workspace.configure(experiments={"partial_echo": {"ablate": ["attention"]}})
    done = workspace.snakemake("--dry-run")
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "experiments.partial_echo.ablate: attention: model encoder_decoder: expected an" in said
    assert "Traceback" not in said
