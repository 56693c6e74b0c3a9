"""The workflow from a folder of one's own: with its Snakefile, and as a module of another."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from base64 import urlsafe_b64encode
from pathlib import Path

import own
import pytest
import yaml
from own import from_outside, new_folder, snakemake
from workspaces import Workspace, new_workspace

from echoseq.provenance.manifest import check, read_manifest

DRY_RUN = ("--dry-run", "--quiet", "rules", "--")
RECORD = "results/mine/runs/gru_echo/seed-1/run.json"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study of one's own, made with the project's Snakefile. Not to be changed."""
    folder = new_folder(tmp_path_factory.mktemp("alone") / "somebody's (own) folder")
    done = from_outside(folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same study, made by a workflow that imports the project's. Not to be changed."""
    study = {**own.STUDY, "figures": ["my_figure"], "execution": {"seeds_per_job": 1}}
    folder = new_folder(tmp_path_factory.mktemp("imported") / "folder", study, own.WITH_PREFIX)
    (folder / "my_figure.py").write_text(own.FIGURE, encoding="utf-8")
    done = snakemake(folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_a_folder_of_ones_own_holds_all_results(alone: Path) -> None:
    results = alone / "results/mine"
    assert check(results, read_manifest(results)) == []
    assert (results / "paper.pdf").is_file()
    assert {path.name for path in alone.iterdir()} - {"__pycache__", ".snakemake"} == {
        *("my.yaml", "my_models.py", "results")
    }
    assert "Nothing to be done" in from_outside(alone, "--dry-run").stdout


def test_the_model_beside_the_configuration_is_trained(alone: Path) -> None:
    record = json.loads((alone / RECORD).read_text(encoding="utf-8"))
    assert record["plan"]["model"] == "my_models:gru_echo"
    config = yaml.safe_load((alone / "results/mine/config.yaml").read_text(encoding="utf-8"))
    assert list(config["experiments"]) == ["gru_echo"]
    assert config["inherit"] is False


def test_a_changed_model_is_trained_again_but_not_a_reworded_one(alone: Path) -> None:
    model = alone / "my_models.py"
    before = model.read_text(encoding="utf-8")
    changed = before.replace("return_sequences=True", "return_sequences=not 0")
    reworded = before.replace("A GRU that", "A network that") + "\n# another line\n"
    assert before not in (changed, reworded)
    try:
        planned = []
        for text in (changed, reworded):
            model.write_text(text, encoding="utf-8")
            planned.append(from_outside(alone, *DRY_RUN, "train").stdout)
    finally:
        model.write_text(before, encoding="utf-8")
    assert "train_0_to_1" in planned[0]
    assert "train_0_to_1" not in planned[1]


def test_the_paper_names_the_commands_of_the_folder(alone: Path, imported: Path) -> None:
    """As it is told by its rule: another Snakefile, or rules under other names."""
    snakefile = os.path.relpath(own.PROJECT / "Snakefile", alone)
    told = params_of(alone, "results/mine/paper.pdf")
    assert {f"'--snakefile {snakefile} --configfile my.yaml'", "'*'"} <= told
    assert {"''", "'echoseq_*'"} <= params_of(imported, "echoes/results/mine/paper.pdf")


def params_of(folder: Path, output: str) -> set[str]:
    """The params of the job that made a file, from Snakemake's record."""
    name = urlsafe_b64encode(output.encode()).decode()
    record = json.loads((folder / ".snakemake/metadata" / name).read_text(encoding="utf-8"))
    return set(record["params"])


def test_a_module_makes_the_same_under_its_prefix(alone: Path, imported: Path) -> None:
    results = imported / "echoes/results/mine"
    assert check(results, read_manifest(results)) == []
    assert not (imported / "results").exists()
    for name in ("runs/gru_echo/seed-1/run.json", "tables/summary.csv", "figures/echoes.svg"):
        assert (results / name).read_bytes() == (alone / "results/mine" / name).read_bytes()


def test_a_module_draws_a_figure_of_ones_own(imported: Path) -> None:
    results = imported / "echoes/results/mine"
    for form in ("pdf", "svg", "png"):
        assert (results / f"figures/my_figure.{form}").stat().st_size > 1000
    assert (
        results / "figures/my_figure.txt"
    ).read_text() == "Accuracy at each position: gru_echo.\n"
    assert "figures/my_figure.svg" in read_manifest(results)["files"]


def test_a_module_publishes_with_the_code_of_ones_own(imported: Path) -> None:
    done = snakemake(imported, "echoseq_publish")
    assert done.returncode == 0, done.stderr
    published = imported / "echoes/results/published/mine"
    assert check(published, read_manifest(published)) == []
    for name in ("my_models.py", "my_figure.py"):
        assert (published / "source" / name).read_bytes() == (imported / name).read_bytes()
    graph = json.loads((published / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    jobs = [entity["name"] for entity in graph if entity["@id"].startswith("#job/")]
    assert "echoseq_train_seed: runs/gru_echo/seed-1/history.csv" in jobs


def test_nothing_is_made_twice_by_a_module(imported: Path) -> None:
    assert "Nothing to be done" in snakemake(imported, "--dry-run").stdout


def test_the_clone_may_be_in_the_folder(tmp_path: Path) -> None:
    """Its files have no prefix."""
    importing = own.WITH_PREFIX.replace(str(own.PROJECT), "echoseq")
    folder = new_folder(tmp_path / "folder", own.BUILT_IN, importing)
    clone = new_workspace(folder / "echoseq")
    targets = ("echoseq_page", "echoseq_publish")
    done = snakemake(folder, *DRY_RUN, *targets, PYTHONPATH=str(clone.folder / "src"))
    assert done.returncode == 0, done.stderr
    assert "echoseq_write_page" in done.stdout


@pytest.mark.parametrize("prefix", ["my echoes", "o'clock; $HOME (*) & -é"])
def test_runs_are_shared_where_a_path_needs_quotes(tmp_path: Path, prefix: str) -> None:
    """The twin's files are there, as if it had been trained."""
    experiment = own.BUILT_IN["experiments"]["gru_echo"]
    study = {**own.BUILT_IN, "experiments": {"one": experiment, "two": experiment}}
    importing = own.WITH_PREFIX.replace('prefix: "echoes"', f'prefix: "{prefix}"')
    folder = new_folder(tmp_path / "folder", study, importing)
    runs = folder / prefix / "results/mine/runs"
    (runs / "one/seed-1").mkdir(parents=True)
    for name in ("model.keras", "history.csv", "run.json", "timing.json"):
        (runs / "one/seed-1" / name).write_text(name)
    done = snakemake(folder, f"{prefix}/results/mine/runs/two/seed-1/run.json")
    assert done.returncode == 0, done.stderr
    assert {path.name: path.read_text() for path in (runs / "two/seed-1").iterdir()} == {
        path.name: path.name for path in (runs / "one/seed-1").iterdir()
    }


UNCONFIGURED = own.IMPORTING.replace('configfile: "my.yaml"\n', "")


def jobs(listing: str) -> dict[str, int]:
    """The number of jobs of each rule, from the end of a dry run."""
    lines = listing.rpartition("Job stats:")[2].splitlines()
    rows = [re.fullmatch(r"(\w+) +(\d+)", line) for line in lines]
    return {row[1].removeprefix("echoseq_"): int(row[2]) for row in rows if row}


def test_a_module_that_is_told_nothing_is_the_study(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "folder", snakefile=UNCONFIGURED)
    planned = snakemake(folder, *DRY_RUN)
    assert planned.returncode == 0, planned.stderr
    (folder / "my.yaml").write_text("{}\n")
    assert jobs(planned.stdout) == jobs(from_outside(folder, *DRY_RUN).stdout)
    assert jobs(planned.stdout)["train_0_to_4"] == 2


DRAWN = {"snapshot_seed": 6}
TRAINED = {**DRAWN, "train_seed": 6}


@pytest.mark.parametrize(
    ("target", "made"),
    [
        ("snapshot", DRAWN),
        ("train", TRAINED),
        ("evaluate", {**TRAINED, "held_out": 2, "evaluate_experiment": 2}),
    ],
)
def test_a_module_is_told_only_what_differs(
    tmp_path: Path, target: str, made: dict[str, int]
) -> None:
    """It makes what these names say, of the two published experiments without a question."""
    study = {"version": "fewer", "seeds": 3, "execution": {"seeds_per_job": 1}}
    folder = new_folder(tmp_path / "folder", study, own.IMPORTING)
    planned = snakemake(folder, *DRY_RUN, f"echoseq_{target}")
    assert planned.returncode == 0, planned.stderr
    assert jobs(planned.stdout) == {**made, target: 1, "total": sum(made.values()) + 1}


@pytest.mark.parametrize("snakefile", [own.IMPORTING, None])
def test_a_mistake_is_one_line_in_either_way(tmp_path: Path, snakefile: str | None) -> None:
    folder = new_folder(tmp_path / "folder", {"seds": 3}, snakefile)
    done = snakemake(folder, "--dry-run") if snakefile else from_outside(folder, "--dry-run")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("echoseq: ")]
    assert len(said) == 1
    assert said[0].startswith("echoseq: configuration: seds: unknown key")
    assert "Traceback" not in done.stderr


TWICE = "".join(
    f"""
module {name}:
    snakefile: "{own.PROJECT}/Snakefile"
    config: config["{name}"]
    prefix: "{name}"

use rule * from {name} as {name}_*
"""
    for name in ("one", "two")
)


def test_two_modules_do_not_share_a_configuration(tmp_path: Path) -> None:
    studies = {"one": own.BUILT_IN, "two": {**own.BUILT_IN, "version": "other", "seeds": 3}}
    folder = new_folder(tmp_path / "folder", studies, 'configfile: "my.yaml"\n' + TWICE)
    targets = ("one/results/mine/runs/gru_echo/seed-1/run.json", "two_train")
    planned = snakemake(folder, *DRY_RUN, *targets)
    assert planned.returncode == 0, planned.stderr
    found = jobs(planned.stdout)
    assert found["one_train_0_to_1"] == 1
    assert found["two_train_0_to_2"] == 1


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (None, "cannot import my_figure"),
        (own.FIGURE.replace("def draw", "def drawn"), "expected a function draw in my_figure"),
        (own.FIGURE.replace('"summary",', '"sumary",'), "expected TABLES in my_figure"),
        (own.FIGURE.replace('"study"', '"studies"'), "expected PART in my_figure, one of study"),
    ],
)
def test_a_figure_that_is_none_is_refused_in_one_line(
    tmp_path: Path, figure: str | None, said: str
) -> None:
    folder = new_folder(tmp_path / "folder", {**own.BUILT_IN, "figures": ["my_figure"]})
    if figure is not None:
        (folder / "my_figure.py").write_text(figure, encoding="utf-8")
    done = from_outside(folder, "--dry-run")
    assert done.returncode == 1
    assert f"echoseq: configuration: figures: {said}" in done.stderr
    assert "Traceback" not in done.stderr


def test_what_is_compared_nowhere_is_said(tmp_path: Path) -> None:
    (facts,) = own.BUILT_IN["experiments"].values()
    experiments = {"gru_echo": facts, "other": {**facts, "cells": 4, "compare_to": "gru_echo"}}
    folder = new_folder(tmp_path / "folder", {**own.BUILT_IN, "experiments": experiments})
    done = from_outside(folder, "--dry-run")
    assert done.returncode == 0, done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("echoseq: ")]
    assert said == [
        "echoseq: configuration: experiments.other.compare_to: only `extensions` makes "
        "comparisons, the study does not"
    ]


