"""The commands for people: what they print, and one line for bad input."""

import json
import os
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest
import yaml
from configurations import study_of_two
from workspaces import PROJECT, Workspace

import echoseq
from echoseq import commands
from echoseq.cli import main
from echoseq.data.snapshots import TRAINING, draw
from echoseq.provenance import verification
from echoseq.provenance.shares import SHARES
from echoseq.study.reading import read
from echoseq.study.schema import Study

EXAMPLE = """\
sequence of 5 integers:
[1, 2, 3, 4, 5]

one-hot encoded: shape (5, 10); 1 is a vector of 10
zeros except for a 1 at index 1; argmax gives 1 back

framed: X (1, 5, 10), y (1, 2, 10)
to echo: the 2 oldest of 5
[1, 2, 3, 4, 5] => [1, 2]
"""


def test_show_explains_a_sequence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", *"12345", "--alphabet", "10"]) == 0
    assert capsys.readouterr().out == EXAMPLE


def test_show_asks_for_no_more_than_a_window_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "7", "--n-in", "1"]) == 0
    assert capsys.readouterr().out.endswith("\n[ 7] => [ 7]\n")


def test_show_draws_the_sequence_that_training_begins_with(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["show", "--seed", "3"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum("=>" in line for line in lines) == 21
    first = draw(TRAINING, 3, count=1, length=25, alphabet=100)[0].tolist()
    assert json.loads(lines[1]) == first


COPY = """\
sequence of 5 integers:
[3, 1, 4, 1, 5]

one-hot encoded: shape (5, 10); 3 is a vector of 10
zeros except for a 1 at index 3; argmax gives 3 back

framed: X (1, 14, 10), y (1, 14, 10)
to say: what my_tasks:copy returns
[3, 1, 4, 1, 5, blank, blank, blank, delimiter, blank, blank, blank, blank, blank] => \
[-, -, -, -, -, -, -, -, -, 3, 1, 4, 1, 5]
"""
LINEAR = """\
sequence of 3 integers:
[ 1, 99, 33]

scaled to 0..1: shape (3, 1); 1 is 0.0101

framed: X (1, 3, 1), y (1, 1, 1)
to echo: the 1 newest of 3
[ 1, 99, 33] => [33]
"""


@pytest.fixture
def own_tasks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Tasks of one's own, those of the documentation, in the working directory."""
    text = (PROJECT / "docs/tasks.md").read_text(encoding="utf-8")
    source = text.split("```python\n")[1].split("```")[0]
    (tmp_path / "my_tasks.py").write_text(source, encoding="utf-8")
    tasks = yaml.safe_load((PROJECT / "config/tasks.yaml").read_text(encoding="utf-8"))
    tasks["tasks"]["scaled"] = {"encoding": "linear", "n_in": 3, "n_out": 1, "echo": "newest"}
    (tmp_path / "my.yaml").write_text(yaml.safe_dump(tasks), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "my_tasks", raising=False)
    return "my.yaml"


def test_show_frames_a_task_of_a_configuration(
    own_tasks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--config", own_tasks, "--task", "copy", *"31415"]) == 0
    assert capsys.readouterr().out == COPY
    assert main(["show", "--config", own_tasks, "--task", "scaled", "1", "99", "33"]) == 0
    assert capsys.readouterr().out == LINEAR


def test_show_draws_a_sequence_of_the_task(
    own_tasks: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", "--config", own_tasks, "--task", "copy", "--seed", "3"]) == 0
    first = draw(TRAINING, 3, count=1, length=5, alphabet=8)[0].tolist()
    assert json.loads(capsys.readouterr().out.splitlines()[1]) == first


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["--task", "copy", "1", "2"], "values: expected 5 for my_tasks:copy, got 2"),
        (["--task", "copy", *"12348"], "values: expected 0 to 7, got 8"),
        (
            ["--task", "coppy"],
            "--task: expected one of copy, delayed, lag, newest, reversed, scaled, sorted, got "
            "'coppy'; did you mean copy?",
        ),
        (["--task", "copy", "--n-in", "5"], "--n-in: expected none with --task, which says it"),
        (["--task", "lag", "--echo", "0"], "--echo: expected none with --task, which says it"),
        (["--task", "copy", "--seed", "-1"], "--seed: expected 0 or more"),
        ([], "--config: expected --task NAME as well, one of its tasks"),
    ],
)
def test_show_refuses_what_does_not_fit_a_task(
    own_tasks: str, capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert main(["show", "--config", own_tasks, *arguments]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", f"echoseq: {line}\n")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["show", "1", "2"], "echoseq: n_in: expected at most length (2), got 5"),
        (["show", "1", "2", "3", "4", "100"], "echoseq: values: expected 0 to 99, got 100"),
        (["show", "--n-out", "6"], "echoseq: n_out: expected at most n_in (5), got 6"),
        (["show", "--length", "0"], "echoseq: --length: expected 1 or more"),
        (["show", "--alphabet", "1"], "echoseq: --alphabet: expected 2 or more"),
        (["show", "--length", str(10**9)], "--length: expected at most 1000000, got 1000000000"),
        (["show", "--alphabet", "70000"], "--alphabet: expected at most 65536, got 70000"),
        (["show", *"12345", "--length", "3"], "--length: expected none with integers of your own"),
        (["show", "--seed", "-1"], "echoseq: --seed: expected 0 or more"),
        (["show", "--seed", str(2**32)], "--seed: expected less than 4294967296, got 4294967296"),
        (["train", "full_echo", "--seed", "9" * 60, "--output", "x"], "less than 4294967296, got"),
        (["predict", "none.keras", "1"], "none.keras: expected a saved Keras model, found no"),
        (["show", "1", "x"], "values: expected whole numbers, got 'x'"),
        (["show", "9" * 30], "values: expected 0 to 99, got 999"),
        (["train", "full", "--config", "none.yaml", "--output", "x"], "none.yaml: expected a conf"),
        (["train", "full_echo", "--cells", "0", "--output", "x"], "--cells: expected 1 or more, g"),
        (["train", "full_echo", "--task", "partial", "--output", "x"], " (with --task partial)"),
    ],
)
def test_bad_input_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], line: str
) -> None:
    assert main(arguments) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert line in said.err
    assert said.err.count("\n") == 1


