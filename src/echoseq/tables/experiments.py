"""What each experiment is, and its chance level."""

import json
import math

import pandas as pd

from echoseq.asked import plain
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.optimizers import Schedule
from echoseq.study.options import described, said, text
from echoseq.study.plan import Plan
from echoseq.study.schema import Study
from echoseq.task import label

SOURCE = "study"
ROW = "experiment"
SETTINGS = ()
COLUMNS = {
    "experiment": "its name",
    "task": "its task",
    "length": "integers in a sequence",
    "alphabet": "integers are drawn from 0 to this minus 1",
    "n_in": "integers in a window",
    "n_out": "integers in an answer",
    "echo": "what is asked, in short",
    "at_once": "whether each value is answered in the step that reads it, and not after the "
    "window; empty if that is not known of a model",
    "asked_positions": "the position that each place of an answer asks for, as JSON: 1 is the "
    "oldest value of the window, 0 the one before it; empty if a function of one's own decides",
    "targets": "the function of one's own, `module:function`, that answers windows, if any",
    "frame": "the one that makes windows and answers from sequences, if any",
    "symbols": "names of integers beyond the alphabet, as JSON, if a function uses some",
    "overlap": "whether a window begins at every integer; if not, where the one before ends",
    "sequence_windows": "windows of a sequence",
    "encoding": "`one_hot` or `linear`",
    "framing": "whether windows that miss values are dropped (`drop`) or kept (`mask`)",
    "filler": "what stands in every feature of a missing value, if there are any",
    "model": "an architecture, or the user's own model",
    "options": "options of the model that are not the defaults, in short",
    "read": "what the first layer reads at each step, if it has this option",
    "layer": "the cell of its recurrent layer, if it has this option; its initial weights in "
    "brackets, if they are not Keras's; so for the next two",
    "encoder": "that of the layer that reads",
    "decoder": "that of the layer that writes",
    "attention": "the kind of attention, if it has this option",
    "feed": "what the decoder reads before each value, if it has this option",
    "output": "what the output layer reads, if it has this option",
    "start": "the state from which the decoder starts, if it has this option",
    "cells": "of each recurrent layer",
    "epochs": "of training, one new sequence each",
    "batch_size": "windows in a weight update",
    "stateful": "whether state is carried from batch to batch",
    "masking": "whether there is a Masking layer",
    "optimizer": "the optimizer, with the options that are given",
    "learning_rate": "of the optimizer; with a schedule, that of the first weight update",
    "schedule": "of the learning rate by weight updates, if there is one, with its options",
    "until": "when training stops: after its epochs, or when it has `learned`",
    "success": "the accuracy that counts as learned, if training stops then",
    "learned_over": "the epochs over which it is averaged",
    "question": "the question that it helps to answer",
    "compare_to": "the experiment that it is compared with",
    "sweep": "the sweep that it comes from",
    "group": "what sets it apart from others on the question, besides its cells",
    "chance_accuracy": "accuracy of a uniform guess at a position",
    "chance_loss": "loss of an uninformed answer",
    "reference_loss_low": "lowest final loss printed in the source",
    "reference_loss_high": "highest final loss printed in the source",
    "reference_accuracy": "final accuracy printed in the source",
}


def make(study: Study) -> pd.DataFrame:
    """A row for each experiment: its task, model, training, chance level, and the source's values.

    Chance: the accuracy of a uniform guess, and the loss of an uninformed answer.
    """
    rows = []
    for name, experiment in study.experiments.items():
        plan, task = study.plan_of(name), study.plan_of(name).task
        low, high = experiment.reference.loss if experiment.reference else (None, None)
        rows.append(
            {
                "experiment": name,
                "task": experiment.task,
                **plan.facts(),
                **_training(plan),
                **_of_model(plan),
                "echo": label(task),
                "at_once": _at_once(plan.model),
                "sequence_windows": task.windows,
                "filler": plan.filler if task.keep_missing else None,
                "asked_positions": json.dumps(plain(task.asked)) if task.asked else None,
                "symbols": json.dumps(plan.symbols) if plan.symbols else None,
                "question": experiment.question,
                "compare_to": experiment.compare_to,
                "sweep": experiment.sweep,
                "group": experiment.group,
                "chance_accuracy": 1 / task.tokens,
                "chance_loss": _chance_loss(plan.encoding, task.tokens),
                "reference_loss_low": low,
                "reference_loss_high": high,
                "reference_accuracy": experiment.reference.accuracy
                if experiment.reference
                else None,
            }
        )
    return pd.DataFrame(rows)[list(COLUMNS)]


def _at_once(model: str) -> bool | None:
    """Whether a model answers step by step; None for one of the user's own."""
    return ARCHITECTURES[model].step_by_step if model in ARCHITECTURES else None


def _of_model(plan: Plan) -> dict[str, str | None]:
    """The options of the model of a plan as text; None for those that it does not have."""
    values = plan.options
    short = described(values) or None
    known = ARCHITECTURES[plan.model].options if plan.model in ARCHITECTURES else ()
    values["output"] = said(plan.output, plan.attention)
    return {"options": short} | {k: text(v) if k in known else None for k, v in values.items()}


def _training(plan: Plan) -> dict[str, str | float | None]:
    """The optimizer of a plan as text, its learning rate as a number, and the schedule of that."""
    rate = plan.learning_rate
    first, schedule = (rate.first, str(rate)) if isinstance(rate, Schedule) else (rate, None)
    return {"optimizer": str(plan.optimizer), "learning_rate": first, "schedule": schedule}


def _chance_loss(encoding: str, alphabet: int) -> float:
    """The loss of an uninformed answer.

    One-hot: the entropy of the uniform distribution, ln(alphabet) nats. Linear: the variance of the
    uniform distribution on 0..1 in steps of 1 / (alphabet - 1), the squared error of the mean.
    """
    if encoding == "one_hot":
        return math.log(alphabet)
    return (alphabet + 1) / (12 * (alphabet - 1))
