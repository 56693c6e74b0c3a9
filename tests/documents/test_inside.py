"""What networks hold and use, as documents show it."""

from pathlib import Path

import pandas as pd
import pytest
from ablations import ABLATIONS
from readings import READOUTS

from echoseq.cli import main
from echoseq.documents.inside import ablations_table, probes_table
from echoseq.errors import EchoseqError
from echoseq.tables import ablations, probes
from echoseq.tables.store import write_table


def rows(text: str) -> list[list[str]]:
    return [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][
        2:
    ]


def written(folder: Path, name: str, table: pd.DataFrame) -> Path:
    (folder / "tables").mkdir()
    write_table(folder / f"tables/{name}.csv", table)
    return folder


@pytest.fixture
def ablated(tmp_path: Path) -> Path:
    settings = {"confidence": 0.95, "resamples": 100}
    return written(
        tmp_path, "ablations", ablations.make("an_echo", ABLATIONS, **settings, margin=0.01)
    )


def test_an_ablation_has_what_is_left_of_any_value_and_of_the_one_removed(ablated: Path) -> None:
    found = rows(ablations_table(ablated))
    assert [row[:5] for row in found] == [
        ["an echo", "attention", "attention", "value", ".9375"],
        ["an echo", "cells mean", "decoder", "value", ".9375"],
        ["an echo", "cells worst", "decoder", "value", ".9375"],
        ["an echo", "read out, value 2", "encoder, h", "2", ".8750"],
        ["an echo", "read out, value 2", "encoder, h", "value", ".9375"],
    ]
    assert found[0][5].startswith(".2500 (")
    assert found[0][6] == "2 (.2500 to .2500)"
    assert found[3][6] == "2 (0 to .1250)"


def test_what_probes_read_is_in_the_order_of_the_window(tmp_path: Path) -> None:
    table = probes.make("an_echo", READOUTS, confidence=0.95, resamples=100)
    text = probes_table(written(tmp_path, "probes", table))
    assert text.startswith("Means over 2 seeds, oldest value first")
    assert "With shuffled labels, at most 6.2% are right." in text
    assert rows(text) == [
        ["an echo", "h", "trained", "100.0%, 25.0%", "5.0", "93.8%", "3.8"],
        ["an echo", "h", "untrained", "50.0%, 75.0%", "5.0", "50.0%", "2.0"],
    ]


def test_probes_of_different_numbers_of_seeds_say_so(tmp_path: Path) -> None:
    table = probes.make("an_echo", READOUTS, confidence=0.95, resamples=100)
    more = table.assign(experiment="another_echo", seeds=10)
    text = probes_table(written(tmp_path, "probes", pd.concat([table, more])))
    assert text.startswith("Means over 2 to 10 seeds, oldest value first")


def test_a_version_without_them_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EchoseqError, match=r"ablations\.csv: there is no such table"):
        ablations_table(tmp_path)


def test_both_are_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["probes", "results/published/v2"]) == 0
    assert "| partial echo | h | trained | 99.9%, 94.1%" in capsys.readouterr().out
    assert main(["ablations", "results/published/v2"]) == 1
    assert "ablations.csv: there is no such table in this version" in capsys.readouterr().err
