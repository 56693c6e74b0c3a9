"""Sizes of groups of experiments: one experiment for each, and their labels on an axis."""

from collections.abc import Sequence

import pandas as pd

from echoseq.wording import count

APART = 1.6  # least ratio of sizes that both have a label


def once(table: pd.DataFrame) -> pd.DataFrame:
    """One experiment for each size of a group: that with most seeds, or the first of these.

    Several sweeps of a question may train the same network, to compare it with different bases.

    Args:
        table: rows of tables/needs.csv.
    """
    most = table.sort_values("seeds", ascending=False, kind="stable")
    return table.loc[most.drop_duplicates(["question", "group", "cells"]).index].sort_index()


def tick_labels(sizes: Sequence[float]) -> list[str]:
    """Sizes on a logarithmic axis, but for those that would run into the label before them."""
    labels, last = [], 0.0
    for size in sizes:
        apart = size >= APART * last
        labels.append(count(size) if apart else "")
        last = size if apart else last
    return labels
