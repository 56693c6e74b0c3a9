"""The figures of the study show what its tables contain."""

import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawing import caption_of, drawn, tables, texts

from echoseq.figures.networks import columns
from echoseq.files import write_table

Draw = Callable[..., mpl.figure.Figure]
MINUS = "\u2212"


@pytest.fixture(scope="module")
def figure_of(tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Draws a figure of a study with some experiments, each only once."""

    @cache
    def draw(name: str, *experiments: str) -> mpl.figure.Figure:
        return drawn(name, tables(tmp_path_factory.mktemp("study"), list(experiments)))

    return draw


def test_learning_curves_show_every_seed_and_their_median(figure_of: Draw) -> None:
    figure = figure_of("learning_curves", "one_echo", "two_echo")
    loss = figure.axes[0]
    lines = [line for line in loss.lines if len(line.get_xdata()) == 3]
    assert len(lines) == 3 + 1
    np.testing.assert_allclose(lines[-1].get_ydata(), [4 / 5.5, 4 / 15.5, 4 / 25.5])


def test_a_reference_of_one_experiment_is_in_the_legend(figure_of: Draw) -> None:
    """The first experiment has none; the legend is that of all panels."""
    said = texts(figure_of("learning_curves", "one_echo", "two_echo"))
    assert said.count("final, as published") >= 1
    assert texts(figure_of("learning_curves", "one_echo")).count("final, as published") == 0


@pytest.mark.parametrize("accuracy", [0.99, 0.4, 1.0])
def test_errors_and_chance_are_on_one_axis(tmp_path: Path, accuracy: float) -> None:
    """Of three seeds, each has a thousandth more errors than the one before."""
    paths = tables(tmp_path, ["one_echo"], accuracy=accuracy)
    axes = drawn("position_accuracy", paths).axes[0]
    errors = sorted(set(np.round(axes.collections[0].get_offsets()[:, 1], 6)))
    expected = [1 - accuracy, 1.001 - accuracy, 1.002 - accuracy]
    if accuracy == 1:
        labels = dict(zip([t.get_text() for t in axes.get_yticklabels()], axes.get_yticks()))
        expected[0] = labels["0"]
        assert labels["0"] < 0.001
    assert errors == pytest.approx(expected, abs=1e-6)
    assert axes.get_yscale() == "log"
    (chance,) = [line for line in axes.lines if "chance" in line.get_label()]
    assert chance.get_ydata()[0] == pytest.approx(0.99)


def test_only_errors_of_0_are_in_their_row(tmp_path: Path) -> None:
    """The low end of an interval may be far below the errors of any seed."""
    paths = tables(tmp_path, ["one_echo"])
    means = pd.read_csv(paths["summary"], dtype={"position": str})
    write_table(paths["summary"], means.assign(high=1 - 5e-5))
    axes = drawn("position_accuracy", paths).axes[0]
    assert axes.patches[0].get_bbox().y1 < 5e-5


def test_every_seed_is_a_point(figure_of: Draw) -> None:
    figure = figure_of("position_accuracy", "one_echo")
    points = figure.axes[0].collections[0].get_offsets()
    assert len(points) == 3 * 3
    assert len(np.unique(np.round(points[:, 1], 6))) == 3


def test_one_seed_has_a_mean_without_interval(tmp_path: Path) -> None:
    said = texts(drawn("position_accuracy", tables(tmp_path, ["one_echo"], seeds=1)))
    assert any("no interval for one seed" in text for text in said)


def test_errors_are_marked_with_their_difference(figure_of: Draw) -> None:
    figure = figure_of("echoes", "one_echo")
    error = [text.get_text() for text in figure.axes[2].texts]
    assert [text for text in error if text.startswith(("+", "-", MINUS))] == [f"{MINUS}1"] * 21
    assert any("21 of 42 values wrong" in text for text in texts(figure))


def test_the_task_draws_every_value_read_and_every_answer(
    figure_of: Draw,
) -> None:
    figure = figure_of("task", "one_echo", "two_echo")
    _, _, lstm, encoder_decoder, *_ = map(texts_of, figure.axes)
    assert lstm.count("LSTM") == 3  # one for each value that it reads
    assert encoder_decoder.count("LSTM") == 3 + 2  # and one for each that it says


# A copy task and a sorting one: what experiments.csv and examples.csv have of them.
COPYING = {"experiment": "copying", "task": "copy", "echo": "copy", "frame": "my_tasks:copy"}
COPYING |= {"length": 2, "alphabet": 8, "n_in": 6, "n_out": 6, "sequence_windows": 1}
COPYING |= {"symbols": '["blank", "delimiter"]', "model": "lstm"}
SORTING = {"experiment": "sorting", "task": "sorted", "echo": "sorted", "model": "encoder_decoder"}
SORTING |= {"length": 25, "alphabet": 100, "n_in": 3, "n_out": 3, "sequence_windows": 23}
EXAMPLES = [
    ("copying", 1, "[3, 1, 8, 9, 8, 8]", "[-1, -1, -1, -1, 3, 1]"),
    ("sorting", 1, "[44, 7, 30]", "[7, 30, 44]"),
    ("sorting", 2, "[7, 30, 2]", "[2, 7, 30]"),
]


def of_ones_own(folder: Path, *facts: dict[str, Any], asked: str | None = None) -> dict[str, Path]:
    """Tables of a study of these tasks, of one's own if no positions are asked for."""
    paths = tables(folder, [str(fact["experiment"]) for fact in facts])
    shared = pd.read_csv(paths["experiments"]).drop(columns=["experiment", "symbols", "frame"])
    own = shared.assign(asked_positions=asked).to_dict("records")
    rows = [base | {"symbols": None, "frame": None} | fact for base, fact in zip(own, facts)]
    write_table(paths["experiments"], pd.DataFrame(rows))
    columns = ["experiment", "window", "values", "answer"]
    write_table(paths["examples"], pd.DataFrame(EXAMPLES, columns=columns))
    return paths


def test_a_function_that_cuts_is_shown_with_its_windows_and_symbols(tmp_path: Path) -> None:
    paths = of_ones_own(tmp_path, COPYING)
    figure = drawn("task", paths)
    *_, framing, lstm = sorted(map(said_in, figure.axes), key=lambda said: "LSTM" in said)
    read, say = framing.index("read"), framing.index("say")
    assert framing[read + 1 : say] == [*"31bdbb"]
    assert framing[say + 1 :] == [*"----31", "window 1", "b: blank, d: delimiter"]
    assert [text for text in lstm if text in [*"31bd-"]] == [*"3-1-b-d-b3b1"]
    assert caption_of("task", paths) == (
        "The task and the networks. A sequence of 2 random integers below 8 is framed into one "
        "window; the experiment copying is to say what the function copy returns (11,780 "
        "parameters). Shown is the first held-out sequence, with b for blank, d for delimiter and "
        "- where nothing is asked. This is an example, so there is no interval."
    )


def test_a_function_that_answers_windows_is_shown_in_a_sequence(tmp_path: Path) -> None:
    paths = of_ones_own(tmp_path, SORTING, COPYING)
    (said,) = [texts for texts in map(said_in, drawn("task", paths).axes) if "7" in texts[:2]]
    assert said == [
        *("44", "7", "30", "2", "...  25 integers"),
        *("window 1, to say: [7, 30, 44]", "window 2, to say: [2, 7, 30]"),
    ]
    titles = [axes.get_title(loc="left") for axes in drawn("task", paths).axes]
    assert [title for title in titles if title.startswith("The task")] == [
        "The task sorted: to say what the function sorted returns",
        "The task copy: to say what the function copy returns",
    ]


@pytest.mark.parametrize(
    ("sizes", "said"),
    [
        (
            {"alphabet": 4, "length": 3, "sequence_windows": 1},
            [*"013", "3 integers", "window 1, to echo: [0, 1]"],
        ),
        (
            {"alphabet": 10, "length": 6, "sequence_windows": 2, "overlap": False},
            [
                *"259307",
                *("6 integers", "window 1, to echo: [2, 5]", "window 2, to echo: [3, 0]"),
            ],
        ),
        (
            {"alphabet": 100, "length": 25, "sequence_windows": 25, "framing": "mask"},
            [
                *("12", "5", "99", "3", "40", "...  25 integers"),
                *("window 3, to echo: [12, 5]", "window 4, to echo: [5, 99]"),
            ],
        ),
    ],
    ids=["one window", "apart", "masked"],
)
def test_a_task_by_position_is_shown_as_it_is_framed(
    tmp_path: Path, sizes: dict[str, Any], said: list[str]
) -> None:
    fact = {"experiment": "small_echo", "n_in": 3, "n_out": 2, "model": "lstm", **sizes}
    paths = of_ones_own(tmp_path, fact, asked="[1, 2]")
    assert said_in(drawn("task", paths).axes[-1]) == said


def test_many_steps_are_drawn_from_both_ends(tmp_path: Path) -> None:
    fact = {"experiment": "long_echo", "n_in": 12, "n_out": 12, "model": "lstm"}
    paths = of_ones_own(tmp_path, fact, asked=str([*range(1, 13)]))
    (said,) = [texts for texts in map(said_in, drawn("task", paths).axes) if "LSTM" in texts]
    assert (said.count("LSTM"), said.count("...")) == (8, 1)


def test_places_that_only_a_function_knows_are_not_called_values_from_elsewhere(
    tmp_path: Path,
) -> None:
    paths = of_ones_own(tmp_path, SORTING)
    errors = pd.read_csv(paths["errors"])
    write_table(paths["errors"], errors[errors["split"] != "offset"].assign(part=0))
    said = "a function says which,\nso places are not known"
    assert said_in(drawn("error_anatomy", paths).axes[2]) == [said]
    paths = of_ones_own(tmp_path, SORTING, asked="[0, -1, -2]")
    write_table(paths["errors"], errors[errors["split"] != "offset"])
    assert said_in(drawn("error_anatomy", paths).axes[2]) == ["not values of the window"]


def test_one_wrong_value_is_not_several(tmp_path: Path) -> None:
    paths = of_ones_own(tmp_path, SORTING)
    errors = pd.read_csv(paths["errors"])
    write_table(paths["errors"], errors.assign(part=(errors["group"] == "1").astype(int)))
    assert "Sorting: one wrong value, " in caption_of("error_anatomy", paths)
    assert " values are wrong in the experiment sorting." in caption_of("echoes", paths)


VALUES = ("values", "the oldest values")


def test_the_task_shows_what_is_asked_of_the_example(tmp_path: Path) -> None:
    """A sequence that begins with 12, 5, 99, 3, 40, 67.

    Each network is shown the first window before which there is all that it is asked for.
    """
    paths = tables(tmp_path, ["lagged", "later", "plain", "mine", "of_a_question"])
    facts = pd.read_csv(paths["experiments"])
    asked = ['[0, "none", {"say": 0}]', "[3, -1]", "[1, 2]", None, "[3]"]
    facts = facts.assign(asked_positions=asked, n_out=[3, 2, 2, 4, 1])
    facts["question"] = pd.Series([*[None] * 4, "q"], dtype=object)
    write_table(paths["experiments"], facts)
    figure = drawn("task", paths)
    said = [[text for text in texts_of(axes) if text] for axes in figure.axes]
    lagged, later, _, mine, first, second, _ = [panel for panel in said if len(panel) > 1]
    assert [text for text in first if text.isdecimal()] == ["12", "5", "99", "3", "40", "67"]
    assert [
        text.partition(" echo: ")[2] for text in (*first, *second) if text.startswith("window")
    ] == ["[12, -, 0]", "[5, -, 0]", "[40, 12]", "[67, 5]"]
    assert [t for t in lagged if t.isdecimal() or t == "-"] == ["5", "12", "99", "-", "3", "0"]
    assert [t for t in later if t.isdecimal()] == ["99", "3", "40", "40", "12"]
    assert {"3 values", "4 values", "my_models:gru"} <= set(mine)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    found = [title.partition(": ")[2] for title in titles if title.startswith("The task")]
    values, oldest = (f"to give back {what} of each window" for what in VALUES)
    assert found == [values, values, oldest, "to say what the function 2 of 3 returns"]


def texts_of(axes: mpl.axes.Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def said_in(axes: mpl.axes.Axes) -> list[str]:
    """The texts of a panel, without its letter."""
    return [text.get_text() for text in axes.texts if text.get_fontweight() != "bold"]


def test_the_share_that_has_learned_rises_in_steps_and_names_its_end(figure_of: Draw) -> None:
    figure = figure_of("learned_by_epoch", "one_echo")
    (line,) = figure.axes[0].lines
    assert line.get_drawstyle() == "steps-post"
    assert line.get_xdata().tolist() == [0, 20, 30]
    assert line.get_ydata().tolist() == pytest.approx([0, 1 / 3, 1 / 3])
    assert figure.axes[0].get_title(loc="left") == "One echo: 1 of 3 seeds in the end"


def test_each_split_of_the_errors_has_a_panel_with_chance(figure_of: Draw) -> None:
    figure = figure_of("error_anatomy", "one_echo")
    rates = [np.round(axes.lines[0].get_ydata(), 9).tolist() for axes in figure.axes]
    assert rates == [[7, 5], [6, 4], [40, 20, 10, 30], [10, 20, 30, 40]]
    assert all(set(axes.lines[1].get_ydata()) == {2} for axes in figure.axes)
    labels = [label.get_text() for label in figure.axes[3].get_xticklabels()]
    assert labels == ["1", "2\u20135", "6\u201320", "21+"]


def test_a_panel_without_errors_says_so(tmp_path: Path) -> None:
    paths = tables(tmp_path, ["one_echo"])
    errors = pd.read_csv(paths["errors"])
    of_errors = errors["split"].isin(["offset", "distance"])
    write_table(paths["errors"], errors.assign(rate=errors["rate"].mask(of_errors)))
    said = [[text.get_text() for text in a.texts] for a in drawn("error_anatomy", paths).axes]
    assert ["no wrong values" in words for words in said] == [False, False, True, True]


def test_positions_of_an_experiment_that_keeps_incomplete_windows_are_drawn(
    tmp_path: Path,
) -> None:
    """An experiment of the study itself may be framed with missing values: complete windows."""
    paths = tables(tmp_path, ["masked_echo"])
    for name, value in (("seeds", "accuracy"), ("summary", "mean")):
        table = pd.read_csv(paths[name], dtype={"position": str})
        incomplete = table[table["position"] != "1"].assign(**{value: 0.5}, windows="incomplete")
        write_table(paths[name], pd.concat([table.assign(windows="complete"), incomplete]))
    figure = drawn("position_accuracy", paths)
    points = figure.axes[0].collections[0].get_offsets()
    assert len(points) == 3 * 3
    assert points[:, 1].max() < 0.1


def test_a_network_with_options_is_not_drawn_as_the_one_without() -> None:
    fact = {"model": "encoder_decoder", "n_in": 5, "n_out": 2}
    assert columns(fact) == columns(fact | {"options": math.nan}) == 8
    assert columns(fact | {"options": "start: encoder"}) == columns(fact | {"model": "other"}) == 5