def test_a_python_that_scripts_cannot_start_with_is_refused_at_once(tmp_path: Path) -> None:
    """Snakemake would leave its path to the shell unquoted, and fail in every job."""
    folder = new_folder(tmp_path / "folder", own.BUILT_IN)
    python = tmp_path / "my python" / "python"
    python.parent.mkdir()
    python.symlink_to(sys.executable)
    packages = os.pathsep.join([str(own.PROJECT / "src"), *map(sysconfig.get_path, ["purelib"])])
    call = ("-m", "snakemake", "--cores", "1", "--snakefile", str(own.PROJECT / "Snakefile"))
    done = subprocess.run(
        [python, *call, "--configfile", "my.yaml", "--", "list_experiments"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": packages},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("echoseq: ")]
    assert len(said) == 1
    assert said[0].endswith(
        f"got {python}; clone echoseq into a folder without, and set it up there"
    )
    assert "Traceback" not in done.stderr
    assert not [*(folder / ".snakemake").glob("locks/*")]


def test_nothing_is_written_to_the_home_of_the_user(tmp_path: Path) -> None:
    """It may be full, or for reading only."""
    folder = new_folder(tmp_path / "folder", own.BUILT_IN)
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache"}
    done = from_outside(folder, "--", "list_experiments", **nowhere)
    assert done.returncode == 0, done.stderr
    assert (folder / "results/mine/tables/experiments.csv").is_file()


@pytest.mark.parametrize(
    ("profile", "said"),
    [
        ("slurm", "found no Slurm on this machine (no sbatch): run on a login node"),
        ("gridengine", "found no Grid Engine on this machine (no qsub): run on a submit host"),
    ],
)
def test_without_a_scheduler_its_profile_is_refused_at_once(
    tmp_path: Path, profile: str, said: str
) -> None:
    folder = new_folder(tmp_path / "folder", own.BUILT_IN)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("bash", "which"):  # what Snakemake and its plugin for Slurm call
        (programs / name).symlink_to(str(shutil.which(name)))
    options = ("--workflow-profile", str(own.PROJECT / "profiles" / profile))
    assert from_outside(folder, *options, "--dry-run", PATH=str(programs)).returncode == 0
    done = from_outside(folder, *options, PATH=str(programs))
    assert done.returncode == 1
    lines = [line for line in done.stderr.splitlines() if line.startswith("echoseq: ")]
    assert lines == [f"echoseq: {said}"]
    assert "Traceback" not in done.stderr
    assert not [*(folder / ".snakemake").glob("locks/*")]


# A storage plugin that is found, and not used.
STORAGE = """
from snakemake_interface_storage_plugins.storage_object import StorageObjectRead, StorageObjectWrite
from snakemake_interface_storage_plugins.storage_provider import StorageProviderBase


class StorageObject(StorageObjectRead, StorageObjectWrite): ...


class StorageProvider(StorageProviderBase): ...


StorageProvider.__abstractmethods__ = frozenset()
"""


def test_results_in_a_storage_are_refused_at_once(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "folder", own.BUILT_IN)
    plugin = folder / "snakemake_storage_plugin_shelf"
    plugin.mkdir()
    (plugin / "__init__.py").write_text(STORAGE, encoding="utf-8")
    shelf = ("--default-storage-provider", "shelf", "--default-storage-prefix", "shelf://results")
    done = Workspace(folder).run(
        *(sys.executable, "-m", "snakemake", "--cores", "1", *shelf),
        *("--snakefile", str(own.PROJECT / "Snakefile"), "--configfile", "my.yaml"),
        PYTHONPATH=f"{folder}:{own.PROJECT / 'src'}",
    )
    assert done.returncode == 1, done.stderr
    assert "\nechoseq: --default-storage-provider: expected none" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
