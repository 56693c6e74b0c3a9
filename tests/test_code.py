"""The code behind a step: what a change to a module re-runs."""

import ast
import json
import os
import pkgutil
import re
import subprocess
import sys
import tempfile
from itertools import permutations
from pathlib import Path

import pytest
from workspaces import PROJECT

import echoseq
from echoseq import code
from echoseq.code import LOOKS_AT_TEXT, Notes, code_closure, code_digest
from echoseq.evaluation.formats.catalogue import FORMATS
from echoseq.figures.catalogue import FIGURES
from echoseq.package import package_folder
from echoseq.study.ablated import FAMILIES
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.probed import PROBED
from echoseq.trackers.catalogue import TRACKERS

ROOT = PROJECT
SCRIPTS = ROOT / "workflow" / "scripts"
PACKAGE = package_folder()
SOURCES = sorted(PACKAGE.rglob("*.py"))
MODULES = [
    module.name
    for module in pkgutil.walk_packages(echoseq.__path__, "echoseq.")
    if not module.ispkg and module.name.removeprefix("echoseq.trackers.") not in TRACKERS
]  # those of trackers load extras, which tests/exports/ has
# The only modules that load TensorFlow: tables, figures and the command line start without it.
LOADING = {
    *("networks.backend", "networks.coding", "networks.building", "networks.contract"),
    *("networks.layers", "networks.encoder_decoders", "training.activations"),
    *(
        "training.forward",
        "training.layers",
        "training.attending",
        "training.losses",
        "training.products",
        "training.cells",
        "training.recurrence",
        "training.scanning",
        "training.stepping",
        "training.loop",
        "training.runs",
    ),
    *("evaluation.answering", "evaluation.recurrent", "evaluation.probing"),
    *("evaluation.exporting", "evaluation.loading", "evaluation.trials", "networks.weights"),
    *("evaluation.optimizer_trials", "training.optimizers", "training.teaching"),
    *("evaluation.formats.exporting", "evaluation.formats.network"),
    *(f"evaluation.formats.{name}" for name in FORMATS),
    *(f"networks.architectures.{name}" for name in ARCHITECTURES),
    *(f"evaluation.probed.{name}" for name in PROBED),
    *("evaluation.ablating", "evaluation.switching", "evaluation.inside_trials"),
    *(f"evaluation.ablated.{name}" for name in FAMILIES),
}
TENSORFLOW = {f"echoseq.{name}" for name in LOADING}
LIGHT = [name for name in MODULES if name not in TENSORFLOW]


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
    monkeypatch.setattr(code, "package_folder", lambda: folder)
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


def test_a_source_without_imports_depends_only_on_itself(package):
    assert code_closure([package / "unrelated.py"]) == [package / "unrelated.py"]
    assert code_closure([]) == []


# code_digest


def digest(folder: Path, text: str | bytes, name: str = "source.py") -> str:
    """The digest of a file outside the package that holds this text."""
    path = Path(tempfile.mkdtemp(dir=folder)) / name  # what is known of a file is kept by its time
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return code_digest([path])


PROGRAM = '''"""A module."""

import math

LIMIT = 5  # at most


class Net:
    """A net."""

    cells = 3
    """How many."""

    def build(self, rate=0.1):
        """Build it."""


async def train(net, *, name="x"):
    """Train."""
    for i in range(3):
        """In the middle."""
        print(f"{i:>{LIMIT}} {name!r}", net, u"y")
    return {"a": 1, **net}, -0.0, None, True, ...
'''

REMARKS = {
    "the docstring of a module": ('"""A module."""', '"""Another."""'),
    "of a class": ("A net.", "A network, which is\n    longer."),
    "of an attribute": ("How many.", "So many."),
    "of a method, its only statement": ("Build it.", "Construct it."),
    "of an asynchronous function": ("Train.", "Teach."),
    "a string in the middle": ("In the middle.", "There."),
    "no docstring": ('        """Build it."""', "        pass"),
    "a comment": ("# at most", "# or fewer"),
    "no comment": ("  # at most", ""),
    "one more": ("import math\n", "import math  # for later\n# and so on\n"),
    "a docstring in other quotes": ('"""Train."""', "r'Train.'"),
    "layout": ('net, *, name="x"', "\n    net,\n    *,\n    name='x',\n"),
    "brackets": ("range(3)", "(range((3)))"),
    "empty lines": ("\n\n", "\n\n\n"),
    "other ends of lines": ("\n", "\r\n"),
    "digits": ("0.1", "1e-1"),
}


@pytest.mark.parametrize("remark", REMARKS)
def test_remarks_and_layout_do_not_change_the_digest(tmp_path, remark):
    before, after = REMARKS[remark]
    changed = PROGRAM.replace(before, after)
    assert changed != PROGRAM
    assert digest(tmp_path, changed) == digest(tmp_path, PROGRAM)


