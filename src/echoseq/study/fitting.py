"""How the options of a model must fit together, its task, and the model: nothing is ignored."""

from collections.abc import Iterator
from typing import NamedTuple

from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import LSTM, OPTIONS, said
from echoseq.study.parts import Experiment
from echoseq.study.plan import Plan


class Misfit(NamedTuple):
    """A key of an experiment, and what was expected of it."""

    key: str
    reason: str


def misfits(experiment: Experiment, plan: Plan) -> Iterator[Misfit]:
    """What does not fit in the options of an experiment with a known model.

    Args:
        plan: of the experiment.
    """
    without = [*_without_such(experiment)]
    yield from without
    architecture = ARCHITECTURES.get(plan.model)
    if not without:
        yield from _reading(plan)
    if not without and architecture and "decoder" in architecture.options:
        yield from _attending(plan)
        yield from _alone(plan)
        yield from _starting(plan)
        yield from _unread(plan)


def _without_such(experiment: Experiment) -> Iterator[Misfit]:
    """Options that the model does not have."""
    model = experiment.model
    known = ARCHITECTURES[model].options if model in ARCHITECTURES else ()
    for key in OPTIONS:
        if getattr(experiment, key) is None or key in known:
            continue
        having = ", ".join(name for name, it in ARCHITECTURES.items() if key in it.options)
        yield Misfit(key, f"expected none: an option of {having}, not of '{model}'")


def _reading(plan: Plan) -> Iterator[Misfit]:
    """A first layer that does not see the values, or that is told the only place there is."""
    if "value" not in plan.read:
        yield Misfit("read", "expected value too, since nothing else of the window is read")
    elif "place" in plan.read and plan.n_in == 1:
        yield Misfit("read", "expected no place: a window of one value has one place")


def _attending(plan: Plan) -> Iterator[Misfit]:
    """Attention that nothing reads, and what reads attention that there is not."""
    read = {"feed": plan.feed, "output": said(plan.output, plan.attention)}
    if plan.attention == "none":
        for key, names in read.items():
            if "context" in names:
                yield Misfit(key, "expected no context without attention")
    elif not any("context" in names for names in read.values()):
        yield Misfit(
            "attention", "expected none, or context in feed or output, which nothing reads here"
        )


def _alone(plan: Plan) -> Iterator[Misfit]:
    """What a single value leaves without a meaning: the first has none before it."""
    if plan.n_out > 1:
        return
    output = said(plan.output, plan.attention)
    for key, names in (("feed", {"step", "answer"}), ("output", {"answer", "previous_state"})):
        for name in sorted(names.intersection(getattr(plan, key))):
            yield Misfit(key, f"expected no {name}: the task asks for one value, with none before")
    if "context" in plan.feed and "state" not in output:
        yield Misfit("output", "expected state, since the task asks for one value")


def _starting(plan: Plan) -> Iterator[Misfit]:
    """A state that the decoder cannot start from."""
    cells = plan.encoder.cell, plan.decoder.cell
    if plan.start == "encoder" and (LSTM.cell in cells) and cells[0] != cells[1]:
        yield Misfit(
            "start",
            f"expected an encoder and a decoder with the same states (h, and c of an lstm), got "
            f"{' and '.join(cells)}",
        )
    if plan.start == "first" and plan.masking:
        yield Misfit("start", "expected another with masking: the first value may be missing")


def _unread(plan: Plan) -> Iterator[Misfit]:
    """A decoder that nothing depends on, or that knows nothing of the window."""
    output = said(plan.output, plan.attention)
    if output == ("answer",):
        yield Misfit("output", "expected state, previous_state or context too")
    if plan.start == "zero" and {"encoding", "context"}.isdisjoint({*plan.feed, *output}):
        yield Misfit(
            "feed",
            "expected encoding or context, or another start than zero: nothing of the window is "
            "known here",
        )
