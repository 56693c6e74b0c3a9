"""Figures say what their tables say, for studies other than the published one too."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from echoseq.figures import (
    cost,
    differences,
    echoes,
    error_anatomy,
    learned_by_epoch,
    learning_curves,
    longer_echoes,
    position_accuracy,
    style,
    task,
)
from echoseq.files import write_table

ERRORS = [
    ("repeat", "repeated", 0.07),
    ("repeat", "distinct", 0.05),
    ("repeat", "repeated less distinct", 0.02),
    ("position", "1", 0.06),
    ("position", "2", 0.04),
    ("offset", "-1", 0.4),
    ("offset", "+1", 0.2),
    ("offset", "+2", 0.1),
    ("offset", "not in the window", 0.3),
    ("distance", "1", 0.1),
    ("distance", "2 to 5", 0.2),
    ("distance", "6 to 20", 0.3),
    ("distance", "21 or more", 0.4),
]


def tables(folder: Path, names: list[str], *, seeds: int = 3, accuracy: float = 0.99) -> dict:
    """Small tables of a study with these experiments, two positions each."""
    runs = [(name, seed) for name in names for seed in range(seeds)]
    learning = pd.DataFrame(
        [
            {"experiment": n, "seed": s, "epoch": e, "loss": 4 / e, "accuracy": 1 - 1 / e}
            for n, s in runs
            for e in (5.5, 15.5, 25.5)
        ]
    )
    facts = pd.DataFrame({"experiment": names, "chance_loss": 4.6, "chance_accuracy": 0.01})
    facts["encoding"] = "one_hot"
    facts = facts.assign(length=25, alphabet=100, n_in=3, n_out=2, cells=20, question=np.nan)
    facts["model"] = ["lstm", "encoder_decoder", *["my_models:gru"] * len(names)][: len(names)]
    runs_table = pd.DataFrame(runs, columns=["experiment", "seed"]).assign(parameters=11_780)
    learned = pd.DataFrame(
        [
            {"experiment": n, "epoch": e, "learned": k, "share": k / seeds}
            for n in names
            for e, k in ((0, 0), (20, 1), (30, 1))
        ]
    ).assign(seeds=seeds, low=0.1, high=0.9, confidence=0.95)
    errors = pd.DataFrame(
        [{"experiment": n, "split": s, "group": g, "rate": r} for n in names for s, g, r in ERRORS]
    ).assign(part=7, whole=100, low=0.0, high=0.5, chance=0.02, confidence=0.95)
    facts = facts.assign(reference_loss_low=1.0, reference_loss_high=1.5, reference_accuracy=1.0)
    facts.loc[0, ["reference_loss_low", "reference_loss_high", "reference_accuracy"]] = np.nan
    positions = ["1", "2", "all"]
    by_seed = pd.DataFrame(
        [
            {"experiment": n, "seed": s, "position": p, "accuracy": accuracy - 0.001 * s}
            for n, s in runs
            for p in positions
        ]
    ).assign(windows="complete")
    summary = pd.DataFrame(
        [{"experiment": n, "position": p, "mean": accuracy} for n in names for p in positions]
    ).assign(low=accuracy - 0.01, high=min(1, accuracy + 0.005), confidence=0.95, chance=0.01)
    summary["windows"] = "complete"
    if seeds == 1:
        summary[["low", "high"]] = np.nan
    grid = pd.DataFrame(
        [
            {"experiment": n, "window": w, "position": p, "expected": w + p, "predicted": w + 1}
            for n in names
            for w in range(1, 22)
            for p in (1, 2)
        ]
    ).assign(seed=0, sequence=7, alphabet=100)
    found = {
        "learning": learning,
        "experiments": facts,
        "seeds": by_seed,
        "summary": summary,
        "echoes": grid,
        "runs": runs_table,
        "learned": learned,
        "errors": errors,
    }
    for name, table in found.items():
        write_table(folder / f"{name}.csv", table)
    return {name: folder / f"{name}.csv" for name in found}


FIGURES = {
    "task": (task, ("experiments", "runs")),
    "learning_curves": (learning_curves, ("learning", "experiments")),
    "position_accuracy": (position_accuracy, ("seeds", "summary")),
    "learned_by_epoch": (learned_by_epoch, ("learned",)),
    "error_anatomy": (error_anatomy, ("errors",)),
    "echoes": (echoes, ("echoes",)),
}


def drawn(name: str, paths: dict) -> mpl.figure.Figure:
    figure, names = FIGURES[name]
    with mpl.rc_context(style.STYLE):
        return figure.draw(**{table: paths[table] for table in names})


def texts(figure: mpl.figure.Figure) -> list[str]:
    return [t.get_text() for t in figure.findobj(mpl.text.Text) if t.get_text()]


SIZES = [(1, 1), (2, 3), (5, 2)]  # experiments and seeds


@pytest.mark.parametrize(
    ("name", "experiments", "seeds"),
    [*((name, *size) for name in FIGURES for size in SIZES), ("learning_curves", 14, 2)],
)
def test_studies_of_other_sizes_are_drawn(
    tmp_path: Path, name: str, experiments: int, seeds: int
) -> None:
    names = [f"echo_{i}" for i in range(experiments)]
    paths = tables(tmp_path, names, seeds=seeds)
    figure, wanted = FIGURES[name]
    chosen = {table: paths[table] for table in wanted}
    style.render(figure.draw, chosen, [tmp_path / "figure.svg"])
    assert (tmp_path / "figure.svg").stat().st_size > 1000
    caption = figure.caption(**chosen)
    assert "nan" not in caption
    assert "interval" in caption


def test_learning_curves_show_every_seed_and_their_median(tmp_path: Path) -> None:
    figure = drawn("learning_curves", tables(tmp_path, ["one_echo", "two_echo"]))
    loss = figure.axes[0]
    lines = [line for line in loss.lines if len(line.get_xdata()) == 3]
    assert len(lines) == 3 + 1
    np.testing.assert_allclose(lines[-1].get_ydata(), [4 / 5.5, 4 / 15.5, 4 / 25.5])


def test_a_reference_of_one_experiment_is_in_the_legend(tmp_path: Path) -> None:
    """The first experiment has none; the legend is that of all panels."""
    said = texts(drawn("learning_curves", tables(tmp_path, ["one_echo", "two_echo"])))
    assert said.count("final, as published") >= 1
    assert (
        texts(drawn("learning_curves", tables(tmp_path, ["one_echo"]))).count("final, as published")
        == 0
    )


@pytest.mark.parametrize(("accuracy", "below"), [(0.99, True), (0.4, False)])
def test_chance_is_drawn_where_the_axis_reaches_it(
    tmp_path: Path, accuracy: float, below: bool
) -> None:
    figure = drawn("position_accuracy", tables(tmp_path, ["one_echo"], accuracy=accuracy))
    assert any("below the axes" in text for text in texts(figure)) == below
    low, high = figure.axes[0].get_ylim()
    assert (low > 0.01) == below
    assert low < accuracy - 0.01
    assert high == 1


def test_every_seed_is_a_point(tmp_path: Path) -> None:
    figure = drawn("position_accuracy", tables(tmp_path, ["one_echo"]))
    points = figure.axes[0].collections[0].get_offsets()
    assert len(points) == 3 * 3
    assert len(np.unique(np.round(points[:, 1], 6))) == 3


def test_one_seed_has_a_mean_without_interval(tmp_path: Path) -> None:
    said = texts(drawn("position_accuracy", tables(tmp_path, ["one_echo"], seeds=1)))
    assert any("no interval for one seed" in text for text in said)


def test_errors_are_marked_with_their_difference(tmp_path: Path) -> None:
    figure = drawn("echoes", tables(tmp_path, ["one_echo"]))
    error = [text.get_text() for text in figure.axes[2].texts]
    assert [text for text in error if text.startswith(("+", "-"))] == ["-1"] * 21
    assert any("21 of 42 values wrong" in text for text in texts(figure))


def said_of(name: str, paths: dict) -> str:
    figure, wanted = (FIGURES | EXTENSIONS)[name]
    return figure.caption(**{table: paths[table] for table in wanted})


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("task", "gives back the 2 oldest of 3 (11,780 parameters)"),
        ("learning_curves", "every one of 3 seeds"),
        ("learning_curves", "0.157 (0.157 over seeds) for the two echo"),
        ("position_accuracy", "every one of 3 seeds"),
        ("position_accuracy", ".9900 (.9800 to .9950) for the one echo"),
        ("position_accuracy", "95% interval"),
        ("learned_by_epoch", "1 of 3 seeds (.10 to .90 of all) by epoch 30 in the one echo"),
        ("error_anatomy", "Two echo: 14 wrong values, +2.00 percentage points"),
        ("error_anatomy", "14 of them the neighbouring value"),
        ("echoes", "21 of 42 values are wrong in the one echo"),
    ],
)
def test_captions_state_what_the_tables_say(tmp_path: Path, name: str, said: str) -> None:
    assert said in said_of(name, tables(tmp_path, ["one_echo", "two_echo"]))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("differences", "its 90% interval (n = 2 seeds). Of 5 intervals 5 lie wholly below 0"),
        ("cost", "each of 12 runs (2 seeds an experiment)"),
        ("cost", "8 runs learn within their epochs"),
        ("longer_echoes", "each of 2 seeds"),
        ("longer_echoes", "The lowest mean is .7500, at position 4 of 4 (four)."),
    ],
)
def test_captions_of_the_extensions(tmp_path: Path, name: str, said: str) -> None:
    assert said in said_of(name, extension_tables(tmp_path))


def test_the_task_draws_every_value_that_is_read_and_every_one_that_is_said(tmp_path: Path) -> None:
    figure = drawn("task", tables(tmp_path, ["one_echo", "two_echo"]))
    _, _, lstm, encoder_decoder, *_ = map(texts_of, figure.axes)
    assert lstm.count("LSTM") == 3  # one for each value that it reads
    assert encoder_decoder.count("LSTM") == 3 + 2  # and one for each that it says


def texts_of(axes: mpl.axes.Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_the_share_that_has_learned_rises_in_steps_and_names_its_end(tmp_path: Path) -> None:
    figure = drawn("learned_by_epoch", tables(tmp_path, ["one_echo"]))
    (line,) = figure.axes[0].lines
    assert line.get_drawstyle() == "steps-post"
    assert line.get_xdata().tolist() == [0, 20, 30]
    assert line.get_ydata().tolist() == pytest.approx([0, 1 / 3, 1 / 3])
    assert figure.axes[0].get_title(loc="left") == "One echo: 1 of 3 seeds in the end"


def test_each_split_of_the_errors_has_a_panel_and_chance_beside_it(tmp_path: Path) -> None:
    figure = drawn("error_anatomy", tables(tmp_path, ["one_echo"]))
    rates = [np.round(axes.lines[0].get_ydata(), 9).tolist() for axes in figure.axes]
    assert rates == [[7, 5], [6, 4], [40, 20, 10, 30], [10, 20, 30, 40]]
    assert all(set(axes.lines[1].get_ydata()) == {2} for axes in figure.axes)
    labels = [label.get_text() for label in figure.axes[3].get_xticklabels()]
    assert labels == ["1", "2-5", "6-20", "21+"]


# The figures of the extensions

NEVER = float("nan")
# experiment: question, base, n_in, n_out, parameters, epochs, epochs to learn by seed
ASKED: dict[str, tuple] = {
    "base": (None, None, 5, 2, 1_000, 500, (100, 200)),
    "stateless": ("state", "base", 5, 2, 1_000, 500, (120, NEVER)),
    "three": ("longer", "base", 5, 3, 2_000, 500, (NEVER, NEVER)),
    "four": ("longer", "base", 5, 4, 3_000, 900, (800, 900)),
    "two_of_10": ("longer", "base", 10, 2, 4_000, 500, (NEVER, 500)),
    "odd": (None, "base", 5, 2, 500, 500, (50, 60)),
}


def extension_tables(folder: Path, asked: dict[str, tuple] = ASKED, seeds: int = 2) -> dict:
    """Tables of experiments with questions; every value tells where it comes from."""
    facts, by_seed, summary, runs, comparisons = [], [], [], [], []
    for i, (name, row) in enumerate(asked.items()):
        question, base, n_in, n_out, parameters, epochs, learned = row
        facts.append({"experiment": name, "question": question, "compare_to": base})
        facts[-1] |= {"n_in": n_in, "n_out": n_out, "cells": parameters // 10}
        for p, position in enumerate([*map(str, range(1, n_out + 1)), "all"]):
            place = {"experiment": name, "position": position, "windows": "complete"}
            mean = 0.9 - 0.02 * i - 0.03 * p
            summary.append(place | {"mean": mean})
            summary.append(place | {"mean": 0.111, "windows": "incomplete"})
            for seed in range(seeds):
                by_seed.append(place | {"seed": seed, "accuracy": mean - 0.001 * seed})
                incomplete = {"seed": seed, "accuracy": 0.111, "windows": "incomplete"}
                by_seed.append(place | incomplete)
            if base:
                ends = (NEVER, NEVER) if seeds == 1 else (-0.1 * i - 0.02, -0.1 * i + 0.01)
                comparisons.append(
                    {"experiment": name, "base": base, "position": position, "confidence": 0.9}
                    | {"difference": -0.1 * i if position == "all" else 0.77}
                    | dict(zip(("low", "high"), ends))
                    | {"seeds": seeds}
                )
        for seed in range(seeds):
            run = {"experiment": name, "seed": seed, "parameters": parameters, "epochs": epochs}
            runs.append(run | {"epochs_to_learn": learned[seed]})
    tables = {
        "experiments": facts,
        "seeds": by_seed,
        "summary": summary,
        "runs": runs,
        "comparisons": comparisons,
    }
    for name, rows in tables.items():
        write_table(folder / f"{name}.csv", pd.DataFrame(rows))
    return {name: folder / f"{name}.csv" for name in tables}


EXTENSIONS = {
    "differences": (differences, ("comparisons", "experiments")),
    "cost": (cost, ("seeds", "runs", "experiments")),
    "longer_echoes": (longer_echoes, ("seeds", "summary", "experiments")),
}


def extension(name: str, paths: dict) -> mpl.figure.Figure:
    module, tables = EXTENSIONS[name]
    with mpl.rc_context(style.STYLE):
        figure = module.draw(**{table: paths[table] for table in tables})
        figure.draw_without_rendering()
    return figure


@pytest.mark.parametrize("name", EXTENSIONS)
@pytest.mark.parametrize("seeds", [1, 2])
@pytest.mark.parametrize("kept", [["base", "three"], [*ASKED]], ids=["one question", "all"])
def test_extensions_are_drawn_twice_with_the_same_bytes(
    tmp_path: Path, name: str, seeds: int, kept: list[str]
) -> None:
    paths = extension_tables(tmp_path, {key: ASKED[key] for key in kept}, seeds)
    module, tables = EXTENSIONS[name]
    files = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for file in files:
        style.render(module.draw, {table: paths[table] for table in tables}, [file])
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
    assert extension(name, paths).axes


@pytest.mark.parametrize("name", EXTENSIONS)
def test_a_study_where_nothing_is_ever_learned_is_drawn(tmp_path: Path, name: str) -> None:
    never = {key: (*row[:-1], (NEVER, NEVER)) for key, row in ASKED.items()}
    assert extension(name, extension_tables(tmp_path, never)).axes


def test_differences_have_a_row_for_each_experiment_under_its_question(tmp_path: Path) -> None:
    axes = extension("differences", extension_tables(tmp_path)).axes[0]
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


def test_the_cost_shows_every_run_by_its_question(tmp_path: Path) -> None:
    figure = extension("cost", extension_tables(tmp_path))
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


def test_runs_that_never_learn_are_shown_as_such_beyond_all_others(tmp_path: Path) -> None:
    figure = extension("cost", extension_tables(tmp_path))
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
    found = points_by_question(extension("cost", extension_tables(tmp_path, asked)).axes[0])
    assert set(found) == {"study", *(f"q{i}" for i in range(9))}


def lines_of(axes: mpl.axes.Axes) -> dict[str, mpl.lines.Line2D]:
    return {line.get_label(): line for line in axes.lines if line.get_marker() == "o"}


def test_longer_echoes_have_a_panel_for_each_window_length_and_size(tmp_path: Path) -> None:
    figure = extension("longer_echoes", extension_tables(tmp_path))
    panels = {axes.get_title(loc="left"): lines_of(axes) for axes in figure.axes}
    assert {title: set(lines) for title, lines in panels.items()} == {
        "5 values\n100 cells": {"base"},  # beside those that are compared to it
        "5 values\n200 cells": {"three"},
        "5 values\n300 cells": {"four"},
        "10 values\n400 cells": {"two_of_10"},
    }
    four = panels["5 values\n300 cells"]["four"]
    assert list(four.get_xdata()) == [1, 2, 3, 4]
    expected = [0.9 - 0.02 * 3 - 0.03 * p for p in range(4)]
    np.testing.assert_allclose(four.get_ydata(), expected)


def test_echoes_of_one_length_have_one_colour_in_all_panels(tmp_path: Path) -> None:
    figure = extension("longer_echoes", extension_tables(tmp_path))
    colors = {name: line.get_color() for a in figure.axes for name, line in lines_of(a).items()}
    assert colors["base"] == colors["two_of_10"]
    assert len({colors["base"], colors["three"], colors["four"]}) == 3


def test_longer_echoes_show_every_seed(tmp_path: Path) -> None:
    figure = extension("longer_echoes", extension_tables(tmp_path))
    for axes in figure.axes:
        for name, mean in lines_of(axes).items():
            thin = [line.get_ydata()[0] for line in axes.lines if line.get_marker() != "o"]
            assert len(thin) == 2, name
            assert np.isclose(thin, mean.get_ydata()[0], atol=0.0011).all()


def test_no_experiment_is_left_out_of_the_longer_echoes(tmp_path: Path) -> None:
    asked = {"base": ASKED["base"]}
    asked |= {f"e{i}": ("longer", "base", 5, 3, 1000, 500, (9, 9)) for i in range(9)}
    axes = extension("longer_echoes", extension_tables(tmp_path, asked)).axes[0]
    assert set(lines_of(axes)) == {"base", *(f"e{i}" for i in range(9))}


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
    assert points[:, 1].min() > 0.9
