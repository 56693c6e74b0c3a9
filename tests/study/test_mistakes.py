"""Bad configurations are refused in one clear line, before anything starts."""

import math
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import REMOVED, changed, study_of_two
from workspaces import Workspace

from echoseq.errors import EchoseqError
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.reading import load
from echoseq.study.schema import Study

# The key to change, its value, and the expected message.
BAD = [
    ("epoch", 5, "epoch: unknown key, expected one of version, seeds, tasks"),
    ("tasks.full.lenght", 25, "tasks.full.lenght: unknown key; did you mean length?"),
    ("experiments.full_echo.lr", 0.1, "experiments.full_echo.lr: unknown key, expected one of"),
    ("evaluation.windows", 3, "evaluation.windows: unknown key, expected one of sequences"),
    ("statistics.alpha", 0.05, "statistics.alpha: unknown key, expected one of confidence"),
    ("execution.checkpoint_seconds", -1, "checkpoint_seconds: expected 0 or more, got -1"),
    ("execution.seeds_per_job", 0, "seeds_per_job: expected 1 or more, got 0"),
    ("version", 1, "version: expected text, got 1"),
    ("questions", {"q": {"text": " "}}, "questions.q.text: expected text, got none"),
    ("questions", {"q": {"text": "a\x07"}}, "without control characters, found U+0007"),
    (
        "questions",
        {"q": {"text": "\ud800"}},
        "questions.q.text: expected text, got half of a character",
    ),
    ("questions", {None: {"text": "a"}}, "questions.None: expected text as a key, got nothing"),
    ("questions", {1: {"text": "a"}}, "questions.1: expected text as a key, got a number"),
    ("experiments.full_echo.group", "a\nb", "group: expected one line, got text 'a b'"),
    ("version", "a/b", "version: expected a name of letters, digits, '_', '.' and '-'"),
    ("version", "../v1", "version: expected a name of letters"),
    ("version", "", "version: expected a name of letters"),
    ("version", "published", "version: expected another name: results/published/ is reserved"),
    ("version", "Verify", "version: expected another name: results/verify/ is reserved"),
    ("version", "PUBLISHED", "version: expected another name: results/published/ is reserved"),
    (
        "version",
        "v1.",
        "version: expected a name of letters, digits, '_', '.' and '-' that begins with a letter "
        "or digit and does not end with '.', got text 'v1.'",
    ),
    ("version", "v1...", "version: expected a name of letters"),
    ("verify.seeds", "one", "verify.seeds: unknown key, expected one of share, tolerance"),
    (
        "verify.share",
        "some",
        "verify.share: expected 'sample', 'study', 'one' or 'all', got text 'some'",
    ),
    ("verify.share", None, "verify.share: expected 'sample', 'study', 'one' or 'all', got nothing"),
    ("version", REMOVED, "version: expected a value, got none"),
    (
        "seeds",
        "10",
        "seeds: expected a count from 1, or a list of whole numbers from 0 to 4294967295, got text",
    ),
    (
        "seeds",
        "[0, 1]",
        "seeds: expected a count from 1, or a list of whole numbers from 0 to 4294967295, got text",
    ),
    ("seeds", REMOVED, "whole numbers from 0 to 4294967295, got none"),
    ("seeds", "10", "to 4294967295, got text '10'; write 10 without quotes"),
    (
        "seeds",
        ["0", "1"],
        "seeds: expected a count from 1, or a list of whole numbers from 0 to 4294967295, got [",
    ),
    ("seeds", 0, "seeds: expected a count from 1"),
    ("seeds", -3, "seeds: expected a count from 1"),
    ("seeds", 2.5, "seeds: expected a count from 1"),
    ("seeds", True, "seeds: expected a count from 1"),
    ("seeds", [], "seeds: expected a count from 1"),
    ("seeds", [0, -1], "seeds: expected a count from 1"),
    ("seeds", [1, 2, 1], "seeds: expected each seed once, got [1, 2, 1]"),
    ("tasks.full.length", "25", "tasks.full.length: expected a whole number, got text '25'"),
    ("tasks.full.length", 4, "tasks.full.n_in: expected at most length (4), got 5"),
    ("tasks.full.alphabet", 1, "tasks.full.alphabet: expected 2 or more, got 1"),
    ("tasks.full.n_in", 0, "tasks.full.n_in: expected 1 or more, got 0"),
    ("tasks.partial.n_out", 6, "tasks.partial.n_out: expected at most n_in (5), got 6"),
    ("tasks.partial.n_out", 0, "tasks.partial.n_out: expected 1 or more, got 0"),
    (
        "tasks.partial.n_out",
        REMOVED,
        "tasks.partial.n_out: expected a number, how many of the window are asked for, got none",
    ),
    ("tasks.full", 3, "tasks.full: expected keys and values, got 3"),
    ("tasks", [], "tasks: expected keys and values, got []"),
    ("tasks", {}, "tasks: expected at least 1 entries, got 0"),
    (
        "tasks.back",
        {"echo": "reversed"},
        "tasks.back.n_out: expected a number, how many of the window are asked for, got none",
    ),
    (
        "tasks.sorted",
        {"targets": "my_tasks:sorted"},
        "tasks.sorted.n_out: expected a number, how many integers an answer has, got none",
    ),
    ("tasks.full.echo", [10_000_000], "tasks.full.echo: expected positions, `none` or"),
    (
        "tasks.cut",
        {"frame": "m:f", "n_out": 2, "alphabet": 65536, "symbols": ["a"]},
        "tasks.cut.symbols: expected at most 65536 with the alphabet, got 65537",
    ),
    (
        "tasks.cut",
        {"frame": "m:f", "n_out": 2, "symbols": ["a-b"]},
        "tasks.cut.symbols.0: expected a name of letters, digits and '_' that does not begin with",
    ),
    ("tasks.a b", {"n_out": 2}, "tasks.a b: expected a name of letters, digits, '_' and '-'"),
    ("experiments", None, "experiments: expected keys and values, got nothing"),
    (
        "experiments.full_echo.task",
        "whole",
        "experiments.full_echo.task: expected one of 26 names, ",
    ),
    (
        "experiments.full_echo.model",
        "gru",
        f"experiments.full_echo.model: expected one of {len(ARCHITECTURES)} names, or "
        "module:function, got 'gru'; did you mean encoder_decoder_gru?",
    ),
    ("experiments.full_echo.model", "my_models:", "or module:function, got 'my_models:'"),
    ("experiments.full_echo.model", ":gru", "or module:function, got ':gru'"),
    ("experiments.full_echo.model", "a b:gru", "or module:function, got 'a b:gru'"),
    ("experiments.full_echo.model", "a:b:c", "or module:function, got 'a:b:c'"),
    ("experiments.full_echo.model", "my-models:gru", "or module:function, got 'my-models:gru'"),
    ("experiments.full_echo.model", 3, "experiments.full_echo.model: expected text, got 3"),
    (
        "experiments.partial_echo.model",
        "lstm",
        "experiments.partial_echo.model: 'lstm' gives one output for each input step",
    ),
    (
        "experiments.partial_echo.model",
        "memoryless",
        "experiments.partial_echo.model: 'memoryless' gives one output for each input step: "
        "expected a task with n_out = n_in, but 'partial' has n_in 5 and n_out 2",
    ),
    (
        "tasks.full.encoding",
        "binary",
        "tasks.full.encoding: expected 'one_hot' or 'linear', got text 'binary'",
    ),
    (
        "tasks.full.framing",
        "pad",
        "tasks.full.framing: expected 'drop' or 'mask', got text 'pad'",
    ),
    (
        "tasks.full.filler",
        0,
        "tasks.full.filler: expected none without framing: mask, as no value is missing",
    ),
    ("statistics.budgets", [10000, 10000], "statistics.budgets: expected each number once, got ["),
    (
        "statistics.budgets",
        [199],
        "statistics.budgets: expected at least 200, the epochs of statistics.learned_over, got 199",
    ),
    ("tasks.full_mask.filler", "zero", "tasks.full_mask.filler: expected a number, got text"),
    ("tasks.full_mask.filler", 101, "tasks.full_mask.filler: expected 100.0 or less, got 101"),
    (
        "experiments.full_echo.task",
        "full_mask",
        "experiments.full_echo.batch_size: expected a divisor of the 25 windows of a sequence "
        "(1, 5, 25), got 7",
    ),
    (
        "experiments.partial_echo.task",
        "lag_1",
        "experiments.partial_echo.batch_size: expected a divisor of the 20 windows of a sequence "
        "(1, 2, 4, 5, 10, 20), got 21",
    ),
    ("experiments.full_echo.until", "converged", "expected 'epochs' or 'learned', got text"),
    ("experiments.full_echo.learning_rate", 0, "learning_rate: expected more than 0.0, got 0"),
    ("experiments.full_echo.learning_rate", "low", "learning_rate: expected a number, got text"),
    (
        "experiments.full_echo.masking",
        True,
        "experiments.full_echo.masking: expected a task with framing: mask, or false",
    ),
    ("experiments.full_echo.masking", "yes", "experiments.full_echo.masking: "),
    ("experiments.full_echo.stateful", 1, "experiments.full_echo.stateful: "),
    (
        "experiments.full_memoryless.compare_to",
        "whole_echo",
        "full_memoryless.compare_to: expected one of 272 names, got 'whole_echo'; did you mean "
        "full_echo?",
    ),
    (
        "experiments.full_memoryless.compare_to",
        3,
        "full_memoryless.compare_to: expected text, got 3",
    ),
    (
        "experiments.full_memoryless.question",
        "size",
        "experiments.full_memoryless.question: expected one of 14 names, such as linear, masking, "
        "longer, state, topology, got 'size'",
    ),
    ("questions.linear.text", REMOVED, "questions.linear.text: expected a value, got none"),
    (
        "questions.state.expectation",
        "better",
        "questions.state.expectation: expected keys and values, got text 'better'",
    ),
    (
        "questions.state.expectation.cells",
        "fewer",
        "questions.state.expectation.cells: expected 'same' or 'more', got text 'fewer'",
    ),
    ("questions.state.expectation", {}, "expectation.skill: expected a value here, or for cells "),
    (
        "questions.control.contrast.experiment",
        "full_echo",
        "control.contrast.experiment: expected one of full_memoryless, partial_last_step, ",
    ),
    (
        "questions.control.contrast.measure",
        "epochs",
        "questions.control.contrast.measure: expected experiments with until: learned, but "
        "'partial_last_step' has none",
    ),
    (
        "questions.control.contrast.seeds",
        [3, 3],
        "questions.control.contrast.seeds: expected each seed once, got [3, 3]",
    ),
    (
        "questions.control.contrast.seeds",
        [10, 11],
        "questions.control.contrast.seeds: expected some that 'partial_echo' has too, to form pai",
    ),
    ("questions.memory.probes", [], "questions.memory.probes: expected at least 1 entries, got 0"),
    ("questions.memory.probes", "partial_echo", "memory.probes: expected a list, got text 'part"),
    (
        "questions.memory.probes",
        ["echo"],
        "memory.probes: no experiment 'echo', expected one of 273 names; did you mean full_echo or "
        "partial_echo?",
    ),
    (
        "questions.memory.probes",
        ["partial_echo", "longer_5_of_5_100", "partial_echo"],
        "questions.memory.probes: expected each experiment once, got 'partial_echo' again",
    ),
    (
        "questions.memory.probes",
        ["linear_partial_2_of_5_linear_rate_0_01_100"],
        "questions.memory.probes: expected tasks with encoding: one_hot and framing: drop, but "
        "that of 'linear_partial_2_of_5_linear_rate_0_01_100' has linear and drop",
    ),
    ("questions.memory.probes", ["masking_partial_2_of_5_kept_50"], "has one_hot and mask"),
    (
        "questions.memory.probes",
        ["state_partial_7_2_of_5_carried_40"],
        "questions.memory.probes: expected states that start at zero in each window (stateful: "
        "false, or a batch of all 21 windows), but 'state_partial_7_2_of_5_carried_40' carries",
    ),
    ("probing.sequences", 24, "probing.sequences: expected 25 or more, got 24"),
    ("probing.seeds", 0, "probing.seeds: expected 1 or more, got 0"),
    ("probing.states", [], "probing.states: expected at least 1 entries, got 0"),
    (
        "probing.states",
        ["encoder", "decodr"],
        "got 'decodr'; did you mean decoder?",
    ),
    (
        "probing.states",
        ["decoder", "encoder", "decoder"],
        "probing.states: expected each once, got 'decoder' again",
    ),
    ("page.network", ["full_echo"], "page.network: unknown key; did you mean networks?"),
    ("page.networks", [], "page.networks: expected at least 1 entries, got 0"),
    ("page.networks", "full_echo", "page.networks: expected a list, got text 'full_echo'"),
    ("page.networks", [["a"]], "page.networks.0: expected text, got ["),
    (
        "page.networks",
        ["xyz"],
        "no experiment 'xyz', expected one of 273 names, such as full_echo, ",
    ),
    ("page.networks", ["cell_GRU_5_of_5_101"], "networks: no experiment 'cell_GRU_5_of_5_101', "),
    (
        "page.networks",
        ["partial_echo", "full_echo", "partial_echo"],
        "page.networks: expected each experiment once, got 'partial_echo' again",
    ),
    ("questions.longer.contrast.experiment", "longer_2_of_5_100", "'longer_2_of_5_100' has none"),
    ("questions.state.answer", "no", "questions.state.answer: unknown key, expected one of text"),
    ("questions", [], "questions: expected keys and values, got []"),
    (
        "experiments.full_memoryless.seeds",
        0,
        "experiments.full_memoryless.seeds: expected a count from 1, or a list of whole numbers "
        "from 0 to 4294967295, got 0",
    ),
    (
        "experiments.full_memoryless.seeds",
        [],
        "experiments.full_memoryless.seeds: expected a count from 1",
    ),
    (
        "experiments.full_memoryless.seeds",
        [0, -1],
        "experiments.full_memoryless.seeds: expected a count ",
    ),
    (
        "experiments.full_memoryless.seeds",
        "5",
        "experiments.full_memoryless.seeds: expected a count from",
    ),
    (
        "experiments.full_memoryless.seeds",
        [1, 2, 1],
        "experiments.full_memoryless.seeds: expected each seed once, got [1, 2, 1]",
    ),
    ("statistics.learned_over", 0, "statistics.learned_over: expected 1 or more, got 0"),
    ("statistics.margin", 0, "statistics.margin: expected more than 0"),
    ("statistics.margin", 1, "statistics.margin: expected less than 1"),
    ("experiments.full_echo.cells", 0, "experiments.full_echo.cells: expected 1 or more, got 0"),
    ("experiments.full_echo.cells", True, "experiments.full_echo.cells: expected a whole number, "),
    ("experiments.full_echo.epochs", -5, "experiments.full_echo.epochs: expected 1 or more, got -"),
    ("experiments.full_echo.epochs", 1.5, "experiments.full_echo.epochs: expected a whole number"),
    (
        "tasks.partial.sequences",
        4999,
        "experiments.partial_echo.epochs: expected at most 4999, the sequences that "
        "tasks.partial.sequences draws, got 5000",
    ),
    (
        "experiments.full_echo.batch_size",
        8,
        "experiments.full_echo.batch_size: expected a divisor of the 21 windows of a sequence "
        "(1, 3, 7, 21), got 8",
    ),
    ("experiments.full_echo.batch_size", 0, "experiments.full_echo.batch_size: expected 1 or more"),
    ("experiments.full_echo.reference.loss", [1], "loss: expected the lowest and the highest, "),
    ("experiments.full_echo.reference.loss", [2, 1], "loss: expected the lowest and the highest,"),
    ("experiments.full_echo.reference.loss", 1, "reference.loss: expected a list, got 1"),
    ("experiments.full_echo.reference.loss", [1, math.inf], "loss.1: expected a finite number"),
    ("experiments.full_echo.reference.accuracy", 95, "accuracy: expected 1.0 or less, got 95"),
    ("experiments.full_echo.cells", 10**12, "cells: expected 1000000 or less, got 1000000000000"),
    ("experiments.full_echo.cells", "a\nb", "cells: expected a whole number, got text 'a b'"),
    (
        "seeds",
        10**30,
        "seeds: expected a count from 1, or a list of whole numbers from 0 to 4294967295, got 1000",
    ),
    ("version", "v1\nx", "version: expected a name of letters"),
    ("version", "v" * 61, "version: expected 60 characters or fewer"),
    (
        "experiments.full_memoryless.seeds",
        [77],
        "full_memoryless.compare_to: expected an experiment with some of the same seeds",
    ),
    (
        "experiments",
        {
            "a": {"task": "full", "model": "lstm", "cells": 1, "epochs": 1, "batch_size": 7}
            | {"question": "state", "compare_to": "a"}
        },
        "experiments: expected at least one without a question, the study itself",
    ),
    ("evaluation.sequences", 0, "evaluation.sequences: expected 1 or more, got 0"),
    ("statistics.confidence", 1, "statistics.confidence: expected less than 1"),
    ("statistics.confidence", 95, "statistics.confidence: expected less than 1"),
    ("statistics.resamples", 10, "statistics.resamples: expected 100 or more, got 10"),
    ("statistics.success", "high", "statistics.success: expected a number, got text 'high'"),
]


