"""The profile of clusters: the rules it names are there, and every job is in a group."""

import re
from collections import Counter

import pytest
import yaml
from workspaces import PROJECT, Workspace, new_workspace

from echoseq.figures.catalogue import FIGURES, figures_of
from echoseq.figures.catalogue import STUDY as PART

TARGETS = {  # rules that make nothing
    *("study", "snapshot", "train", "evaluate", "tables", "figures"),
    *("extensions", "published", "reported", "page"),
}
LOCAL = {"publish", "verify"}  # in the main process
LOOPED = re.compile(
    r"(verify_)?(snapshot|held_out|probe_data|train)(_\d+_to_\d+|_seed)?"
    r"|evaluate_(experiment|\w+_\d+)|verify_evaluate"
)
COPYING = re.compile(r"share(_\w+_\d+)?")  # in the main process too
STUDY = figures_of(PART)
PROFILE = yaml.safe_load((PROJECT / "profiles/slurm/profile.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def dry_run(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """The group jobs of the study by the profile: the name of the group, and what is in it."""
    workspace = new_workspace(tmp_path_factory.mktemp("profile") / "workspace")
    options = ("--dry-run", "--workflow-profile", "profiles/slurm", "--jobs", "2")
    done = workspace.snakemake(*options)
    assert done.returncode == 0, done.stderr
    jobs = re.split(r"Group job (\w+) ", done.stdout)
    return list(zip(jobs[1::2], jobs[2::2], strict=True))


def test_every_rule_is_in_a_group(workspace: Workspace) -> None:
    listed = workspace.snakemake("--list-rules").stdout.splitlines()
    rules = {line.split()[0] for line in listed} - TARGETS - LOCAL
    rules = {rule for rule in rules if not COPYING.fullmatch(rule)}
    looped = {rule for rule in rules if LOOPED.fullmatch(rule)} | set(FIGURES)
    assert looped >= {
        "snapshot_seed",
        "snapshot_0_to_1",
        "train_seed",
        "train_0_to_1",
        "verify_train",
        "evaluate_longer_0",
        "verify_evaluate",
    }
    assert set(PROFILE["groups"]) == rules - looped  # these set it themselves
    assert {*PROFILE["groups"].values(), "data", "train", "evaluate"} == set(
        PROFILE["group-components"]
    )


@pytest.mark.parametrize(
    ("group", "rules"),
    [
        ("data", {"snapshot_0_to_1": 2, "held_out": 2}),
        ("train", {"train_0_to_1": 2}),
        ("evaluate", {"evaluate_experiment": 2}),
        (
            "tables",
            {"describe": 1, "list_experiments": 1, "summarize": 1, "learning": 1}
            | dict.fromkeys(STUDY, 1),
        ),
    ],
)
def test_short_steps_share_a_job(
    dry_run: list[tuple[str, str]], group: str, rules: dict[str, int]
) -> None:
    (job,) = [text for name, text in dry_run if name == group]
    found = Counter(re.findall(r"^    rule (\w+):", job, flags=re.MULTILINE))
    assert rules.items() <= found.items()


def test_a_job_tried_again_asks_for_more(workspace: Workspace) -> None:
    target = "results/smoke/data/full/seed-0.npz"
    done = workspace.snakemake("--dry-run", "--attempt", "3", targets=[target])
    assert "mem_mb=1500," in done.stdout + done.stderr  # 500 the first time
