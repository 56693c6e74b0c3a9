"""Time echoseq beside JAX and PyTorch: the same work, on one core, in turn.

`make bench-peers`, or `python benchmarks/compare_peers.py PYTHON [--rounds 3]`, where PYTHON has
the packages of peers/requirements.txt. Every measurement is a process of its own.
"""

import argparse
import json
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from training import COMPILED_EPOCHS, EXPERIMENTS, OTHERS_EPOCHS, STUDY, measure, spread

from echoseq.networks.backend import versions
from echoseq.study.plan import Plan
from echoseq.study.reading import read

HERE = Path(__file__).parent
PEERS = ("with_jax.py", "with_torch.py")
OURS = "echoseq"


def sizes_of(plan: Plan) -> str:
    """What a peer needs to know of a plan."""
    names = ("length", "alphabet", "n_in", "n_out", "batch_size", "cells")
    sizes = {name: getattr(plan, name) for name in names}
    return json.dumps(sizes | {"encoder": plan.model == "encoder_decoder"})


def commands(python: str, experiment: str) -> dict[str, list[str]]:
    """How each program is measured."""
    sizes = sizes_of(read(STUDY).plan_of(experiment))
    epochs = str(COMPILED_EPOCHS.get(experiment, OTHERS_EPOCHS))
    ours = [sys.executable, str(HERE / "training.py"), "--measure", "compiled", experiment]
    peers = {peer: [python, str(HERE / "peers" / peer), sizes, epochs] for peer in PEERS}
    return {OURS: ours, **peers}


def row(name: str, results: list[dict[str, Any]], ours: list[dict[str, Any]]) -> str:
    """A row of the table: medians, and smallest to largest."""
    ratios = [a["ms"] / b["ms"] for a, b in zip(results, ours)]
    cells = [spread([r["ms"] for r in results], 2), spread(ratios, 2)]
    cells += [spread([r["first_s"] for r in results], 1)]
    return f"| {name} | {' | '.join(cells)} | {statistics.median(r['loss'] for r in results):.2g} |"


def compare(python: str, experiment: str, rounds: int) -> None:
    """Let all programs take turns, and print a table in Markdown."""
    programs = commands(python, experiment)
    results: dict[str, list[dict[str, Any]]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, command in programs.items():
            results[name].append(measure(command))
    print(f"\n{experiment}, median of {rounds} rounds (smallest to largest)\n")
    print("| program | ms an epoch | times echoseq's | first block, s | loss |")
    print("|---|---|---|---|---|")
    for measured in results.values():
        ours = f"echoseq, TensorFlow {versions()['tensorflow']}"
        print(row(measured[0].get("version", ours), measured, results[OURS]))


def main() -> None:
    """Compare both echoes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", help="an interpreter with the packages of peers/requirements.txt")
    parser.add_argument("--rounds", type=int, default=3, help="default %(default)s")
    options = parser.parse_args()
    if options.rounds < 3:
        parser.error("--rounds: expected 3 or more, for a spread")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # inherited by all that it starts
    for experiment in EXPERIMENTS:
        compare(options.python, experiment, options.rounds)


if __name__ == "__main__":
    main()
