"""Time the encoder-decoders beside the plain one: the compiled loop, on one core, in turn.

`make bench-architectures`, or `python benchmarks/architectures.py [--rounds 3]`. Every measurement
is a process of its own.
"""

import argparse
import os

from measuring import spread
from training import time_architecture

BASE = "cell_LSTM_5_of_5_100"  # the experiment whose model is replaced
PLAIN = "encoder_decoder"
OTHERS = (
    "encoder_decoder_gru",
    "encoder_decoder_simple_rnn",
    "encoder_decoder_step",
    "encoder_decoder_feedback",
    "encoder_decoder_attention",
)


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="default %(default)s")
    rounds = parser.parse_args().rounds
    if rounds < 3:
        parser.error("--rounds: expected 3 or more, for a spread")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # inherited by all that it starts
    measured: dict[str, list[float]] = {name: [] for name in (PLAIN, *OTHERS)}
    for _ in range(rounds):
        for name, times in measured.items():
            times.append(time_architecture(BASE, name)["ms"])
    print("| model | ms per epoch | times the plain one's |\n|---|---|---|")
    for name, times in measured.items():
        ratios = [a / b for a, b in zip(times, measured[PLAIN])]
        print(f"| {name} | {spread(times, 2)} | {spread(ratios, 2)} |")


if __name__ == "__main__":
    main()
