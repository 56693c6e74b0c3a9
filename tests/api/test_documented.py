"""The example in docs/python.md, run as it stands there, and its outputs."""

import doctest
from pathlib import Path

import pytest
from workspaces import PROJECT, Workspace


def test_the_example_prints_what_the_page_says(
    smoke_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "results").mkdir()
    (tmp_path / "results/smoke").symlink_to(smoke_study.results())
    (tmp_path / "results/published").symlink_to(PROJECT / "results/published")
    (tmp_path / ".snakemake/log").mkdir(parents=True)
    (tmp_path / ".snakemake/log/1.snakemake.log").write_text(
        "  Command: bin/snakemake --cores all --configfile config/smoke.yaml\n"
        "    output: results/smoke/config.yaml, results/smoke/environment.json\n"
    )
    monkeypatch.chdir(tmp_path)
    page = PROJECT / "docs/python.md"
    failed, tried = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert failed == 0
    assert tried > 25
