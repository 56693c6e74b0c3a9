"""The results of the study in the paper: rows of tables, and sentences that fit the values."""

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from echoseq.asked import described, read_asked
from echoseq.errors import EchoseqError
from echoseq.tables.columns import (
    EXACT_MATCH,
    PER_VALUE,
    complete_windows,
    echo_of,
    exact_matches,
)
from echoseq.tables.errors import FOREIGN, OTHER, REPEAT, SWAP
from echoseq.tables.runs import final_epochs
from echoseq.wording import (
    capitalized,
    chance,
    count,
    joined,
    listed,
    loss,
    plural,
    setting,
    share,
    spoken,
    spread,
    the,
    with_interval,
)

Row = dict[Any, Any]


def asked(core: pd.DataFrame) -> str:
    """What the experiments of the study ask for, each once."""
    experiments: dict[str, str] = {}
    for row in rows_of(core):
        positions = row["asked_positions"]
        what = f"what the function {row['echo']} returns"
        if isinstance(positions, str):
            what = described(read_asked(positions), row["n_in"])
        experiments.setdefault(what, spoken(row["experiment"]))
    return listed([f"{what} ({name})" for what, name in experiments.items()], "or")


def windows(core: pd.DataFrame) -> str:
    """How many windows a sequence has: one window, 21 windows, 16 or 21 windows."""
    counts = core["sequence_windows"]
    return "one window" if (counts == 1).all() else f"{joined(counts)} windows"


def experiment_rows(core: pd.DataFrame, runs: pd.DataFrame) -> list[list[str]]:
    """A row for each experiment of the study."""
    return [
        [
            row["experiment"],
            row["model"],
            echo_of(row),
            count(row["cells"]),
            count(runs_of(runs, row["experiment"])["parameters"].iloc[0]),
            count(row["epochs"]),
            count(row["batch_size"]),
            str(len(runs_of(runs, row["experiment"]))),
            chance(row["chance_accuracy"]),
            loss(row["chance_loss"]),
        ]
        for row in rows_of(core)
    ]


def accuracy_rows(summary: pd.DataFrame) -> list[list[str]]:
    """Accuracy at each position, for complete windows."""
    return [
        [
            row["experiment"],
            "exact match" if row["position"] == EXACT_MATCH else row["position"],
            with_interval(row["mean"], row["low"], row["high"]),
            share(row["median"]),
            share(row["minimum"]),
            share(row["maximum"]),
            f"{_successes(row)} of {row['seeds']}",
            f"{share(row['success_low'], 2)} to {share(row['success_high'], 2)}",
            chance(row["chance"]),
        ]
        for row in rows_of(complete_windows(summary))
    ]


def learned_rows(core: pd.DataFrame, runs: pd.DataFrame) -> list[list[str]]:
    """How training ended, and when seeds learned."""
    table = []
    for row in rows_of(core):
        own = runs_of(runs, row["experiment"])
        learned = own["epochs_to_learn"].dropna()
        published = [row["reference_loss_low"], row["reference_loss_high"]]
        table.append(
            [
                row["experiment"],
                loss(own["final_loss"].median()),
                spread(own["final_loss"], loss),
                "" if math.isnan(published[0]) else " to ".join(map(loss, published)),
                share(own["final_accuracy"].mean()),
                f"{len(learned)} of {len(own)}",
                count(learned.median()) if len(learned) else "",
                spread(learned, count) if len(learned) else "",
                own["digest"].iloc[0][:16],
            ]
        )
    return table


def abstract(core: pd.DataFrame, tables: Mapping[str, pd.DataFrame]) -> str:
    """The exact match of each echo, compared with chance."""
    summary = exact_matches(complete_windows(tables["summary"]))
    exact = {row["experiment"]: row for row in rows_of(summary)}
    sentences = []
    for row in rows_of(core):
        found = exact[row["experiment"]]
        sentences.append(
            f"{the(row['experiment'])} ({_echoed(row)}, "
            f"{plural(row['epochs'], 'epoch')}) has a mean exact match of "
            f"{with_interval(found['mean'], found['low'], found['high'])}, where a guess would "
            f"reach {chance(found['chance'])}"
        )
    return f"{capitalized('; '.join(sentences))}."


def learning(core: pd.DataFrame, runs: pd.DataFrame) -> str:
    """How many seeds learn, and how the loss falls."""
    sentences = []
    for row in rows_of(core):
        own = runs_of(runs, row["experiment"])
        learned = own["epochs_to_learn"].dropna()
        sentence = f"Of {the(row['experiment'])}, {len(learned)} of {_seeds(own)} learn"
        if len(learned):
            sentence += (
                f", after {spread(learned, count)} epochs (median {count(learned.median())})"
            )
        sentence += (
            f"; the loss begins at about {loss(row['chance_loss'])} and is "
            f"{spread(own['final_loss'], loss)}, the accuracy "
            f"{spread(own['final_accuracy'], share)}, over the last {final_epochs(own)} of "
            f"{spread(own['epochs'], count)} epochs"
        )
        if not math.isnan(row["reference_loss_low"]):
            low, high = row["reference_loss_low"], row["reference_loss_high"]
            inside = int(own["final_loss"].between(low, high).sum())
            sentence += (
                f"; the source prints {loss(low)} to {loss(high)} ({inside} of {_seeds(own)} are "
                "within this range)"
            )
        sentences.append(f"{sentence}.")
    return " ".join(sentences)


