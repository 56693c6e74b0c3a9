"""The code behind a step: what a change to a module re-runs."""

import ast
import json
import pkgutil
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pytest

import echoseq
from echoseq.versions import environment as provenance
from echoseq.versions.environment import code_closure, environment, package_folder

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "workflow" / "scripts"
PACKAGE = package_folder()
SOURCES = sorted(PACKAGE.rglob("*.py"))
MODULES = [
    module.name
    for module in pkgutil.walk_packages(echoseq.__path__, "echoseq.")
    if not module.ispkg
]
# The only modules that load TensorFlow: tables, figures and the command line start without it.
LOADING = {"backend", "coding", "models", "training", "evaluation", "runs"}
TENSORFLOW = {f"echoseq.{name}" for name in LOADING}
LIGHT = [name for name in MODULES if name not in TENSORFLOW]
FIGURES = sorted(path.stem for path in (PACKAGE / "figures").glob("[!_]*.py"))


def module_path(name: str) -> Path:
    return PACKAGE.joinpath(*name.split(".")[1:]).with_suffix(".py")


def closure(source: Path) -> set[str]:
    """The dotted names, without the package, of the modules behind a source file."""
    paths = code_closure([source])
    return {".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in paths}


# code_closure, on a package made for it


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package in which a imports b, b imports sub.c and d, and d imports b again."""
    folder = tmp_path / "echoseq"
    (folder / "sub").mkdir(parents=True)
    sources = {
        "__init__.py": "import echoseq.unrelated\n",
        "a.py": "import os\n\nfrom echoseq.b import thing\n",
        "b.py": "import echoseq.sub.c as c\n\n\ndef late():\n    from echoseq import d\n",
        "d.py": "import echoseq.b\n",
        "sub/__init__.py": "",
        "sub/c.py": "import numpy\nimport echoseqlike.e\n",
        "e.py": "",
        "unrelated.py": "",
    }
    for name, text in sources.items():
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(provenance, "package_folder", lambda: folder)
    return folder


def test_imports_are_followed_through_modules_functions_and_cycles(package):
    expected = [package / name for name in ("a.py", "b.py", "d.py", "sub/c.py")]
    assert code_closure([package / "a.py"]) == expected


def test_a_script_outside_the_package_is_not_part_of_its_own_closure(package, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from echoseq import e\nfrom echoseq.sub.c import x\n", encoding="utf-8")
    assert code_closure([script]) == [package / "e.py", package / "sub/c.py"]


def test_the_closure_of_several_sources_is_that_of_each_together(package):
    both = code_closure([package / "e.py", package / "d.py"])
    assert both == sorted({*code_closure([package / "d.py"]), package / "e.py"})


def test_a_source_without_imports_depends_on_itself_alone(package):
    assert code_closure([package / "unrelated.py"]) == [package / "unrelated.py"]
    assert code_closure([]) == []


# code_closure, on this package


def test_training_depends_on_what_computes_it_and_on_no_more():
    behind = closure(SCRIPTS / "train.py")
    used = {"training", "models", "coding", "snapshots", "streams", "sequences", "backend"}
    assert used <= behind
    assert not {name for name in behind if name.startswith("figures")}
    without = {"statistics", "study", "cli", "listing", "evaluation", "predictions", "records"}
    without |= {"answers"}
    assert behind.isdisjoint(without)


def test_there_are_figures():
    assert {"learning_curves", "position_accuracy", "echoes"} <= set(FIGURES)
    assert {"differences", "cost", "longer_echoes"} <= set(FIGURES)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_depends_on_no_training_and_on_no_other_figure(figure):
    behind = closure(PACKAGE / "figures" / f"{figure}.py")
    assert f"figures.{figure}" in behind
    assert behind.isdisjoint(LOADING)
    assert {n for n in behind if n.startswith("figures")} <= {f"figures.{figure}", "figures.style"}


@pytest.mark.parametrize(
    "script",
    [
        *("snapshot", "learning", "summarize", "figure", "describe"),
        *("compare", "answer", "timing"),
    ],
)
def test_steps_other_than_training_and_evaluation_do_without_tensorflow(script):
    behind = closure(SCRIPTS / f"{script}.py")
    assert "logs" in behind
    assert behind.isdisjoint(LOADING)


def test_no_two_modules_import_each_other():
    behind = {name: closure(module_path(name)) for name in MODULES}
    short = {name: name.removeprefix("echoseq.") for name in MODULES}
    circles = [
        (one, other)
        for one, other in permutations(MODULES, 2)
        if short[other] in behind[one] and short[one] in behind[other]
    ]
    assert circles == []


@pytest.mark.parametrize("source", [*SOURCES, *sorted(SCRIPTS.glob("*.py"))], ids=lambda p: p.stem)
def test_imports_are_absolute(source):
    """The closure does not follow relative imports."""
    nodes = ast.walk(ast.parse(source.read_text(encoding="utf-8")))
    assert all(node.level == 0 for node in nodes if isinstance(node, ast.ImportFrom))


@pytest.mark.parametrize(
    "source", sorted(PACKAGE.rglob("__init__.py")), ids=lambda p: p.parent.name
)
def test_an_init_file_holds_a_docstring_and_constants_only(source):
    """The closure leaves these files out, so nothing in them may change a result."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    for node in tree.body[1:]:
        assert isinstance(node, ast.Assign | ast.AnnAssign)
        ast.literal_eval(node.value)


def test_every_folder_of_the_package_has_an_init_file():
    folders = {path.parent for path in SOURCES}
    assert folders == {path.parent for path in PACKAGE.rglob("__init__.py")}


# What importing loads

IMPORT_EACH = """
import importlib, json, sys

class Refusal:
    def find_spec(self, name, *_):
        if name.split(".")[0] in ("tensorflow", "keras"):
            asked.append(name)
            raise ImportError(name)

sys.meta_path.insert(0, Refusal())
report = {}
for name in sys.argv[1:]:
    asked = []
    for loaded in [n for n in sys.modules if n.split(".")[0] == "echoseq"]:
        del sys.modules[loaded]
    try:
        importlib.import_module(name)
    except ImportError:
        if not asked:
            raise
    ours = [m.__file__ for n, m in sys.modules.items() if n.split(".")[0] == "echoseq"]
    report[name] = [ours, asked]
print(json.dumps(report))
"""


@pytest.fixture(scope="module")
def loaded():
    """For each module, the package's files that a fresh import loads, and what it may not load.

    TensorFlow and Keras are refused, so that a module that asks for them is not helped by another
    one that has loaded them already.
    """
    command = [sys.executable, "-c", IMPORT_EACH, *MODULES]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def test_modules_that_train_or_evaluate_load_tensorflow(loaded):
    assert {name for name in TENSORFLOW if loaded[name][1]} == TENSORFLOW


def test_the_command_line_is_among_the_modules_that_start_fast():
    assert "echoseq.cli" in LIGHT


@pytest.mark.parametrize("name", LIGHT)
def test_importing_a_module_does_not_import_tensorflow(loaded, name):
    assert loaded[name][1] == []


@pytest.mark.parametrize("name", LIGHT)
def test_the_closure_of_a_module_holds_all_that_importing_it_loads(loaded, name):
    ours = {Path(file) for file in loaded[name][0] if Path(file).name != "__init__.py"}
    assert module_path(name) in ours
    assert ours <= set(code_closure([module_path(name)]))


# environment


def test_the_environment_names_the_software_that_bears_on_results():
    found = environment()
    assert {"keras", "numpy", "pandas", "tensorflow"} <= set(found["packages"])
    assert all(version[0].isdigit() for version in found["packages"].values())
    assert found["python"] == ".".join(map(str, sys.version_info[:3]))
    assert found["cpu"]
    assert json.loads(json.dumps(found)) == found


def test_the_environment_holds_only_variables_that_change_numbers(monkeypatch):
    """TF_ also begins the names of variables of another program, which hold secrets."""
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "1")  # overridden when TensorFlow is loaded
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_max_isa=AVX2")
    for name in ("SECRET_TOKEN", "TF_TOKEN_app_example", "TF_CLI_CONFIG_FILE"):
        monkeypatch.setenv(name, "hidden")
    variables = environment()["variables"]
    assert variables["TF_ENABLE_ONEDNN_OPTS"] == "0"
    assert variables["ONEDNN_MAX_CPU_ISA"] == "AVX2"
    assert variables["XLA_FLAGS"] == "--xla_cpu_max_isa=AVX2"
    assert "hidden" not in variables.values()


def test_the_environment_is_the_same_on_repetition():
    assert environment() == environment()
