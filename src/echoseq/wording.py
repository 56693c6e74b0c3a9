"""How numbers and names are written in the paper, in captions and in the README."""

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd


def share(value: float, digits: int = 4) -> str:
    """A number between 0 and 1 without its leading zero: .9957, 1, 0."""
    text = f"{abs(value):.{digits}f}".removeprefix("0")
    text = "1" if float(text) == 1 else "0" if float(text) == 0 else text
    return f"\u2212{text}" if value < 0 and text != "0" else text


def chance(value: float) -> str:
    """A chance accuracy, however small: .0100, 1e-10."""
    if value < 0.5e-4:
        return f"{value:.0e}".replace("e-0", "e-").replace("-", "\u2212")
    return share(value)


def with_interval(value: float, low: float, high: float, digits: int = 4) -> str:
    """A number with its interval, if any: .9957 (.9838 to 1)."""
    if math.isnan(low):
        return share(value, digits)
    return f"{share(value, digits)} ({share(low, digits)} to {share(high, digits)})"


def signed(value: float, digits: int = 4) -> str:
    """A difference, always with its sign: +.0012."""
    text = share(value, digits)
    return f"+{text}" if value > 0 and text != "0" else text


def slope(value: float, low: float = math.nan, high: float = math.nan) -> str:
    """A slope with its interval, if any, each signed: \u22120.85 (\u22120.95 to \u22120.75)."""
    first, *ends = (f"{number:+.2f}".replace("-", chr(0x2212)) for number in (value, low, high))
    return first if math.isnan(low) else f"{first} ({ends[0]} to {ends[1]})"


def percent(value: float) -> str:
    """A share in per cent: 99.1%."""
    return f"{100 * value:.1f}%"


def coverage(confidence: float) -> str:
    """The coverage of an interval, as it is set: 95%, 97.5%."""
    return f"{100 * confidence:.4g}%"


def points(difference: float) -> str:
    """A difference of shares in percentage points, always with its sign: +0.2, \u22121.4."""
    text = f"{100 * abs(difference):.1f}"
    return text if float(text) == 0 else f"{'+' if difference > 0 else chr(0x2212)}{text}"


def times(ratio: float) -> str:
    """A ratio: 0.11, 4.76, 12.3."""
    return f"{ratio:.2f}" if ratio < 10 else f"{ratio:.3g}"


def p_value(value: float) -> str:
    """A p-value to 4 digits, never 0: .0176, < .0001; empty if there is none."""
    if math.isnan(value):
        return ""
    return "< .0001" if share(value) == "0" else share(value)


def count(value: float) -> str:
    """A whole number, with commas between thousands."""
    return f"{value:,.0f}"


def short(number: float) -> str:
    """A number in few characters: 900, 4.1k, 30k."""
    return f"{number:.0f}" if number < 1000 else f"{number / 1000:.3g}k"


def loss(value: float) -> str:
    """A loss to three significant digits: 1.57, 0.0316."""
    return f"{value:#.3g}".rstrip(".")


def spread(values: "pd.Series[Any]", write: Any) -> str:
    """The lowest and the highest value: 1.47 to 1.61; one number if they are equal."""
    low, high = write(values.min()), write(values.max())
    return low if low == high else f"{low} to {high}"


def setting(value: float) -> str:
    """A setting as given, without a leading zero: .95."""
    return f"{value:.4g}".removeprefix("0")


def plural(number: int, thing: str) -> str:
    """A number of things: one seed, 10 seeds."""
    return f"one {thing}" if number == 1 else f"{count(number)} {thing}s"


def with_copies(runs: int, copies: int) -> str:
    """Runs that were trained, and their copies, if any: 935 runs and 150 copies."""
    extra = f" and {count(copies)} {'copy' if copies == 1 else 'copies'}" if copies else ""
    return f"{plural(runs, 'run')}{extra}"


def listed(values: Iterable[Any], word: str = "and") -> str:
    """Values in their places, equal ones too: 99.8%, 99.6%, 99.6% and 100.0%."""
    *first, last = map(str, values)
    return f"{', '.join(first)} {word} {last}" if first else last


def joined(values: Iterable[Any], word: str = "or") -> str:
    """Different things, each named once: 5, 10 or 25."""
    return listed(dict.fromkeys(map(str, values)), word)


def spoken(experiment: str) -> str:
    """The name of an experiment, for use in a sentence."""
    return experiment.replace("_", " ")


def the(experiment: str) -> str:
    """An experiment as a part of a sentence: the full echo, the experiment reversed."""
    name = spoken(experiment)
    return f"the {name}" if name.endswith("echo") else f"the experiment {name}"


def called(group: str, experiment: str) -> str:
    """What a group is called: by its label, as written, or as the one experiment that it is."""
    return spoken(group) if group == experiment else group


def sized(group: str, cells: float) -> str:
    """A group, as it is called, with its cells: Simple RNN, 5 of 5 (100 cells)."""
    return f"{capitalized(group)} ({count(cells)} cells)"


def cells_needed(least: float, most: float) -> str:
    """The cells that a group needs, as far as sizes can tell: 50, at most 10, more than 150.

    Args:
        least, most: the ends of what the sizes that were tried leave open; most is NaN for no end.
    """
    if math.isnan(most):
        return f"more than {count(least - 1)}"
    return f"{'at most ' * (least < most)}{count(most)}"


def sentence(text: str) -> str:
    """A text with a full stop at its end, if it has no such mark."""
    return text if text.rstrip().endswith((".", "?", "!")) else f"{text}."


def capitalized(text: str) -> str:
    """A text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def echo_in(group: str, echo: str) -> tuple[str, str]:
    """The echo of a group of experiments, and what else sets it apart: `5 of 5`, `GRU`.

    Args:
        group: as in tables/needs.csv, parts with commas between them.
        echo: as in tables/experiments.csv.
    """
    parts = group.split(", ")
    named = [part for part in parts if part == echo or part.startswith(f"{echo} ")]
    rest = ", ".join(part for part in parts if part not in named)
    return (named[0] if named else echo), rest