@pytest.mark.parametrize(
    ("path", "value", "line"),
    BAD,
    ids=[f"{p}={'removed' if v is REMOVED else v}" for p, v, _ in BAD],
)
def test_bad_configuration_is_refused_in_one_line(path: str, value: Any, line: str) -> None:
    """And in further ones that say where else it does not fit."""
    said = told(changed(path, value))
    assert [line in one for one in said].count(True) == 1
    assert all(len(one) <= 400 for one in said)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("epoch", 5),
        ("version", "a/b"),
        ("seeds", "10"),
        ("tasks.partial.n_out", 6),
        ("experiments.full_echo.batch_size", 8),
    ],
)
def test_a_bad_configuration_starts_nothing(workspace: Workspace, path: str, value: Any) -> None:
    line = next(said for where, bad, said in BAD if (where, bad) == (path, value))
    config = workspace.folder / "config" / "config.yaml"
    config.write_text(yaml.safe_dump(changed(path, value)), encoding="utf-8")
    before = written(workspace.folder)
    done = workspace.run_snakemake("--cores", "1")
    said = [
        x for x in done.stderr.splitlines() if not x.startswith(("Using workflow", "Config fi"))
    ]
    assert done.returncode != 0
    assert len(said) == 1
    assert said[0].startswith("echoseq: configuration: ")
    assert line in said[0]
    assert written(workspace.folder) == before


