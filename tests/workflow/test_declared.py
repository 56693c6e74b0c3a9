"""Tables and figures as the workflow finds them, makes them and refuses them."""

import os
import re
import sys
from pathlib import Path

import pandas as pd
from workspaces import Workspace, smoke_arguments

from echoseq.tables.catalogue import PUBLISHED, TABLES, made_from, table_file


def test_tables_have_the_columns_that_they_declare(extended_study: Workspace) -> None:
    # Those beside published results are made by a target of their own: see tests/tables.
    for name in TABLES.keys() - made_from(PUBLISHED):
        for extensions in (False, True):
            path = extended_study.results() / table_file(name, extensions=extensions)
            assert list(pd.read_csv(path).columns) == list(TABLES[name].columns), path


NEW = {
    "tables/spread.py": """
SOURCE = "predictions"
ROW = "experiment"
SETTINGS = ()
COLUMNS = {"experiment": "its name"}
""",
    "figures/spread.py": """
import no_such_module
TABLES = ("seeds",)
PART = "study"
""",
    "networks/architectures/spread.py": """
import no_such_module
STEP_BY_STEP = False
USES_MASK = False
HAS_MEMORY = True
OPTIONS = ()
SENTENCE = "is new"
""",
}


def test_what_is_new_is_found_by_its_file_alone(workspace: Workspace) -> None:
    for name, text in NEW.items():
        (workspace.folder / "src/echoseq" / name).write_text(text)
    found = workspace.run(
        sys.executable,
        "-c",
        "from echoseq.tables.catalogue import TABLES\n"
        "from echoseq.figures.catalogue import FIGURES\n"
        "from echoseq.study.architectures import ARCHITECTURES\n"
        "print([c['spread'].__class__.__name__ for c in (TABLES, FIGURES, ARCHITECTURES)])",
    )
    assert found.returncode == 0, found.stderr
    assert found.stdout.strip() == "['Table', 'Description', 'Architecture']"
    listed = workspace.snakemake("--list-rules").stdout.split()
    assert "spread" in listed


def test_every_rule_is_described_in_a_line(workspace: Workspace) -> None:
    lines = workspace.snakemake("--list-rules").stdout.splitlines()
    described = [re.fullmatch(r"(\w+) \(([A-Z].*\.)\)", line) for line in lines]
    assert [line for line, found in zip(lines, described, strict=True) if not found] == []
    texts = [found[2] for found in described if found]
    # Rules made in a loop share a line: blocks of seeds and of experiments, and figures.
    shared = {text for text in texts if texts.count(text) > 1}
    assert len(shared) <= 5, shared


def test_a_damaged_table_is_not_drawn(smoke_copy: Workspace) -> None:
    """A digit that changed, with the old time of the file: Snakemake itself would not notice."""
    table = smoke_copy.results() / "tables/echoes.csv"
    text = table.read_text()
    table.write_text(text[:-2] + chr(ord(text[-2]) ^ 1) + "\n")
    done = smoke_copy.snakemake("--forcerun", "echoes", targets=["echoes"])
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if line.startswith("echoseq: ")]
    assert said[0].startswith("echoseq: results/smoke/tables/echoes.csv: damaged")
    assert not (smoke_copy.results() / "figures/echoes.pdf").exists()


def test_a_figure_passes_the_unit_test_that_snakemake_makes_of_it(smoke_copy: Workspace) -> None:
    """It is drawn from nothing but what its rule declares, with the configuration as it was."""
    arguments = smoke_arguments("--generate-unit-tests", "units", targets=["echoes"], cores=1)
    made = smoke_copy.run(sys.executable, "-m", "snakemake", *arguments)
    assert made.returncode == 0, made.stderr
    tests = smoke_copy.folder / "units"
    copied = {path.name for path in (tests / "echoes/data/results/smoke/tables").iterdir()}
    assert copied == {"echoes.csv", "echoes.csv.sha256"}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = smoke_copy.run(sys.executable, "-m", "pytest", "units/test_echoes.py", PATH=path)
    assert done.returncode == 0, done.stdout