def test_a_configuration_in_a_folder_of_ones_own_overrides_the_published_study(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "my.yaml"
    path.write_text("version: mine\nseeds: 1\n")
    assert main(["results", "--config", "my.yaml"]) == 0
    assert capsys.readouterr().out == "results/mine\n"
    assert main(["check-config", "my.yaml"]) == 0
    number = len(read(PROJECT / "config/config.yaml").experiments)
    assert capsys.readouterr().out.startswith(f"version mine: valid, {number} experiments, ")
    path.write_text("version: mine\nfigures: [no_such_figure]\n")
    assert main(["check-config", "my.yaml"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("echoseq: figures: cannot import no_such_figure, which is looked for")
    assert said.count("\n") == 1


def test_check_config_gives_hints(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    study = {**study_of_two(), "inherit": False}
    Path("my.yaml").write_text(yaml.safe_dump(study))
    assert main(["check-config", "my.yaml"]) == 0
    assert capsys.readouterr().out == (
        "version v: valid, 2 experiments, 2 runs and 2 copies\n"  # b trains as a does
        "experiments.b.compare_to: only `extensions` makes comparisons, the study does not\n"
    )


def test_predict_echoes_with_a_trained_model(
    smoke_study: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    model = smoke_study.results() / "runs/partial_echo/seed-0/model.keras"
    assert main(["predict", str(model), "12", "5", "99", "3", "40"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("expected [12,  5]  predicted [")
    assert main(["predict", str(model), "12", "5", "99", "3"]) == 1
    assert main(["predict", str(model), "12", "5", "99", "3", "-4"]) == 1
    assert "expected 0 to 99, got -4" in capsys.readouterr().err
    assert main(["predict", str(model), "12", "5", "99", "3", "x"]) == 1
    assert "expected whole numbers, got 'x'" in capsys.readouterr().err
    assert main(["predict", str(model), "12", "5", "99", "3", "9" * 30]) == 1
    assert "expected 0 to 99, got 9999" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("full_echo/seed-1/model.keras", "the weights do not match the digest in run.json"),
        ("full_echo/seed-1", "expected the record of seed 0, as its folder says"),
        ("partial_echo/seed-0", "expected the record of full_echo, seed 0, got that of partial"),
    ],
)
def test_predict_refuses_a_model_that_is_not_of_its_run(
    smoke_study: Workspace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    files: str,
    expected: str,
) -> None:
    results, folder = smoke_study.results(), tmp_path / "runs/full_echo/seed-0"
    shutil.copytree(results / "runs/full_echo/seed-0", folder)
    shutil.copy(results / "config.yaml", tmp_path)
    found = results / "runs" / files
    for file in [found] if found.is_file() else found.iterdir():
        shutil.copy(file, folder)
    model = folder / "model.keras"
    assert main(["predict", str(model), "12", "5", "99", "3", "40"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"echoseq: {folder}/")
    assert f": {expected}" in err
    assert err.count("\n") == 1


def test_train_by_hand_gives_what_the_workflow_gives(
    smoke_study: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = smoke_study.results() / "config.yaml"
    arguments = ["train", "full_echo", "--seed", "1", "--config", str(config)]
    output = ["--output", str(tmp_path / "run")]
    assert main([*arguments, *output]) == 0
    by_hand = json.loads((tmp_path / "run/run.json").read_text())
    in_workflow = smoke_study.results() / "runs/full_echo/seed-1"
    assert by_hand == json.loads((in_workflow / "run.json").read_text())
    pd.testing.assert_frame_equal(
        pd.read_csv(tmp_path / "run/history.csv"), pd.read_csv(in_workflow / "history.csv")
    )
    assert "epoch" in capsys.readouterr().err  # the bar

    assert main([*arguments, *output]) == 1
    assert "already exists" in capsys.readouterr().err
    taken = tmp_path / "taken"
    taken.write_text("")
    assert main([*arguments, "--output", str(taken)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["train", "whole_echo", *arguments[2:], *output]) == 1
    assert "did you mean full_echo?" in capsys.readouterr().err


def test_options_of_train_replace_what_the_experiment_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"--epochs": "3", "--cells": "4", "--learning-rate": "0.01", "--task": "full"}
    options = [text for option in settings.items() for text in option]
    assert main(["train", "partial_echo", *options, "--output", str(tmp_path / "run")]) == 0
    said = capsys.readouterr().err
    assert said.index("compiling") < said.rindex("training: 100%")
    plan = json.loads((tmp_path / "run/run.json").read_text())["plan"]
    assert (plan["epochs"], plan["cells"], plan["learning_rate"], plan["n_out"]) == (3, 4, 0.01, 5)


def test_a_good_configuration_is_called_good_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(PROJECT)
    assert main(["check-config"]) == 0
    whole = read(PROJECT / "config/config.yaml")
    runs = sum(len(whole.seeds_of(name)) for name in whole.experiments)
    number = len(whole.experiments)
    said = f"version {whole.version}: valid, {number} experiments, 1,725 runs and 296 copies\n"
    assert (capsys.readouterr().out, runs) == (said, 1725 + 296)
    more, less = tmp_path / "more.yaml", tmp_path / "less.yaml"
    more.write_text("version: v2\nseeds: 12\n")
    less.write_text("version: v3\nexperiments: {full_memoryless: null}\n")
    assert main(["check-config", str(more), str(less)]) == 0
    runs += 2 * sum(e.seeds is None for e in whole.experiments.values()) - 12
    size = rf"version v3: valid, {number - 1} experiments, ([\d,]+) runs and (\d+) copies\n"
    said = re.fullmatch(size, capsys.readouterr().out)
    assert sum(int(n.replace(",", "")) for n in said.groups()) == runs


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "mine.yaml: expected a configuration file, cannot read it (no such file or dir"),
        ("seeds: 3\nseeds: 4\n", "mine.yaml, line 2: seeds: given twice, first in line 1"),
        ("seeds: 1:30\n", "mine.yaml, line 1: seeds: 1:30 is read as 90; write 90, or"),
        ("seeds: {\n", "mine.yaml: expected YAML, found a mistake in line 2"),
        ("seeds: 0\n", "echoseq: seeds: expected a count from 1, or a list of whole numbers"),
        (
            "experiments: {full_echo: {model: 'no_such:model'}}\n",
            "experiments.full_echo.model no_such:model: cannot import no_such, which is",
        ),
    ],
    ids=["missing", "twice", "base 60", "no YAML", "no study", "no model"],
)
def test_what_is_wrong_with_a_configuration_is_one_line(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    content: str | None,
    line: str,
) -> None:
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(sys, "path", sys.path.copy())
    path = tmp_path / "mine.yaml"
    if content is not None:
        path.write_text(content)
    assert main(["check-config", str(path)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert line in said.err
    assert said.err.count("\n") == 1


def test_without_a_configuration_of_the_project_there_is_nothing_to_check(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "config.yaml"
    monkeypatch.setattr("echoseq.study.default.DEFAULT_CONFIG", path)
    assert main(["check-config"]) == 1
    assert capsys.readouterr().err.startswith(f"echoseq: {path}: expected a config")


def test_a_reader_who_stops_early_is_no_error() -> None:
    """As in `echoseq show | head`."""
    reading, writing = os.pipe()
    os.close(reading)
    command = "import sys; from echoseq.cli import main; sys.exit(main(['results']))"
    try:
        done = subprocess.run(
            [sys.executable, "-c", command], stdout=writing, stderr=subprocess.PIPE, check=False
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_full_disk_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("echoseq.commands.read_study", stop)
    assert main(["results"]) == 1
    assert capsys.readouterr().err == (
        "echoseq: No space left on device: free some space, then repeat the command; what is "
        "finished is kept\n"
    )


def test_the_version_is_told_at_once() -> None:
    """Nothing that takes seconds is loaded: no command but the one that is asked for."""
    code = (
        "import sys; from echoseq.cli import main\n"
        "try: main(['--version'])\n"
        "finally: print(sorted({'numpy', 'pandas', 'scipy', 'keras'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"echoseq {echoseq.__version__}\n[]\n"


def test_every_command_has_its_function(capsys: pytest.CaptureFixture[str]) -> None:
    source = (PROJECT / "src/echoseq/cli.py").read_text(encoding="utf-8")
    for module, name in re.findall(r'run="([\w.]+):(\w+)"', source):
        assert callable(getattr(import_module(f"echoseq.{module}"), name))
    documents = re.findall(r'^        \("(\w+)", "', source, re.MULTILINE)
    assert len(documents) == 7
    assert all(map(callable, map(commands._document, documents)))


def test_help_of_verify_says_what_is_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"(default: {verification.TOLERANCE})" in said
    first, *others = SHARES
    assert f"{', '.join([first, *others[:-1]])} or {others[-1]} (default" in said
    assert main(["verify", "a", "b", "--share", "on"]) == 2
    line = (
        "echoseq: --share: expected one of sample, study, one, all, got 'on'; did you mean one?\n"
    )
    assert capsys.readouterr().err == line


def test_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == Study.model_json_schema()


def test_resolved_configuration_can_be_used_again(smoke_study: Workspace) -> None:
    path = smoke_study.results() / "config.yaml"
    resolved = read(path)
    assert resolved.resolved() == yaml.safe_load(path.read_text(encoding="utf-8"))
    over = read(PROJECT / "config/config.yaml", path)
    assert over.experiments.items() >= resolved.experiments.items()


def test_readme_names_every_command() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    for command in ("show", "predict", "train", "check-config", "status"):
        assert f"echoseq {command}" in text
