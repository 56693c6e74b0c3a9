"""What is measured for a claim, from the tables: a contrast of two experiments, or a fact."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from echoseq.errors import EchoseqError
from echoseq.statistics.inference import MILLIONTH, bootstrap_mean, wilson
from echoseq.statistics.rates import rate_difference_interval
from echoseq.statistics.ratios import log_ratio, step_of
from echoseq.study.claims import (
    BITS,
    INCOMPLETE_ACCURACY,
    LEARNED,
    TIMES,
    ContrastOfClaim,
    FactOfClaim,
)
from echoseq.study.measured import MEASURED
from echoseq.tables.columns import COMPLETE, INCOMPLETE
from echoseq.training.stopping import EVERY

Tables = Mapping[str, pd.DataFrame]
COLUMN = {INCOMPLETE_ACCURACY: "accuracy"}  # of skill, for measures of other names


@dataclass(frozen=True)
class Measured:
    """A measured number.

    value, low, high: the number and its interval; an end is infinite where a bound is all that is
        known, and NaN where nothing is.
    seeds: that it is from.
    censored: seeds of which a run did not learn; the cap takes the place of their time.
    """

    value: float
    low: float
    high: float
    seeds: int
    censored: int = 0


def of_fact(fact: FactOfClaim, tables: Tables, path: str) -> Measured | None:
    """A number of a table; None if the table, or the experiment in it, is not there yet.

    Raises:
        EchoseqError: if there is not one such row of the experiment; it begins with `path`.
    """
    table = tables.get(fact.table)
    if table is None:
        return None
    own = table[table["experiment"] == fact.experiment]
    if own.empty:
        return None
    where = dict(fact.where)
    if "windows" in own and "windows" not in where:
        where["windows"] = COMPLETE
    for column, value in where.items():
        own = own[own[column].map(_as_text) == _as_text(value)]
    if len(own) != 1:
        raise EchoseqError(
            f"{path}.fact.where: expected one row of tables/{fact.table}.csv, found {len(own)}"
        )
    (row,) = own.to_dict("records")
    names = MEASURED[fact.table][fact.column]
    value, low, high = (float(row[name]) for name in (fact.column, names.low, names.high))
    if math.isnan(high) and not math.isnan(low):  # a median that may lie beyond the cap
        high = math.inf
    return Measured(value, low, high, int(row["seeds"]))


def of_contrast(
    contrast: ContrastOfClaim, tables: Tables, *, sequences: int, **settings: Any
) -> Measured | None:
    """A ratio or a difference of two experiments, by the seeds that both have.

    None if there are no runs of one of them, or no seeds that both have.

    Args:
        sequences: held-out ones.
        settings: `confidence` and `resamples`.
    """
    pairs = _pairs(contrast, tables)
    if pairs.empty:
        return None
    if contrast.measure in TIMES:
        return ratio(contrast.measure, pairs, settings)
    if contrast.measure == LEARNED:
        return _share(pairs, settings["confidence"])
    column = COLUMN.get(contrast.measure, contrast.measure)
    difference = (pairs[column] - pairs[f"{column}_base"]).to_numpy()
    if np.isnan(difference).any():
        return None
    return _difference(difference, 0 if contrast.measure == BITS else sequences, settings)


def _as_text(value: Any) -> str:
    """A value as it is compared: 3 and 3.0 are the same, and so are true and True."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def _pairs(contrast: ContrastOfClaim, tables: Tables) -> pd.DataFrame:
    """The rows of both experiments by seed, those of the base with `_base` after their names."""
    if contrast.measure in (*TIMES, LEARNED):
        rows = _with_windows(tables)
    else:
        incomplete = contrast.measure == INCOMPLETE_ACCURACY
        skill = tables["skill_of_seeds"]
        rows = skill[skill["windows"] == (INCOMPLETE if incomplete else COMPLETE)]
    ours, theirs = (
        rows[rows["experiment"] == name] for name in (contrast.experiment, contrast.compare_to)
    )
    return ours.merge(theirs, on="seed", suffixes=("", "_base")).sort_values("seed")


def _with_windows(tables: Tables) -> pd.DataFrame:
    """The runs, with the windows that they were trained on."""
    batches = tables["experiments"].set_index("experiment")["batch_size"]
    runs = tables["runs"]
    return runs.assign(windows=runs["updates"] * runs["experiment"].map(batches))


def ratio(time: str, pairs: pd.DataFrame, settings: Mapping[str, Any]) -> Measured:
    """The ratio of times, with an interval that is open where runs did not learn.

    The cap takes the place of times that are longer. So the measured ratio is at most the true one
    if runs of the experiment did not learn, and at least that if runs of the base did not.

    Args:
        time: what is measured, the name of a column.
        pairs: the runs of both by seed, those of the base with `_base` after their names.
        settings: `confidence` and `resamples`.
    """
    sides = pairs[time].to_numpy(), pairs[f"{time}_base"].to_numpy()
    step = step_of(pairs["epochs"].to_numpy(), pairs["epochs_base"].to_numpy(), EVERY)
    (mean, low, high), _ = log_ratio(*sides, step, **settings)
    open_ours, open_theirs = (
        pairs[f"epochs_to_learn{end}"].isna().to_numpy() for end in ("", "_base")
    )
    censored = int((open_ours | open_theirs).sum())
    if math.isnan(low):
        return Measured(2.0**mean, math.nan, math.nan, len(pairs), censored)
    least = -math.inf if open_theirs.any() else 2.0**low
    most = math.inf if open_ours.any() else 2.0**high
    return Measured(2.0**mean, least, most, len(pairs), censored)


def _share(pairs: pd.DataFrame, confidence: float) -> Measured:
    """The difference of the shares of seeds that learned."""
    ours, theirs = (
        _with_interval(int(pairs[f"epochs_to_learn{end}"].notna().sum()), len(pairs), confidence)
        for end in ("", "_base")
    )
    low, high = rate_difference_interval(ours, theirs)
    return Measured(ours[0] - theirs[0], low, high, len(pairs))


def _with_interval(learned: int, seeds: int, confidence: float) -> tuple[float, float, float]:
    return learned / seeds, *wilson(learned, seeds, confidence)


def _difference(by_seed: np.ndarray, sequences: int, settings: dict[str, Any]) -> Measured:
    """The mean difference over seeds; of shares, widened by differences that did not happen.

    Args:
        by_seed: (seeds,).
        sequences: held-out ones, of shares; otherwise 0.
    """
    whole = np.rint(by_seed * MILLIONTH).astype(np.int64)
    low, high = (end / MILLIONTH for end in bootstrap_mean(whole[:, None], **settings))
    mean = float(whole.mean() / MILLIONTH)
    if sequences and not math.isnan(low):
        _, unseen = wilson(0, len(by_seed) * sequences, settings["confidence"])
        low, high = max(-1.0, min(low, mean - unseen)), min(1.0, max(high, mean + unseen))
    return Measured(mean, low, high, len(by_seed))
