"""Made-up tables of a question's experiments: groups, sizes, and when their seeds learn."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import pandas as pd


def experiments_and_runs(
    groups: dict[str, dict[int, list[float]]], *, cap: int, question: str = "q"
) -> dict[str, pd.DataFrame]:
    """The tables `experiments`, `runs` and `skill_of_seeds`.

    Each group is compared with the first at equal cells.

    Args:
        groups: by group and cells, the epochs until learned of each seed; NaN if it did not.
    """
    experiments, runs = [], []
    base = next(iter(groups))
    for group, sizes in groups.items():
        for cells, seeds in sizes.items():
            name = f"{group}_{cells}"
            compared = group != base and cells in groups[base]
            experiments.append(
                {"experiment": name, "question": question, "until": "learned", "group": group}
                | {"cells": cells, "epochs": cap, "n_in": 5, "n_out": 2, "echo": "2 of 5"}
                | {"batch_size": 7}
                | {"compare_to": f"{base}_{cells}" if compared else None}
            )
            for seed, epochs in enumerate(seeds):
                trained = cap if math.isnan(epochs) else epochs
                runs.append(
                    {
                        "experiment": name,
                        "seed": seed,
                        "trained_for": name,
                        "parameters": 97 + cells,
                    }
                    | {"epochs": trained, "updates": 3 * trained}
                    | {"epochs_to_learn": epochs, "updates_to_learn": 3 * epochs}
                )
    table = pd.DataFrame(runs)
    return {
        "experiments": pd.DataFrame(experiments),
        "runs": table,
        "skill_of_seeds": table[["experiment", "seed"]].assign(windows="complete", accuracy=0.99),
    }


def compared_twice(
    tables: dict[str, pd.DataFrame], group: str, other: str, *, seeds: int
) -> dict[str, pd.DataFrame]:
    """The tables with copies of a group's experiments, of fewer seeds, compared with another."""
    experiments, runs = tables["experiments"], tables["runs"]
    own = experiments[experiments["group"] == group]
    copies = own.assign(
        experiment="again_" + own["experiment"],
        compare_to=[f"{other}_{cells}" for cells in own["cells"]],
    )
    copied = runs[runs["experiment"].isin(own["experiment"]) & (runs["seed"] < seeds)]
    skill = tables["skill_of_seeds"]
    again = skill[skill["experiment"].isin(own["experiment"]) & (skill["seed"] < seeds)]
    renamed = (table.assign(experiment="again_" + table["experiment"]) for table in (copied, again))
    more = dict(zip(("experiments", "runs", "skill_of_seeds"), (copies, *renamed), strict=True))
    return {name: pd.concat([more[name], tables[name]], ignore_index=True) for name in more}


def skill_and_comparisons(
    tables: dict[str, pd.DataFrame],
    compared: Mapping[str, Mapping[str, tuple[float, float, float, float]]],
    accuracy: Mapping[str, float] = MappingProxyType({}),
) -> dict[str, pd.DataFrame]:
    """The tables, and `skill` and `comparisons` made up for their experiments.

    Args:
        compared: by experiment and measure, the difference, its interval, and the p-value.
        accuracy: by experiment; .99 for the others.
    """
    experiments = tables["experiments"]
    names = experiments["experiment"].tolist()
    skill = pd.DataFrame(
        [
            {"experiment": name, "windows": windows, "seeds": 10}
            | {"accuracy": accuracy.get(name, 0.99), "low": 0.98, "high": 1.0}
            | {"bits": 12.5, "bits_low": 12.0, "bits_high": 13.0}
            for name in names
            for windows in ("complete", "incomplete")
        ]
    )
    rows = []
    for name, base in zip(names, experiments["compare_to"], strict=True):
        for measure, (difference, low, high, p) in compared.get(name, {}).items():
            rows.append(
                {"experiment": name, "base": base, "measure": measure, "seeds": 10}
                | {"position": "value" if measure == "accuracy" else None}
                | {"difference": difference, "low": low, "high": high, "p_holm": p}
            )
    columns = ["experiment", "base", "measure", "position", "difference", "low", "high", "seeds"]
    comparisons = pd.DataFrame(rows, columns=[*columns, "p_holm"])
    return tables | {"skill": skill, "comparisons": comparisons}
