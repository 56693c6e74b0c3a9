"""Scripts run by hand, without Snakemake: the same files, and a line where something is missing."""

import ast
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from workspaces import PROJECT, Workspace

from echoseq.data.snapshots import TRAINING
from echoseq.study.reading import load
from echoseq.tables.catalogue import made_from, settings_text, table_file

SCRIPTS = sorted((PROJECT / "workflow/scripts").glob("*.py"))


@pytest.fixture(scope="module")
def step() -> ModuleType:
    """workflow/step.py, which is in no package."""
    spec = importlib.util.spec_from_file_location("step", PROJECT / "workflow/step.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["step"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def by_hand(study: Workspace, *arguments: str | Path) -> str:
    done = study.run(sys.executable, "workflow/step.py", *map(str, arguments))
    assert done.returncode == 0, done.stderr
    return done.stderr


def same(made: Path, study: Workspace, *paths: str) -> None:
    assert paths
    for path in paths:
        assert (made / path).read_bytes() == (study.results() / path).read_bytes(), path


def runs(study: Workspace, file: str) -> list[Path]:
    return sorted((study.results() / "runs/full_echo").glob(f"seed-*/{file}"))


def configured(study: Workspace) -> str:
    manifest = (study.results() / "manifest.json").read_text(encoding="utf-8")
    return json.loads(manifest)["configuration"]


def test_snapshots(smoke_study: Workspace, tmp_path: Path) -> None:
    made = ["data/full/seed-0.npz", "data/full/seed-1.npz"]
    study = load(configured(smoke_study))
    task, count = study.tasks["full"], study.sequences_of("full")
    given = [f"length:={task.length}", f"alphabet:={task.alphabet}", f"sequences:={count}"]
    out = [tmp_path / path for path in made]
    by_hand(smoke_study, "snapshot", "--output", *out, "--params", f"purpose={TRAINING}", *given)
    same(tmp_path, smoke_study, *made)


def test_training(smoke_study: Workspace, tmp_path: Path) -> None:
    folder = "runs/full_echo/seed-1"
    shown = by_hand(
        smoke_study,
        *("train", "--wildcards", "experiment=full_echo"),
        *("--input", "snapshots=", smoke_study.results() / "data/full/seed-1.npz"),
        *("--output", "records=", tmp_path / folder / "run.json"),
        *("--params", f"plan=@{smoke_study.results() / folder / 'run.json'}:plan", "code=by-hand"),
        *("--config", 'execution:={"checkpoint_seconds": 10}'),
    )
    assert "epoch 60: loss" in shown
    same(tmp_path, smoke_study, f"{folder}/run.json", f"{folder}/history.csv")


def test_evaluation(smoke_study: Workspace, tmp_path: Path) -> None:
    record = json.loads(runs(smoke_study, "run.json")[0].read_text(encoding="utf-8"))
    made = ["runs/full_echo/predictions.npz", "runs/full_echo/listing.txt"]
    by_hand(
        smoke_study,
        *("evaluate", "--log", tmp_path / "logs/evaluate.log"),
        *("--input", "models=", *runs(smoke_study, "model.keras")),
        *("records=", *runs(smoke_study, "run.json")),
        *("held_out=", smoke_study.results() / "data/full/evaluation.npz"),
        *("--output", "predictions=", tmp_path / made[0], "listings=", tmp_path / made[1]),
        *("--params", f"plans={json.dumps({'full_echo': record['plan']})}"),
    )
    same(tmp_path, smoke_study, *made)
    assert "evaluating full_echo" in (tmp_path / "logs/evaluate.log").read_text(encoding="utf-8")


def test_tables_and_figures(smoke_study: Workspace, tmp_path: Path) -> None:
    names = made_from("predictions")
    tables = {name: table_file(name, extensions=False) for name in names}
    predictions = sorted(smoke_study.results().glob("runs/*/predictions.npz"))
    settings = settings_text(names, load(configured(smoke_study)).model_dump(mode="json"))
    by_hand(
        smoke_study,
        *("tables", "--input", "predictions=", *predictions),
        *("--output", *(f"{name}={tmp_path / path}" for name, path in tables.items())),
        *("--params", "source=predictions", f"settings={settings}"),
    )
    same(tmp_path, smoke_study, *tables.values())
    made = [f"figures/echoes.{form}" for form in ("pdf", "svg", "png", "txt")]
    out = [tmp_path / path for path in (*made, "report/figures/echoes.rst")]
    given = ("--input", f"echoes={tmp_path / tables['echoes']}", "--params")
    by_hand(smoke_study, "figure", *given, "module=echoseq.figures.echoes", "--output", *out)
    same(tmp_path, smoke_study, *made)


def test_a_debugger_stops_in_a_script(elsewhere: Path) -> None:
    (elsewhere / "a").write_text("kept", encoding="utf-8")
    lines = (PROJECT / "workflow/scripts/share.py").read_text(encoding="utf-8").splitlines()
    (number,) = [n for n, line in enumerate(lines, start=1) if "copyfile" in line]
    commands = (f"b scripts/share.py:{number}", "c", "p source, copy", "c", "q")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pdb", *(word for c in commands for word in ("-c", c))),
            *(PROJECT / "workflow/step.py", "share", "--input", "a", "--output", "new/b"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "('a', 'new/b')" in done.stdout
    assert (elsewhere / "new/b").read_text(encoding="utf-8") == "kept"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_the_usage_of_a_script_says_what_it_reads(
    step: ModuleType, script: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"^0$"):
        step.main([script.stem, "--help"])
    shown = capsys.readouterr().out
    text = script.read_text(encoding="utf-8")
    assert " ".join(ast.get_docstring(ast.parse(text)).split()) in " ".join(shown.split())
    for kind in step.KINDS:
        assert (f"--{kind}" in shown) == (f"snakemake.{kind}" in text)


READS = """
given, study = snakemake.input, snakemake.params.study
params = snakemake.params
if given.get("answers"):
    text = given.answers
elif params.brief:
    text = given.summary
for path in snakemake.output.pages[::2]:
    print(path, getattr(params, "plans", ""), given["table"], snakemake.config["used"])
pages = {name: given[name] for name in study}
snakemake.output[1]
"""


def test_what_a_script_reads_is_read_from_its_text(step: ModuleType) -> None:
    shown = {kind: str(read) for kind, read in step.reads(ast.parse(READS)).items()}
    assert shown == {
        "input": "table [answers] [summary] ...",
        "output": "pages PATH PATH",
        "params": "study [brief] [plans]",
        "wildcards": "",
        "config": "used",
    }


@pytest.mark.parametrize(
    ("call", "line"),
    [
        ("trian", "step.py: expected one of ablate,"),
        ("train --params code=a", "step.py train: expected --input snapshots=..., see"),
        ("share --params code=a", "step.py share: --params code: the script does not read it"),
        ("describe", "step.py describe: expected --params study=..., see --help"),
        ("probe --params plan= plan=a", "step.py probe: --params plan: expected it once"),
        ("probe --params plan=a b", "step.py probe: --params: expected NAME= before a"),
        ("probe --params plan:={", "step.py probe: --params plan: expected JSON, got '{'"),
        ("probe --params plan=@no", "step.py probe: --params plan: no: No such file"),
        ("probe --params plan=@a.json:b", "step.py probe: --params plan: expected a key of"),
        (
            "ablate --input held_out= models= probes= records= --params ablations= plan=",
            "step.py ablate: expected --output PATH, see --help",
        ),
        # Known only once it is read.
        ("describe --params study={}", "step.py describe: expected --output config=..."),
    ],
)
def test_mistakes_are_told_in_a_line(
    step: ModuleType,
    call: str,
    line: str,
    capsys: pytest.CaptureFixture[str],
    elsewhere: Path,
) -> None:
    (elsewhere / "a.json").write_text("{}")
    with pytest.raises(SystemExit, match=r"^2$"):
        step.main(call.split())
    told = capsys.readouterr().err
    assert told.startswith(line)
    assert told.count("\n") == 1


def test_what_is_given_is_as_snakemake_gives_it(step: ModuleType) -> None:
    words = ["first", "models=", "a", "b", "config=c", "none="]
    given = step.Given.of("input", step.values("step.py", "input", words))
    assert [*given] == ["first", "a", "b", "c"]
    assert ([*given.models], given.config, [*given.none], given[0]) == (
        ["a", "b"],
        "c",
        [],
        "first",
    )
    assert dict(given.items()).keys() == {"models", "config", "none"}
    assert given.get("other") is None
    params = step.Given.of(
        "params", step.values("step.py", "params", ['own:={"a": 1}', "many:=[1]"])
    )
    assert (params.own, params.many, getattr(params, "plans", "{}")) == ({"a": 1}, [1], "{}")
