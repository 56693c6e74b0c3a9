"""Digests of networks at the study's sizes; a program, so that other processors can run it too."""

import argparse
import json
from collections.abc import Iterable, Mapping
from typing import Any

FULL = {"model": "lstm", "n_out": 5, "cells": 20, "batch_size": 7, "epochs": 400}
PARTIAL = {"model": "encoder_decoder", "n_out": 2, "cells": 150, "batch_size": 21, "epochs": 150}
DECODERS = (
    *("gru", "simple_rnn", "step", "feedback", "attention"),
    *("state", "teacher_forcing"),
)
NETWORKS: dict[str, dict[str, Any]] = {
    "lstm": FULL,
    "encoder_decoder": PARTIAL,
    "lstm linear": FULL | {"encoding": "linear"},
    **{name: PARTIAL | {"model": f"encoder_decoder_{name}", "cells": 50} for name in DECODERS},
    "options": PARTIAL
    | {
        "cells": 50,
        "encoder": {"cell": "simple_rnn", "recurrent_initializer": "glorot_uniform"},
        "decoder": {"cell": "gru", "reset_after": False, "recurrent_gain": 0.5},
        "attention": "additive",
        "feed": ["answer", "context"],
        "output": ["previous_state", "context", "answer"],
        "start": "first",
    },
    "forget bias": FULL | {"layer": {"forget_bias": -1}, "epochs": 40},
    "lstm masked": FULL | {"framing": "mask", "masking": True, "batch_size": 5},
    "long": PARTIAL | {"length": 60, "n_in": 40, "cells": 50, "epochs": 60},
}
PLAIN = {
    "length": 25,
    "alphabet": 100,
    "n_in": 5,
    "encoding": "one_hot",
    "framing": "drop",
    "stateful": True,
    "masking": False,
}
BLOCK = 20  # epochs in one call of the program, so that few epochs take several calls
ANSWERED = 5  # sequences


def chosen(names: Iterable[str], part: int = 1) -> dict[str, dict[str, Any]]:
    """Networks by name, trained for a part of their epochs: one half for 2."""
    return {n: NETWORKS[n] | {"epochs": NETWORKS[n]["epochs"] // part} for n in names}


def digests(settings: Mapping[str, Any]) -> dict[str, str]:
    """SHA-256 of the initial and the trained weights, and of the losses and the answers."""
    from echoseq.data.snapshots import TRAINING, draw
    from echoseq.evaluation.answering import Predictor
    from echoseq.files import array_digest
    from echoseq.networks.building import build, teacher
    from echoseq.networks.coding import coding_of
    from echoseq.networks.weights import weights_digest
    from echoseq.study.plan import Plan
    from echoseq.training.loop import Trainer

    plan = Plan.from_facts(PLAIN | settings)
    coding, model = coding_of(plan), build(plan, 0)
    initial = weights_digest(model)
    sequences = draw(TRAINING, 0, count=plan.epochs, length=plan.length, alphabet=plan.alphabet)
    trainer = Trainer(
        coding,
        plan.task,
        batch_size=plan.batch_size,
        block=BLOCK,
        teach=teacher(plan),
    )
    history = trainer.train(model, sequences)
    tokens, loss, _ = Predictor(model, coding, plan.task).sequences(
        *plan.task.frame(sequences[:ANSWERED])
    )
    return {
        "data": array_digest([sequences]),
        "initial": initial,
        "trained": weights_digest(model),
        "results": array_digest([history.loss, history.accuracy, tokens, loss]),
    }


def main() -> None:
    """Print a line of JSON for each network."""
    parser = argparse.ArgumentParser()
    parser.add_argument("networks", type=json.loads, help="settings by name, as JSON")
    parser.add_argument("--set", nargs=2, help="a variable of ours, and what it is instead")
    options = parser.parse_args()
    if options.set:
        from echoseq.networks import numerics

        numerics.VARIABLES |= dict([options.set])
    for name, settings in options.networks.items():
        print(json.dumps({name: digests(settings)}), flush=True)


def read_lines(text: str) -> dict[str, dict[str, str]]:
    """What the program printed: the digests of each network."""
    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    return {name: found for line in lines for name, found in line.items()}


if __name__ == "__main__":
    main()