def written(folder: Path) -> list[Path]:
    """What is in a folder, but for what Snakemake and Python leave there for themselves."""
    own = {".snakemake", "__pycache__"}
    return [path for path in sorted(folder.rglob("*")) if own.isdisjoint(path.parts)]


def test_a_mistake_in_a_file_that_snakemake_accepts_starts_nothing(workspace: Workspace) -> None:
    extra = workspace.folder / "config" / "extra.yaml"
    extra.write_text("version: mine\nseeds: 2\nversion: yours\n", encoding="utf-8")
    done = workspace.snakemake("--dry-run")
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1] == (
        f"echoseq: configuration: {extra}, line 3: version: given twice, first in line 1"
    )


@pytest.mark.parametrize("version", ["v1", "V1.0-rc_2", "1", "verify2", "republished", "v-", "v_"])
def test_good_names_of_versions_are_accepted(version: str) -> None:
    assert load(changed("version", version)).version == version


def told(configuration: dict[str, Any]) -> list[str]:
    """The lines of the message about a configuration with mistakes."""
    with pytest.raises(EchoseqError) as caught:
        load(configuration)
    return str(caught.value).splitlines()


# Names that are those of keys elsewhere, each with a mistake in it.
NAMED_AS_KEYS = [
    ("tasks.seeds", {"n_out": 9}, "tasks.seeds.n_out: expected at most n_in (5), got 9"),
    ("tasks.seeds", {"n_out": "2"}, "tasks.seeds.n_out: expected a whole number, got text '2'"),
    ("tasks.seeds", 3, "tasks.seeds: expected keys and values, got 3"),
    ("questions.seeds", {}, "questions.seeds.text: expected a value, got none"),
    ("experiments.seeds", 3, "experiments.seeds: expected keys and values, got 3"),
    ("experiments.seeds", {"cells": 0}, "experiments.seeds.cells: expected 1 or more, got 0"),
    ("experiments.seeds", {"seeds": 0}, "experiments.seeds.seeds: expected a count from 1"),
    ("experiments.seeds", {"lr": 1}, "experiments.seeds.lr: unknown key, expected one of task, "),
    (
        "experiments.reference",
        {"lr": 1},
        "experiments.reference.lr: unknown key, expected one of task, ",
    ),
    ("tasks.tasks", {"n_out": 2, "lr": 1}, "tasks.tasks.lr: unknown key, expected one of length, "),
]


