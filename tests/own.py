"""A study of one's own, in an empty folder outside the project, as docs/own-folder.md tells."""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from forked import run_snakemake
from workspaces import PROJECT

PAGE = PROJECT / "docs/own-folder.md"
FENCE = re.compile(r"```\w+\n# (\S+)\n(.*?)```", flags=re.DOTALL)
# What the page tells to write, by the name in the first line.
FILES = dict(
    FENCE.findall(PAGE.read_text(encoding="utf-8").replace("path/to/echoseq", str(PROJECT)))
)
STUDY: dict[str, Any] = yaml.safe_load(FILES["my.yaml"])
# The same with a model of the package: to plan it, TensorFlow is not loaded.
BUILT_IN = {
    **STUDY,
    "experiments": {n: {**facts, "model": "lstm"} for n, facts in STUDY["experiments"].items()},
}
MODEL, FIGURE, IMPORTING = (FILES[n] for n in ("my_models.py", "my_figure.py", "Snakefile"))
WITH_PREFIX = IMPORTING.replace(
    "    config: config\n", '    config: config\n    prefix: "echoes"\n'
)


def new_folder(
    folder: Path, study: Mapping[str, Any] = STUDY, snakefile: str | None = None
) -> Path:
    """A folder with a configuration, a model beside it, and perhaps a workflow of one's own."""
    folder.mkdir()
    (folder / "my.yaml").write_text(yaml.safe_dump(dict(study)), encoding="utf-8")
    (folder / "my_models.py").write_text(MODEL, encoding="utf-8")
    if snakefile is not None:
        (folder / "Snakefile").write_text(snakefile, encoding="utf-8")
    return folder


def snakemake(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Snakemake in a folder, with the project's code installed."""
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src")} | variables
    return run_snakemake(["--cores", "2", *arguments], folder, environment)


def from_outside(
    folder: Path, *arguments: str, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run the project's workflow on the configuration of a folder, from there."""
    options = ("--snakefile", str(PROJECT / "Snakefile"), "--configfile", "my.yaml")
    return snakemake(folder, *options, *arguments, **variables)
