"""The first screen of the README: what it says, by the tables of the version that it links."""

import re

import pandas as pd
import pytest
from workspaces import PROJECT

from echoseq.documents.site.building import latest
from echoseq.layout import PAGE, PAPER
from echoseq.tables.columns import complete_windows, exact_matches, incomplete_windows, read_table
from echoseq.wording import count, percent

VERSION = latest(PROJECT / "results/published")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
FOUND = " ".join(README.split("## What it found\n")[1].split("\n## ")[0].split())
CAP = 30_000
CELLS = ("simple RNN", "LSTM")


@pytest.fixture(scope="module")
def needs() -> pd.DataFrame:
    return read_table(VERSION / "tables/needs.csv")


def group(needs: pd.DataFrame, question: str, name: str) -> pd.DataFrame:
    """The sizes of a group, which all stop at the cap that the README names."""
    rows = needs[(needs["question"] == question) & (needs["group"] == name)]
    assert len(rows)
    assert set(rows["cap"]) == {CAP}
    return rows


def test_it_leads_to_the_latest_version_and_to_its_page() -> None:
    folder = VERSION.relative_to(PROJECT).as_posix()
    published = set(re.findall(r"\((results/published/v[^/)]+)/", README))
    assert published == {folder}
    shown = PAGE if (VERSION / PAGE).is_file() else PAPER
    assert f"({folder}/{shown})" in FOUND


def test_the_first_screen_is_short() -> None:
    sentences = re.findall(r"(?:^| )[1-9]\. [A-Z]", FOUND)
    assert len(sentences) == 5
    before, after = README.split("## What it found\n")
    assert before.count("](results/published/") == 1  # the picture
    assert after.split("\n## ")[1].startswith("Start\n")
    assert len(README.split("## How to")[0].splitlines()) < 60


def test_how_much_is_learned() -> None:
    rows = exact_matches(complete_windows(read_table(VERSION / "tables/summary.csv")))
    full, partial = (rows[rows["experiment"] == f"{echo}_echo"] for echo in ("full", "partial"))
    said = f"{percent(full['mean'].item())} (full echo) and {percent(partial['mean'].item())} ("
    assert f"of the held-out windows, {said}partial echo)" in FOUND
    assert set(rows["seeds"]) == {10}
    assert full["mean"].item() < 1
    assert partial["mean"].item() < 1


def test_what_longer_echoes_need(needs: pd.DataFrame) -> None:
    short, long = (group(needs, "longer", f"{n} of 5") for n in (2, 5))
    assert f"{short['needed_cells'].iloc[0]:g} cells are the fewest that learn 2 of 5" in FOUND
    assert f"and {long['needed_cells'].iloc[0]:g} the fewest that learn 5 of 5" in FOUND
    times = [rows[rows["cells"] == 150]["epochs"].item() for rows in (short, long)]
    assert times[0] < times[1]


def test_which_cell_is_faster(needs: pd.DataFrame) -> None:
    def of(name: str) -> pd.DataFrame:
        rows = group(needs, "cell", name)
        return rows[rows["cells"] == 100]

    simple, lstm = (
        count(of(f"{cell}, 5 of 5")["epochs"].item()) for cell in ("simple RNN", "LSTM")
    )
    said = f"learns 5 of 5 after {simple} epochs, and one of 100 LSTM cells after {lstm} (medians)"
    assert said in FOUND
    experiments = read_table(VERSION / "tables/experiments.csv").set_index("experiment")
    used = {
        experiments.loc[of(f"{c}, 5 of 5")["experiment"].item()]["learning_rate"] for c in CELLS
    }
    assert used == {0.001}
    shares = {c: of(f"{c}, 5 of 5, learning rate 0.01")["share"].item() for c in CELLS}
    assert shares == {"simple RNN": 0, "LSTM": 1}
    assert "at 0.01 the LSTM learns it within 30,000, and the other does not" in FOUND


def test_what_attention_learns(needs: pd.DataFrame) -> None:
    attention = group(needs, "decoder", "attention, 10 of 10")
    assert attention[attention["cells"] == 25]["share"].item() == 1
    without = group(needs, "longer", "10 of 10")
    assert without[without["cells"] == 150]["share"].item() == 0
    assert "25 cells learn 10 of 10 values within 30,000 epochs; without, 150 cells do not" in FOUND


def test_what_masks_cost() -> None:
    skill = incomplete_windows(read_table(VERSION / "tables/extensions/skill.csv"))
    by_name = skill.set_index("experiment")["accuracy"]
    masked, kept = (
        percent(by_name[f"masking_partial_2_of_5_{way}_150"]) for way in ("masked", "kept")
    )
    assert f"{masked} of the answers are right if these are masked, and {kept} if the" in FOUND