@pytest.mark.parametrize(("path", "value", "line"), NAMED_AS_KEYS)
def test_a_name_that_is_a_key_elsewhere_is_not_taken_for_it(
    path: str, value: Any, line: str
) -> None:
    section, name = path.split(".")
    config = changed(path, value)
    if section == "experiments" and isinstance(value, dict):
        config[section][name] = config[section]["full_memoryless"] | value
    with pytest.raises(EchoseqError) as caught:
        load(config)
    assert str(caught.value).startswith(line)
    assert "more)" not in str(caught.value)


@pytest.mark.parametrize("path", ["seeds", "tasks.full.length", "tasks", "experiments"])
def test_a_list_that_contains_itself_is_refused_in_one_line(path: str) -> None:
    endless: list[Any] = [1]
    endless.append(endless)
    with pytest.raises(EchoseqError) as caught:
        load(changed(path, endless))
    assert str(caught.value).startswith(f"{path}: expected ")
    assert str(caught.value).endswith("got a list that contains itself")


def test_every_mistake_is_told_in_a_line_of_its_own() -> None:
    """Keys of every part, names, values, and what does not fit; nothing that follows from them."""
    facts = {"task": "other", "model": "last_step", "cells": 3, "epochs": 10}
    config = study_of_two() | {"colour": "blue", "questions": {"q": {"text": 3}}}
    config["seed"] = config.pop("seeds")
    config["tasks"]["one"] = {"n_ot": 2, "alphabet": 1}
    config["experiments"]["a"] |= {"model": "lsmt", "epochs": "1e3"}
    config["experiments"]["b"] |= {"batch_size": 2, "question": "q"}
    config["experiments"]["c"] = {**facts, "batchsize": 21, "compare_to": "d"}
    assert told(config) == [
        "tasks.one.n_ot: unknown key; did you mean n_out?",
        "experiments.c.batchsize: unknown key; did you mean batch_size?",
        f"colour: unknown key, expected one of {', '.join(Study.model_fields)}",
        "seed: unknown key; did you mean seeds?",
        "tasks.one.alphabet: expected 2 or more, got 1",
        "experiments.a.epochs: expected a whole number, got text '1e3'; write 1000",
        "questions.q.text: expected text, got 3",
        f"experiments.a.model: expected one of {len(ARCHITECTURES)} names, or module:function, got "
        "'lsmt'; did you mean lstm?",
        "experiments.b.batch_size: expected a divisor of the 21 windows of a sequence (1, 3, 7, 21)"
        ", got 2",
        "experiments.c.compare_to: expected one of a, b, got 'd'",
    ]


