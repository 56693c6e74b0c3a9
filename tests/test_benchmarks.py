"""The benchmark still measures; what it measures is no test."""

import json
import subprocess
import sys

import pytest
from workspaces import PROJECT


@pytest.mark.parametrize("way", ["fit", "compiled"])
def test_a_way_of_training_can_be_measured(way: str) -> None:
    script = PROJECT / "benchmarks" / "training.py"
    done = subprocess.run(
        [sys.executable, str(script), "--measure", way, "full_echo"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout.splitlines()[-1])
    assert set(measured) - {"loss"} == {"ms", "first_s"}
    assert all(value > 0 for value in measured.values())
