"""A page opened from a folder: its browser unpacks what it keeps, and fetches nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import browser, complaints
from paged import kept
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from echoseq.documents.page import charts, writing

SEEDS, ABOUT = 3, "one: lstm with “9” cells < 10 </script>"
OLD = "delete window.DecompressionStream"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "opened.html"
    path.write_text(writing.page_text(content()), encoding="utf-8")
    return path


def content() -> dict[str, Any]:
    """A page of one experiment, whose curves have two epochs."""
    curves = {
        "seed": [seed for seed in range(SEEDS) for _ in range(2)],
        "epoch": [0, 100] * SEEDS,
        "accuracy": [0.1, 0.9] * SEEDS,
        "loss": [4.6, 0.5] * SEEDS,
    }
    numbers = {key: [0.9] for key in ("mean", "low", "high", "chance")}
    drawn = ("accuracy", "loss")
    data = {
        "networks": [],
        "questions": [],
        "parts": [["The study", [{"name": "one", "title": "One"}]]],
        "experiments": {"one": {"about": ABOUT, "accuracy": 0.1, "loss": 4.6}},
        "curves": {"one": curves},
        "positions": {"one": {"position": ["1"], **numbers}},
        "charts": {
            "position": charts.positions(),
            **{m: charts.curves(m, m, f"chance_{m}", logarithmic=False) for m in drawn},
        },
    }
    headline = {"note": "Note.", "rows": [["echo", "exact match"], *[["full", ".9"]] * 60]}
    parts = {"version": "v", "extent": "one experiment", "left_out": [], "headline": headline}
    return parts | {"published": None, "answers": [], "claims": "", "data": data}


@pytest.fixture
def driver() -> Iterator[webdriver.Chrome]:
    with browser() as driver:
        yield driver


def texts(driver: webdriver.Chrome, selector: str) -> list[str]:
    return [found.text for found in driver.find_elements(By.CSS_SELECTOR, selector)]


def until(driver: webdriver.Chrome, script: str) -> None:
    WebDriverWait(driver, 20).until(lambda _: driver.execute_script(f"return {script}"))


def test_charts_are_drawn_and_nothing_is_fetched(driver: webdriver.Chrome, page: Path) -> None:
    driver.get(page.as_uri())
    until(driver, "document.querySelector('#position svg .mark-symbol path')")
    for measure in ("accuracy", "loss"):
        assert len(driver.find_elements(By.CSS_SELECTOR, f"#{measure} .mark-line path")) == SEEDS
    assert texts(driver, "#experiment-text") == [ABOUT]
    assert texts(driver, "#outdated") == [""]  # it is hidden
    assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0
    assert complaints(driver) == []


def test_what_the_browser_unpacks_is_what_was_packed(driver: webdriver.Chrome, page: Path) -> None:
    driver.get(page.as_uri())
    for name in ("data", "library"):
        expected = kept(page.read_text(encoding="utf-8"), name)
        assert driver.execute_script("return unpacked(arguments[0])", name) == expected


def test_a_link_to_a_part_leads_there_though_charts_are_drawn_above_it(
    driver: webdriver.Chrome, page: Path
) -> None:
    driver.get(f"{page.as_uri()}#answers")
    top = "document.getElementById('answers').getBoundingClientRect().top"
    until(driver, f"document.querySelector('#position svg') && Math.abs({top}) < 100")
    assert driver.execute_script("return scrollY") > 500


def test_a_browser_that_cannot_unpack_says_so(driver: webdriver.Chrome, page: Path) -> None:
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": OLD})
    driver.get(page.as_uri())
    (said,) = texts(driver, "#outdated")
    assert said.startswith("The charts need a newer browser")
    assert texts(driver, "#experiment-text, #loss svg") == [""]
    assert complaints(driver) == []