def test_a_required_key_with_a_slip_is_one_mistake() -> None:
    """`seeds` is not blamed for what `seed` did."""
    for parent, key, slip in [
        ("", "seeds", "seed"),
        ("", "experiments", "Experiment"),
        ("tasks.partial.", "n_out", "n-out"),
        ("experiments.full_echo.", "batch_size", "batchsize"),
        ("questions.linear.", "text", "txt"),
        ("questions.control.contrast.", "experiment", "experiments"),
    ]:
        config = changed(parent + key, REMOVED)
        part = config
        for name in parent.split(".")[:-1]:
            part = part[name]
        part[slip] = changed("version", "v2")
        for name in (*parent.split(".")[:-1], key):
            part[slip] = part[slip][name]
        assert told(config) == [f"{parent}{slip}: unknown key; did you mean {key}?"]


def test_a_key_that_is_given_is_not_meant_by_another() -> None:
    config = changed("tasks.full.n_i", 3)
    assert told(config) == ["tasks.full.n_i: unknown key; did you mean n_in?"]
    config["tasks"]["full"] |= {"n_in": 5, "length": 25}
    assert told(config) == ["tasks.full.n_i: unknown key; did you mean n_in?"]
    config["experiments"]["full_echo"]["cell"] = 3
    assert told(config)[1] == "experiments.full_echo.cell: unknown key; did you mean cells?"


