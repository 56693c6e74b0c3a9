"""Time training in two ways: one `fit` call per sequence, and the compiled loop.

`make bench`, or `python benchmarks/training.py [--runs 3]`. The two ways take turns, each
measurement in a separate process, because TensorFlow's threads are set once per process: `fit` runs
with TensorFlow's defaults, the compiled loop on one thread as in the study. The first calls, which
trace and compile, are timed separately.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from echoseq.study.plan import Plan

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

STUDY = Path(__file__).parents[1] / "config" / "config.yaml"
EXPERIMENTS = ("full_echo", "partial_echo")
FIT_WARMUP, FIT_EPOCHS = 5, 60
COMPILED_EPOCHS = {"full_echo": 4000}
OTHERS_EPOCHS = 1500


def time_fit(plan: "Plan") -> dict[str, float]:
    """Time the usual way: draw, frame and encode a sequence, call `fit`, reset the state."""
    import keras
    import numpy as np

    from echoseq.data.sequences import generate, one_hot

    layers = keras.layers
    inputs = keras.Input(batch_shape=(plan.batch_size, plan.n_in, plan.alphabet))
    recurrent = {"stateful": True}
    if plan.model == "lstm":
        stack = [layers.LSTM(plan.cells, return_sequences=True, **recurrent)]
    else:
        stack = [
            layers.LSTM(plan.cells, **recurrent),
            layers.RepeatVector(plan.n_out),
            layers.LSTM(plan.cells, return_sequences=True, **recurrent),
        ]
    output = layers.TimeDistributed(layers.Dense(plan.alphabet, activation="softmax"))
    model = keras.Sequential([inputs, *stack, output])
    model.compile(loss="categorical_crossentropy", optimizer="adam", metrics=["accuracy"])
    stream = np.random.default_rng(0)

    def epoch() -> None:
        sequences = generate(1, plan.length, plan.alphabet, stream)
        (windows,), (targets,) = plan.task.frame(sequences)
        x, y = one_hot(windows, plan.alphabet), one_hot(targets, plan.alphabet)
        model.fit(x, y, epochs=1, batch_size=plan.batch_size, verbose=0, shuffle=False)
        for layer in model.layers:
            if getattr(layer, "stateful", False):
                layer.reset_state()

    start = time.perf_counter()
    for _ in range(FIT_WARMUP):
        epoch()
    warm = time.perf_counter()
    for _ in range(FIT_EPOCHS):
        epoch()
    return {
        "ms": (time.perf_counter() - warm) / FIT_EPOCHS * 1e3,
        "first_s": warm - start,
    }


def time_compiled(plan: "Plan", epochs: int) -> dict[str, float]:
    """Time the compiled loop; its first block includes tracing and compiling."""
    from echoseq.data.snapshots import TRAINING, draw
    from echoseq.networks.building import build, teacher
    from echoseq.networks.coding import coding_of
    from echoseq.training.loop import BLOCK, Trainer

    sizes = {"length": plan.length, "alphabet": plan.alphabet}
    sequences = draw(TRAINING, 0, count=epochs + BLOCK, **sizes)
    model = build(plan, 0)
    times = [time.perf_counter()]
    trainer = Trainer(
        coding_of(plan),
        plan.task,
        batch_size=plan.batch_size,
        teach=teacher(plan),
    )
    history = trainer.train(model, sequences, progress=lambda *_: times.append(time.perf_counter()))
    return {
        "ms": (times[-1] - times[1]) / epochs * 1e3,
        "first_s": times[1] - times[0],
        "loss": float(history.loss[-100:].mean()),
    }


def measure(command: list[str]) -> dict[str, Any]:
    """Run a program in a separate process, and read the measurement that it prints last."""
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def spread(values: list[float], digits: int) -> str:
    """Median, and smallest to largest."""
    low, mid, high = (f"{f(values):.{digits}f}" for f in (min, statistics.median, max))
    return f"{mid} ({low} to {high})"


def compare(experiment: str, runs: int) -> None:
    """Measure both ways in turn and print their times and ratios, run by run."""
    fit, compiled = [], []
    for _ in range(runs):
        for way, results in (("fit", fit), ("compiled", compiled)):
            results.append(measure([sys.executable, __file__, "--measure", way, experiment]))
    ratios = [a["ms"] / b["ms"] for a, b in zip(fit, compiled)]
    print(f"{experiment}, median of {runs} runs (smallest to largest)")
    print(f"  one fit call per sequence {spread([r['ms'] for r in fit], 1)} ms per epoch")
    print(f"  compiled loop             {spread([r['ms'] for r in compiled], 2)} ms per epoch")
    print(f"  ratio, run by run         {spread(ratios, 0)}")
    print(f"  first call, compiled      {spread([r['first_s'] for r in compiled], 1)} s\n")


def main() -> None:
    """Compare both experiments, or print one measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.runs < 3:
        parser.error("--runs: expected 3 or more, for a spread")
    if not options.measure:
        for experiment in EXPERIMENTS:
            compare(experiment, options.runs)
        return
    from echoseq.study.reading import read

    way, experiment = options.measure
    plan = read(STUDY).plan_of(experiment)
    epochs = COMPILED_EPOCHS.get(experiment, OTHERS_EPOCHS)
    print(json.dumps(time_fit(plan) if way == "fit" else time_compiled(plan, epochs)))


if __name__ == "__main__":
    main()
