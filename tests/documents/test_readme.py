"""The first screen of the README: what it says, by the tables of the version that it links."""

import re
from typing import Any

import pandas as pd
import pytest
from workspaces import PROJECT

from echoseq.answers.verdicts import HOLDS
from echoseq.documents.site.building import latest
from echoseq.layout import PAGE, PAPER
from echoseq.tables.columns import complete_windows, exact_matches, incomplete_windows, read_table
from echoseq.wording import count, percent

VERSION = latest(PROJECT / "results/published")
README = (PROJECT / "README.md").read_text(encoding="utf-8")
FOUND = " ".join(README.split("## What it found\n")[1].split("\n## ")[0].split())
SIMPLE, LSTM = "simple RNN", "LSTM"
RATES = ("0_0003", "0_001", "0_003", "0_01", "0_03")


@pytest.fixture(scope="module")
def needs() -> pd.DataFrame:
    return read_table(VERSION / "tables/needs.csv")


def of(needs: pd.DataFrame, experiment: str) -> Any:
    """When the seeds of an experiment learned; its epochs are a median."""
    rows = needs[needs["experiment"] == experiment].drop_duplicates("experiment")
    assert len(rows) == 1, experiment
    return rows.iloc[0]


def epochs(needs: pd.DataFrame, experiment: str) -> str:
    return count(of(needs, experiment)["epochs"])


def holds(claim: str) -> bool:
    """Whether a claim of the version that has these words holds."""
    claims = read_table(VERSION / "tables/claims.csv")
    rows = claims[claims["claim"].str.contains(claim, regex=False)]
    assert len(rows) == 1, claim
    return rows["verdict"].item() == HOLDS


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


def test_how_much_is_learned_and_what_takes_memory(needs: pd.DataFrame) -> None:
    rows = exact_matches(complete_windows(read_table(VERSION / "tables/summary.csv")))
    full, partial = (rows[rows["experiment"] == f"{echo}_echo"] for echo in ("full", "partial"))
    said = f"{percent(full['mean'].item())} (full echo) and {percent(partial['mean'].item())} ("
    assert f"of the held-out windows, {said}partial echo)" in FOUND
    assert set(rows["seeds"]) == {10}
    assert holds("a network that sees only the last value can only guess")
    skill = complete_windows(read_table(VERSION / "tables/extensions/skill.csv"))
    guessed = skill.set_index("experiment")["accuracy"]["partial_last_step"]
    said = f"a network that sees the last value alone gets {percent(guessed)} of its values right"
    assert said in FOUND
    assert holds("without any recurrence the echo takes at most a quarter more epochs")
    alike = [f"control_full_5_of_5_at_once_{name}_20" for name in ("memoryless", "LSTM")]
    none, lstm = (epochs(needs, name) for name in alike)
    said = (
        f"without any recurrence in {none} epochs, and with an LSTM in {lstm} (medians, 20 cells)"
    )
    assert said in FOUND


def test_what_longer_echoes_need(needs: pd.DataFrame) -> None:
    short, long = (epochs(needs, f"longer_{n}_of_5_100") for n in (2, 5))
    assert f"with 100 cells {short} for 2 of 5 values and {long} for 5 of 5 (medians)" in FOUND
    sizes = read_table(VERSION / "tables/sizes.csv")
    rows = sizes[(sizes["question"] == "longer") & (sizes["group"] == "5 of 5")]
    cells = rows.set_index("budget")["needed_cells"]
    within = f"{cells[30_000]:g} are the fewest that learn 5 of 5 within 30,000"
    assert f"{within}, and {cells[60_000]:g} within 60,000" in FOUND
    assert holds("within 60,000 epochs at least half of the seeds learn it with 50 cells")


def test_which_cell_is_faster(needs: pd.DataFrame) -> None:
    def at(cell: str, rate: str) -> Any:
        return of(needs, f"cell_rates_{cell.replace(' ', '_')}_2_of_5_{rate}_50")

    usual = [count(at(cell, "0_001")["epochs"]) for cell in (SIMPLE, LSTM)]
    best = [
        count(pd.Series([at(cell, rate)["epochs"] for rate in RATES]).min())
        for cell in (SIMPLE, LSTM)
    ]
    said = f"learn 2 of 5 in {usual[0]} epochs and 50 LSTM cells in {usual[1]} (medians)"
    assert said in FOUND
    assert f"at the best of the five rates tried, in {best[0]} and in {best[1]}." in FOUND


def test_what_attention_learns(needs: pd.DataFrame) -> None:
    ways = [of(needs, f"decoder_long_{way}_10_of_10_25") for way in ("attention", "plain")]
    assert [way["share"] for way in ways] == [1, 0]
    assert {way["cap"] for way in ways} == {30_000}
    assert {way["seeds"] for way in ways} == {7}
    said = "25 cells learn 10 of 10 values within 30,000 epochs with all of seven seeds"
    assert f"{said}; without, with none." in FOUND


def test_what_masks_cost() -> None:
    skill = incomplete_windows(read_table(VERSION / "tables/extensions/skill.csv"))
    by_name = skill.set_index("experiment")["accuracy"]
    masked, told, kept = (
        percent(by_name[f"masking_partial_2_of_5_{way}_100"])
        for way in ("masked", "masked_and_told_the_place", "kept")
    )
    said = f"{masked} of the answers are right if these are masked, {told} if the masked network is"
    assert f"{said} told the place of each value, and {kept} if it sees" in FOUND
