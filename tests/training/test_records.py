"""The files of a run, read back and checked."""

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from records import PLAN, run_record

from echoseq.errors import EchoseqError
from echoseq.files import write_json, write_table
from echoseq.training.files import history_digest
from echoseq.training.records import (
    plan_of,
    program_of,
    read_history,
    read_record,
    read_run,
    require_plan,
    require_plans,
)
from echoseq.training.schema import RunRecord

RECORD, FACTS = run_record(), PLAN.facts()
REQUIRED = [name for name, field in RunRecord.model_fields.items() if field.is_required()]
NAME = "experiment: expected a name in one line, without '/'"


@pytest.fixture
def record_path(tmp_path):
    path = tmp_path / "run.json"
    write_json(path, RECORD)
    return path


@pytest.fixture
def history():
    generator = np.random.Generator(np.random.PCG64(0))
    loss, accuracy = generator.random((2, 4), dtype=np.float32)
    return pd.DataFrame({"epoch": np.arange(1, 5), "loss": loss, "accuracy": accuracy})


def record_of(history, epochs=4):
    """As much of a record as reading its history needs."""
    return {"epochs": epochs, "history_digest": history_digest(history)}


@pytest.fixture
def history_path(tmp_path, history):
    path = tmp_path / "history.csv"
    write_table(path, history)
    return path


def refusal(path, read, *arguments) -> str:
    """The one line, which names the file, with which a file is refused."""
    with pytest.raises(EchoseqError) as caught:
        read(path, *arguments)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert len(message.splitlines()) == 1
    return message.removeprefix(f"{path}: ")


# run.json


def test_a_record_is_read_as_it_was_written(record_path):
    assert read_record(record_path) == RECORD


@pytest.mark.parametrize("key", REQUIRED)
def test_a_record_without_one_of_its_keys_is_refused(record_path, key):
    write_json(record_path, {k: v for k, v in RECORD.items() if k != key})
    assert refusal(record_path, read_record) == f"{key}: expected a value, got none"


def test_a_record_of_the_first_program_is_read(record_path):
    """It has fewer keys, and so has its plan."""
    old = {key: value for key, value in RECORD.items() if key in REQUIRED}
    keys = ("learning_rate", "until", "success", "learned_over")
    old["plan"] = {key: value for key, value in old["plan"].items() if key not in keys}
    write_json(record_path, old)
    assert read_record(record_path) == old
    assert program_of(old) == 1
    message = refusal(record_path, read_record, "seed", "updates")
    assert message == "updates: expected a value, got none"


