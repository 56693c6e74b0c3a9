"""What rules say of themselves in `snakemake --list-rules`: each its own, and true."""

import re
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

import pytest
from workspaces import PROJECT, Workspace, new_workspace

from echoseq.code import parsed
from echoseq.documents.rulegraph import shortened
from echoseq.figures.catalogue import FIGURES, drawing
from echoseq.layout import KINDS
from echoseq.package import package_folder
from echoseq.places import experiment_of

# A word of what is made, for each kind of file that a rule with a name of its own makes.
WORDS = {
    "config.yaml": "configuration",
    "environment.json": "environment",
    "manifest.json": "manifest",
    "data/{task}/seed-{seed}.npz": "training sequences",
    "data/{task}/evaluation.npz": "held-out sequences",
    "data/{task}/probes.npz": "sequences .* probes",
    "runs/{experiment}/seed-{seed}/model.keras": "Train|Copy .* run",
    "runs/{experiment}/predictions.npz": "answer the held-out sequences",
    "runs/{experiment}/probes.npz": "Probe",
    "runs/{experiment}/ablations.npz": "something taken away",
    "tables/{table}.csv": "table",
    "tables/extensions/{table}.csv": "tables .* all experiments",
    "benchmarks/{table}.csv": "tables of how long",
    "paper.pdf": "paper",
    "page.html": "page",
}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return new_workspace(tmp_path_factory.mktemp("rules") / "workspace")


@pytest.fixture(scope="module")
def said(fresh: Workspace) -> dict[str, str]:
    """What each rule of the smoke study says."""
    done = fresh.snakemake("--list-rules")
    assert done.returncode == 0, done.stderr
    found = re.findall(r"^(\w+)(?: \((.*)\))?$", done.stdout, flags=re.MULTILINE)
    return dict(found)


@pytest.fixture(scope="module")
def jobs(fresh: Workspace) -> list[tuple[str, list[str], int]]:
    """Of each job behind the extensions: its rule, outputs and priority."""
    done = fresh.snakemake("--dry-run", targets=["extensions"])
    assert done.returncode == 0, done.stderr
    blocks = re.split(r"^ *(?:local)?rule (\w+):$", done.stdout, flags=re.MULTILINE)
    found = []
    for rule, text in zip(blocks[1::2], blocks[2::2], strict=True):
        if made := re.search(r"^ *output: (.*)", text, re.MULTILINE):
            priority = re.search(r"^ *priority: (\d+)", text, re.MULTILINE)
            found.append((rule, made[1].split(", "), int(priority[1]) if priority else 0))
    return found


@pytest.fixture(scope="module")
def outputs(jobs: list[tuple[str, list[str], int]]) -> dict[str, list[str]]:
    """The outputs of the first job of each rule behind the extensions."""
    return {rule: paths for rule, paths, _ in reversed(jobs)}


def test_no_two_rules_say_the_same(said: dict[str, str]) -> None:
    assert [text for text, rules in Counter(said.values()).items() if rules > 1] == []
    assert {rule for rule, text in said.items() if not re.fullmatch(r"[A-Z].+\.", text)} == set()


def test_rules_name_what_they_make(said: dict[str, str]) -> None:
    kinds = {kind.path: kind.rules for kind in KINDS}
    assert WORDS.keys() <= kinds.keys()
    tested = set()
    for path, words in WORDS.items():
        for rule, text in said.items():
            if any(fnmatch(rule, pattern) for pattern in kinds[path]):
                assert re.search(words, text), f"{rule}: {text}"
                tested.add(rule)
    assert {"train_0_to_1", "evaluate_longer_0", "compare", "learning_extensions"} <= tested


def test_rules_of_figures_say_what_is_drawn(said: dict[str, str]) -> None:
    drawn = set(FIGURES) & said.keys()
    assert len(drawn) > 10
    for figure in drawn:
        summary = parsed(package_folder() / f"figures/{figure}.py").body[0].value.value
        assert said[figure].removeprefix("Draw ")[1:] == summary.partition("\n")[0][1:]
        assert said[figure] == drawing(figure)


def test_rules_of_several_seeds_or_experiments_name_them(
    said: dict[str, str], outputs: dict[str, list[str]]
) -> None:
    """As in what they make."""
    blocks = {rule for rule in outputs if re.search(r"_\d+$", rule)}
    assert {"train_0_to_1", "snapshot_0_to_1", "evaluate_longer_0", "share_longer_0"} <= blocks
    for rule in blocks:
        made = "\n".join(outputs[rule])
        if "_to_" in rule:
            seeds = sorted(set(map(int, re.findall(r"seed-(\d+)", made))))
            assert f"seeds {seeds[0]} to {seeds[-1]}" in said[rule]
        else:
            names = list(dict.fromkeys(re.findall(r"runs/([^/]+)/", made)))
            assert len(names) == 1 or f" {len(names)} experiments, " in said[rule]
            assert names[0] in said[rule]
            assert names[-1] in said[rule]


def test_what_trains_longest_starts_first(jobs: list[tuple[str, list[str], int]]) -> None:
    """Or other cores wait for it at the end; and so do the sequences that it waits for."""
    training = {paths[0]: rank for rule, paths, rank in jobs if rule.startswith("train_")}
    ranks = {experiment_of(Path(path).parent): rank for path, rank in training.items()}
    drawing = {paths[0]: rank for rule, paths, rank in jobs if rule.startswith("snapshot_")}
    assert ranks["full_echo"] > ranks["full_memoryless"] > 0  # more epochs
    assert ranks["longer_3_of_5_10"] > ranks["longer_3_of_5_5"]  # more cells
    tasks = {Path(path).parent.name: rank for path, rank in drawing.items()}
    assert tasks["partial"] == ranks["partial_echo"]
    assert max(tasks.values()) == max(ranks.values())
    drawn = "train_|snapshot_|held_out|probe_data|describe"
    assert {rank for rule, _, rank in jobs if not re.match(drawn, rule)} == {0}


def test_the_configuration_is_written_before_anything_trains(
    jobs: list[tuple[str, list[str], int]],
) -> None:
    """Or those who look at a version meanwhile find none, or an earlier one."""
    (first,) = (rank for rule, _, rank in jobs if rule == "describe")
    assert first > max(rank for rule, _, rank in jobs if rule != "describe")


def test_the_graph_of_rules_is_up_to_date(fresh: Workspace) -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    (call,) = re.findall(r"/snakemake ([^|]* --rulegraph [^|]*)\|", makefile)
    done = fresh.run_snakemake(*call.replace("\\\n", " ").split())
    assert done.returncode == 0, done.stderr
    readme = (PROJECT / "workflow/README.md").read_text(encoding="utf-8")
    assert shortened(done.stdout) in readme, "run make docs"
