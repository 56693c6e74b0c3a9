"""Every figure is drawn and described for studies other than the published one too."""

from pathlib import Path

import pytest
from drawing import ASKED, NEVER, caption_of, drawn, extension_tables, render, tables
from matplotlib.font_manager import fontManager

from echoseq.figures.catalogue import FIGURES as FIGURE
from echoseq.figures.catalogue import drawing, figure_file, figures_of
from echoseq.files import write_table
from echoseq.tables.columns import read_table

FIGURES, EXTENSIONS = figures_of("study"), figures_of("extensions", ASKED)
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
        (
            "learning_curves",
            "Over the last 20 epochs the median loss is 0.160 (0.150 to 0.170 over seeds) for the "
            "one echo; 0.160 (0.150 to 0.170 over seeds) for the two echo.",
        ),
        ("position_accuracy", "each of 3 seeds"),
        ("position_accuracy", ".9900 (.9800 to .9950) for the one echo"),
        ("position_accuracy", "95% interval"),
        ("learned_by_epoch", "1 of 3 seeds (.10 to .90 of all) by epoch 30 in the one echo"),
        ("error_anatomy", "Two echo: 14 wrong values, +2.00 percentage points"),
        ("error_anatomy", "14 of them the value one place before or after it"),
        ("echoes", "21 of 42 values are wrong in the one echo"),
    ],
)
def test_captions_state_the_numbers_of_the_tables(tmp_path: Path, name: str, said: str) -> None:
    assert said in caption_of(name, tables(tmp_path, ["one_echo", "two_echo"]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("needed_cells", "that is enough, at most 10 cells (short)"),
        ("needed_cells", "the share of 2 seeds that learned within the cap"),
        ("needed_cells", "Of 8 runs, 5 learned; 1 of 2 groups have a size that is enough"),
        ("needed_time", "the median with its 90% interval"),
        ("needed_time", "Open triangles: 7 runs that met the cap before learning"),
        ("needed_time", "Small: each of 2 seeds"),
        ("needed_time", "2 of 12 experiments have no median"),
        ("needed_time", "The fastest is short with 20 cells, with a median of 300 epochs."),
        ("state_and_batch", "State carried: 1 of 2 runs learned; state reset: 4 of 4 runs learned"),
        ("state_and_batch", "A batch of 21 windows is a whole sequence, so nothing is carried"),
        ("incomplete_windows", "the lowest mean accuracy is .9000 (2 of 5, kept, 20 cells)"),
        ("representations", "Mean accuracies per value: one-hot .9900 to .9900; linear .9900 to"),
    ],
)
def test_captions_of_the_extensions(tmp_path: Path, name: str, said: str) -> None:
    assert said in caption_of(name, extension_tables(tmp_path))


def test_the_final_losses_of_short_runs_are_means_over_all_their_epochs(tmp_path: Path) -> None:
    paths = tables(tmp_path, ["one_echo"])
    write_table(paths["runs"], read_table(paths["runs"]).assign(epochs=7))
    said = caption_of("learning_curves", paths)
    assert "Over the last 20 epochs (all of a shorter run) the median loss is 0.160" in said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("needed_cells", "Of 6 runs (counted once, if several experiments share them), 5 learned"),
        (
            "needed_time",
            "Open triangles: 5 runs that met the cap before learning (counted once, if several "
            "experiments share them), drawn at the cap",
        ),
        ("state_and_batch", "state reset: 2 of 2 runs learned"),
    ],
)
def test_copies_of_runs_are_counted_once(tmp_path: Path, name: str, said: str) -> None:
    """The runs of two experiments are copies of another's of the same question."""
    paths = extension_tables(tmp_path)
    runs = read_table(paths["runs"])
    shared = {"longer_2": "longer_3", "state_1": "state_2"}
    runs["trained_for"] = runs["trained_for"].replace(shared)
    learned = runs.set_index(["experiment", "seed"])["epochs_to_learn"]
    runs["epochs_to_learn"] = [learned[run] for run in zip(runs["trained_for"], runs["seed"])]
    write_table(paths["runs"], runs)
    assert said in caption_of(name, paths)


def of(name: str) -> dict[str, list]:
    """The questions that a figure is about; all for those of the extensions as a whole."""
    part = FIGURE[name].part
    return {part: ASKED[part]} if part in ASKED else ASKED


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("groups", [1, None], ids=["one group", "all"])
def test_extensions_are_drawn_twice_with_the_same_bytes(
    tmp_path: Path, name: str, seeds: int, groups: int | None
) -> None:
    asked = {question: rows[:groups] for question, rows in of(name).items()}
    paths = extension_tables(tmp_path, asked, seeds)
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        render(name, paths, [file])
    assert files[0].read_bytes() == files[1].read_bytes()
    assert files[0].stat().st_size > 1000
    assert "nan" not in caption_of(name, paths)


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.parametrize("accuracy", [0.1, 1.0])
@pytest.mark.filterwarnings("error")
def test_nothing_is_squeezed_out_of_the_figure_where_skill_is_low_or_perfect(
    tmp_path: Path, name: str, accuracy: float
) -> None:
    """Matplotlib warns if what is drawn outside the axes leaves no room."""
    assert drawn(name, extension_tables(tmp_path, accuracy=accuracy), laid_out=True).axes


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.filterwarnings("error")
def test_a_study_where_nothing_is_ever_learned_is_drawn(tmp_path: Path, name: str) -> None:
    never = {
        question: [(group, cells, (NEVER, NEVER), own) for group, cells, _, own in rows]
        for question, rows in of(name).items()
    }
    paths = extension_tables(tmp_path, never)
    assert drawn(name, paths, laid_out=True).axes
    assert "nan" not in caption_of(name, paths)


def test_the_font_does_not_depend_on_the_users_list_of_fonts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [font for font in fontManager.ttflist if "STIX" not in font.name]
    monkeypatch.setattr(fontManager, "ttflist", others)
    fontManager._findfont_cached.cache_clear()
    render("learned_by_epoch", tables(tmp_path, ["full_echo"]), [tmp_path / "figure.svg"])
    found = fontManager.findfont("STIXGeneral", fallback_to_default=False)
    assert Path(found).name == "STIXGeneral.ttf"


def test_a_figure_is_found_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the study's in the package, even if a module here has its name; others here."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("echoes", "figure_of_the_lab"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError  # never imported\n")
    assert figure_file("figure_of_the_lab") == tmp_path / "figure_of_the_lab.py"
    assert figure_file("echoes").parent.name == "figures"


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ('"""The accuracy.\n\nAnd more."""\n', "Draw the accuracy."),
        ('def draw(summary):\n    """LSTMs compared."""\n', "Draw LSTMs compared."),
        ("def draw(summary): ...\n", "Draw the figure figure_of_23."),
    ],
)
def test_a_figure_says_what_is_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    name = f"figure_of_{len(module)}"  # what was parsed is kept by its path
    Path(f"{name}.py").write_text(module, encoding="utf-8")
    assert drawing(name) == said
