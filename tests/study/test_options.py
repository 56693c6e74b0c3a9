"""Options of models: how they are given, what a plan holds of them, and what is refused."""

from dataclasses import fields
from typing import Any

import pytest
from configurations import study_of_two

from echoseq.errors import EchoseqError
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import GRU, LSTM, MEANINGS, OF_LAYERS, OPTIONS, Layer, described
from echoseq.study.plan import Plan
from echoseq.study.reading import load
from echoseq.tables.experiments import make

# The decoder of Bahdanau et al. 2014, as a configuration writes it.
ADDITIVE = {
    "decoder": {"cell": "gru", "reset_after": False},
    "attention": "additive",
    "feed": ["answer", "context"],
    "output": ["answer", "previous_state", "context"],
    "start": "first",
}


def study(task: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
    """A configuration whose experiment `a` has these keys besides its own."""
    config = study_of_two()
    config["tasks"]["one"] |= task or {}
    config["experiments"]["a"] |= options
    del config["experiments"]["b"]
    return config


def plan(**options: Any) -> Plan:
    return load(study(**options)).plan_of("a")


def test_every_option_has_a_model_and_a_meaning() -> None:
    having = {key for architecture in ARCHITECTURES.values() for key in architecture.options}
    assert having == set(OPTIONS) == set(MEANINGS)
    assert {field.name for field in fields(Layer)} == {"cell", *OF_LAYERS}


def test_defaults_are_what_a_model_was_before_it_had_options() -> None:
    """A plan that spells them out is the same plan, and has the facts of one without options."""
    spelled = {
        "encoder": "lstm",
        "decoder": {"cell": "lstm", "recurrent_gain": 1, "forget_bias": 1.0, "reset_after": None},
        "attention": "none",
        "feed": "encoding",
        "read": ["value"],
        "output": ["state"],
        "start": "zero",
    }
    assert plan(**spelled) == plan()
    assert not OPTIONS.keys() & plan().facts().keys()
    resolved = load(study(**spelled)).resolved()
    assert resolved == load(study()).resolved()
    assert not OPTIONS.keys() & resolved["experiments"]["a"].keys()


def test_options_are_in_the_plan_and_read_back_from_what_is_stored() -> None:
    given = plan(**ADDITIVE)
    told = ADDITIVE | {"output": ["previous_state", "context", "answer"]}  # in one order
    assert given.facts() == plan().facts() | told
    assert Plan.from_facts(given.facts()) == given
    resolved = load(study(**ADDITIVE)).resolved()
    assert load(resolved).plan_of("a") == given
    assert load(resolved).resolved() == resolved


@pytest.mark.parametrize(
    ("written", "layer"),
    [
        ("gru", GRU),
        ({"cell": "gru"}, GRU),
        ({}, LSTM),
        ({"recurrent_gain": 0}, Layer("lstm", recurrent_gain=0.0)),
        ({"forget_bias": -2}, Layer("lstm", forget_bias=-2.0)),
        (
            {"cell": "simple_rnn", "recurrent_initializer": "glorot_uniform", "recurrent_gain": 2},
            Layer("simple_rnn", recurrent_initializer="glorot_uniform", recurrent_gain=2.0),
        ),
        (
            {"cell": "gru", "reset_after": False, "forget_bias": None},
            Layer("gru", reset_after=False),
        ),
    ],
)
def test_a_layer_is_a_cell_or_a_cell_with_options(written: Any, layer: Layer) -> None:
    assert plan(encoder=written).encoder == layer
    assert plan(encoder=written).decoder == LSTM
    assert Layer.read(layer.facts()) == layer


def test_one_layer_of_other_models() -> None:
    for model in ("many_to_one", "one_to_one"):
        assert plan(model=model, layer="gru").layer == GRU
    assert load(study({"n_out": 5}, model="lstm", layer="gru")).plan_of("a").layer == GRU


def test_what_reads_the_context_is_the_output_unless_it_is_told() -> None:
    assert plan(attention="dot") == plan(attention="dot", output=["context", "state"])
    assert plan(attention="dot") != plan(attention="dot", output="context")


def test_options_are_told_in_short() -> None:
    values = {key: getattr(plan(**ADDITIVE), key) for key in OPTIONS}
    assert described(values) == (
        "decoder: gru (reset_after false); attention: additive; feed: answer, context; "
        "output: previous_state, context, answer; start: first"
    )
    assert str(Layer(recurrent_initializer="glorot_uniform", recurrent_gain=0.5)) == (
        "lstm (recurrent_initializer glorot_uniform, recurrent_gain 0.5)"
    )
    assert described(OPTIONS) == ""


def test_the_table_of_experiments_has_a_column_for_each() -> None:
    table = make(load(study(**ADDITIVE))).set_index("experiment")
    row = table.loc["a"]
    assert (row["encoder"], row["decoder"]) == ("lstm", "gru (reset_after false)")
    assert (row["attention"], row["feed"], row["start"]) == ("additive", "answer, context", "first")
    assert row["output"] == "previous_state, context, answer"
    assert row["layer"] is None
    plain = make(load(study(attention="dot"))).iloc[0]
    assert (plain["output"], plain["options"]) == ("state, context", "attention: dot")
    other = make(load(study(model="many_to_one"))).iloc[0]
    assert other[["options", "encoder", "output", "start"]].isna().all()
    assert other["layer"] == "lstm"


ONE = {"n_out": 1}
LAYER = "recurrent_initializer, recurrent_gain, forget_bias, reset_after"
MIXED = {"encoder": "gru", "start": "encoder"}
BAD = [
    (
        {},
        {"encoder": "grue"},
        "encoder: expected one of lstm, gru, simple_rnn, got 'grue'; did you",
    ),
    ({}, {"encoder": 3}, "encoder: expected a cell, or keys and values, got 3"),
    ({}, {"encoder": ["gru"]}, 'encoder: expected a cell, or keys and values, got ["gru"]'),
    ({}, {"encoder": {"cell": 3}}, "encoder.cell: expected one of lstm, gru, simple_rnn, got '3'"),
    ({}, {"encoder": {"colour": 3}}, f"encoder.colour: unknown key, expected one of cell, {LAYER}"),
    ({}, {"encoder": {"gain": 0}}, "encoder.gain: unknown key; did you mean recurrent_gain?"),
    (
        {},
        {"decoder": {"recurrent_gain": -1}},
        "decoder.recurrent_gain: expected a number from 0 to 100, got -1",
    ),
    (
        {},
        {"decoder": {"recurrent_gain": float("nan")}},
        "decoder.recurrent_gain: expected a number from 0 to 100, got nan",
    ),
    (
        {},
        {"decoder": {"recurrent_gain": True}},
        "decoder.recurrent_gain: expected a number from 0 to 100, got true",
    ),
    (
        {},
        {"decoder": {"recurrent_initializer": "normal"}},
        "decoder.recurrent_initializer: expected one of orthogonal, glorot_uniform, got 'normal'",
    ),
    (
        {},
        {"decoder": {"recurrent_gain": 0, "recurrent_initializer": "orthogonal"}},
        "decoder.recurrent_initializer: expected none: with recurrent_gain: 0 all is zero",
    ),
    (
        {},
        {"decoder": {"forget_bias": "high"}},
        "decoder.forget_bias: expected a number from -100 to 100, got text 'high'",
    ),
    (
        {},
        {"decoder": {"cell": "gru", "forget_bias": 0}},
        "decoder.forget_bias: expected none: only lstm has it, and the cell is gru",
    ),
    (
        {},
        {"decoder": {"reset_after": True}},
        "decoder.reset_after: expected none: only gru has it, and the cell is lstm",
    ),
    (
        {},
        {"decoder": {"cell": "gru", "reset_after": 1}},
        "decoder.reset_after: expected true or false, got 1",
    ),
    (
        {},
        {"attention": "luong"},
        "attention: expected 'none', 'dot' or 'additive', got text 'luong'",
    ),
    ({}, {"start": "end"}, "start: expected 'zero', 'encoder', 'first' or 'last', got text 'end'"),
    (
        {},
        {"feed": "answers"},
        "feed: expected one of encoding, step, answer, context, got 'answers'; did you mean answer",
    ),
    ({}, {"feed": []}, "feed: expected one or several of encoding, step, answer, context, got []"),
    ({}, {"feed": 3}, "feed: expected one or several of encoding, step, answer, context, got 3"),
    ({}, {"feed": ["step", "step"]}, "feed: expected each once, got 'step' again"),
    ({}, {"feed": "context"}, "feed: expected no context without attention"),
    ({}, {"output": ["state", "context"]}, "output: expected no context without attention"),
    (
        {},
        {"attention": "dot", "output": "state"},
        "attention: expected none, or context in feed or output, which nothing reads here",
    ),
    ({}, {"feed": ["answer"]}, "feed: expected encoding or context, or another start than zero"),
    ({}, {"output": "answer"}, "output: expected state, previous_state or context too"),
    (
        ONE,
        {"feed": ["encoding", "answer"]},
        "feed: expected no answer: the task asks for one value",
    ),
    (ONE, {"feed": ["encoding", "step"]}, "feed: expected no step: the task asks for one value"),
    (ONE, {"output": ["state", "previous_state"]}, "output: expected no previous_state: the task"),
    (
        ONE,
        {"attention": "dot", "feed": "context", "output": "context"},
        "output: expected state, since the task asks for one value",
    ),
    ({}, MIXED, "start: expected an encoder and a decoder with the same states (h, and c of an ls"),
    (
        {"framing": "mask"},
        {"start": "first", "masking": True},
        "start: expected another with masking: the first value may be missing",
    ),
    (
        {},
        {"layer": "gru"},
        "layer: expected none: an option of lstm, many_to_one, one_to_one, not of 'encoder_deco",
    ),
    ({}, {"read": "place"}, "read: expected value too, since nothing else of the window is read"),
    (
        {},
        {"model": "many_to_one", "read": ["value", "place"]},
        "read: expected none: an option of encoder_decoder, lstm, not of 'many_to_one'",
    ),
    ({"n_in": 1, "n_out": 1}, {"read": ["value", "place"]}, "read: expected no place: a window of"),
    (
        {},
        {"model": "encoder_decoder_gru", "encoder": "gru"},
        "encoder: expected none: an option of encoder_decoder, not of 'encoder_decoder_gru'",
    ),
    (
        {},
        {"model": "many_to_one", "attention": "none"},
        "attention: expected none: an option of encoder_decoder, not of 'many_to_one'",
    ),
    (
        {},
        {"model": "mine:net", "start": "zero"},
        "start: expected none: an option of encoder_decoder, not of 'mine:net'",
    ),
]


@pytest.mark.parametrize(("task", "options", "line"), BAD, ids=lambda value: str(value)[:40])
def test_what_does_not_fit_or_would_be_ignored_is_refused_in_one_line(
    task: dict[str, Any], options: dict[str, Any], line: str
) -> None:
    with pytest.raises(EchoseqError) as caught:
        load(study(task, **options))
    assert len(str(caught.value).splitlines()) == 1
    assert str(caught.value).startswith(f"experiments.a.{line}")


@pytest.mark.parametrize(
    ("task", "options"),
    [
        ({}, ADDITIVE),
        ({}, {"attention": "dot", "feed": ["step"]}),  # it knows the window by what it attends to
        ({}, {"start": "encoder", "feed": "step"}),
        ({}, {"start": "encoder", "encoder": "gru", "decoder": "simple_rnn"}),
        ({}, {"output": ["previous_state", "answer"], "feed": ["encoding", "answer"]}),
        (ONE, {"attention": "additive", "feed": "context", "start": "last"}),
        ({"framing": "mask"}, {"start": "last", "masking": True}),
    ],
)
def test_what_fits_is_valid(task: dict[str, Any], options: dict[str, Any]) -> None:
    assert load(study(task, **options))


def test_a_mistake_elsewhere_hides_no_option_and_blames_none() -> None:
    config = study(layer="gru", batch_size=0)
    with pytest.raises(EchoseqError) as caught:
        load(config)
    assert str(caught.value) == "experiments.a.batch_size: expected 1 or more, got 0"
