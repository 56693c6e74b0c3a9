"""What the page lets one explore: the sizes and times of questions, the training of experiments."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from echoseq.documents import needed
from echoseq.documents.page import charts
from echoseq.documents.page.names import network_title
from echoseq.documents.questions import median_text
from echoseq.documents.results import rows_of, runs_of
from echoseq.figures import style
from echoseq.study.optimizers import ADAM
from echoseq.study.schema import Study
from echoseq.tables.columns import EXACT_MATCH, complete_windows
from echoseq.tables.needs import one_of_each_size
from echoseq.wording import called, capitalized, count, echo_in, plural, short, spoken

SHAPES = ("circle", "square", "diamond", "triangle-down")
NUMBERS_HEAD = ("group", "cells", "parameters", "learned", "epochs until then", "cap")
STUDY_TITLE = "The study"
WHOLE = "all"  # the place of the whole answer on the axis of positions

Content = dict[str, Any]


def questions(study: Study, tables: Mapping[str, pd.DataFrame]) -> list[Content]:
    """For each question with experiments that train until they have learned: charts and numbers.

    Args:
        tables: experiments, needs, sizes, slopes and runs; answers, shown with the charts.
    """
    answers = dict(zip(tables["answers"]["question"], tables["answers"]["answer"], strict=True))
    echoes = tables["experiments"][["experiment", "echo"]]
    needs = one_of_each_size(tables["needs"]).merge(echoes)
    asked = [name for name in study.questions if name in set(needs["question"])]
    return [
        {"name": name, "title": study.questions[name].text, "answer": answers[name]}
        | _charts(study.questions[name].text, needs[needs["question"] == name], tables["runs"])
        | {"needed": _needed(tables, name)}
        for name in asked
    ]


def _needed(tables: Mapping[str, pd.DataFrame], question: str) -> Content:
    """The cells that the groups of a question need, within each budget, and their slopes."""
    own = needed.of_question(tables, question)
    return {
        "head": needed.head(own["sizes"])[1:],
        "rows": [row[1:] for row in needed.rows(own)],
    }


def _charts(text: str, needs: pd.DataFrame, runs: pd.DataFrame) -> Content:
    """The charts of a question, and their numbers.

    Args:
        text: of the question.
        needs: its rows, with the echo of each.
    """
    order = style.groups_of(needs)
    rows = sorted(_named(needs), key=lambda row: (order.index(row["group"]), row["cells"]))
    return {
        "map": charts.size_map([_size(row) for row in rows], f"{text}: which sizes learn"),
        "times": [
            _times(title, own, runs, f"{text}: epochs until learned{f', {title}' * bool(title)}")
            for title, own in _panels(rows)
        ],
        "numbers": {"head": NUMBERS_HEAD, "rows": [_numbers(row) for row in rows]},
    }


def _named(needs: pd.DataFrame) -> list[Content]:
    """The rows, each with what its group is called, its echo, and what else sets it apart."""
    named = []
    for row in rows_of(needs):
        name = called(row["group"], row["experiment"])
        echo, label = echo_in(name, row["echo"])
        named.append(row | {"called": name, "echo": echo, "label": label})
    return named


def _panels(rows: Sequence[Content]) -> list[tuple[str, list[Content]]]:
    """A panel for each echo; a single one, without a title, if nothing else sets groups apart."""
    if len({row["label"] for row in rows}) == 1:
        return [("", [row | {"label": row["called"]} for row in rows])]
    echoes = dict.fromkeys(row["echo"] for row in rows)
    return [(echo, [row for row in rows if row["echo"] == echo]) for echo in echoes]


def _size(row: Content) -> Content:
    """A cell of the map."""
    never = math.isnan(row["epochs"])
    return {
        "group": row["called"],
        "cells": int(row["cells"]),
        "share": row["share"],
        "learned": f"{row['learned']} of {row['seeds']}",
        "median": _not_before(row) if never else median_text(row, "epochs"),
        "time": f">{short(row['cap'])}" if never else short(row["epochs"]),
        "needed": row["cells"] == row["needed_cells"],
    }


def _not_before(row: Content) -> str:
    return f"not before {count(row['cap'])}"


def _numbers(row: Content) -> list[str]:
    return [
        row["called"],
        count(row["cells"]),
        count(row["parameters"]),
        f"{row['learned']} of {row['seeds']}",
        median_text(row, "epochs"),
        count(row["cap"]),
    ]


def _times(title: str, rows: Sequence[Content], runs: pd.DataFrame, description: str) -> Content:
    """A panel of times, and the entries of its legend."""
    labels = list(dict.fromkeys(row["label"] for row in rows))
    looks = {label: _look(index) for index, label in enumerate(labels)}
    places, width = _places(rows, labels)
    medians, seeds = [], []
    for row in rows:
        look = looks[row["label"]]
        own = {"label": row["label"], "cells": int(row["cells"]), "color": look["color"]}
        place = places[row["experiment"]]
        medians.append(own | {"at": place, "shape": look["shape"]} | _median(row))
        seeds += [own | seed for seed in _seeds(runs_of(runs, row["experiment"]), place, width)]
    sizes = sorted({int(row["cells"]) for row in rows})
    return {
        "title": title,
        "entries": [{"label": label} | look for label, look in looks.items()],
        "spec": charts.times(medians, seeds, sizes, description),
    }


def _median(row: Content) -> Content:
    """The median and its interval, which ends at the median, or at its lower end, if it is open."""
    low, high, median = (row[key] for key in ("epochs_low", "epochs_high", "epochs"))
    is_open = math.isnan(high) and not math.isnan(low)
    end = low if math.isnan(median) else median
    return {
        "epochs": _number(median),
        "low": _number(low),
        "high": _number(end if is_open else high),
        "open": is_open,
        "median": _not_before(row) if math.isnan(median) else count(median),
        "interval": median_text(row, "epochs").partition(" ")[2].strip("()"),
    }


def _seeds(runs: pd.DataFrame, place: float, width: float) -> Iterable[Content]:
    """The runs of an experiment, side by side; those that did not learn are at their last epoch."""
    for offset, run in zip(style.spread_out(len(runs), 1), rows_of(runs), strict=True):
        learned = not math.isnan(run["epochs_to_learn"])
        epochs = int(run["epochs_to_learn"] if learned else run["epochs"])
        said = count(epochs) if learned else f"not within {count(epochs)}"
        yield {
            "at": round(place * width**offset, 3),
            "seed": int(run["seed"]),
            "epochs": epochs,
            "learned": learned,
            "said": said,
        }


def _look(index: int) -> Content:
    """Colour and shape of a group; colours come again with another shape."""
    colors = len(style.MUTED)
    shape = SHAPES[(index + index // colors) % len(SHAPES)]
    return {"color": style.MUTED[index % colors], "shape": shape}


def _places(rows: Sequence[Content], labels: Sequence[str]) -> tuple[dict[str, float], float]:
    """Where each experiment is drawn: groups of the same size side by side.

    Returns:
        The place by experiment, and the width of its seeds, as a factor.
    """
    step, width = style.side_by_side(sorted({row["cells"] for row in rows}), len(labels))
    middle = (len(labels) - 1) / 2
    places = {
        row["experiment"]: round(
            row["cells"] * math.exp(step * (labels.index(row["label"]) - middle)), 3
        )
        for row in rows
    }
    return places, width


def experiments(study: Study, tables: Mapping[str, pd.DataFrame]) -> Content:
    """The training of every experiment: curves of its seeds, what it is, and what it reached.

    Args:
        tables: experiments, learning, runs and summary.
    """
    reached = complete_windows(tables["summary"]).groupby("experiment", sort=False)
    positions = dict(iter(reached))
    curves = dict(iter(tables["learning"].groupby("experiment", sort=False)))
    runs = dict(iter(tables["runs"].groupby("experiment", sort=False)))
    facts = {row["experiment"]: row for row in rows_of(tables["experiments"])}
    names = [name for name in study.experiments if name in curves]
    parts = {STUDY_TITLE: [n for n in names if study.experiments[n].question is None]} | {
        capitalized(spoken(question)): [
            name for name in names if study.experiments[name].question == question
        ]
        for question in study.questions
    }
    return {
        "parts": [
            [title, [{"name": name, "title": network_title(name, study)} for name in own]]
            for title, own in parts.items()
            if own
        ],
        "experiments": {name: _experiment(facts[name], runs[name]) for name in names},
        "curves": {name: _curve(curves[name]) for name in names},
        "positions": {name: _positions(positions[name]) for name in names},
        "charts": {
            "position": charts.positions(),
            "accuracy": charts.curves(
                "accuracy", "training accuracy", "chance_accuracy", logarithmic=False
            ),
            "loss": charts.curves("loss", "loss (log scale)", "chance_loss", logarithmic=True),
        },
    }


def _experiment(facts: Content, runs: pd.DataFrame) -> Content:
    stops = facts["until"] == "learned"
    learned = int(runs["epochs_to_learn"].notna().sum())
    until = "until it has learned, for at most" if stops else "for"
    seeds = plural(len(runs), "seed")
    return {
        "about": (
            f"{facts['experiment']}: {facts['model']}{_options(facts)} with "
            f"{plural(facts['cells'], 'cell')} echoes "
            f"{facts['echo']}. It trains {until} "
            f"{plural(facts['epochs'], 'epoch')}, in batches of {count(facts['batch_size'])}, with "
            f"{_rate(facts)}, from {seeds}"
            f"{f', of which {count(learned)} learned' * stops}."
        ),
        "accuracy": facts["chance_accuracy"],
        "loss": facts["chance_loss"],
    }


def _options(facts: Content) -> str:
    """The options of its model that are not the defaults, in brackets."""
    options = facts.get("options")
    return f" ({options})" if isinstance(options, str) else ""


def _rate(facts: Content) -> str:
    """How the weights are updated; of Adam, only the learning rate is told."""
    optimizer, schedule = facts.get("optimizer", str(ADAM)), facts.get("schedule")
    by = "" if optimizer == str(ADAM) else f"{optimizer} and "
    then = f", then {schedule}" if isinstance(schedule, str) else ""
    return f"{by}a learning rate of {facts['learning_rate']:g}{then}"


def _curve(rows: pd.DataFrame) -> dict[str, list[float]]:
    """The columns of an experiment's curves, in few digits."""
    return {
        "seed": rows["seed"].astype(int).tolist(),
        "epoch": [round(value) for value in rows["epoch"]],
        "accuracy": [round(value, 3) for value in rows["accuracy"]],
        "loss": [float(f"{value:.3g}") for value in rows["loss"]],
    }


def _positions(rows: pd.DataFrame) -> dict[str, list[Any]]:
    """The accuracy at each position, and of the whole answer, with intervals."""
    places = rows["position"].replace(EXACT_MATCH, WHOLE)
    numbers = {
        key: [_rounded(value) for value in rows[key]] for key in ("mean", "low", "high", "chance")
    }
    return {"position": places.tolist(), **numbers}


def _rounded(value: float) -> float | None:
    return None if math.isnan(value) else float(f"{value:.4g}")


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
