"""Every figure is drawn and described for studies other than the published one too."""

from pathlib import Path

import pandas as pd
import pytest
from drawing import ASKED, NEVER, caption_of, drawn, extension_tables, render, tables

from echoseq.figures.catalogue import figures_of
from echoseq.files import write_table

FIGURES, EXTENSIONS = figures_of("study"), figures_of("extensions")
SIZES = [(1, 1), (2, 3), (14, 2)]  # experiments and seeds
WRITTEN = 4  # experiments; more are drawn, but not written


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize(("experiments", "seeds"), SIZES)
def test_studies_of_other_sizes_are_drawn(
    tmp_path: Path, name: str, experiments: int, seeds: int
) -> None:
    names = [f"echo_{i}" for i in range(experiments)]
    paths = tables(tmp_path, names, seeds=seeds)
    if experiments <= WRITTEN:
        render(name, paths, [tmp_path / "figure.svg"])
        assert (tmp_path / "figure.svg").stat().st_size > 1000
    else:
        assert drawn(name, paths, laid_out=True).axes
    caption = caption_of(name, paths)
    assert "nan" not in caption
    assert "interval" in caption


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("task", "repeats the 2 oldest of 3 (11,780 parameters)"),
        ("learning_curves", "each of 3 seeds"),
        ("learning_curves", "0.157 (0.157 over seeds) for the two echo"),
        ("position_accuracy", "each of 3 seeds"),
        ("position_accuracy", ".9900 (.9800 to .9950) for the one echo"),
        ("position_accuracy", "95% interval"),
        ("learned_by_epoch", "1 of 3 seeds (.10 to .90 of all) by epoch 30 in the one echo"),
        ("error_anatomy", "Two echo: 14 wrong values, +2.00 percentage points"),
        ("error_anatomy", "14 of them the neighbouring value"),
        ("echoes", "21 of 42 values are wrong in the one echo"),
    ],
)
def test_captions_state_the_numbers_of_the_tables(tmp_path: Path, name: str, said: str) -> None:
    assert said in caption_of(name, tables(tmp_path, ["one_echo", "two_echo"]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("differences", "its 90% interval (n = 2 seeds). Of 5 intervals, 5 lie wholly below 0"),
        ("cost", "each of 12 runs (2 seeds per experiment)"),
        ("cost", "8 runs learn within their epochs"),
        ("longer_echoes", "each of 2 seeds"),
        ("longer_echoes", "The lowest mean is .7500, at position 4 of 4 (four)."),
    ],
)
def test_captions_of_the_extensions(tmp_path: Path, name: str, said: str) -> None:
    assert said in caption_of(name, extension_tables(tmp_path))


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("kept", [["base", "three"], [*ASKED]], ids=["one question", "all"])
def test_extensions_are_drawn_twice_with_the_same_bytes(
    tmp_path: Path, name: str, seeds: int, kept: list[str]
) -> None:
    paths = extension_tables(tmp_path, {key: ASKED[key] for key in kept}, seeds)
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        render(name, paths, [file])
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 1000


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.filterwarnings("error")
def test_nothing_is_squeezed_out_of_the_figure_where_skill_is_low(
    tmp_path: Path, name: str
) -> None:
    """As in a tiny study: matplotlib warns if what is drawn outside the axes leaves no room."""
    paths = extension_tables(tmp_path)
    for table, value in (("seeds", "accuracy"), ("summary", "mean")):
        low = pd.read_csv(paths[table], dtype={"position": str})
        write_table(paths[table], low.assign(**{value: low[value] / 20}))
    assert drawn(name, paths, laid_out=True).axes


@pytest.mark.parametrize("name", EXTENSIONS)
def test_a_study_where_nothing_is_ever_learned_is_drawn(tmp_path: Path, name: str) -> None:
    never = {key: (*row[:-1], (NEVER, NEVER)) for key, row in ASKED.items()}
    assert drawn(name, extension_tables(tmp_path, never), laid_out=True).axes
