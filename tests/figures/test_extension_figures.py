"""The figures of the extensions show what their tables contain."""

import math
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawing import ASKED, CAP, NEVER, caption_of, drawn, extension_tables, texts
from matplotlib.patches import Rectangle

from echoseq.files import write_table
from echoseq.tables.columns import read_table

Draw = Callable[[str], mpl.figure.Figure]


@pytest.fixture(scope="module")
def figure_of(tmp_path_factory: pytest.TempPathFactory) -> Draw:
    """Draws a figure of the extensions, each only once."""
    paths = extension_tables(tmp_path_factory.mktemp("extensions"))
    return cache(lambda name: drawn(name, paths, laid_out=True))


def panel(figure: mpl.figure.Figure, title: str) -> mpl.axes.Axes:
    (axes,) = [axes for axes in figure.axes if axes.get_title(loc="left") == title]
    return axes


def labels(axes: mpl.axes.Axes) -> list[str]:
    return [label.get_text() for label in axes.get_yticklabels()]


# The map of sizes


def test_the_map_has_a_panel_for_each_question_and_a_row_for_each_group(figure_of: Draw) -> None:
    figure = figure_of("needed_cells")
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Longer"]  # the only question that has a group of more than one size
    axes = panel(figure, "Longer")
    assert labels(axes) == ["short", "long"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["10", "20"]


def test_each_cell_of_the_map_tells_the_median_or_the_cap(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_cells"), "Longer")
    told = {text.get_position(): text.get_text() for text in axes.texts}
    # Of 800 and 900, half have learned by 800; of never and 2,000, by 2,000.
    assert [told[place] for place in [(0, 0), (1, 0), (0, 1), (1, 1)]] == [
        "800",
        "300",
        ">5k",
        "2k",
    ]


def test_the_map_is_coloured_by_share_and_hatched_where_seeds_are_missing(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_cells"), "Longer")
    boxes = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    filled = {box.get_xy(): box.get_facecolor() for box in boxes if box.get_fill()}
    shade = {place: sum(color[:3]) for place, color in filled.items()}
    assert shade[-0.5, -0.5] == shade[0.5, -0.5] < shade[0.5, 0.5] < shade[-0.5, 0.5]
    hatched = {box.get_xy() for box in boxes if box.get_hatch()}
    assert hatched == {(-0.5, 0.5), (0.5, 0.5)}


def test_the_needed_size_is_framed(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_cells"), "Longer")
    framed = [
        patch.get_xy() for patch in axes.patches if not patch.get_fill() and not patch.get_hatch()
    ]
    assert framed == [(-0.46, -0.46)]  # 10 cells of the short echo; the long one has none


def test_a_group_follows_the_one_it_is_compared_with(tmp_path: Path) -> None:
    asked = {"longer": [(group, cells, (300, 400), {}) for group in "abcd" for cells in (10, 20)]}
    paths = extension_tables(tmp_path, asked)
    table = read_table(paths["needs"])
    bases = {"a": "b", "c": "a_group_of_another_question", "d": "b"}
    write_table(paths["needs"], table.assign(base=table["group"].map(bases)))
    assert labels(drawn("needed_cells", paths).axes[0]) == ["b", "a", "d", "c"]


def test_the_map_leaves_out_groups_of_one_size_and_counts_them(tmp_path: Path) -> None:
    alone = [("alone", 20, (300, 400), {}), ("lone", 10, (NEVER, NEVER), {})]
    paths = extension_tables(tmp_path, {"longer": [*ASKED["longer"], *alone]})
    assert labels(drawn("needed_cells", paths).axes[0]) == ["short", "long"]
    said = caption_of("needed_cells", paths)
    assert "1 of 2 groups have a size that is enough" in said
    assert "2 groups of one size only: in needs.csv." in said


@pytest.mark.parametrize("first", [0, 1])
def test_a_size_that_two_sweeps_train_is_shown_once(tmp_path: Path, first: int) -> None:
    """The one with more seeds, wherever it is in the table."""
    few, many = ("short", 10, (700, NEVER), {}), ("short", 10, (800, 900), {})
    twice = [few, many] if first else [many, few]
    paths = extension_tables(tmp_path, {"longer": [*twice, ASKED["longer"][1]]})
    table = read_table(paths["needs"])
    seeds = table["seeds"].mask(table["experiment"] == f"longer_{1 - first}", 1)
    write_table(paths["needs"], table.assign(seeds=seeds))
    axes = drawn("needed_cells", paths).axes[0]
    assert [text.get_text() for text in axes.texts][:-1] == ["800", "300"]  # the last: its letter
    lines = {line.get_label(): line for line in drawn("needed_time", paths).axes[0].lines}
    assert list(lines["short"].get_ydata()) == [800, 300]


@pytest.mark.parametrize("name", ["needed_cells", "needed_time", "state_and_batch"])
def test_it_is_said_if_there_is_nothing_to_draw(tmp_path: Path, name: str) -> None:
    """As where every experiment on a question trains for a fixed number of epochs."""
    paths = extension_tables(tmp_path)
    write_table(paths["needs"], read_table(paths["needs"]).iloc[:0])
    (said,) = texts(drawn(name, paths))
    assert said.startswith("No ")
    assert caption_of(name, paths) == said


# Times


def points_of(axes: mpl.axes.Axes) -> np.ndarray:
    """All points of seeds, (points, 2)."""
    return np.concatenate([np.asarray(c.get_offsets()) for c in axes.collections if offsets(c)])


def offsets(collection: mpl.collections.Collection) -> bool:
    return isinstance(collection, mpl.collections.PathCollection) and len(collection.get_offsets())


def test_times_show_every_seed_and_those_that_did_not_learn_at_the_cap(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_time"), "Longer")
    times = sorted(points_of(axes)[:, 1])
    assert times == [300, 400, 800, 900, 2000, CAP, CAP, CAP]
    censored = [c for c in axes.collections if offsets(c) and len(c.get_facecolor()) == 0]
    assert sorted(y for c in censored for _, y in c.get_offsets()) == [CAP] * 3


def test_times_have_a_line_of_medians_for_each_group(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_time"), "Longer")
    lines = {line.get_label(): line for line in axes.lines if line.get_label() in ("short", "long")}
    assert list(lines["short"].get_ydata()) == [800, 300]
    assert np.isnan(lines["long"].get_ydata()[0])
    assert lines["long"].get_ydata()[1] == 2000
    assert "cells (log scale)" in texts(figure_of("needed_time"))
    assert axes.get_xscale() == axes.get_yscale() == "log"


def test_groups_are_told_apart(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_time"), "State")
    (legend,) = [axes.get_legend()]
    looks = [(line.get_color(), line.get_linestyle()) for line in legend.get_lines()]
    assert len(set(looks)) == len(looks) == 3


def arrows(axes: mpl.axes.Axes) -> list[tuple[float, float]]:
    """Where the arrows begin."""
    return [text.xyann for text in axes.texts if text.arrow_patch is not None]


def test_an_interval_without_an_upper_end_has_an_arrow(tmp_path: Path) -> None:
    """With two seeds, no interval has one."""
    paths = extension_tables(tmp_path, {"longer": ASKED["longer"]})
    axes = drawn("needed_time", paths).axes[0]
    assert sorted(y for _, y in arrows(axes)) == [300, 800, 2000]
    table = read_table(paths["needs"])
    write_table(paths["needs"], table.assign(epochs_high=table["epochs"] + 1))
    assert arrows(drawn("needed_time", paths).axes[0]) == []


@pytest.mark.parametrize(("groups", "panels"), [(2, [2]), (6, [6]), (14, [6, 6, 2])])
def test_many_groups_are_told_apart_and_stand_side_by_side(
    tmp_path: Path, groups: int, panels: list[int]
) -> None:
    asked = {"longer": [(f"group {i}", 10, (300, 400), {}) for i in range(groups)]}
    drawn_axes = drawn("needed_time", extension_tables(tmp_path, asked)).axes
    assert [len(axes.get_legend().get_lines()) for axes in drawn_axes] == panels
    for axes, number in zip(drawn_axes, panels):
        lines = axes.get_legend().get_lines()
        assert len({(line.get_color(), line.get_linestyle()) for line in lines}) == number
        medians = [line for line in axes.lines if line.get_label().startswith("group")]
        assert len({line.get_xdata()[0] for line in medians}) == number


def test_many_groups_of_several_echoes_have_a_panel_for_each(tmp_path: Path) -> None:
    kinds = ("plain", "fed", "told", "attention")
    asked = {
        "decoder": [
            (f"{n} of 5, {kind}", cells, (300, 400), {"n_out": n})
            for n in (2, 5)
            for kind in kinds
            for cells in (10, 20)
        ]
    }
    paths = extension_tables(tmp_path, asked)
    found = drawn("needed_time", paths).axes
    assert [axes.get_title(loc="left") for axes in found] == ["Decoder: 2 of 5", "Decoder: 5 of 5"]
    for axes in found:
        assert [text.get_text() for text in axes.get_legend().get_texts()] == list(kinds)
    assert "have one or more panels for each echo" in caption_of("needed_time", paths)


def test_the_echo_that_all_groups_name_is_in_the_title(tmp_path: Path) -> None:
    groups = ("LSTM, 2 of 5", "GRU, 2 of 5")
    asked = {"cell": [(group, cells, (300, 400), {}) for group in groups for cells in (10, 20)]}
    (axes,) = drawn("needed_time", extension_tables(tmp_path, asked)).axes
    assert axes.get_title(loc="left") == "Cell: 2 of 5"
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["LSTM", "GRU"]


def test_groups_of_one_name_on_two_questions_are_counted_twice(tmp_path: Path) -> None:
    asked = {
        question: [("long", cells, (300, 400), {}) for cells in (10, 20)]
        + [("rate", 20, (300, 400), {})]
        for question in ("cell", "longer")
    }
    paths = extension_tables(tmp_path, asked)
    assert "2 groups of one size only: in needs.csv." in caption_of("needed_time", paths)


def test_a_group_of_one_size_is_left_out_beside_groups_of_several(tmp_path: Path) -> None:
    asked = {
        "cell": [("long", cells, (300, 400), {}) for cells in (10, 20)]
        + [("rate", 20, (300, 400), {})],
        "state": [("alone", 20, (300, 400), {})],
    }
    paths = extension_tables(tmp_path, asked)
    cell, state = drawn("needed_time", paths).axes[:2]
    assert [text.get_text() for text in cell.get_legend().get_texts()] == ["long"]
    assert [text.get_text() for text in state.get_legend().get_texts()] == ["alone"]
    assert "One group of one size only: in needs.csv." in caption_of("needed_time", paths)


def test_sizes_close_to_each_other_are_labelled_apart(tmp_path: Path) -> None:
    asked = {"longer": [("short", cells, (300, 400), {}) for cells in (10, 20, 40, 50, 150)]}
    figure = drawn("needed_time", extension_tables(tmp_path, asked), laid_out=True)
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


# State


def test_state_is_shown_in_epochs_and_in_updates(figure_of: Draw) -> None:
    figure = figure_of("state_and_batch")
    epochs, updates = figure.axes[:2]
    assert sorted(points_of(epochs)[:, 1]) == [1000, 1200, 1500, 1500, 3000, CAP]
    assert sorted(points_of(updates)[:, 1]) == [3000, 3600, 4500, 4500, 9000, 3 * CAP]
    assert [label.get_text() for label in updates.get_xticklabels()] == ["7", "21"]
    assert {"state carried", "state reset"} <= set(texts(figure))


def test_carried_and_reset_stand_side_by_side(figure_of: Draw) -> None:
    points = points_of(figure_of("state_and_batch").axes[0])
    carried = points[np.isin(points[:, 1], [3000, CAP])][:, 0]
    reset = points[np.isin(points[:, 1], [1000, 1200])][:, 0]
    assert carried.max() < 0 < reset.min() < 0.5


# Errors


@pytest.mark.parametrize("accuracy", [0.99, 1.0])
def test_windows_with_missing_values_are_apart(tmp_path: Path, accuracy: float) -> None:
    figure = drawn("incomplete_windows", extension_tables(tmp_path, accuracy=accuracy))
    axes = figure.axes[0]
    errors = points_of(axes)[:, 1]
    zero = min(errors)
    complete = [0.01, 0.011] if accuracy < 1 else [zero, 0.001]
    incomplete = [1 - accuracy + 0.09, 1 - accuracy + 0.091]
    assert sorted(errors) == pytest.approx(sorted(2 * [*complete, *incomplete]))
    said = [label.get_text() for label in axes.get_xticklabels()]
    assert said == ["kept", "masked"]
    assert "20 cells" in texts(figure)


def test_no_errors_have_a_place_of_their_own_below_all_others(tmp_path: Path) -> None:
    axes = drawn("incomplete_windows", extension_tables(tmp_path, accuracy=1.0)).axes[0]
    named = dict(zip(labels(axes), axes.get_yticks(), strict=True))
    rates = points_of(axes)[:, 1]
    assert named["0"] == min(rates) < 0.001 < max(rates)
    assert named["0.01"] == pytest.approx(0.01)
    assert axes.get_ylim()[0] < named["0"]


def test_groups_are_named_by_what_sets_them_apart(tmp_path: Path) -> None:
    """Their names have a part for each axis of their sweep, in alphabetical order."""
    asked = {
        "masking": [
            (f"2 of 5, {windows}, {rate}, x", 20, (700, 900), {})
            for windows in ("kept", "masked")
            for rate in ("fast", "slow")
        ]
    }
    axes = drawn("incomplete_windows", extension_tables(tmp_path, asked)).axes[0]
    said = [label.get_text() for label in axes.get_xticklabels()]
    assert said == ["kept\nfast", "kept\nslow", "masked\nfast", "masked\nslow"]


@pytest.mark.parametrize("name", ["incomplete_windows", "representations"])
def test_only_a_rate_of_0_is_in_its_row(tmp_path: Path, name: str) -> None:
    """The lowest mean and the low end of an interval are far below the rate of any seed."""
    paths = extension_tables(tmp_path, accuracy=1.0)
    skill = read_table(paths["skill"])
    write_table(paths["skill"], skill.assign(accuracy=1 - 4e-5, low=0.9, high=1 - 2e-6))
    axes = drawn(name, paths).axes[0]
    row = axes.patches[0].get_bbox()
    intervals = [
        y for c in axes.collections if not offsets(c) for s in c.get_segments() for y in s[:, 1]
    ]
    assert min(intervals) == pytest.approx(2e-6)
    assert row.y0 < axes.get_yticks()[0] < row.y1 < 2e-6


def test_representations_of_one_rate_do_not_hide_each_other(tmp_path: Path) -> None:
    above = drawn(
        "representations", extension_tables(tmp_path, {"linear": ASKED["linear"][:2]})
    ).axes[0]
    one_hot, linear = (
        points.get_offsets()[:, 0] for points in above.collections if offsets(points)
    )
    assert max(*one_hot) < min(*linear) or max(*linear) < min(*one_hot)


def test_learning_rates_of_regressions_have_the_colours_of_their_errors(figure_of: Draw) -> None:
    above, below = figure_of("representations").axes[:2]
    errors = {
        line.get_color() for line in above.lines if str(line.get_label()).startswith("linear")
    }
    assert errors == {line.get_color() for line in below.lines}
    assert len(errors) == 2


def test_representations_show_errors_and_the_training_of_regressions(figure_of: Draw) -> None:
    above, below = figure_of("representations").axes[:2]
    assert len(points_of(above)) == 3 * 2
    assert sorted(set(np.round(points_of(above)[:, 1], 6))) == [0.01, 0.011]
    curves = sorted(line.get_ydata().tolist() for line in below.lines)
    np.testing.assert_allclose(curves, [[0.1, 0.2]] * 2 + [[0.2, 0.3]] * 2)


def test_schedules_and_optimizers_of_one_rate_are_told_apart(tmp_path: Path) -> None:
    """Or their points would be joined, and so would the curves of a seed."""
    linear = {"encoding": "linear", "learning_rate": 0.01}
    ways = [("Adam", None), ("Adam", "ExponentialDecay (decay_rate 0.1)"), ("Adam (eps 1)", None)]
    asked = [
        (f"linear, {i}", 20, (500, 500), linear | {"optimizer": optimizer, "schedule": schedule})
        for i, (optimizer, schedule) in enumerate(ways)
    ]
    asked.append(("one-hot", 20, (500, 500), {"optimizer": "Adam"}))
    above, below = drawn("representations", extension_tables(tmp_path, {"linear": asked})).axes[:2]
    named = [str(line.get_label()) for line in above.lines]
    assert [name for name in named if name.startswith("linear")] == [
        "linear, learning rate 0.01",
        "linear, learning rate 0.01, Adam (eps 1)",
        "linear, learning rate 0.01, ExponentialDecay",
    ]
    assert all(len(line.get_xdata()) == 1 for line in above.lines)
    assert [list(line.get_xdata()) for line in below.lines] == [[10, 20]] * 3 * 2
    assert len({line.get_color() for line in below.lines}) == 3


# What is learned first


@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_network_is_no_part_of_the_course(tmp_path: Path, place: int) -> None:
    """Wherever it is in the table."""
    rows = ASKED["lost"][:2]
    told = {"until": "epochs", "epochs": 200, "model": "told_the_step"}
    rows = [*rows[:place], ("told, epochs 200", 20, (200, 200), told), *rows[place:]]
    paths = extension_tables(tmp_path, {"lost": rows})
    for table in ("summary", "seeds"):
        own = read_table(paths[table])
        (column,) = {"mean", "accuracy"} & set(own)
        other = own["experiment"] == f"lost_{place}"
        write_table(paths[table], own.assign(**{column: own[column].mask(other, 0.1)}))
    curves = {line.get_label(): line for line in drawn("lost", paths).axes[0].lines}
    assert curves["first position"].get_ydata() == pytest.approx([0.89, 0.94])


def test_positions_are_drawn_by_epochs_and_kinds_of_errors_are_stacked(figure_of: Draw) -> None:
    figure = figure_of("lost")
    above, other, below, _ = figure.axes
    assert [axes.get_title(loc="left") for axes in (above, other)] == ["2 of 5", "3 of 5"]
    assert [label.get_text() for label in above.get_xticklabels()] == ["100", "200"]
    curves = {line.get_label(): line.get_ydata() for line in above.lines}
    assert curves["first position"] == pytest.approx([0.89, 0.94])
    assert curves["last position"] == pytest.approx([0.88, 0.93])
    heights = [round(bar.get_height(), 6) for bars in below.containers for bar in bars]
    assert heights == [0.6, 0.6, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2]
    tops = [bar.get_y() + bar.get_height() for bar in below.containers[-1]]
    assert tops == pytest.approx([1, 1])
    assert [text.get_text() for text in below.texts[:2]] == ["41", "40"]  # by epochs


def test_the_seeds_of_a_position_are_dots(figure_of: Draw) -> None:
    above = figure_of("lost").axes[0]
    dots = [np.asarray(points.get_offsets()) for points in above.collections[1::2]]
    assert [len(points) for points in dots] == [2 * 2, 2 * 2]  # seeds and epochs, by position
    assert sorted(dots[0][:, 1]) == pytest.approx([0.89, 0.89, 0.94, 0.94])


def test_the_caption_says_how_often_a_neighbour_is_repeated(tmp_path: Path) -> None:
    text = caption_of("lost", extension_tables(tmp_path))
    assert "2 seeds each" in text
    assert "2 of 5: 60.0% of the wrong values repeat a neighbour's answer after 100 epochs" in text
    assert "60.0% after 200." in text


# Slopes

FALLING = [("falling", cells, (40_000 / cells, 80_000 / cells), {}) for cells in (10, 20, 40)]
LATE = [("late", 10, (math.nan, 4000), {})]  # learned by all at three of four sizes
LATE += [("late", cells, (3000, 3000), {}) for cells in (20, 40, 80)]


def test_every_group_with_a_slope_has_a_panel_with_its_seeds_and_its_line(tmp_path: Path) -> None:
    paths = extension_tables(tmp_path, {"longer": [*FALLING, *LATE, ("small", 10, (300, 400), {})]})
    figure = drawn("time_by_cells", paths, laid_out=True)
    first, second = [axes for axes in figure.axes if axes.get_visible()]
    assert first.get_title(loc="left") == "Longer: falling"
    assert sorted(points_of(first)[:, 1]) == [1000, 2000, 2000, 4000, 4000, 8000]
    assert next(t.get_text() for t in first.texts) == "\u22121.00 (\u22121.02 to \u22120.98)"
    (line,) = first.lines
    assert list(line.get_xdata()) == [10, 40]
    assert list(line.get_ydata()) == [round(4000 * 2**0.5), round(1000 * 2**0.5)]
    assert list(second.lines[0].get_xdata()) == [20, 80]
    assert list(second.lines[0].get_ydata()) == [3000, 3000]
    assert max(points_of(second)[:, 1]) == CAP
    said = caption_of("time_by_cells", paths)
    assert "It lies between \u22121.00 and +0.00." in said
    assert "with its 90% interval (Student's t), which includes 0 in 1 of 2 groups: with" in said


@pytest.mark.parametrize("name", ["time_by_cells", "needed_time", "needed_cells"])
def test_a_group_that_is_compared_with_two_others_is_drawn_once(tmp_path: Path, name: str) -> None:
    """As where two sweeps of a question have the same networks, with other seeds."""
    paths = extension_tables(tmp_path, {"longer": [*FALLING, *LATE]})
    once = texts(drawn(name, paths, laid_out=True)), caption_of(name, paths)
    for table, seeds in (("needs", {"seeds": 1}), ("runs", {})):
        rows = read_table(paths[table])
        again = rows.assign(experiment="again_" + rows["experiment"], **seeds)
        write_table(paths[table], pd.concat([again, rows]))
    figure = drawn(name, paths, laid_out=True)
    assert (texts(figure), caption_of(name, paths)) == once
    points = [len(points_of(axes)) for axes in figure.axes if any(map(offsets, axes.collections))]
    assert sum(points) == {"time_by_cells": 14, "needed_time": 14, "needed_cells": 0}[name]


def test_without_a_slope_it_is_said_that_there_is_none(tmp_path: Path) -> None:
    paths = extension_tables(tmp_path, {"longer": [("small", 10, (300, 400), {})]})
    (said,) = texts(drawn("time_by_cells", paths))
    assert said == caption_of("time_by_cells", paths)
    assert said.startswith("Of no group")


# Echoes at once and after the window


@pytest.mark.parametrize("name", ["state_and_batch", "incomplete_windows", "representations"])
def test_echoes_at_once_are_told_from_those_after_the_window(tmp_path: Path, name: str) -> None:
    paths = extension_tables(tmp_path)
    table = read_table(paths["experiments"])
    write_table(paths["experiments"], table.assign(at_once=table["experiment"].str.endswith("_0")))
    titles = " ".join(axes.get_title(loc="left") for axes in drawn(name, paths).axes)
    assert titles.count("2 of 5 at once") == 1
    assert titles.count("2 of 5") > 1
