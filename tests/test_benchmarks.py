"""The benchmark still measures; what it measures is no test."""

import json
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from workspaces import PROJECT

from echoseq.study.reading import read
from echoseq.tables.columns import read_table


def test_the_files_of_a_made_up_study_are_those_that_tables_are_made_from(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    size = runpy.run_path(str(PROJECT / "benchmarks/size.py"))
    monkeypatch.setenv("PYTHONPATH", "")  # it is set, and set back after the test
    with size["workspace"]():
        own = Path("size.yaml")
        own.write_text(yaml.safe_dump(size["configuration"](4)), encoding="utf-8")
        study = read(Path("config/config.yaml"), own)
        names = sorted(study.names(extensions=False))
        size["make_up"](study, names)
        (size["RESULTS"] / "logs").mkdir()
        for rule, table in (("summarize", "summary"), ("learning", "runs")):
            size["make_table"](rule, study, names)
            made = read_table(size["RESULTS"] / f"tables/{table}.csv")
            assert set(made["experiment"]) == set(names)


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
