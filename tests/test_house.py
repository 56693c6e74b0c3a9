"""The house: short modules and functions, tests that mirror the rooms, what each loads.

That rooms import in one direction is checked by import-linter: `make lint-imports`.
"""

import ast
import sys
from pathlib import Path

import pytest
from workspaces import PROJECT

from echoseq.code import code_closure, parsed
from echoseq.package import package_folder

PACKAGE = package_folder()
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.name != "__init__.py")
LONGEST = 330  # lines of a module
LONGEST_FUNCTION = 40


def room(module: Path) -> str:
    parts = module.relative_to(PACKAGE).parts
    if len(parts) > 1:
        return parts[0]
    return "top" if parts[0] in ("cli.py", "commands.py") else "ground"


def test_no_module_is_too_long() -> None:
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lines.items() if n > LONGEST} == {}


def test_no_function_is_too_long() -> None:
    lines = {
        f"{path.relative_to(PACKAGE)}: {node.name}": node.end_lineno - node.lineno + 1
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
    }
    assert {name: n for name, n in lines.items() if n > LONGEST_FUNCTION} == {}


def test_the_tests_mirror_the_rooms() -> None:
    rooms = {room(module) for module in MODULES} - {"ground", "top"}
    assert rooms <= {path.name for path in (PROJECT / "tests").iterdir() if path.is_dir()}


def test_the_layout_is_on_the_ground_and_no_part_of_training() -> None:
    """Training knows `places` alone, so that a further kind of file trains nothing."""
    layout, places = PACKAGE / "layout.py", PACKAGE / "places.py"
    modules = code_closure([layout])
    assert {room(module) for module in modules} == {"ground"}
    assert set().union(*map(loaded, modules)) <= {*sys.stdlib_module_names, "echoseq"}
    for script in ("snapshot.py", "train.py", "evaluate.py", "probe.py", "tables.py", "figure.py"):
        behind = code_closure([PROJECT / "workflow/scripts" / script])
        assert layout not in behind, script
        assert places in behind, script


def loaded(source: Path) -> set[str]:
    """The packages that a module imports, at the top or in a function."""
    names = set()
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


@pytest.mark.parametrize("script", sorted((PROJECT / "workflow/scripts").glob("*.py")))
def test_only_probes_load_scikit_learn(script: Path) -> None:
    """It takes a second and a half, as long as training for a few hundred epochs."""
    modules = [script, *code_closure([script])]
    modules += (PACKAGE / "networks/architectures").glob("*.py")  # loaded by name
    found = "sklearn" in set().union(*map(loaded, modules))
    assert found == (script.name == "probe.py")


def test_what_probes_read_is_known_without_classifiers_or_tensorflow() -> None:
    modules = code_closure([PACKAGE / "tables/probes.py", PACKAGE / "tables/sources/probes.py"])
    assert not {"sklearn", "keras", "tensorflow"} & set().union(*map(loaded, modules))
