"""Labels of the user's in figures, and settings of the user's that figures pay no heed to."""

from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from drawing import ASKED, Row, caption_of, drawn, extension_tables, render, tables
from matplotlib.text import Text

from echoseq.figures import naming, style

LABELS = {
    "short": "_{x} {{ 7 * 6 }} $a_1$ " + "wide " * 12 + "too",
    "long": r"$\frac <i>*b*</i> 100% a_b \$ | " + "very " * 12 + "long",
    "2 of 5, kept": "2 of 5, $kept$",
    "2 of 5, masked": "2 of 5, a mask with a long name",
}
# What someone may like, in a file called matplotlibrc.
TASTE = {
    "lines.linewidth": 3,
    "font.size": 14,
    "axes.grid": True,
    "xtick.direction": "in",
    "savefig.transparent": True,
    "savefig.bbox": "tight",
    "text.usetex": True,
    "text.parse_math": False,
    "timezone": "Asia/Tokyo",
    "svg.fonttype": "none",
    "axes.prop_cycle": mpl.cycler(color=["red"]),
}


@pytest.fixture
def hostile(tmp_path: Path) -> dict[str, Path]:
    """Tables of experiments with labels that mean something to matplotlib."""

    def renamed(row: Row) -> Row:
        return (LABELS.get(row[0], row[0]), *row[1:])

    return extension_tables(tmp_path, {name: [*map(renamed, rows)] for name, rows in ASKED.items()})


def shown(text: Text) -> tuple[str, bool]:
    """What is drawn of a text, as one line, and whether it is a formula."""
    written, formula = text._preprocess_math(text.get_text())
    return " ".join(written.split()), formula


@pytest.mark.parametrize("name", ["needed_cells", "needed_time"])
def test_labels_are_shown_as_written(hostile: dict[str, Path], name: str) -> None:
    figure = drawn(name, hostile, laid_out=True)
    found = [shown(text) for text in figure.findobj(Text)]
    for label in (LABELS["short"], LABELS["long"]):
        assert (label, False) in found


def test_labels_side_by_side_are_shown_as_written(hostile: dict[str, Path]) -> None:
    figure = drawn("incomplete_windows", hostile, laid_out=True)
    found = [shown(text) for text in figure.findobj(Text)]
    assert {("$kept$", False), ("a mask with a long name", False)} <= set(found)


def test_captions_show_labels_as_written(hostile: dict[str, Path]) -> None:
    assert f"at most 10 cells ({LABELS['short']})" in caption_of("needed_cells", hostile)
    assert f"The fastest is {LABELS['short']} with 20 cells" in caption_of("needed_time", hostile)
    assert "(2 of 5, $kept$, 20 cells)" in caption_of("incomplete_windows", hostile)


def test_long_labels_stay_in_the_figure_and_apart(hostile: dict[str, Path]) -> None:
    figure = drawn("needed_cells", hostile, laid_out=True)
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert all(figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1 for box in boxes)
    assert not boxes[0].overlaps(boxes[1])
    figure = drawn("needed_time", hostile, laid_out=True)
    entries = [text for axes in figure.axes for text in axes.get_legend().get_texts()]
    boxes = [entry.get_window_extent() for entry in entries]
    assert all(box.x1 <= figure.bbox.x1 for box in boxes)
    assert not any(a.overlaps(b) for a, b in pairwise(boxes))


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("State: batch size 1, 2 of 5, reset", 26, ["State: batch size 1,", "2 of 5, reset"]),
        ("2 of 5, many-to-one", 12, ["2 of 5,", "many-to-one"]),
        ("vectors one-hot", 12, ["vectors", "one-hot"]),
        ("a mask with a long name", 12, ["a mask with", "a long name"]),
        ("masked", 3, ["mas", "ked"]),
        ("short, label", 12, ["short, label"]),
    ],
)
def test_lines_end_between_the_parts_of_a_name(text: str, width: int, lines: list[str]) -> None:
    assert naming.label(text, width).split("\n") == lines


def test_an_experiment_outside_a_sweep_is_called_by_its_name() -> None:
    rows = {"group": ["one_echo", "a_b"], "experiment": ["one_echo", "sweep_a_b_5"]}
    assert naming.names(pd.DataFrame(rows)) == {"one_echo": "one echo", "a_b": "a_b"}
    assert [style.title(name) for name in ("NA", "gru_echo_LSTM")] == ["NA", "Gru echo LSTM"]


@pytest.mark.parametrize("form", ["svg", "pdf", "png"])
def test_figures_start_from_the_defaults_of_matplotlib(tmp_path: Path, form: str) -> None:
    paths = tables(tmp_path, ["full_echo"])
    plain, own = tmp_path / f"plain.{form}", tmp_path / f"own.{form}"
    render("position_accuracy", paths, [plain])
    with mpl.rc_context(TASTE):
        render("position_accuracy", paths, [own])
        assert mpl.rcParams["font.size"] == 14
    assert own.read_bytes() == plain.read_bytes()
