"""What other tools read of the project: hooks, workflows on GitHub, citation, metadata, catalog."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from workspaces import PROJECT, Workspace

import echoseq

METADATA = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
VERSIONS = ["3.11", "3.12", "3.13"]


def stored(name: str) -> Any:
    return yaml.safe_load((PROJECT / name).read_text(encoding="utf-8"))


def hooks() -> dict[str, dict[str, Any]]:
    (local,) = stored(".pre-commit-config.yaml")["repos"]
    return {hook["id"]: hook for hook in local["hooks"]}


def test_hooks_are_the_parts_of_make_lint() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    parts = re.findall(r"^lint: (.*?) ##", makefile, flags=re.MULTILINE)[0].split()
    assert [*hooks()] == parts
    for name, hook in hooks().items():
        assert hook["entry"] == f"make --no-print-directory {name}"
        assert not hook["pass_filenames"]


@pytest.mark.parametrize(
    ("path", "checked_by"),
    [
        ("src/echoseq/cli.py", {"lint-python", "lint-imports", "lint-types", "lint-workflow"}),
        ("tests/test_cli.py", {"lint-python"}),
        ("workflow/rules/data.smk", {"lint-format", "lint-workflow"}),
        ("workflow/scripts/train.py", {"lint-python", "lint-format", "lint-workflow"}),
        ("Snakefile", {"lint-format", "lint-workflow"}),
        ("config/config.yaml", {"lint-workflow"}),
        ("pyproject.toml", {"lint-python", "lint-imports", "lint-types", "lint-format"}),
        ("docs/guide.md", set()),
    ],
)
def test_a_file_is_checked_by_the_hooks_that_read_it(path: str, checked_by: set[str]) -> None:
    assert {name for name, hook in hooks().items() if re.search(hook["files"], path)} == checked_by
    assert (PROJECT / path).is_file()


def test_workflows_on_github_run_make_on_every_supported_python() -> None:
    jobs = stored(".github/workflows/test.yml")["jobs"]
    assert jobs["test"]["strategy"]["matrix"]["python"] == VERSIONS
    commands = {name: [step.get("run") for step in job["steps"]] for name, job in jobs.items()}
    assert commands["lint"][-2:] == ["make env", "make lint"]
    assert commands["test"][-2:] == ["make env", "make test"]


def test_a_workflow_on_github_publishes_the_site_that_make_builds() -> None:
    jobs = stored(".github/workflows/pages.yml")["jobs"]
    *before, upload = jobs["build"]["steps"]
    assert [step["run"] for step in before if "run" in step] == ["make env", "make site"]
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    built = re.search(r"^site: .*\n(?:\t.*\n)*\t.* (\S+)$", makefile, flags=re.MULTILINE)
    assert built is not None
    assert upload["with"]["path"] == built[1] == "site"
    assert "/site/" in (PROJECT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert jobs["deploy"]["permissions"] == {"pages": "write", "id-token": "write"}


def test_the_supported_versions_of_python_are_the_same_everywhere() -> None:
    listed = [c.rpartition(" ")[2] for c in METADATA["classifiers"] if ":: Python :: 3." in c]
    assert listed == VERSIONS
    assert METADATA["requires-python"] == ">=3.11,<3.14"
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert "(3, 11) <= v <= (3, 13)" in makefile


def test_the_citation_is_of_this_version() -> None:
    citation = stored("CITATION.cff")
    assert citation["version"] == METADATA["version"] == echoseq.__version__
    assert citation["license"] == METADATA["license"]
    assert [a["name"] for a in citation["authors"]] == [a["name"] for a in METADATA["authors"]]
    changelog = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changelog, flags=re.MULTILINE)[0] == METADATA["version"]


def test_the_catalog_of_workflows_finds_what_it_asks_for() -> None:
    """Its documentation lists these for a standardized workflow."""
    readme = (PROJECT / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme
    assert "workflow" in readme
    assert (PROJECT / "workflow/Snakefile").is_file()
    assert list((PROJECT / "workflow/rules").glob("*.smk"))
    assert (PROJECT / "config/README.md").is_file()
    usage = stored(".snakemake-workflow-catalog.yml")["usage"]
    assert usage.keys() == {"mandatory-flags", "software-stack-deployment", "report"}
    assert usage["mandatory-flags"].keys() == {"desc", "flags"}
    deployment = usage["software-stack-deployment"]
    assert deployment.keys() == {"conda", "apptainer", "apptainer+conda"}
    assert {type(value) for value in (*deployment.values(), usage["report"])} == {bool}


@pytest.mark.parametrize("rules", sorted((PROJECT / "workflow/rules").glob("*.smk")))
def test_rules_begin_with_what_comes_in_and_goes_out(rules: Path) -> None:
    text = rules.read_text(encoding="utf-8")
    said = " ".join(text.split('"""')[1].split())
    assert text.startswith('"""')
    assert re.search(r" In: .+ Out: ", said)


def test_what_rules_share_is_short() -> None:
    """It is configuration, paths and code; Python that is not about rules is in the library."""
    lines = (PROJECT / "workflow/rules/common.smk").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 150


def test_the_workflow_is_the_same_where_the_catalog_expects_it(workspace: Workspace) -> None:
    listed = [
        workspace.run_snakemake("--list-rules", "--snakefile", name)
        for name in ("Snakefile", "workflow/Snakefile")
    ]
    assert listed[0].returncode == listed[1].returncode == 0, listed[1].stderr
    assert listed[0].stdout == listed[1].stdout != ""
