"""The figures of the extensions show what their tables contain."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from drawing import ASKED, drawn, extension_tables, texts

Draw = Callable[[str], mpl.figure.Figure]


@pytest.fixture(scope="module")
def figure_of(tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Draws a figure of the extensions, each only once."""
    paths = extension_tables(tmp_path_factory.mktemp("extensions"))
    return cache(lambda name: drawn(name, paths, laid_out=True))


def test_differences_have_a_row_for_each_experiment_under_its_question(figure_of: Draw) -> None:
    axes = figure_of("differences").axes[0]
    labels = {label.get_text(): label for label in axes.get_yticklabels()}
    assert set(labels) == {*(set(ASKED) - {"base"}), "state", "longer", "other"}
    place = {text: label.get_position()[1] for text, label in labels.items()}
    for question, names in {
        "longer": ["four", "three", "two_of_10"],
        "other": ["odd"],
        "state": ["stateless"],
    }.items():
        expected = [place[question] + 1 + i for i in range(len(names))]
        assert [place[name] for name in names] == expected
        assert labels[question].get_fontweight() == "bold"
    assert len(set(place.values())) == len(place)
    # The exact match of each experiment, at its place, with its interval.
    lines, points = axes.collections
    drawn_at = {y: x for x, y in points.get_offsets()}
    intervals = {segment[0][1]: segment[:, 0] for segment in lines.get_segments()}
    for i, name in enumerate(ASKED):
        if name == "base":
            continue
        assert drawn_at[place[name]] == pytest.approx(-0.1 * i)
        expected = [-0.1 * i - 0.02, -0.1 * i + 0.01]
        assert intervals[place[name]] == pytest.approx(expected)
    assert "90% interval" in axes.get_xlabel()


def points_by_question(axes: mpl.axes.Axes) -> dict[str, np.ndarray]:
    return {
        c.get_label(): np.asarray(c.get_offsets()) for c in axes.collections if len(c.get_offsets())
    }


def test_the_cost_shows_every_run_by_its_question(figure_of: Draw) -> None:
    figure = figure_of("cost")
    parameters, epochs = (points_by_question(axes) for axes in figure.axes[:2])
    assert set(parameters) == set(epochs) == {"study", "state", "longer"}
    assert {key: len(points) for key, points in parameters.items()} == {
        "study": 4,
        "state": 2,
        "longer": 6,
    }
    exact = 0.9 - 0.02 - 0.03 * 2  # of stateless, over complete windows
    expected = [[1000, exact], [1000, exact - 0.001]]
    np.testing.assert_allclose(parameters["state"], expected)
    assert sorted(set(parameters["longer"][:, 0])) == [2000, 3000, 4000]
    said = texts(figure)
    assert {"study", "state", "longer"} <= set(said)


def test_runs_that_never_learn_are_shown_as_such_beyond_all_others(figure_of: Draw) -> None:
    figure = figure_of("cost")
    axes = figure.axes[1]
    found = points_by_question(axes)
    (note,) = [text for text in axes.texts if text.get_text() == "never"]
    never = note.xy[0]
    assert never > 900  # the longest run
    assert found["state"][:, 0].tolist() == [120, never]
    assert sorted(found["longer"][:, 0]) == [500, 800, 900, never, never, never]
    assert sorted(found["study"][:, 0]) == [50, 60, 100, 200]
    low, high = axes.get_xlim()
    assert low < 50
    assert never < high


def test_no_question_is_left_out_of_the_cost(tmp_path: Path) -> None:
    asked = {"base": ASKED["base"]}
    asked |= {f"e{i}": (f"q{i}", "base", 5, 2, 1000 + i, 500, (9, 9)) for i in range(9)}
    found = points_by_question(
        drawn("cost", extension_tables(tmp_path, asked), laid_out=True).axes[0]
    )
    assert set(found) == {"study", *(f"q{i}" for i in range(9))}


def lines_of(axes: mpl.axes.Axes) -> dict[str, mpl.lines.Line2D]:
    return {line.get_label(): line for line in axes.lines if line.get_marker() == "o"}


def test_longer_echoes_have_a_panel_for_each_window_length_and_size(figure_of: Draw) -> None:
    figure = figure_of("longer_echoes")
    panels = {axes.get_title(loc="left"): lines_of(axes) for axes in figure.axes}
    assert {title: set(lines) for title, lines in panels.items()} == {
        "5 values\n100 cells": {"base"},  # with those that are compared with it
        "5 values\n200 cells": {"three"},
        "5 values\n300 cells": {"four"},
        "10 values\n400 cells": {"two_of_10"},
    }
    four = panels["5 values\n300 cells"]["four"]
    assert list(four.get_xdata()) == [1, 2, 3, 4]
    expected = [0.9 - 0.02 * 3 - 0.03 * p for p in range(4)]
    np.testing.assert_allclose(four.get_ydata(), expected)


def test_echoes_of_one_length_have_one_colour_in_all_panels(figure_of: Draw) -> None:
    figure = figure_of("longer_echoes")
    colors = {name: line.get_color() for a in figure.axes for name, line in lines_of(a).items()}
    assert colors["base"] == colors["two_of_10"]
    assert len({colors["base"], colors["three"], colors["four"]}) == 3


def test_longer_echoes_show_every_seed(figure_of: Draw) -> None:
    figure = figure_of("longer_echoes")
    for axes in figure.axes:
        for name, mean in lines_of(axes).items():
            thin = [line.get_ydata()[0] for line in axes.lines if line.get_marker() != "o"]
            assert len(thin) == 2, name
            assert np.isclose(thin, mean.get_ydata()[0], atol=0.0011).all()


def test_no_experiment_is_left_out_of_the_longer_echoes(tmp_path: Path) -> None:
    asked = {"base": ASKED["base"]}
    asked |= {f"e{i}": ("longer", "base", 5, 3, 1000, 500, (9, 9)) for i in range(9)}
    axes = drawn("longer_echoes", extension_tables(tmp_path, asked), laid_out=True).axes[0]
    assert set(lines_of(axes)) == {"base", *(f"e{i}" for i in range(9))}
