"""The layout of a version: one kind for each file, its class, and one owner of the names."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from workspaces import PROJECT

from echoseq.code import parsed
from echoseq.figures.catalogue import FIGURES, FORMATS
from echoseq.layout import KINDS, PAGE, class_of, is_listed, is_rewritten, kind_of, owner_of, shown
from echoseq.package import package_folder
from echoseq.places import MODEL, RUN_FILES, run_folder
from echoseq.provenance.manifest import read_manifest
from echoseq.tables.catalogue import TABLES, table_file

OWNERS = ("layout.py", "places.py")
PUBLISHED = max(path.parent for path in PROJECT.glob("results/published/*/manifest.json"))


@pytest.mark.parametrize(
    ("path", "here", "elsewhere"),
    [
        ("tables/seeds.csv", "exact", "numeric"),
        ("runs/full_echo/seed-0/run.json", "exact", "numeric"),
        ("figures/echoes.svg", "exact", "numeric"),
        ("data/full/seed-0.npz", "exact", "exact"),
        ("data/full/probes.npz", "exact", "exact"),
        ("runs/full_echo/probes.npz", "numeric", "numeric"),
        ("tables/probes.csv", "numeric", "numeric"),
        ("runs/full_echo/ablations.npz", "numeric", "numeric"),
        ("tables/ablations.csv", "numeric", "numeric"),
        ("tables/ablations_of_seeds.csv", "numeric", "numeric"),
        ("tables/probes_of_seeds.csv", "numeric", "numeric"),
        ("tables/answers.csv", "numeric", "numeric"),
        ("figures/memory.svg", "numeric", "numeric"),
        ("tables/extensions/seeds.csv", "exact", "numeric"),
        ("tables/experiments.csv", "exact", "exact"),
        ("figures/my_own.txt", "exact", "numeric"),
        ("page.html", "numeric", "numeric"),
        ("paper.pdf", "volatile", "volatile"),
        ("environment.json", "volatile", "volatile"),
        ("config.yaml", "exact", "exact"),
        ("runs/full_echo/seed-0/model.keras", "volatile", "volatile"),
        ("runs/full_echo/seed-0/timing.json", "volatile", "volatile"),
        ("benchmarks/train/full_echo/seed-0.tsv", "volatile", "volatile"),
        ("benchmarks/training_seconds.csv", "volatile", "volatile"),
        ("benchmarks/notes.txt", "volatile", "volatile"),
        ("logs/train/full_echo/seed-0.log", "volatile", "volatile"),
        ("report/study/seeds.html", "volatile", "volatile"),
        ("report.zip", "volatile", "volatile"),
        ("runs.json", "exact", "numeric"),
        ("Snakefile", "exact", "exact"),
        ("source/my_models/gru.py", "exact", "exact"),
        ("notes.txt", "exact", "numeric"),
        ("ro-crate-metadata.json", "volatile", "volatile"),
    ],
)
def test_classes(path: str, here: str, elsewhere: str) -> None:
    assert class_of(path, bits_promised=True) == here
    assert class_of(path, bits_promised=False) == elsewhere


def test_published_files_have_the_classes_that_they_were_published_with() -> None:
    """In the last version: files of earlier ones may have another class now."""
    manifest = read_manifest(PUBLISHED)
    listed = manifest["files"] | manifest["published"]
    assert {
        path: entry["class"]
        for path, entry in listed.items()
        if kind_of(path) is None
        or entry["class"] != class_of(path, bits_promised=manifest["bits_promised"])
    } == {}


def known_paths() -> list[str]:
    """A path of every kind, and those of all tables and figures."""
    tables = [table_file(name, extensions=added) for name in TABLES for added in (False, True)]
    figures = [f"figures/{name}.{form}" for name in FIGURES for form in FORMATS]
    runs = [f"{run_folder('full_echo', 3)}/{name}" for name in RUN_FILES]
    return [*(kind.path.replace("...", "a/b") for kind in KINDS), *tables, *figures, *runs]


@pytest.mark.parametrize("path", dict.fromkeys(known_paths()))
def test_every_path_is_of_one_kind(path: str) -> None:
    found = [kind for kind in KINDS if kind.names_in(path) is not None]
    assert found == [kind_of(path)]
    assert is_listed(path) == found[0].listed
    assert not is_rewritten(path) or found[0].promise == "volatile"


@pytest.mark.parametrize(
    "path",
    [
        *("runs/a/b/seed-12/history.csv", "runs/a/seed-/history.csv", "runs/a/seed-1/history_csv"),
        *("old/runs/a/seed-1/history.csv", "logs/", "logsxyz", "data/full/seed-0", "config.yml"),
    ],
)
def test_a_name_stands_for_one_part_of_a_path(path: str) -> None:
    assert kind_of(path) is None


def test_the_names_in_a_path_are_found() -> None:
    path = "runs/full_echo/seed-12/run.json"
    kind = kind_of(path)
    assert kind is not None
    assert kind.names_in(path) == {"experiment": "full_echo", "seed": "12"}
    assert kind.path.format(experiment="full_echo", seed=12) == path
    assert shown(kind.path) == "runs/<experiment>/seed-<n>/run.json"


@pytest.mark.parametrize("path", [".hidden", "runs/.a/x", "runs/a/seed-1/.run.json.tmp"])
def test_what_is_hidden_in_any_folder_is_not_listed(path: str) -> None:
    assert not is_listed(path)


def test_dots_at_the_end_stand_for_whatever_follows() -> None:
    logs = kind_of("logs/a.log")
    assert logs is not None
    assert kind_of("logs/train/a/seed-0.log") is logs


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("runs/full_echo/seed-12/run.json", ("runs", "full_echo", 12)),
        ("runs/full_echo/predictions.npz", ("runs", "full_echo", None)),
        ("data/full/seed-0.npz", ("data", "full", 0)),
        ("data/full/evaluation.npz", ("data", "full", None)),
        ("tables/seeds.csv", None),
        ("old/runs/full_echo/seed-1/run.json", None),
    ],
)
def test_files_of_runs_and_data_have_an_owner(
    path: str, owner: tuple[str, str, int | None] | None
) -> None:
    assert owner_of(path) == owner


def test_the_rules_that_make_files_are_there() -> None:
    texts = [path.read_text(encoding="utf-8") for path in PROJECT.glob("workflow/rules/*.smk")]
    named = set(re.findall(r"^(?:rule|use rule \w+ as) (\w+)", "\n".join(texts), re.MULTILINE))
    rules = {rule for kind in KINDS for rule in kind.rules if not set("*{") & set(rule)}
    assert rules <= named
    assert {"describe", "manifest", "paper"} < rules


def spelled_out(source: Path) -> Iterator[str]:
    """The texts in a module that could be paths or parts of them: no docstrings, no sentences."""
    for node in ast.walk(parsed(source)):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and re.fullmatch(r"[\w./<>{}-]+", text):
            yield text


# Names of files, and beginnings of paths. The template of the page is named after it.
NAMES = {kind.path.rpartition("/")[2] for kind in KINDS} - {"..."}
APART = {"documents/page/writing.py": {PAGE}}
BEGINNINGS = re.compile(r"(runs|data|tables|figures|logs|benchmarks|checkpoints|report)/|seed-")


@pytest.mark.parametrize(
    "module",
    [path for path in sorted(package_folder().rglob("*.py")) if path.name not in OWNERS],
    ids=lambda path: path.relative_to(package_folder()).as_posix(),
)
def test_only_the_layout_spells_paths_out(module: Path) -> None:
    texts = {text for text in spelled_out(module) if text in NAMES or BEGINNINGS.match(text)}
    assert texts == APART.get(module.relative_to(package_folder()).as_posix(), set())


def test_names_that_must_not_be_spelled_out_are_those_of_files() -> None:
    assert {MODEL, "config.yaml", "runs.json", "predictions.npz", "page.html"} <= NAMES
    assert list(spelled_out(package_folder() / "places.py")).count(MODEL) == 1