def test_what_a_later_program_records_is_read(record_path):
    later = RECORD | {"energy": {"joules": 3}, "plan": RECORD["plan"] | {"clip": 1}}
    write_json(record_path, later)
    assert read_record(record_path) == later


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("epochs", 10**9, "epochs: expected 1000000 or less, got 1000000000"),
        ("epochs", 4.0, "epochs: expected a whole number, got 4.0"),
        ("epochs", True, "epochs: expected a whole number, got true"),
        ("seed", 2**32, "seed: expected less than 4294967296, got 4294967296"),
        ("seed", -1, "seed: expected 0 or more, got -1"),
        ("seed", "3", "seed: expected a whole number, got text '3'"),
        ("seed", 10**30, "seed: expected a number of at most 64 bits"),
        ("parameters", -1, "parameters: expected 0 or more, got -1"),
        ("final_loss", math.nan, "final_loss: expected a finite number"),
        ("final_loss", math.inf, "final_loss: expected a finite number"),
        ("final_loss", "low", "final_loss: expected a number, got text 'low'"),
        ("final_accuracy", 1.5, "final_accuracy: expected 1.0 or less, got 1.5"),
        ("digest", "12AB", "digest: expected a SHA-256, 64 hexadecimal digits in lower case, got "
         "text '12AB'"),
        ("digest", ["a"], 'digest: expected text, got ["a"]'),
        ("learned", 1, "learned: expected true or false, got 1"),
        ("updates", None, "updates: expected a whole number, got nothing"),
        ("program", 0, "program: expected 1 or more, got 0"),
        ("versions", [], "versions: expected keys and values, got []"),
        ("versions", {"keras": 3}, "versions.keras: expected text, got 3"),
        ("experiment", "../a", f"{NAME}, got text '../a'"),
        ("experiment", "a\nb", f"{NAME}, got text 'a b'"),
        ("experiment", "\ud800", "experiment: expected text, got half of a surrogate pair"),
        ("plan", {k: v for k, v in FACTS.items() if k != "cells"},
         "plan.cells: expected a value, got none"),
        ("plan", [], "plan: expected keys and values, got []"),
        ("plan", FACTS | {"cells": "3"}, "plan.cells: expected a whole number, got text '3'"),
        ("plan", FACTS | {"stateful": 1}, "plan.stateful: expected true or false, got 1"),
        ("plan", FACTS | {"epochs": 10**7}, "plan.epochs: expected 1000000 or less, got 10000000"),
        ("plan", FACTS | {"framing": 1}, "plan.framing: expected 'drop' or 'mask', got 1"),
        ("plan", FACTS | {"optimizer": "a\rb"}, "plan.optimizer: expected one of 14 names, such as "
         "Adadelta, Adafactor, Adagrad, Adam, AdamW, got 'a b'"),
        ("plan", FACTS | {"optimizer": {"name": "SGD", "momentum": "x"}},
         "plan.optimizer.momentum: expected a number, or true or false, got text 'x'"),
        ("more", [[[[1e999]]]], "more.0.0.0.0: expected a finite number"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_or_size_is_named(record_path, key, value, line):
    record_path.write_text(json.dumps(RECORD | {key: value}))
    assert refusal(record_path, read_record) == line


def test_a_truncated_record_is_refused_wherever_it_ends(record_path):
    whole = record_path.read_bytes().rstrip()
    for size in range(len(whole)):
        record_path.write_bytes(whole[:size])
        refusal(record_path, read_record)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"3", b"null", b"[]", b'"seed"', b"\xff", json.dumps(REQUIRED).encode()],
    ids=["empty", "open", "number", "null", "list", "text", "not UTF-8", "list of the keys"],
)
def test_another_file_in_the_place_of_a_record_is_refused(record_path, content):
    record_path.write_bytes(content)
    refusal(record_path, read_record)


def test_a_missing_record_is_refused(tmp_path):
    message = refusal(tmp_path / "run.json", read_record)
    assert message == "expected the record of a run, cannot read it (No such file or directory)"


def test_a_run_of_another_plan_is_refused(tmp_path):
    paths = [tmp_path / name for name in ("a.json", "b.json")]
    for path, epochs in zip(paths, (500, 7)):
        write_json(path, RECORD | {"plan": replace(PLAN, epochs=epochs).facts()})
    require_plan(paths[:1], PLAN)
    message = refusal(paths[1], lambda _: require_plan(paths, PLAN))
    assert message == (
        "expected a run with epochs 500, as configured, got 7; remove its folder to train it again"
    )


def test_runs_of_another_plan_than_that_of_their_folder_are_refused(tmp_path):
    paths = [tmp_path / f"runs/{name}/seed-3/run.json" for name in ("full_echo", "longer")]
    for path in paths:
        path.parent.mkdir(parents=True)
        write_json(path, RECORD)
    plans = {"full_echo": PLAN.facts(), "longer": replace(PLAN, epochs=900).facts()}
    require_plans(paths[:1], plans)
    message = refusal(paths[1], lambda _: require_plans(paths, plans))
    assert message.startswith("expected a run with epochs 900, as configured, got 500; ")


@pytest.mark.parametrize("read", [read_record, lambda path: read_run(path, path)])
def test_the_record_of_another_seed_than_that_of_its_folder_is_refused(tmp_path, read):
    path = tmp_path / "runs/full_echo/seed-4/run.json"
    path.parent.mkdir(parents=True)
    write_json(path, RECORD)
    assert refusal(path, read) == (
        "expected the record of seed 4, as its folder says, got that of seed 3"
    )
    assert read_record(path.rename(tmp_path / "run.json")) == RECORD


