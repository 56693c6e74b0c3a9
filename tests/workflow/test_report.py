"""Snakemake's report of the smoke study, read in a browser as a reader does."""

import json
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import pandas as pd
import pytest
from browser import browser, complaints
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from workspaces import Workspace

FIGURES = {
    "Task",
    "Learning curves",
    "Position accuracy",
    "Learned by epoch",
    "Error anatomy",
    "Echoes",
}
TABLES = {
    "examples",
    "summary",
    "seeds",
    "runs",
    "learned",
    "learning",
    "errors",
    "echoes",
    "skill",
    "skill_of_seeds",
    "experiments",
}


class Reader:
    """A report in a browser, and what a reader does with it."""

    def __init__(self, driver: webdriver.Chrome, page: str) -> None:
        self.driver = driver
        driver.get(page)
        self.until(lambda: driver.find_elements(By.TAG_NAME, "nav"))

    def until(self, condition):  # type: ignore[no-untyped-def]
        return WebDriverWait(self.driver, 20).until(lambda _: condition())

    def menu(self) -> list[str]:
        return [entry.text for entry in self.driver.find_elements(By.CSS_SELECTOR, "nav li a")]

    def open(self, *entries: str) -> None:
        """Go from the top of the menu to an entry below it."""
        self.driver.find_element(By.CSS_SELECTOR, "nav div a").click()
        for entry in entries:
            path = f"//nav//li/a[normalize-space()='{entry}']"
            self.until(lambda path=path: self.driver.find_elements(By.XPATH, path))[0].click()

    def results(self) -> dict[str, tuple[WebElement, WebElement]]:
        """Of each result in the list, the buttons that show it and that describe it."""
        rows = self.until(lambda: self.driver.find_elements(By.CSS_SELECTOR, "nav tbody tr"))
        return {
            row.find_element(By.TAG_NAME, "td").text: tuple(row.find_elements(By.TAG_NAME, "a"))
            for row in rows
        }


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with browser() as driver:
        yield driver


@pytest.fixture(scope="module")
def report(smoke_study: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked report."""
    folder = tmp_path_factory.mktemp("report")
    workspace = smoke_study.copy_to(folder / "workspace")
    done = workspace.snakemake("--report", str(folder / "report.zip"))
    assert done.returncode == 0, done.stderr
    with ZipFile(folder / "report.zip") as packed:
        packed.extractall(folder)
    return folder / "report" / "report.html"


@pytest.fixture
def reader(driver: webdriver.Chrome, report: Path) -> Iterator[Reader]:
    reader = Reader(driver, report.as_uri())
    yield reader
    assert complaints(driver, "SEVERE") == []


def test_the_first_page_says_what_came_out(reader: Reader, smoke_study: Workspace) -> None:
    text = reader.driver.find_element(By.ID, "app").text
    tables = smoke_study.results() / "tables"
    environment = json.loads((smoke_study.results() / "environment.json").read_text())
    assert "Version smoke. Code: commit unknown." in text
    for row in pd.read_csv(tables / "summary.csv").to_dict("records"):
        position = "exact match" if row["position"] == "all" else row["position"]
        interval = f"{row['low']:.4f} to {row['high']:.4f}"
        assert f"{row['experiment']} {position} {row['mean']:.4f} {interval}" in text
    assert environment["packages"]["tensorflow"] in text
    assert reader.menu()[-2:] == ["Figures", "Tables"]


def test_every_figure_is_shown_with_its_caption(reader: Reader, smoke_study: Workspace) -> None:
    reader.open("Figures")
    assert set(reader.results()) == FIGURES
    for name in FIGURES:
        reader.open("Figures")
        show, describe = reader.results()[name]
        show.click()
        (image,) = reader.driver.find_elements(By.CSS_SELECTOR, "#app .grow img:not(nav img)")
        reader.until(lambda image=image: image.get_property("complete"))
        assert image.get_attribute("src").endswith(".svg")
        assert image.get_property("naturalWidth") > 300, f"{name} is broken"
        describe.click()
        file = f"figures/{name.lower().replace(' ', '_')}.txt"
        caption = (smoke_study.results() / file).read_text(encoding="utf-8")
        shown = reader.until(lambda: reader.driver.find_elements(By.CSS_SELECTOR, "nav .prose"))
        assert shown[0].text == caption.strip()


def test_every_table_opens(reader: Reader, smoke_study: Workspace) -> None:
    reader.open("Tables")
    assert set(reader.results()) == TABLES
    for name, (show, _) in reader.results().items():
        show.click()
        frame = reader.until(lambda: reader.driver.find_elements(By.TAG_NAME, "iframe"))[0]
        reader.driver.switch_to.frame(frame)
        heading = f"//h1[.='{name}']"
        reader.until(lambda heading=heading: reader.driver.find_elements(By.XPATH, heading))
        rows = reader.driver.find_elements(By.CSS_SELECTOR, "tbody tr")
        reader.driver.switch_to.default_content()
        assert len(rows) == len(pd.read_csv(smoke_study.results() / f"tables/{name}.csv"))
    _, describe = reader.results()["summary"]
    describe.click()
    caption = reader.until(lambda: reader.driver.find_elements(By.CSS_SELECTOR, "nav .prose"))[0]
    assert "on 10 held-out sequences" in caption.text
    assert "the 95% interval" in caption.text


def test_the_workflow_and_its_statistics_are_shown(reader: Reader) -> None:
    for entry, graph in (("Statistics", "#timeline"), ("Workflow", "#rulegraph")):
        reader.open(entry)
        canvas = f"{graph} canvas, {graph} svg.marks"
        reader.until(lambda canvas=canvas: reader.driver.find_elements(By.CSS_SELECTOR, canvas))
