"""The map of what encoders hold shows what its table contains."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from drawing import caption_of, drawn, render, texts
from matplotlib.colors import to_hex
from readings import READOUTS

from echoseq.evaluation.readouts import Readouts
from echoseq.figures import style
from echoseq.figures.catalogue import figures_of
from echoseq.files import write_table
from echoseq.tables import probes

NAMES = {"one_echo": (None, 20), "two_echo": ("simple RNN, 5 of 5", 1000)}


def paths(folder: Path, **parts: Readouts) -> dict[str, Path]:
    frames = [probes.make(n, r, confidence=0.9, resamples=100) for n, r in parts.items()]
    write_table(folder / "probes.csv", pd.concat(frames))
    groups = [NAMES[name][0] for name in parts]
    sizes = [NAMES[name][1] for name in parts]
    experiments = pd.DataFrame({"experiment": [*parts], "group": groups, "cells": sizes})
    write_table(folder / "experiments.csv", experiments)
    return {name: folder / f"{name}.csv" for name in ("experiments", "probes")}


def with_state(name: str, readouts: Readouts) -> Readouts:
    """The same, with each case for another state as well."""
    twice = {
        name: np.concatenate([getattr(readouts, name)] * 2)
        for name in ("network", "probe", "position", "step")
    }
    state = np.concatenate([readouts.state, np.full(readouts.state.shape, name)])
    counts = {n: np.concatenate([getattr(readouts, n)] * 2, axis=1) for n in ("correct", "loss")}
    return replace(readouts, **twice, **counts, state=state)


DECODED = with_state("decoder c", with_state("decoder h", READOUTS))
LONG = with_state("c", replace(READOUTS, step=READOUTS.step * 5))  # of ten steps


@pytest.fixture(scope="module")
def figure(tmp_path_factory: pytest.TempPathFactory) -> mpl.figure.Figure:
    folder = tmp_path_factory.mktemp("memory")
    made = paths(folder, one_echo=READOUTS, two_echo=with_state("c", READOUTS))
    return drawn("memory", made, laid_out=True)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> mpl.figure.Figure:
    """Of an encoder and a decoder, which has h and c, and of an encoder alone."""
    folder = tmp_path_factory.mktemp("both")
    return drawn("memory", paths(folder, one_echo=DECODED, two_echo=READOUTS), laid_out=True)


def shown(figure: mpl.figure.Figure) -> list[mpl.axes.Axes]:
    return [axes for axes in figure.axes if axes.get_visible()]


def test_there_is_a_panel_for_each_experiment_network_and_state(figure: mpl.figure.Figure) -> None:
    titles = [axes.get_title(loc="left") for axes in shown(figure)]
    assert titles == [
        *("trained, h", "untrained, h"),
        *("trained, h", "trained, c", "untrained, h", "untrained, c"),
    ]
    assert {"One echo (20 cells)", "Simple RNN, 5 of 5 (1,000 cells)"} <= set(texts(figure))


def test_there_is_a_row_of_panels_for_each_set_of_states(both: mpl.figure.Figure) -> None:
    titles = [axes.get_title(loc="left") for axes in shown(both)]
    assert titles == [
        *("trained, h", "untrained, h"),
        *("trained, decoder h", "trained, decoder c"),
        *("untrained, decoder h", "untrained, decoder c"),
        *("trained, h", "untrained, h"),
    ]
    heads = [part.get_suptitle() for part in both.subfigs]
    one, two = "One echo (20 cells)", "Simple RNN, 5 of 5 (1,000 cells)"
    assert heads == [f"{one}, the encoder", f"{one}, the decoder", f"{two}, the encoder"]


def test_no_title_meets_the_letter_beside_it(tmp_path: Path) -> None:
    """However narrow cells are."""
    narrow = drawn("memory", paths(tmp_path, one_echo=DECODED, two_echo=LONG), laid_out=True)
    for part in narrow.subfigs:
        panels = [axes for axes in part.axes if axes.get_visible()]
        for one, other in pairwise(panels):
            (title,) = [text for text in one.findobj(mpl.text.Text) if "trained" in text.get_text()]
            letter = next(text for text in other.texts if text.get_text().isalpha())
            assert title.get_window_extent().x1 < letter.get_window_extent().x0


def test_panels_that_are_too_wide_together_are_in_a_line_for_each_network(tmp_path: Path) -> None:
    """In one line, numbers would be wider than their cells."""
    found = drawn("memory", paths(tmp_path, one_echo=LONG), laid_out=True)
    lines = [[axes.get_title(loc="left") for axes in part.axes] for part in found.subfigs]
    assert [line[:2] for line in lines] == [
        ["trained, h", "trained, c"],
        ["untrained, h", "untrained, c"],
    ]
    assert [part.get_suptitle() for part in found.subfigs] == ["One echo (20 cells)", ""]
    assert_numbers_fit(found)


def test_each_cell_tells_its_accuracy_in_per_cent(figure: mpl.figure.Figure) -> None:
    trained, untrained, *_ = shown(figure)
    told = [
        {t.get_position(): t.get_text() for t in axes.texts if t.get_text().isdigit()}
        for axes in (trained, untrained)
    ]
    columns = [sorted({x for x, _ in own}) for own in told]
    # two steps, the MLP, two of shuffled labels; untrained, one step was left out
    assert list(map(len, columns)) == [5, 2]
    first, second, mlp, *shuffled = columns[0]
    assert told[0][second, 0.5] == "100"
    assert (told[0][first, 1.5], told[0][second, 1.5]) == ("6", "25")
    assert told[0][mlp, 0.5] == "94"
    assert [told[0][x, 0.5] for x in shuffled] == ["6", "6"]
    assert [told[1][x, 0.5] for x in columns[1]] == ["50", "50"]


def test_what_is_not_read_by_then_is_grey(figure: mpl.figure.Figure) -> None:
    axes = shown(figure)[0]
    (behind,) = [
        patch
        for patch in axes.patches
        if patch.get_xy() == (0, 0) and to_hex(patch.get_facecolor()) == style.ZERO.lower()
    ]
    assert behind.get_height() == 2


def test_the_values_that_are_asked_for_are_named(figure: mpl.figure.Figure) -> None:
    labels = [label.get_text() for label in shown(figure)[0].get_yticklabels()]
    assert labels == ["1, asked", "2"]
    assert all(not axes.get_yticklabels() for axes in (shown(figure)[1], shown(figure)[3]))


def test_cells_of_all_panels_have_the_same_width(figure: mpl.figure.Figure) -> None:
    widths = [
        axes.get_window_extent().width / np.ptp(axes.get_xlim()) for axes in shown(figure)[2:]
    ]
    np.testing.assert_allclose(widths, widths[0], rtol=0.02)


def test_no_number_is_wider_than_its_cell(
    figure: mpl.figure.Figure, both: mpl.figure.Figure
) -> None:
    assert_numbers_fit(figure)
    assert_numbers_fit(both)


def assert_numbers_fit(figure: mpl.figure.Figure) -> None:
    for axes in shown(figure):
        cell = axes.get_window_extent().width / np.ptp(axes.get_xlim())
        numbers = [text for text in axes.texts if text.get_text().isdigit()]
        assert max(text.get_window_extent().width for text in numbers) < cell


def test_the_caption_states_the_numbers_of_the_table(tmp_path: Path) -> None:
    caption = caption_of("memory", paths(tmp_path, one_echo=READOUTS))
    assert "mean over 2 seeds" in caption
    assert "One echo (20 cells): each value asked for is read in 100.0% (" in caption
    assert ", the other one not in more than 25.0% (" in caption
    assert "; untrained, any value in 50.0% (" in caption
    assert "Chance is 6.2%; with shuffled labels, probes read at most 6.2%" in caption
    assert "\n" not in caption


def test_the_caption_tells_of_each_set_of_states(tmp_path: Path) -> None:
    caption = caption_of("memory", paths(tmp_path, one_echo=DECODED, two_echo=READOUTS))
    assert caption.startswith("What is held by the encoder and the decoder. ")
    assert "; decoder h: the output of the decoder; decoder c: " in caption
    assert " Steps of the decoder count values that have been written. " in caption
    assert " One echo (20 cells), the decoder: each value asked for is read in 100.0% (" in caption
    alone = caption_of("memory", paths(tmp_path, one_echo=READOUTS))
    assert alone.startswith("What is held by the encoder. ")
    assert "written" not in alone
    assert " Grey: not read by then" in alone


def test_a_set_that_reads_nothing_has_no_grey_in_its_caption(tmp_path: Path) -> None:
    written = replace(READOUTS, state=np.full(READOUTS.state.shape, "decoder h"))
    caption = caption_of("memory", paths(tmp_path, one_echo=written))
    assert caption.startswith("What is held by the decoder. ")
    assert "Grey" not in caption


def test_a_single_seed_is_drawn_and_described(tmp_path: Path) -> None:
    one = replace(
        READOUTS, seeds=READOUTS.seeds[:1], correct=READOUTS.correct[:1], loss=READOUTS.loss[:1]
    )
    made = paths(tmp_path, one_echo=one)
    render("memory", made, [tmp_path / "memory.svg"])
    assert (tmp_path / "memory.svg").stat().st_size > 1000
    caption = caption_of("memory", made)
    assert "one seed" in caption
    assert "nan" not in caption


def test_the_same_table_gives_the_same_bytes(tmp_path: Path) -> None:
    made = paths(tmp_path, one_echo=READOUTS)
    for name in ("first.svg", "second.svg"):
        render("memory", made, [tmp_path / name])
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_it_is_drawn_if_its_question_has_probes() -> None:
    assert "memory" in figures_of("extensions", [], ["memory"])
    assert "memory" not in figures_of("extensions", ["memory"], [])  # experiments alone
    assert "memory" not in figures_of("extensions", [], ["linear"])
    assert "representations" not in figures_of("extensions", [], ["linear"])
    assert "memory" not in figures_of("study")
