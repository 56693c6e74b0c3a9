"""Runs that several experiments share, counted once."""

import pandas as pd


def trained(runs: pd.DataFrame) -> pd.DataFrame:
    """The runs that were trained, each once: a copy counts as the run that it is a copy of.

    Args:
        runs: rows of tables/runs.csv.
    """
    return runs.drop_duplicates(["trained_for", "seed"])


def trained_for(table: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The runs of a table's experiments, each once.

    Args:
        table: with a row for each experiment.
        runs: tables/runs.csv.
    """
    return trained(runs[runs["experiment"].isin(table["experiment"])])


def copies_note(table: pd.DataFrame, counted: pd.DataFrame) -> str:
    """How runs are counted that belong to several experiments; empty if none do.

    Args:
        table: with a row for each experiment, and its `seeds`.
        counted: the runs, each once.
    """
    copies = len(counted) < int(table["seeds"].sum())
    return " (counted once, if several experiments share them)" * copies
