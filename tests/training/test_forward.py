"""The forward pass of training is that of plain Keras, and so are its gradients."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from as_keras import (
    FULL,
    MANY_TO_ONE,
    ONE_TO_ONE,
    PARTIAL,
    assert_as_keras,
    kept,
    linear,
    long,
    masked,
    masking,
    own,
    recurrent,
    single,
    stateless,
)
from optioned import PLANS as OPTIONED

from echoseq.networks.backend import tf
from echoseq.networks.building import build
from echoseq.networks.contract import UNROLL_LIMIT
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.plan import Plan
from echoseq.training import activations, attending, cells, layers, scanning, stepping

OTHERS = [name for name in ARCHITECTURES if name.startswith("encoder_decoder_")]
CELLS = [f"encoder_decoder_{name}" for name in ("gru", "simple_rnn")]
WAYS: dict[str, Callable[[Plan], Plan]] = {
    "stateless": stateless,
    "one at a time": single,
    "linear": linear,
    "kept": kept,
    "masked one at a time": lambda plan: masked(plan, 1),
    "long": long,
}
LONG = long(masked(FULL), UNROLL_LIMIT + 1)
TOLD = ("value", "place")
PLANS = {
    "full": FULL,
    "full, batch is sequence": replace(FULL, batch_size=8),
    "full stateless": stateless(FULL),
    "full one at a time": single(FULL),
    "full stateless one at a time": stateless(single(FULL)),
    "full linear": linear(FULL),
    "full kept": kept(FULL),
    "full kept linear": kept(linear(FULL)),
    "full masked": masked(FULL),
    "full masked stateless": masked(stateless(FULL)),
    "full masked one at a time": masked(FULL, 1),
    "full masked linear": masked(linear(FULL)),
    "full long": long(FULL, UNROLL_LIMIT + 1),
    "partial": PARTIAL,
    "partial of the study's batch": replace(PARTIAL, n_in=5, length=25, batch_size=21),
    "partial in batches": replace(PARTIAL, batch_size=4),
    "partial stateless": stateless(PARTIAL),
    "partial stateless one at a time": stateless(single(PARTIAL)),
    "partial one at a time": single(PARTIAL),
    "partial linear": linear(PARTIAL),
    "partial kept": kept(PARTIAL),
    "partial masked": masked(PARTIAL, 12),
    "partial masked in batches": masked(PARTIAL),
    "partial masked one at a time": masked(PARTIAL, 1),
    "partial long": long(PARTIAL),
    "full long masked": LONG,
    "full long stateless": long(stateless(FULL), UNROLL_LIMIT + 1),
    "many to one long masked": long(masked(MANY_TO_ONE)),
    "partial long one at a time": single(long(PARTIAL)),
    "partial masking that never masks": replace(PARTIAL, masking=True),
    **{f"{name} in batches": replace(PARTIAL, model=name, batch_size=4) for name in OTHERS},
    **{f"{name} masked": masked(replace(PARTIAL, model=name)) for name in OTHERS},
    **{
        f"{name} {way}": make(replace(PARTIAL, model=name))
        for name in CELLS
        for way, make in WAYS.items()
    },
    **{
        f"with options: {name}": replace(plan, length=10, n_in=3, batch_size=4)
        for name, plan in OPTIONED.items()
        if plan.n_out <= 3 and name != "fed all"  # whose gradients vanish to rounding
    },
    "partial with another filler": kept(replace(PARTIAL, filler=0.25)),
    "partial masked with another filler": masked(replace(PARTIAL, filler=0.0)),
    "partial masked told the place": masked(replace(PARTIAL, read=TOLD)),
    "full masked told the place": masked(replace(FULL, read=TOLD)),
    "many to one": MANY_TO_ONE,
    "many to one masked": masked(MANY_TO_ONE),
    "one to one": ONE_TO_ONE,
    "one to one kept": kept(ONE_TO_ONE),
    "one to one linear": linear(ONE_TO_ONE),
    "memoryless": replace(FULL, model="memoryless"),
    "last step": replace(FULL, model="last_step", n_out=2),
}
HOLES = {  # with masked steps also between and after others
    "full": masked(FULL),
    "full stateless": masked(stateless(FULL)),
    "full linear": masked(linear(FULL)),
    "partial": masked(PARTIAL),
    "many to one": masked(MANY_TO_ONE),
    **{name: masked(replace(PARTIAL, model=name)) for name in CELLS},
    "full long": LONG,
    "full with another filler": masked(replace(FULL, filler=0.25)),
    "full told the place": masked(replace(FULL, read=TOLD)),
}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_outputs_gradients_and_states_are_those_of_plain_keras(plan: Plan) -> None:
    assert_as_keras(plan, build(plan, 0))


@pytest.mark.parametrize("plan", HOLES.values(), ids=HOLES.keys())
def test_so_they_are_where_masked_steps_stand_between_others(plan: Plan) -> None:
    assert_as_keras(plan, build(plan, 0), holes=True)


def test_every_architecture_is_tried() -> None:
    assert {plan.model for plan in PLANS.values()} == set(ARCHITECTURES)


BREAKS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "gradients": (
        stepping.Kernel,
        lambda run: lambda self, states, found: run(self, states[:-1], found[:-1]),
    ),
    "gradient": (cells.Lstm, lambda run: lambda self, left, d: run(self, left, [d[0], None])),
    "_skipped": (stepping, lambda _: lambda *_: None),
    "_taken": (stepping, lambda _: lambda _, gradient: gradient),
    "_chosen": (stepping, lambda _: lambda _, new, __: new),
    "_rows": (
        activations,
        lambda run: lambda table, places: run(table, tf.maximum(places - 1, 0)),
    ),
}


def forgetting(run: Callable[..., Any]) -> Callable[..., Any]:
    """A gradient without what reaches the state before a step directly."""

    def broken(self: cells.Cell, left: Any, d_states: cells.States) -> cells.Gradient:
        found = run(self, left, d_states)
        return replace(found, states=[None] * self.count)

    return broken


@pytest.mark.parametrize(
    ("cell", "breaking"),
    [
        (cells.Gru, forgetting),
        (cells.Gru, lambda run: lambda self, left, d: run(self, (*left[:2], 1.0, *left[3:]), d)),
        (cells.Simple, lambda run: lambda self, left, d: run(self, left * 0.9, d)),
    ],
)
def test_they_see_a_break_of_a_cell(
    cell: type, breaking: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    layer = {cells.Gru: "GRU", cells.Simple: "SimpleRNN"}[cell]
    assert_as_keras(masked(FULL), own(masking, recurrent(layer)), holes=True)
    monkeypatch.setattr(cell, "gradient", breaking(cell.gradient))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_as_keras(masked(FULL), own(masking, recurrent(layer)), holes=True)


MERGING: dict[str, tuple[Any, str, Callable[[Any], Any]]] = {
    "attention": (layers, "attend", lambda run: lambda q, v: run(q, v[::-1] * 0.9)),
    "attention of one": (attending, "_softmax", lambda _: lambda scores: scores * 0 + 0.1),
    "step": (activations.Beside, "products", lambda run: lambda self, k, _: run(self, k, None)),
    "feedback": (
        layers,
        "run_once",
        lambda run: (
            lambda cell, x, kernel, states: run(cell, x, kernel, [*map(tf.stop_gradient, states)])
        ),
    ),
}


@pytest.mark.parametrize("name", MERGING)
def test_they_see_a_break_of_what_merges(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, part, breaking = MERGING[name]
    plan = replace(PARTIAL, model=f"encoder_decoder_{name.split(maxsplit=1)[0]}")
    assert_as_keras(plan, build(plan, 0))
    monkeypatch.setattr(owner, part, breaking(getattr(owner, part)))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_as_keras(plan, build(plan, 0))


BREAKS_OF_LOOPS: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    **{name: BREAKS[name] for name in ("_taken", "_skipped", "_chosen")},
    "_loop": (scanning, lambda run: lambda count, *rest: run(count - 1, *rest)),
    "_Trace": (scanning, lambda make: lambda products, states: make(products * 0.9, states)),
}


@pytest.mark.parametrize("name", BREAKS_OF_LOOPS)
def test_they_see_a_break_of_long_windows(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, breaking = BREAKS_OF_LOOPS[name]
    monkeypatch.setattr(module, name, breaking(getattr(module, name)))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_as_keras(LONG, build(LONG, 0), holes=True)


@pytest.mark.parametrize("name", BREAKS)
def test_these_tests_see_a_break(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module, breaking = BREAKS[name]
    monkeypatch.setattr(module, name, breaking(getattr(module, name)))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_as_keras(masked(FULL), build(masked(FULL), 0), holes=True)
