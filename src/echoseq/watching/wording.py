"""Jobs and times in words, for `echoseq status` and for the line that Snakemake shows."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

LABELS = 3  # of jobs, where more are only counted
BLOCK = re.compile(r"(\w+?)_(\d+_to_\d+)(?:_[0-9a-f]{8})?")  # a rule of seeds that share a job


def described(rule: str, wildcards: Mapping[str, Any] | None) -> str:
    """A job in words: train full_echo, seeds 0 to 4."""
    block = BLOCK.fullmatch(rule)
    name = block[1] if block else re.sub("_(seed|experiment)$", "", rule)
    values = " ".join(str(value) for value in (wildcards or {}).values())
    text = f"{name.replace('_', ' ')} {values}".strip()
    return f"{text}, seeds {block[2].replace('_', ' ')}" if block else text


def listed(labels: Sequence[str], most: int = LABELS) -> str:
    """The first labels, and the number of further ones."""
    more = len(labels) - most
    return "; ".join(labels[:most]) + (f" and {more} more" if more > 0 else "")


def duration(seconds: float) -> str:
    """A rough time: 40 s, 3 min, 1 h 20 min."""
    if seconds < 60:
        return f"{max(10, round(seconds, -1)):.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return (
        f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{minutes} min"
    )