def _echoed(row: Row) -> str:
    """What an experiment answers, in short: 5 of 5 values, or what a function returns."""
    own = "asked_positions" in row and not isinstance(row["asked_positions"], str)
    return f"what {row['echo']} returns" if own else f"{echo_of(row)} values"


def accuracy(summary: pd.DataFrame, success: float) -> str:
    """The exact match over seeds, and the least accurate position, if one is clearly so."""
    sentences = []
    for name, rows in complete_windows(summary).groupby("experiment", sort=False):
        (exact,) = rows_of(exact_matches(rows))
        positions = rows[rows["position"] != EXACT_MATCH].sort_values("mean", kind="stable")
        worst, *others = rows_of(positions)
        sentences.append(
            f"{capitalized(the(str(name)))} has a mean exact match of "
            f"{with_interval(exact['mean'], exact['low'], exact['high'])}; its seeds lie between "
            f"{share(exact['minimum'])} and {share(exact['maximum'])}, and {_successes(exact)} of "
            f"{exact['seeds']} reach {setting(success)}, which is compatible "
            f"with a share of {share(exact['success_low'], 2)} to "
            f"{share(exact['success_high'], 2)} among all seeds."
        )
        if others and all(worst["high"] < row["low"] for row in others):
            sentences.append(
                f"Its least accurate position is {worst['position']}, with "
                f"{with_interval(worst['mean'], worst['low'], worst['high'])}."
            )
    return " ".join(sentences)


def errors(errors: pd.DataFrame, seeds: pd.DataFrame) -> str:
    """How many values are wrong, of what kinds, and how often they are in the same window.

    Args:
        errors: tables/errors.csv.
        seeds: tables/seeds.csv.
    """
    sentences = []
    for name, rows in errors.groupby("experiment", sort=False):
        positions = rows[rows["split"] == "position"]
        wrong, asked = positions["part"].sum(), positions["whole"].sum()
        sentence = (
            f"{capitalized(the(str(name)))} gets {count(wrong)} of {count(asked)} values wrong"
        )
        if wrong:
            sentence += _of_one_seed(seeds[seeds["experiment"] == name], wrong)
            (foreign,) = rows_of(rows[(rows["split"] == "kind") & (rows["group"] == FOREIGN)])
            within = wrong - foreign["part"]
            low, high = 1 - foreign["high"], 1 - foreign["low"]
            sentence += (
                f"; {count(within)} of the wrong answers are another value of the same window, a "
                f"share of {with_interval(within / wrong, low, high, 3)}{_by_chance(rows, wrong)}: "
                f"{_kinds(rows)}"
            )
        sentences.append(f"{sentence}.")
    return " ".join(sentences)


def _of_one_seed(seeds: pd.DataFrame, wrong: float) -> str:
    """How many of the wrong values are of a single seed, if these are most of them."""
    own = complete_windows(seeds)
    own = own[~own["position"].isin([EXACT_MATCH, PER_VALUE])]
    by_seed = ((1 - own["accuracy"]) * own["n"]).round().groupby(own["seed"]).sum()
    most = by_seed.max()
    if len(by_seed) < 2 or most <= wrong / 2:
        return ""
    return f", {count(most)} of them with one of {count(len(by_seed))} seeds"


def _by_chance(rows: pd.DataFrame, wrong: float) -> str:
    """The share of values of the window among answers drawn at random, if all places have one."""
    offsets = rows[rows["split"] == "offset"]
    if offsets.empty or offsets["whole"].iloc[-1] != wrong:
        return ""
    chance_within = 1 - offsets["chance"].iloc[-1]
    return f", where answers drawn at random would give {share(chance_within, 3)}"


def _kinds(rows: pd.DataFrame) -> str:
    """How many errors of each kind there are."""
    parts = rows[rows["split"] == "kind"].set_index("group")["part"]
    counts = {name: int(parts[name]) for name in (REPEAT, SWAP, OTHER)}
    return (
        f"{count(counts[REPEAT])} repeat the answer at a neighbouring position, "
        f"{count(counts[SWAP])} are of two values that were swapped, and "
        f"{count(counts[OTHER])} are other values of the window"
    )


def parsed(path: Path, parse: Callable[[str], Any]) -> Any:
    """The content of a text file of a version.

    Raises:
        EchoseqError: if it is missing or damaged.
    """
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise EchoseqError(f"{path}: cannot read it, make it again") from error


def rows_of(table: pd.DataFrame) -> list[Row]:
    """The rows of a table as mappings from its columns."""
    return table.to_dict("records")


def runs_of(runs: pd.DataFrame, experiment: str) -> pd.DataFrame:
    """The runs of an experiment."""
    return runs[runs["experiment"] == experiment]


def _seeds(runs: pd.DataFrame) -> str:
    return f"{len(runs)} seed{'' if len(runs) == 1 else 's'}"


def _successes(row: Row) -> int:
    return round(row["success_rate"] * row["seeds"])
