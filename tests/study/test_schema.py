"""The configuration: what it means, and that bad ones are refused in one clear line."""

import copy
import json
import math
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import PROJECT, Workspace

from echoseq.errors import EchoseqError
from echoseq.study import schema as study

CONFIG = PROJECT / "config" / "config.yaml"
REMOVED = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The project's configuration with one key changed, added or removed."""
    config = copy.deepcopy(yaml.safe_load(CONFIG.read_text(encoding="utf-8")))
    *parents, key = path.split(".")
    part = config
    for parent in parents:
        part = part[parent]
    if value is REMOVED:
        del part[key]
    else:
        part[key] = value
    return config


# The key to change, its value, and the line that must be said.
BAD = [
    ("epoch", 5, "epoch: unknown key, expected one of version, seeds, tasks"),
    ("tasks.full.lenght", 25, "tasks.full.lenght: unknown key, expected one of length, alphabet"),
    ("experiments.full_echo.lr", 0.1, "experiments.full_echo.lr: unknown key, expected one of"),
    ("evaluation.windows", 3, "evaluation.windows: unknown key, expected one of sequences"),
    ("statistics.alpha", 0.05, "statistics.alpha: unknown key, expected one of confidence"),
    ("execution.checkpoint_seconds", -1, "checkpoint_seconds: expected 0 or more, got -1"),
    ("execution.seeds_per_job", 0, "seeds_per_job: expected 1 or more, got 0"),
    ("version", 1, "version: expected text, got 1"),
    ("version", "a/b", "version: expected a name of letters, digits, '_', '.' and '-'"),
    ("version", "../v1", "version: expected a name of letters"),
    ("version", "", "version: expected a name of letters"),
    ("version", "published", "version: expected another name: results/published/ is reserved"),
    ("version", REMOVED, "version: expected a value, got none"),
    ("seeds", "10", "seeds: expected a count from 1, or a list of whole numbers from 0, got text"),
    ("seeds", "[0, 1]", "give lists in a file, with --configfile"),
    (
        "seeds",
        ["0", "1"],
        "seeds: expected a count from 1, or a list of whole numbers from 0, got [",
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
    ("tasks.partial.n_out", REMOVED, "tasks.partial.n_out: expected a value, got none"),
    ("tasks.full", 3, "tasks.full: expected keys and values, got 3"),
    ("tasks", [], "tasks: expected keys and values, got []"),
    ("tasks", {}, "tasks: expected at least 1 entries, got 0"),
    ("tasks.a b", {"n_out": 2}, "tasks.a b: expected a name of letters, digits, '_' and '-'"),
    ("experiments", None, "experiments: expected keys and values, got nothing"),
    ("experiments.full_echo.task", "whole", "experiments.full_echo.task: expected one of full, "),
    (
        "experiments.full_echo.model",
        "gru",
        "experiments.full_echo.model: expected one of lstm, encoder_decoder, many_to_one, "
        "one_to_one, memoryless, last_step, or module:function, got 'gru'",
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
        "experiments.full_echo.masking",
        True,
        "experiments.full_echo.masking: expected a task with framing: mask, or false",
    ),
    ("experiments.full_echo.masking", "yes", "experiments.full_echo.masking: "),
    ("experiments.full_echo.stateful", 1, "experiments.full_echo.stateful: "),
    (
        "experiments.full_masked.batch_size",
        7,
        "experiments.full_masked.batch_size: expected a divisor of the 25 windows of a sequence "
        "(1, 5, 25), got 7",
    ),
    (
        "experiments.partial_unmasked.batch_size",
        21,
        "experiments.partial_unmasked.batch_size: expected a divisor of the 25 windows of a ",
    ),
    (
        "experiments.ten_of_10.batch_size",
        21,
        "experiments.ten_of_10.batch_size: expected a divisor of the 16 windows of a sequence "
        "(1, 2, 4, 8, 16), got 21",
    ),
    (
        "experiments.full_linear.compare_to",
        "whole_echo",
        "experiments.full_linear.compare_to: expected one of full_echo, partial_echo, ",
    ),
    ("experiments.full_linear.compare_to", 3, "full_linear.compare_to: expected text, got 3"),
    (
        "experiments.full_linear.question",
        "size",
        "experiments.full_linear.question: expected one of linear, masking, longer, state, "
        "topology, control, got 'size'",
    ),
    ("questions.linear.text", REMOVED, "questions.linear.text: expected a value, got none"),
    (
        "questions.state.expectation",
        "better",
        "questions.state.expectation: expected 'same' or 'worse', got text 'better'",
    ),
    ("questions.state.answer", "no", "questions.state.answer: unknown key, expected one of text"),
    ("questions", [], "questions: expected keys and values, got []"),
    (
        "experiments.full_linear.seeds",
        0,
        "experiments.full_linear.seeds: expected a count from 1, or a list of whole numbers from "
        "0, got 0",
    ),
    ("experiments.full_linear.seeds", [], "experiments.full_linear.seeds: expected a count from 1"),
    ("experiments.full_linear.seeds", [0, -1], "experiments.full_linear.seeds: expected a count "),
    ("experiments.full_linear.seeds", "5", "experiments.full_linear.seeds: expected a count from"),
    (
        "experiments.full_linear.seeds",
        [1, 2, 1],
        "experiments.full_linear.seeds: expected each seed once, got [1, 2, 1]",
    ),
    ("statistics.learned_over", 0, "statistics.learned_over: expected 1 or more, got 0"),
    ("statistics.margin", 0, "statistics.margin: expected more than 0"),
    ("statistics.margin", 1, "statistics.margin: expected less than 1"),
    ("experiments.full_echo.cells", 0, "experiments.full_echo.cells: expected 1 or more, got 0"),
    ("experiments.full_echo.cells", True, "experiments.full_echo.cells: expected a whole number, "),
    ("experiments.full_echo.epochs", -5, "experiments.full_echo.epochs: expected 1 or more, got -"),
    ("experiments.full_echo.epochs", 1.5, "experiments.full_echo.epochs: expected a whole number"),
    (
        "experiments.full_echo.epochs",
        10_001,
        "experiments.full_echo.epochs: expected at most 10000, the sequences that "
        "tasks.full.sequences draws, got 10001",
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
        "seeds: expected a count from 1, or a list of whole numbers from 0, got 1000",
    ),
    ("version", "v1\nx", "version: expected a name of letters"),
    ("version", "v" * 61, "version: expected 60 characters or fewer"),
    (
        "experiments.full_linear.compare_to",
        None,
        "experiments.full_linear.compare_to: expected the experiment to compare with, got none",
    ),
    (
        "experiments.full_linear.seeds",
        [77],
        "experiments.full_linear.compare_to: expected an experiment with some of the same seeds",
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
    with pytest.raises(EchoseqError) as caught:
        study.load(changed(path, value))
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


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
    before = sorted(workspace.folder.rglob("*"))
    done = workspace.run(*SNAKEMAKE)
    said = [
        x for x in done.stderr.splitlines() if not x.startswith(("Using workflow", "Config fi"))
    ]
    assert done.returncode != 0
    assert len(said) == 1
    assert said[0].startswith("echoseq: configuration: ")
    assert line in said[0]
    after = [p for p in sorted(workspace.folder.rglob("*")) if ".snakemake" not in p.parts]
    assert [p for p in after if "__pycache__" not in p.parts] == before


SNAKEMAKE = (sys.executable, "-m", "snakemake", "--cores", "1")


def test_several_mistakes_are_counted() -> None:
    config = changed("seeds", 0) | {"colour": "blue"}
    with pytest.raises(EchoseqError, match=r"\(and 1 more\)$"):
        study.load(config)


def test_the_study_has_the_numbers_of_the_source() -> None:
    configured = study.read(CONFIG)
    assert configured.version == "v1"
    assert configured.seeds_of("full_echo") == configured.seeds_of("partial_echo")
    assert configured.seeds_of("full_echo") == list(range(10))
    sizes = {"length": 25, "alphabet": 100, "n_in": 5}
    sizes |= {"encoding": "one_hot", "framing": "drop", "stateful": True, "masking": False}
    assert study.training_plan(configured, "full_echo") == sizes | {
        "n_out": 5,
        "model": "lstm",
        "cells": 20,
        "epochs": 500,
        "batch_size": 7,
    }
    assert study.training_plan(configured, "partial_echo") == sizes | {
        "n_out": 2,
        "model": "encoder_decoder",
        "cells": 150,
        "epochs": 5000,
        "batch_size": 21,
    }
    assert configured.evaluation.sequences == 100
    assert [configured.tasks[name].windows for name in ("full", "partial")] == [21, 21]
    assert configured.names(extensions=False) == ["full_echo", "partial_echo"]


def test_the_smoke_study_has_the_same_shape() -> None:
    small = yaml.safe_load((PROJECT / "config" / "smoke.yaml").read_text(encoding="utf-8"))
    whole = study.read(CONFIG)
    assert set(small["experiments"]) == set(whole.experiments)


@pytest.mark.parametrize(("seeds", "expected"), [(3, [0, 1, 2]), ([7, 2], [2, 7])])
def test_seeds_are_a_count_or_a_list(seeds: Any, expected: list[int]) -> None:
    configured = study.load(changed("seeds", seeds))
    assert configured.seeds_of("full_echo") == expected
    own = study.load(changed("experiments.full_linear.seeds", seeds))
    assert own.seeds_of("full_linear") == expected
    assert own.seeds_of("full_echo") == list(range(10))


def test_seeds_share_jobs_in_their_order_and_a_single_one_shares_none() -> None:
    configuration = changed("seeds", 7)
    assert study.load(configuration).shared_jobs() == {}
    configuration["execution"]["seeds_per_job"] = 3
    jobs = study.load(configuration).shared_jobs()
    assert set(jobs) == {(0, 1, 2), (3, 4), (3, 4, 5), (6, 7, 8)}  # of 5, 7 and 10 seeds
    assert {"full_echo", "full_linear", "full_stateless"} <= set(jobs[0, 1, 2])
    assert jobs[6, 7, 8] == ["full_memoryless", "full_stateless"]


def test_null_removes_an_experiment() -> None:
    whole = study.read(CONFIG)
    configured = study.load(changed("experiments.full_linear", None))
    names = [name for name in whole.experiments if name != "full_linear"]
    assert list(configured.experiments) == names


def test_null_removes_a_question() -> None:
    with pytest.raises(EchoseqError, match=r"full_linear\.question: expected one of masking, "):
        study.load(changed("questions.linear", None))


def test_a_plan_does_not_depend_on_what_does_not_train() -> None:
    plan = study.training_plan(study.read(CONFIG), "full_echo")
    for path, value in [
        ("experiments.full_echo.reference", None),
        ("tasks.full.sequences", 11000),
        ("experiments.partial_echo.epochs", 7),
        ("seeds", 3),
    ]:
        assert study.training_plan(study.load(changed(path, value)), "full_echo") == plan


def test_what_trains_is_in_the_plan() -> None:
    plan = study.training_plan(study.read(CONFIG), "full_unmasked")
    assert (plan["framing"], plan["encoding"]) == ("mask", "one_hot")
    assert (plan["stateful"], plan["masking"]) == (True, False)
    for path, value in [
        ("experiments.full_unmasked.stateful", False),
        ("experiments.full_unmasked.masking", True),
        ("tasks.full_mask.encoding", "linear"),
    ]:
        assert study.training_plan(study.load(changed(path, value)), "full_unmasked") != plan


def test_a_plan_does_not_depend_on_what_is_asked() -> None:
    plan = study.training_plan(study.read(CONFIG), "full_linear")
    for path, value in [
        ("experiments.full_linear.question", None),
        ("experiments.full_linear.compare_to", "partial_echo"),
        ("experiments.full_linear.seeds", [7, 8]),
        ("questions.linear.text", "What?"),
        ("statistics.margin", 0.1),
        ("statistics.learned_over", 3),
    ]:
        assert study.training_plan(study.load(changed(path, value)), "full_linear") == plan


def test_a_question_of_its_own_makes_an_experiment_an_extension() -> None:
    configured = study.load(changed("experiments.full_linear.question", None))
    assert configured.names(extensions=False) == ["full_echo", "partial_echo", "full_linear"]
    names = {*configured.names(extensions=True), *configured.names(extensions=False)}
    assert names == set(configured.experiments)


def test_every_extension_asks_compares_and_has_5_seeds_or_more() -> None:
    """The base has 10 seeds."""
    configured = study.read(CONFIG)
    extensions = configured.names(extensions=True)
    assert {configured.experiments[n].question for n in extensions} == set(configured.questions)
    for name in extensions:
        base = configured.experiments[name].compare_to
        assert base == ("full_echo" if name.startswith("full") else "partial_echo")
        shared = {*configured.seeds_of(name)} & {*configured.seeds_of(base)}
        assert len(shared) >= 5
    expected = {name: q.expectation for name, q in configured.questions.items() if q.expectation}
    assert expected == {"state": "same", "topology": "worse"}


def test_windows_with_missing_values_count_under_mask_framing() -> None:
    configured = study.read(CONFIG)
    windows = {name: task.windows for name, task in configured.tasks.items()}
    assert (windows["full_mask"], windows["partial_mask"]) == (25, 25)
    assert (windows["full_linear"], windows["two_of_10"], windows["ten_of_10"]) == (21, 16, 16)


def test_an_experiment_is_not_compared_with_itself() -> None:
    with pytest.raises(EchoseqError) as caught:
        study.load(changed("experiments.partial_last_step.compare_to", "partial_last_step"))
    line = str(caught.value)
    assert line.startswith("experiments.partial_last_step.compare_to: expected one of full_echo, ")
    assert "partial_last_step" not in line.removeprefix("experiments.partial_last_step")
    small = study_of_two()
    small["experiments"]["b"]["compare_to"] = "b"
    with pytest.raises(EchoseqError, match=r"b\.compare_to: expected one of a, got 'b'$"):
        study.load(small)


def study_of_two() -> dict[str, Any]:
    """Two experiments on two tasks, b compared with a."""
    facts = {"model": "encoder_decoder", "cells": 3, "epochs": 10, "batch_size": 1}
    return {
        "version": "v",
        "seeds": 2,
        "tasks": {"one": {"n_out": 2}, "other": {"n_out": 2}},
        "experiments": {
            "a": {"task": "one", **facts},
            "b": {"task": "other", **facts, "compare_to": "a"},
        },
    }


@pytest.mark.parametrize(("key", "value"), [("alphabet", 10), ("length", 30)])
def test_only_experiments_on_the_same_sequences_are_compared(key: str, value: int) -> None:
    config = study_of_two()
    assert study.load(config).experiments["b"].compare_to == "a"
    config["tasks"]["other"][key] = value
    line = (
        "experiments.b.compare_to: expected an experiment on the same sequences "
        r"\(length and alphabet\)"
    )
    with pytest.raises(EchoseqError, match=f"^{line}$"):
        study.load(config)


def test_a_question_needs_questions() -> None:
    config = study_of_two()
    config["experiments"]["b"]["question"] = "size"
    with pytest.raises(EchoseqError, match=r"b\.question: expected .*, got 'size'$") as caught:
        study.load(config)
    assert "\n" not in str(caught.value)


def test_a_model_of_ones_own_is_a_dotted_path() -> None:
    for path in ("my_models:gru_echo", "lab.models:Build2"):
        configured = study.load(changed("experiments.partial_echo.model", path))
        assert study.training_plan(configured, "partial_echo")["model"] == path


def test_experiment_table_says_what_an_experiment_asks() -> None:
    table = study.experiment_table(study.read(CONFIG)).set_index("experiment")
    assert list(table.index) == list(study.read(CONFIG).experiments)
    row = table.loc["full_masked"]
    assert (row["question"], row["compare_to"]) == ("masking", "full_echo")
    assert (row["framing"], row["masking"], row["stateful"]) == ("mask", True, True)
    assert table.loc["full_stateless", "stateful"] == False  # noqa: E712
    assert (
        table.loc[["full_echo", "partial_echo"], ["question", "compare_to"]].isna().all(axis=None)
    )


def test_experiment_table_states_chance_and_reference() -> None:
    table = study.experiment_table(study.read(CONFIG)).set_index("experiment")
    assert table.loc["full_echo", "chance_accuracy"] == 0.01
    assert table.loc["full_echo", "chance_loss"] == pytest.approx(math.log(100))
    assert table.loc["full_linear", "chance_loss"] == pytest.approx(0.0850, abs=5e-5)
    assert table.loc["partial_echo", "reference_loss_high"] == 0.041


def test_the_schema_is_that_of_the_code() -> None:
    """After a change of the configuration's classes: `make schema`."""
    stored = json.loads((PROJECT / "config" / "schema.json").read_text(encoding="utf-8"))
    assert stored == study.Study.model_json_schema()


def test_every_key_is_explained() -> None:
    text = (PROJECT / "config" / "README.md").read_text(encoding="utf-8")
    parts = (study.Study, study.Task, study.Experiment, study.Reference, study.Evaluation)
    for part in (*parts, study.Question, study.Statistics):
        for key, field in part.model_fields.items():
            assert field.description, key
            assert f"`{key}`" in text, key


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("seeds: [0\nb: {", "expected YAML, found a mistake in line 2"),
        ("just text", "expected keys and values"),
        ("", "expected keys and values"),
    ],
)
def test_a_file_that_is_no_configuration(tmp_path: Path, content: str, line: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(content)
    with pytest.raises(EchoseqError, match=line) as caught:
        study.read(path)
    assert str(path) in str(caught.value)


def test_a_file_is_laid_over_another(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("version: v2\nexperiments: {full_echo: {epochs: 7}}\n")
    ours = study.read(CONFIG, path)
    assert ours.version == "v2"
    assert ours.experiments["full_echo"].epochs == 7
    assert ours.experiments["full_echo"].cells == 20
    assert list(ours.experiments) == list(study.read(CONFIG).experiments)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(EchoseqError, match="cannot read it"):
        study.read(tmp_path / "none.yaml")


@pytest.mark.parametrize("model", ["one_to_one", "last_step"])
def test_models_without_a_layer_that_heeds_a_mask_are_not_masked(model: str) -> None:
    config = changed("experiments.partial_masked.model", model)
    with pytest.raises(EchoseqError, match=f"masking: '{model}' cannot be masked, expected false"):
        study.load(config)