def test_a_plan_of_a_later_version_of_the_program_is_refused(record_path):
    line = "plan.new: unknown key"
    write_json(record_path, RECORD | {"plan": PLAN.facts() | {"new": 1}})
    record = read_record(record_path)
    assert refusal(record_path, lambda path: plan_of(record, path)) == line
    assert refusal(record_path, lambda path: require_plan([path], PLAN)) == line


def test_the_plan_of_a_record_is_read_as_it_was_written(record_path):
    assert plan_of(read_record(record_path), record_path) == PLAN


# history.csv


def test_a_history_is_read_as_it_was_written(history_path, history):
    stored = read_history(history_path, record_of(history))
    assert stored["epoch"].tolist() == [1, 2, 3, 4]
    for column in ("loss", "accuracy"):
        assert stored[column].dtype == np.float32
        np.testing.assert_array_equal(stored[column], history[column])


def test_a_run_is_read_as_it_was_written(record_path, history_path, history):
    write_json(record_path, RECORD | record_of(history))
    run = read_run(record_path, history_path)
    assert run.record == RECORD | record_of(history)
    assert run.seed == 3
    for ours, column in ((run.loss, "loss"), (run.accuracy, "accuracy")):
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, history[column])


def test_a_run_whose_history_is_not_that_of_its_record_is_refused(record_path, history_path):
    message = refusal(history_path, lambda path: read_run(record_path, path))
    assert message == "the values do not match the digest in run.json; train it again"


@pytest.mark.parametrize("epochs", [1, 3, 5])
def test_a_history_of_another_number_of_epochs_is_refused(history_path, history, epochs):
    message = refusal(history_path, read_history, record_of(history, epochs))
    assert message == f"epoch: expected 1 to {epochs}, each once"


@pytest.mark.parametrize(
    "rows", [[0, 1, 1, 3], [0, 2, 1, 3], [0, 1, 2], [1, 2, 3], [0, 1, 2, 3, 3]]
)
def test_epochs_that_are_missing_repeated_or_out_of_order_are_refused(history_path, history, rows):
    write_table(history_path, history.iloc[rows])
    message = refusal(history_path, read_history, record_of(history))
    assert message == "epoch: expected 1 to 4, each once"


@pytest.mark.parametrize(
    "columns", [["epoch", "loss"], ["epoch", "accuracy", "loss"], ["loss", "accuracy", "epoch"]]
)
def test_a_history_with_other_columns_is_refused(history_path, history, columns):
    write_table(history_path, history[columns])
    message = refusal(history_path, read_history, record_of(history))
    assert message == "expected the columns epoch, loss, accuracy"


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\xff\xfe\x00", b'epoch,loss,accuracy\n"1,2,3\n', b"a\n1\n1,2,3,4\n"],
    ids=["empty", "blank", "not UTF-8", "open quote", "ragged"],
)
def test_another_file_in_the_place_of_a_history_is_refused(history_path, history, content):
    history_path.write_bytes(content)
    refusal(history_path, read_history, record_of(history, 1))


def test_a_truncated_history_is_refused_wherever_it_ends(history_path, history):
    whole = history_path.read_bytes().rstrip()
    for size in range(len(whole)):
        history_path.write_bytes(whole[:size])
        refusal(history_path, read_history, record_of(history))


@pytest.mark.parametrize(
    "value", ["", "x", "nan", "\0001"], ids=["nothing", "text", "not a number", "zero byte"]
)
@pytest.mark.parametrize("column", [1, 2])
def test_a_history_with_a_value_that_is_no_number_is_refused(history_path, history, column, value):
    row = ["2", "1.5", "0.5"]
    row[column] = value
    text = f"epoch,loss,accuracy\n1,2.5,0.25\n{','.join(row)}\n"
    history_path.write_text(text, encoding="utf-8")
    refusal(history_path, read_history, record_of(history, 2))


def test_a_missing_history_is_refused(tmp_path):
    message = refusal(tmp_path / "history.csv", read_history, {"epochs": 4})
    assert message == "expected a training history, cannot read it (No such file or directory)"
