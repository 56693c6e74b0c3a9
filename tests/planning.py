"""What Snakemake would do, from its dry runs."""

import re

from workspaces import Workspace

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
    blocks = re.split(r"^ *(?:local)?rule (\w+):$", done.stdout + done.stderr, flags=re.MULTILINE)
    for rule, text in zip(blocks[1::2], blocks[2::2], strict=True):
        found = re.search(r"wildcards: (.*)", re.split(r"\n *\[", text)[0])
        jobs.setdefault(rule, []).append(found.group(1) if found else "")
    return jobs