@pytest.mark.parametrize(
    ("key", "text", "end"),
    [
        ("learning_rate", "1e-3", "expected a number, got text '1e-3'; write 0.001 or 1.0e-3"),
        ("learning_rate", "1E-5", "got text '1E-5'; write 0.00001 or 1.0e-5"),
        ("learning_rate", "2.5e0", "got text '2.5e0'; write 2.5 or 2.5e+0"),
        ("learning_rate", "0.01", "got text '0.01'; write 0.01 without quotes"),
        ("learning_rate", "1e-9999", "got text '1e-9999'"),
        ("epochs", "5e2", "expected a whole number, got text '5e2'; write 500"),
        ("epochs", "5e-2", "expected a whole number, got text '5e-2'"),
        ("epochs", "1e999999999", "expected a whole number, got text '1e999999999'"),
    ],
)
def test_a_number_that_yaml_takes_for_text_is_shown_as_it_should_be(
    key: str, text: str, end: str
) -> None:
    (line,) = told(changed(f"experiments.full_echo.{key}", text))
    assert line.endswith(end)
    written = re.findall(r"[\d.]+(?:e[-+]\d+)?", line.partition("; write ")[2])
    assert all(float(yaml.safe_load(one)) == float(text) for one in written)


def test_the_same_mistake_of_a_whole_sweep_is_one_line() -> None:
    config = changed("tasks.partial.sequences", 4999)
    lines = told(config)
    assert len({line.split(":")[0] for line in lines}) == len(lines)
    assert all(line.count("its experiment") <= 1 for line in lines)


