"""Every figure can be read at the size at which the paper prints it.

Drawn from the tables of a published version, which has more groups, and longer names, than made-up
studies have.
"""

import re
from collections.abc import Callable
from functools import cache
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest
from drawing import ASKED, caption_of, drawn, extension_tables, shown_texts, tables
from matplotlib.text import Text
from workspaces import PROJECT

from echoseq.figures import style
from echoseq.figures.catalogue import FIGURES, STUDY, figures_of
from echoseq.files import write_table
from echoseq.packing import stored
from echoseq.tables.columns import read_table

TABLES = PROJECT / "results/published/v3/tables"
UNPUBLISHED = {"published_values"}  # what it is drawn from is not in every version
NAMES = sorted(FIGURES.keys() - UNPUBLISHED)
SMALLEST = 6  # points, in print
TOUCHING = 1  # pixels by which the boxes of two texts may overlap: they are wider than the letters
LONGEST = 6  # lines of a legend

Shown = Callable[[str], tuple[mpl.figure.Figure, list[Text]]]


def published(name: str, folder: Path) -> dict[str, Path]:
    """The tables of a figure; curves of the extensions, which are not published, are made up."""
    paths = {}
    for table in FIGURES[name].tables:
        own = TABLES / "extensions" / f"{table}.csv"
        extended = FIGURES[name].part != STUDY and stored(own).exists()
        paths[table] = stored(own if extended else TABLES / f"{table}.csv")
    if FIGURES[name].part != STUDY and "learning" in paths:
        runs = read_table(stored(TABLES / "extensions/runs.csv"))[["experiment", "seed"]]
        curves = [runs.assign(epoch=epoch, accuracy=epoch / 20_000) for epoch in (50, 10_000)]
        paths["learning"] = folder / "learning.csv"
        write_table(paths["learning"], pd.concat(curves))
    return paths


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Draws a figure of the published version, each only once, and tells which texts are seen."""

    @cache
    def draw(name: str) -> tuple[mpl.figure.Figure, list[Text]]:
        figure = drawn(name, published(name, tmp_path_factory.mktemp(name)))
        return figure, shown_texts(figure)

    return draw


def collisions(found: list[Text]) -> list[tuple[str, str]]:
    """The pairs of texts that overlap."""
    boxes = [(text.get_text(), text.get_window_extent().padded(-TOUCHING)) for text in found]
    return [(a, b) for (a, one), (b, other) in combinations(boxes, 2) if one.overlaps(other)]


@pytest.mark.parametrize("name", NAMES)
def test_no_text_overlaps_another(shown: Shown, name: str) -> None:
    _, found = shown(name)
    assert len(found) > 5
    assert collisions(found) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_logarithmic_axis_has_labels(shown: Shown, name: str) -> None:
    """A locator may find no tick at all where a panel is low."""
    figure, _ = shown(name)
    for axes in figure.axes:
        if axes.get_visible() and axes.get_yscale() == "log":
            low, high = axes.get_ylim()
            assert sum(low <= tick <= high for tick in axes.get_yticks()) >= 2


@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_cut_off(shown: Shown, name: str) -> None:
    figure, found = shown(name)
    boxes = {text.get_text(): text.get_window_extent().padded(-TOUCHING) for text in found}
    inside = figure.bbox
    cut = [
        text
        for text, box in boxes.items()
        if box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1
    ]
    assert cut == []


@pytest.mark.parametrize("name", NAMES)
def test_letters_are_large_enough_in_print(shown: Shown, name: str) -> None:
    figure, found = shown(name)
    width, height = (side * style.MM_PER_INCH for side in figure.get_size_inches())
    printed = min(1, style.DOUBLE / width, style.HIGHEST / height)
    assert min(text.get_fontsize() for text in found) * printed >= SMALLEST


@pytest.mark.parametrize("name", NAMES)
def test_legends_are_short(shown: Shown, name: str) -> None:
    figure, _ = shown(name)
    for legend in figure.findobj(mpl.legend.Legend):
        lines = sum(text.get_text().count("\n") + 1 for text in legend.get_texts())
        assert lines <= LONGEST * legend._ncols


@pytest.mark.parametrize("name", NAMES)
def test_negative_numbers_have_a_minus_sign(shown: Shown, name: str, tmp_path: Path) -> None:
    _, found = shown(name)
    hyphen = re.compile(r"(?<![\w-])-\d")
    said = [*(text.get_text() for text in found), caption_of(name, published(name, tmp_path))]
    assert [text for text in said if hyphen.search(text)] == []


def test_the_paper_prints_nothing_smaller_that_is_not_too_high() -> None:
    layout = (PROJECT / "paper/layout.typ").read_text(encoding="utf-8")
    assert f"let limit = {style.HIGHEST}mm" in layout


def test_a_map_of_many_groups_has_lower_rows(tmp_path: Path) -> None:
    asked = {
        question: [(f"group {i}", cells, (300, 400), {}) for i in range(30) for cells in (10, 20)]
        for question in ("cell", "longer")
    }
    figure = drawn("needed_cells", extension_tables(tmp_path, asked))
    assert figure.get_figheight() * style.MM_PER_INCH <= style.HIGHEST
    assert collisions(shown_texts(figure)) == []


@pytest.mark.parametrize("way", ["kept", "memorylessnessless", "one, two, three of a kind"])
def test_labels_side_by_side_keep_apart(tmp_path: Path, way: str) -> None:
    """Words that are too long for their place stand upright."""
    asked = {
        "masking": [
            (f"2 of 5, {way} {kind}", cells, (700, 900), {})
            for cells in (10, 20, 50, 100)
            for kind in ("", "and told", "as zeros", "and told the place")
        ]
    }
    found = shown_texts(drawn("incomplete_windows", extension_tables(tmp_path, asked)))
    assert collisions(found) == []
    assert any(text.get_rotation() == 90 and way in text.get_text() for text in found) == (
        len(way) == 18
    )


def test_titles_of_panels_side_by_side_keep_apart(tmp_path: Path) -> None:
    row = ASKED["state"][0]
    asked = {"state": [(row[0], cells, row[2], row[3]) for cells in (10, 20, 40, 80, 160, 1000)]}
    paths = extension_tables(tmp_path, asked)
    table = read_table(paths["experiments"])
    write_table(paths["experiments"], table.assign(echo="the oldest two of all five reversed"))
    assert collisions(shown_texts(drawn("state_and_batch", paths))) == []


@pytest.mark.parametrize("name", figures_of("study"))
def test_long_names_of_experiments_end_before_the_next_panel(tmp_path: Path, name: str) -> None:
    experiments = [f"an_echo_of_{size}_cells_with_a_rate_that_decays_in_the_end" for size in "12"]
    figure = drawn(name, tables(tmp_path, experiments))
    found = shown_texts(figure)
    assert collisions(found) == []
    assert all(text.get_window_extent().x1 <= figure.bbox.x1 for text in found)
