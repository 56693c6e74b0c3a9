"""The figures of the extensions show what their tables contain."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from drawing import CAP, drawn, extension_tables, texts
from matplotlib.patches import Rectangle

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
    assert sorted(titles) == ["Linear", "Longer", "Masking", "State"]
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
    assert "(log scale)" in axes.get_xlabel()
    assert axes.get_xscale() == axes.get_yscale() == "log"


def test_groups_are_told_apart(figure_of: Draw) -> None:
    axes = panel(figure_of("needed_time"), "State")
    (legend,) = [axes.get_legend()]
    looks = [(line.get_color(), line.get_linestyle()) for line in legend.get_lines()]
    assert len(set(looks)) == len(looks) == 3


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
    assert said == ["kept\n20 cells", "masked\n20 cells"]


def test_no_errors_have_a_place_of_their_own_below_all_others(tmp_path: Path) -> None:
    axes = drawn("incomplete_windows", extension_tables(tmp_path, accuracy=1.0)).axes[0]
    named = dict(zip(labels(axes), axes.get_yticks(), strict=True))
    rates = points_of(axes)[:, 1]
    assert named["0"] == min(rates) < 0.001 < max(rates)
    assert named["0.01"] == pytest.approx(0.01)
    assert axes.get_ylim()[0] < named["0"]


def test_representations_show_errors_and_the_training_of_regressions(figure_of: Draw) -> None:
    above, below = figure_of("representations").axes[:2]
    assert len(points_of(above)) == 3 * 2
    assert sorted(set(np.round(points_of(above)[:, 1], 6))) == [0.01, 0.011]
    curves = sorted(line.get_ydata().tolist() for line in below.lines)
    np.testing.assert_allclose(curves, [[0.1, 0.2]] * 2 + [[0.2, 0.3]] * 2)
