"""Time training in two ways: one `fit` call per sequence, and the compiled loop.

`make bench`, or `python benchmarks/training.py [--runs 3]`. The two ways take turns, each
measurement in a separate process, because TensorFlow's threads are set once per process: `fit` runs
with TensorFlow's defaults, the compiled loop on one thread as in the study. The first calls, which
trace and compile, are timed separately.
"""

import argparse
import json
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import programs
from measuring import EXPERIMENTS, STUDY, measure, spread

from echoseq.study.plan import Plan
from echoseq.study.reading import read

FIT_EPOCHS = 60
COMPILED_EPOCHS = {"full_echo": 4000}
OTHERS_EPOCHS = 1500


def time_compiled(plan: Plan, epochs: int) -> dict[str, float]:
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


def time_architecture(experiment: str, model: str) -> dict[str, Any]:
    """Time the compiled loop on an experiment with another model, in a process of its own."""
    command = [sys.executable, __file__, "--measure", experiment, "--model", model]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(experiment: str, runs: int) -> None:
    """Measure both ways in turn and print their times and ratios, run by run."""
    sizes = programs.sizes_of(read(STUDY).plan_of(experiment))
    by_fit = next(p for p in programs.fits(sys.executable) if "TensorFlow" in p.name)
    fit, compiled = [], []
    for _ in range(runs):
        fit.append(measure(by_fit, sizes, FIT_EPOCHS))
        compiled.append(measure(programs.ours(), sizes, epochs_of(experiment)))
    ratios = [a["ms"] / b["ms"] for a, b in zip(fit, compiled)]
    print(f"{experiment}, median of {runs} runs (smallest to largest)")
    print(f"  one fit call per sequence {spread([r['ms'] for r in fit], 1)} ms per epoch")
    print(f"  compiled loop             {spread([r['ms'] for r in compiled], 2)} ms per epoch")
    print(f"  ratio, run by run         {spread(ratios, 0)}")
    print(f"  first call, compiled      {spread([r['first_s'] for r in compiled], 1)} s\n")


def epochs_of(experiment: str) -> int:
    """How many the compiled loop is timed on."""
    return COMPILED_EPOCHS.get(experiment, OTHERS_EPOCHS)


def main() -> None:
    """Compare both experiments, or print one measurement of the compiled loop as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="default %(default)s")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--model", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.runs < 3:
        parser.error("--runs: expected 3 or more, for a spread")
    if options.measure:
        plan = read(STUDY).plan_of(options.measure)
        plan = replace(plan, model=options.model or plan.model)
        print(json.dumps(time_compiled(plan, epochs_of(options.measure))))
        return
    for experiment in EXPERIMENTS:
        compare(experiment, options.runs)


if __name__ == "__main__":
    main()