def test_an_experiment_is_not_compared_with_itself() -> None:
    with pytest.raises(EchoseqError) as caught:
        load(changed("experiments.partial_last_step.compare_to", "partial_last_step"))
    assert str(caught.value) == (
        "experiments.partial_last_step.compare_to: expected one of 272 names, got "
        "'partial_last_step'; did you mean partial_echo?"
    )
    small = study_of_two()
    small["experiments"]["b"]["compare_to"] = "b"
    with pytest.raises(EchoseqError, match=r"b\.compare_to: expected one of a, got 'b'$"):
        load(small)


OWN_TARGETS = {"n_out": 2, "targets": "mine:told"}
OWN_FRAME = {"n_out": 2, "frame": "mine:cut"}
IN_THE_LIST = "echo: expected positions, `none` or `{say: integer}` in the list, got "


@pytest.mark.parametrize(
    ("task", "line"),
    [
        (
            {"n_out": 2, "echo": "oldst"},
            "echo: expected oldest, newest, reversed or a list of positions, got text 'oldst'; did "
            "you mean oldest?",
        ),
        (
            {"n_out": 2, "echo": []},
            "echo: expected oldest, newest, reversed or a list of positions, got []",
        ),
        ({"echo": [True]}, f"{IN_THE_LIST}true"),
        ({"echo": [1.0]}, f"{IN_THE_LIST}1.0"),
        ({"echo": ["oldest"]}, f"{IN_THE_LIST}text 'oldest'"),
        ({"echo": [{"say": -1}]}, f"{IN_THE_LIST}keys and values"),
        ({"echo": [{"say": True}]}, f"{IN_THE_LIST}keys and values"),
        ({"echo": [{"say": 1, "at": 2}]}, f"{IN_THE_LIST}keys and values"),
        ({"echo": [1, 1], "n_out": 1}, "n_out: expected 2, the positions in echo, got 1"),
        (
            {**OWN_TARGETS, "echo": "oldest"},
            "echo: expected none with targets, which says what is asked",
        ),
        ({**OWN_FRAME, "echo": [1, 2]}, "echo: expected none with frame, which says what is asked"),
        (OWN_TARGETS | OWN_FRAME, "targets: expected none with frame, which makes them as well"),
        (
            {**OWN_TARGETS, "windows": 2},
            "windows: expected none without frame, whose windows it counts",
        ),
        (
            {**OWN_FRAME, "framing": "mask"},
            "framing: expected none with frame, which makes the windows",
        ),
        (
            {**OWN_FRAME, "overlap": False},
            "overlap: expected none with frame, which makes the windows",
        ),
        (
            {"n_out": 2, "symbols": ["blank"]},
            "symbols: expected none without targets or frame, which would use them",
        ),
        (
            {**OWN_TARGETS, "symbols": ["blank"], "encoding": "linear"},
            "symbols: expected none with encoding: linear, where integers have an order",
        ),
        (
            {**OWN_TARGETS, "symbols": ["a", "b", "a"]},
            "symbols: expected each name once, got ['a', 'b', 'a']",
        ),
        (
            {"n_out": 2, "overlap": False, "length": 24},
            "overlap: expected a length that is a multiple of n_in (5), got 24",
        ),
    ],
)
def test_what_does_not_fit_together_in_a_task_is_one_line(task: dict[str, Any], line: str) -> None:
    config = study_of_two()
    config["tasks"]["new"] = task
    config["experiments"]["b"] = {**config["experiments"]["a"], "task": "new"}
    assert told(config) == [f"tasks.new.{line}"]


