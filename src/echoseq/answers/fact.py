"""A row of `facts`: one number, its interval, and what it is about."""

import math
from collections.abc import Sequence
from typing import Any

NO_INTERVAL = (math.nan, math.nan)


def fact(
    name: str,
    value: float,
    ends: Sequence[float] = NO_INTERVAL,
    seeds: float = math.nan,
    **about: Any,
) -> dict[str, Any]:
    """The row of a number.

    Args:
        ends: of its interval.
        seeds: that it is from.
        about: further columns.
    """
    low, high = ends
    return {"fact": name, "value": value, "low": low, "high": high, "seeds": seeds} | about