CHANGES = {
    "a number": ("LIMIT = 5", "LIMIT = 6"),
    "its type": ("LIMIT = 5", "LIMIT = 5.0"),
    "its sign": ("-0.0", "+0.0"),
    "a truth for a number": ("LIMIT = 5", "LIMIT = True"),
    "a name": ("LIMIT = 5", "LIMITS = 5"),
    "a default": ("rate=0.1", "rate=0.2"),
    "no default": ("rate=0.1", "rate"),
    "a default of a keyword": ('name="x"', 'name="z"'),
    "a decorator": ("    def build", "    @staticmethod\n    def build"),
    "a base": ("class Net:", "class Net(dict):"),
    "an import": ("import math", "import cmath"),
    "a key": ('"a": 1', '"b": 1'),
    "a format": (":>{LIMIT}", ":<{LIMIT}"),
    "a conversion": ("{name!r}", "{name!s}"),
    "a text that is passed on": ('u"y"', 'u"# y"'),
    "a text that is printed": ('"""In the middle."""', 'print("In the middle.")'),
    "a text that is kept": ("    cells = 3", '    cells = "3"'),
    "what comes first": ("-0.0, None", "None, -0.0"),
    "an async function": ("async def", "def"),
    "a line less": ("    cells = 3\n", ""),
    "a line in the loop": ("    return {", "        return {"),
    "no value": ("True, ...", "True, None"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_program_does_changes_the_digest(tmp_path, change):
    before, after = CHANGES[change]
    changed = PROGRAM.replace(before, after)
    assert changed != PROGRAM
    assert digest(tmp_path, changed) != digest(tmp_path, PROGRAM)


def test_programs_that_look_alike_have_different_digests(tmp_path):
    programs = [
        *("f(a, b)", "f((a, b))", "f(a)(b)", "f(a), b", "f(*a, b)", "f(a, *b)", "f(a, b=b)"),
        *("a = b = c", "a = b; b = c", "a = (b, c)", "a, b = c", "a == b == c", "(a == b) == c"),
        *("if a: b", "if a: pass\nb", "if a: pass\nelse: b", "while a: b", "for a in b: pass"),
        *("'a' + b", "'a', b", "f'a{b}'", "f'{a}b'", "f'{a!r}b'", "f'a' + b", "b'a' + b"),
        *("lambda a, /: b", "lambda a: b", "lambda *, a: b", "lambda a=b: b"),
        *("", "...", "a", "'a'; a; a"),
    ]
    assert len({digest(tmp_path, program) for program in programs}) == len(programs)


@pytest.mark.parametrize(
    "way", ["build.__doc__", "getattr(build, '__doc__')", "inspect.getdoc(build)"]
)
def test_where_a_program_reads_its_docstrings_they_count(tmp_path, way):
    program = f"def build():\n    '''tanh'''\n\n\nACTIVATION = {way}\n"
    assert digest(tmp_path, program) != digest(tmp_path, program.replace("tanh", "relu"))


def test_the_steps_of_the_study_do_not_read_their_docstrings():
    """Or a reworded docstring of theirs would train."""
    sources = [*SCRIPTS.glob("*.py"), *code_closure(SOURCES)]
    looking = {path.name for path in sources if not LOOKS_AT_TEXT.isdisjoint(lines_of(path))}
    assert looking == {"cli.py", "optimizer_trials.py"}  # signatures of Keras's


def lines_of(path: Path) -> list[str]:
    return list(code._spelled_out(ast.parse(path.read_bytes())))


def test_a_source_is_read_in_its_own_encoding(tmp_path):
    text = "NAME = '\u00e9'\n"
    latin = ("# -*- coding: latin-1 -*-\n" + text).encode("latin-1")
    assert digest(tmp_path, latin) == digest(tmp_path, text)
    assert digest(tmp_path, b"\xef\xbb\xbf" + text.encode()) == digest(tmp_path, text)


def test_a_long_sum_has_a_digest(tmp_path):
    terms = ["x"] * (sys.getrecursionlimit() - 100)
    assert digest(tmp_path, "+".join(terms)) != digest(tmp_path, "+".join(terms[1:]))


def test_the_digest_is_that_of_all_sources_and_all_that_they_import(package, tmp_path):
    script = tmp_path / "script.py"
    script.write_text("from echoseq import d\n", encoding="utf-8")
    sources = [script, package / "e.py"]
    digests = [code_digest(sources)]
    assert code_digest([*reversed(sources)]) == digests[0]
    for path in (script, package / "e.py", package / "d.py", package / "sub/c.py"):
        path.write_text(path.read_text(encoding="utf-8") + "EDITED = 1\n", encoding="utf-8")
        os.utime(path, (1, 1))  # another time, however fast this is
        digests.append(code_digest(sources))
    (package / "unrelated.py").write_text("EDITED = 1\n", encoding="utf-8")
    assert code_digest(sources) == digests[-1]
    digests += [code_digest(sources[:1]), code_digest(sources[1:])]
    script.rename(tmp_path / "other.py")
    digests.append(code_digest([tmp_path / "other.py", package / "e.py"]))
    assert len(set(digests)) == len(digests)
    assert all(re.fullmatch("code:[0-9a-f]{64}", value) for value in digests)


# Notes


def noted(path: Path, sources: list[Path]) -> str:
    """The digest, as the next process finds it."""
    return code_digest(sources, Notes(path))


def test_notes_change_no_digest_whatever_is_edited(package, tmp_path):
    path, sources = tmp_path / "folder/notes.json", [package / "a.py"]
    seen = []
    for text in ("", "EDITED = 1\n", "import echoseq.e\n", ""):
        (package / "d.py").write_text(f"import echoseq.b\n{text}", encoding="utf-8")
        os.utime(package / "d.py", (len(seen), len(seen)))
        seen.append(noted(path, sources))
        assert seen[-1] == noted(path, sources) == code_digest(sources)
    assert seen[0] == seen[3]
    assert len(set(seen)) == 3


def test_what_is_noted_is_not_read_again(package, tmp_path, monkeypatch):
    path, sources = tmp_path / "notes.json", [package / "a.py"]
    expected = noted(path, sources)
    written = path.stat().st_mtime_ns
    with monkeypatch.context() as patched:
        patched.setattr(code, "_read", None)
        assert noted(path, sources) == expected
        assert path.stat().st_mtime_ns == written
        (package / "e.py").write_text("EDITED = 1\n", encoding="utf-8")
        with pytest.raises(TypeError, match="not callable"):
            noted(path, [package / "e.py"])


@pytest.mark.parametrize(
    "known", [None, [], {"0": None}, {"0": ["meaning"]}, {"0": [1, 2, 3]}, "{"], ids=str
)
def test_notes_that_are_none_are_written_anew(package, tmp_path, known):
    path, sources = tmp_path / "notes.json", [package / "a.py"]
    expected = noted(path, sources)
    whole = path.read_text(encoding="utf-8")
    damaged = json.dumps({"reader": json.loads(whole)["reader"], "known": known})
    path.write_text(damaged if known != "{" else "{", encoding="utf-8")
    assert noted(path, sources) == expected
    assert path.read_text(encoding="utf-8") == whole


@pytest.mark.parametrize("same", [True, False])
def test_what_another_reader_found_is_not_taken_over(package, tmp_path, same):
    path, sources = tmp_path / "notes.json", [package / "a.py"]
    expected = noted(path, sources)
    notes = json.loads(path.read_text(encoding="utf-8"))
    notes["known"] = {key: ["0", []] for key in notes["known"]}
    path.write_text(json.dumps(notes | ({} if same else {"reader": "another"})), encoding="utf-8")
    assert (noted(path, sources) == expected) != same


def test_where_notes_cannot_be_kept_the_digest_is_the_same(package, tmp_path):
    (tmp_path / "file").touch()
    sources = [package / "a.py"]
    assert noted(tmp_path / "file/notes.json", sources) == code_digest(sources)


# code_closure, on this package


def test_training_depends_only_on_the_code_that_computes_it():
    behind = closure(SCRIPTS / "train.py")
    used = {"training.loop", "networks.building", "networks.coding", "networks.backend"}
    used |= {"data.snapshots", "data.sequences", "streams", "study.plan"}
    assert used <= behind
    assert not {name for name in behind if name.startswith("figures")}
    rooms = {name.partition(".")[0] for name in behind}
    assert rooms.isdisjoint({"tables", "evaluation", "documents", "provenance", "cli"})
    assert behind.isdisjoint({"study.schema", "study.reading", "training.records"})


def test_there_are_figures():
    assert {"learning_curves", "position_accuracy", "echoes"} <= set(FIGURES)
    assert {"needed_cells", "needed_time"} <= set(FIGURES)


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_depends_on_no_training_and_on_no_other_figure(figure):
    behind = closure(PACKAGE / "figures" / f"{figure}.py")
    assert f"figures.{figure}" in behind
    assert behind.isdisjoint(LOADING)
    assert behind.isdisjoint(f"figures.{name}" for name in FIGURES if name != figure)


@pytest.mark.parametrize(
    "script",
    [
        *("snapshot", "tables", "figure", "describe"),
        *("paper", "landing", "manifest", "publish", "verify"),
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
    """The closure leaves these files out, so nothing in them may change a result.

    The package's own also has the way into the results from Python, which no step uses.
    """
    tree = ast.parse(source.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    constants = (ast.Assign, ast.AnnAssign)
    others = [node for node in tree.body[1:] if not isinstance(node, constants)]
    way_in = ["ImportFrom", "If", "results"] if source.parent == PACKAGE else []
    assert [getattr(node, "name", type(node).__name__) for node in others] == way_in
    for node in tree.body[1:]:
        if isinstance(node, constants):
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
