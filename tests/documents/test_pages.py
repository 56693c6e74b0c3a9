"""Tables as pages, and their captions."""

from pathlib import Path

import pandas as pd
import pytest
from configurations import study_of_two

from echoseq.documents.pages import MAX_ROWS, table_caption, table_page
from echoseq.documents.report import caption_settings
from echoseq.study.reading import load
from echoseq.tables.catalogue import TABLES


@pytest.mark.parametrize("name", TABLES)
def test_every_caption_explains_every_column(name: str) -> None:
    caption = table_caption(name, caption_settings(load(study_of_two()).resolved()))
    assert caption.startswith(f"A row for each {TABLES[name].row}.\n")
    for column in TABLES[name].columns:
        assert f"* ``{column}``: " in caption
    assert "{" not in caption


def test_texts_are_shown_whole_whatever_they_look_like(tmp_path: Path) -> None:
    label = "{x}, " + "a long label " * 20 + "of many words"
    pd.DataFrame({"group": [label], "base": ["NA"]}).to_csv(tmp_path / "needs.csv", index=False)
    page = table_page(tmp_path / "needs.csv", name="needs")
    assert f"<td>{label}</td>" in page
    assert "<td>NA</td>" in page


def test_a_long_table_is_cut_but_whole_to_download(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"experiment": ["<b>"] * (MAX_ROWS + 1), "figures": ["[1]"] * (MAX_ROWS + 1)}
    )
    table.to_csv(tmp_path / "long.csv", index=False)
    page = table_page(tmp_path / "long.csv", name="long")
    assert page.count("<td>") == MAX_ROWS
    assert f"the first {MAX_ROWS:,} of {MAX_ROWS + 1:,} rows" in page
    assert "<b>" not in page
    assert "[1]" not in page
