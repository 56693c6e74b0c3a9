"""The profile of clusters: the rules it names are there, and every job is in a group."""

import re

import yaml
from workspaces import PROJECT, Workspace

from echoseq.figures.catalogue import FIGURES

TARGETS = {"study", "tables", "figures", "extensions", "reported"}  # rules that make nothing
LOCAL = {"publish", "verify"}  # in the main process
PROFILE = yaml.safe_load((PROJECT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))


def test_every_rule_is_in_a_group(workspace: Workspace) -> None:
    listed = workspace.snakemake("--list-rules").stdout.splitlines()
    rules = {line.split()[0] for line in listed} - TARGETS - LOCAL - {"train_0_to_1"}
    assert set(PROFILE["groups"]) == rules - set(FIGURES)  # those of figures say it themselves
    assert set(PROFILE["groups"].values()) == set(PROFILE["group-components"])
    assert set(FIGURES) <= rules
    options = ("--dry-run", "--workflow-profile", "profiles/slurm", "--jobs", "2")
    done = workspace.snakemake(*options, targets=["task"])
    assert re.search(r"Group job tables .*^    rule task:", done.stdout, re.DOTALL | re.MULTILINE)


def test_a_job_tried_again_asks_for_more(workspace: Workspace) -> None:
    target = "results/smoke/data/full/seed-0.npz"
    done = workspace.snakemake("--dry-run", "--attempt", "3", targets=[target])
    assert "mem_mb=1500," in done.stdout + done.stderr  # 500 the first time