@pytest.mark.parametrize(("key", "value"), [("alphabet", 10), ("length", 30)])
def test_only_experiments_on_the_same_sequences_are_compared(key: str, value: int) -> None:
    config = study_of_two()
    assert load(config).experiments["b"].compare_to == "a"
    config["tasks"]["other"][key] = value
    line = (
        "experiments.b.compare_to: expected an experiment on the same sequences "
        r"\(length and alphabet\)"
    )
    with pytest.raises(EchoseqError, match=f"^{line}$"):
        load(config)


def test_a_question_needs_questions() -> None:
    config = study_of_two()
    config["experiments"]["b"]["question"] = "size"
    with pytest.raises(EchoseqError, match=r"b\.question: expected .*, got 'size'$") as caught:
        load(config)
    assert "\n" not in str(caught.value)


def test_null_removes_a_question() -> None:
    with pytest.raises(EchoseqError, match=r"full_memoryless\.question: expected one of 13 names"):
        load(changed("questions.control", None))


@pytest.mark.parametrize("model", ["one_to_one", "last_step"])
def test_models_that_ignore_masks_cannot_be_masked(model: str) -> None:
    config = changed("experiments.partial_echo.model", model)
    config["experiments"]["partial_echo"] |= {"task": "partial_mask", "batch_size": 25}
    config["experiments"]["partial_echo"] |= {"masking": True}
    with pytest.raises(EchoseqError, match=f"masking: '{model}' cannot be masked, expected false"):
        load(config)


@pytest.mark.parametrize(("filler", "refused"), [(0, True), (1, True), (-0.5, False), (1.5, False)])
def test_a_mask_finds_nothing_that_an_integer_may_be(filler: float, refused: bool) -> None:
    config = study_of_two()
    config["tasks"]["one"] |= {"encoding": "linear", "framing": "mask", "filler": filler}
    config["experiments"]["a"]["batch_size"] = 1
    assert load(config)  # a network that is not masked may confuse them
    config["experiments"]["a"]["masking"] = True
    if refused:
        with pytest.raises(EchoseqError, match=r"masking: expected a task with a filler that stan"):
            load(config)
    else:
        assert load(config)


def test_more_windows_than_integers_are_needed_to_fit_probes() -> None:
    config = study_of_two() | {"questions": {"held": {"text": "Held?", "probes": ["a"]}}}
    config["experiments"]["a"]["batch_size"] = 21
    config["tasks"] = {name: task | {"alphabet": 336} for name, task in config["tasks"].items()}
    config["probing"] = {"sequences": 25}
    with pytest.raises(EchoseqError) as caught:
        load(config)
    assert str(caught.value) == (
        "questions.held.probes: expected more windows to fit probes than the 336 integers of 'a', "
        "got 336; raise probing.sequences"
    )
    config["probing"]["sequences"] = 27
    assert load(config).probed() == {"a": [0, 1]}


def test_the_page_shows_only_built_in_models() -> None:
    config = study_of_two() | {"page": {"networks": ["a"]}}
    config["experiments"]["a"]["model"] = "mine:net"
    assert load(config).shown() == ["b"]
    config["page"]["networks"] = ["a", "b"]
    assert load(config).shown() == ["b"]


def test_what_names_a_part_with_a_mistake_is_no_mistake() -> None:
    config = study_of_two() | {"page": {"networks": ["b"]}}
    contrast = {"experiment": "b", "measure": "accuracy"}
    config["questions"] = {"q": {"text": "Why", "contrast": contrast, "probes": ["b"]}}
    config["experiments"]["b"] |= {"question": "q", "cells": 0}
    config["experiments"]["a"] |= {"task": "new", "compare_to": "b"}
    config["tasks"]["new"] = {"n_out": 9}
    assert told(config) == [
        "tasks.new.n_out: expected at most n_in (5), got 9",
        "experiments.b.cells: expected 1 or more, got 0",
    ]
    config["experiments"]["b"] = 3
    assert told(config)[1:] == ["experiments.b: expected keys and values, got 3"]
