"""The profiles of clusters: the rules they name are there, and PBS states are understood."""

import os
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import PROJECT, Workspace

TARGETS = {"study", "tables", "figures", "extensions", "reported"}  # rules that make nothing
LOCAL = {"publish", "verify"}  # in the main process
PROFILES = [PROJECT / "profiles" / name / "profile.yaml" for name in ("slurm", "pbs")]


def test_every_rule_is_in_a_group_and_both_profiles_group_alike(workspace: Workspace) -> None:
    groups, sizes = (
        [yaml.safe_load(path.read_text(encoding="utf-8"))[key] for path in PROFILES]
        for key in ("groups", "group-components")
    )
    assert groups[0] == groups[1]
    assert sizes[0] == sizes[1]
    assert set(groups[0].values()) == set(sizes[0])
    listed = workspace.snakemake("--list-rules").stdout.splitlines()
    assert set(groups[0]) == {line.split()[0] for line in listed} - TARGETS - LOCAL


def test_a_job_tried_again_asks_for_more(workspace: Workspace) -> None:
    target = "results/smoke/data/full/seed-0.npz"
    done = workspace.snakemake("--dry-run", "--attempt", "3", targets=[target])
    assert "mem_mb=1500," in done.stdout + done.stderr  # 500 the first time


# What `qstat -f` and `qstat -x -f` say: Torque keeps ended jobs, PBS has them with -x alone.
ENDED = 'echo "qstat: 7.server Job has finished, use -x or -H" >&2; exit 35'
ANSWERS = [
    ('echo "    job_state = R"', "running"),
    ('echo "    job_state = E"', "running"),
    ('echo "    job_state = C"; echo "    exit_status = 0"', "success"),
    ('echo "    job_state = C"; echo "    exit_status = 271"', "failed"),
    (f'[ "$1" = -x ] || {{ {ENDED}; }}; echo "  job_state = F"; echo "  Exit_status = 0"',
     "success"),
    (f'[ "$1" = -x ] || {{ {ENDED}; }}; echo "  job_state = F"; echo "  Exit_status = 1"',
     "failed"),
    ('echo "qstat: Unknown Job Id 7.server" >&2; exit 153', "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("qstat", "expected"), ANSWERS)
def test_pbs_states_are_understood(tmp_path: Path, qstat: str, expected: str) -> None:
    program = tmp_path / "qstat"
    program.write_text(f"#!/bin/sh\n{qstat}\n")
    program.chmod(0o755)
    done = subprocess.run(
        ["sh", str(PROJECT / "profiles/pbs/status.sh"), "7.server"],
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout == f"{expected}\n"
