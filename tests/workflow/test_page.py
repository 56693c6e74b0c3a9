"""The page of the smoke study, in a browser: with a pointer and with the keyboard alone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from browser import browser, complaints
from own import MODEL
from planning import planned_jobs
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from workspaces import Workspace

from echoseq.cli import main
from echoseq.documents.page.content import TABLES, PageFiles, gather
from echoseq.documents.page.writing import LIMIT, page_text
from echoseq.evaluation.predictions import read_predictions
from echoseq.provenance.manifest import check, read_manifest
from echoseq.study.reading import read
from echoseq.study.schema import Study
from echoseq.tables.catalogue import table_file

NETWORKS = [
    *("full_echo", "partial_echo"),
    *("cell_simple_RNN_2_of_5_10", "decoder_attention_2_of_5_10"),
]
WIDTHS = (360, 1200)
WINDOWS = 500


@pytest.fixture(scope="module")
def made(extended_study: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The smoke study with its extensions and its page."""
    workspace = extended_study.copy_to(tmp_path_factory.mktemp("page") / "workspace")
    done = workspace.snakemake(targets=["page"])
    assert done.returncode == 0, done.stderr
    return workspace


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with browser() as driver:
        yield driver


class Reader:
    """A page in a browser, and what a reader does with it."""

    def __init__(self, driver: webdriver.Chrome, page: Path, width: int) -> None:
        self.driver = driver
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        # Where scrolling takes time, what is clicked is still on its way.
        still = {"name": "prefers-reduced-motion", "value": "reduce"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [still]})
        driver.get(page.as_uri())
        self.until(lambda: driver.find_elements(By.CSS_SELECTOR, "#loss svg"))

    def until(self, condition):  # type: ignore[no-untyped-def]
        return WebDriverWait(self.driver, 20).until(lambda _: condition())

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def choose(self, selector: str, value: str) -> None:
        Select(self.find(selector)).select_by_value(value)

    def options(self, selector: str) -> list[str]:
        return [str(o.get_attribute("value")) for o in Select(self.find(selector)).options]

    def values(self) -> list[int]:
        return [int(word) for word in str(self.find("#values").get_property("value")).split()]

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()

    def replace(self, text: str) -> None:
        """Type over all that is in the field with the focus."""
        keys = ActionChains(self.driver)
        keys.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).send_keys(text).perform()

    def focused(self) -> WebElement:
        return self.driver.switch_to.active_element

    def beyond(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.driver.execute_script(
                "const {scrollWidth, clientWidth} = document.documentElement;"
                "return scrollWidth - clientWidth"
            )
        )


@pytest.fixture(params=WIDTHS)
def reader(
    request: pytest.FixtureRequest, driver: webdriver.Chrome, made: Workspace
) -> Iterator[Reader]:
    reader = Reader(driver, made.results() / "page.html", request.param)
    yield reader
    assert reader.beyond() == 0
    assert reader.driver.execute_script("return window.innerWidth") == request.param
    assert complaints(driver) == []
    # Nothing was fetched, and nothing could be.
    assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0


# What it answers


def test_the_networks_answer_as_predict_does(reader: Reader, made: Workspace) -> None:
    assert reader.options("#network") == NETWORKS
    compared = 0
    for index, name in enumerate(NETWORKS):
        predictions = read_predictions(made.results() / f"runs/{name}/predictions.npz")
        answers = reader.driver.execute_script(
            "const [index, sequences] = arguments;"
            "return unpacked('data').then((data) => {"
            "const network = networks.unpack(JSON.parse(data).networks[index]);"
            "return sequences.map((one) => networks.answer(network, one)"
            ".map(({answers}) => answers))})",
            index,
            predictions.sequences.tolist(),
        )
        assert answers == predictions.tokens[0].tolist(), name
        compared += sum(map(len, answers))
    assert compared >= WINDOWS


def test_a_sequence_of_ones_own_is_answered_as_by_the_command(
    reader: Reader, made: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fewer windows than fill the last batch, with states that are carried from batch to batch."""
    values = "7 0 99 42 42 13 58 7 21 90"
    model = made.results() / "runs/full_echo/seed-0/model.keras"
    assert main(["predict", str(model), *values.split()]) == 0
    said = re.findall(r"predicted \[(.*)\]", capsys.readouterr().out)
    type_into(reader, "#values", values)
    shown = []
    for window in range(len(said)):
        set_range(reader, "#window", window + 1)
        cells = [cell.text.split()[0] for cell in reader.all("#answer-rows tr td:nth-child(3)")]
        shown.append(", ".join(f"{cell:>2}" for cell in cells))
    assert shown == said
    assert len(said) == 6


def type_into(reader: Reader, selector: str, text: str) -> None:
    reader.find(selector).click()
    reader.replace(text)


def set_range(reader: Reader, selector: str, value: int) -> None:
    reader.driver.execute_script(
        "arguments[0].value = arguments[1];"
        "arguments[0].dispatchEvent(new Event('input', {bubbles: true}))",
        reader.find(selector),
        value,
    )


# With a pointer


def test_everything_can_be_clicked(reader: Reader) -> None:
    for name in reader.options("#network"):
        reader.choose("#network", name)
        count = len(reader.all("#answer-rows tr"))
        assert count == (5 if name == "full_echo" else 2)
        asked = "each as it is read" if name == "full_echo" else "the 2 oldest of 5"
        assert reader.find("#lead").text.startswith("A network reads a window of 5 random integers")
        assert reader.find("#lead").text.endswith(f"{asked}.")
        assert len(reader.all("#windows rect:not(.chosen)")) == 21 * count
        assert (
            len(reader.all("#states canvas"))
            == {
                "full_echo": 2,  # h and c
                "partial_echo": 4,  # of encoder and decoder
                "cell_simple_RNN_2_of_5_10": 2,
                "decoder_attention_2_of_5_10": 5,
            }[name]
        )
        verdict = reader.find("#verdict").text
        wrong = len(reader.all("#answer-rows .mark.wrong"))
        told = "wrong" if wrong else "All " if count > 1 else "Right"
        assert told in verdict
        assert len(reader.all("#sequence-marks .wrong")) == wrong
        assert len(reader.all("#sequence-marks .right")) == count - wrong
        before = reader.values()
        reader.find("#new").click()
        assert reader.values() != before
        assert reader.beyond() == 0
    reader.choose("#network", "partial_echo")  # hardly trained: it errs
    reader.find("#mistake").click()
    reader.until(lambda: reader.find("#searched").text.startswith("Found"))
    assert "wrong" in reader.find("#verdict").text
    reader.choose("#network", "full_echo")
    assert reader.find("#searched").text == ""  # it was about another network


def test_a_point_is_dragged_and_a_window_is_clicked(reader: Reader) -> None:
    chart = reader.find("#sequence")
    reader.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", chart)
    point = reader.all("#sequence [role=slider]")[2]
    before = reader.values()
    ActionChains(reader.driver).drag_and_drop_by_offset(point, 0, 250).perform()
    assert reader.values() == [*before[:2], 0, *before[3:]]
    assert reader.all("#window-numbers input")[2].get_property("value") == "0"
    assert point.get_attribute("aria-valuenow") == "0"
    last = reader.all("#windows rect.right, #windows rect.wrong")[-1]
    last.click()
    assert reader.find("#window-place").text == "21 of 21: integers 21 to 25"
    canvas = reader.find("#states canvas")
    ActionChains(reader.driver).move_to_element(canvas).perform()
    value = re.fullmatch(r"LSTM: output h, reads \d+, cell 1[01] of 20: (.*)", readout(reader))
    assert value, readout(reader)
    assert abs(float(value[1].replace("\u2212", "-"))) < 1


def test_what_is_read_of_a_state_is_that_of_the_answer_shown(reader: Reader) -> None:
    hint = readout(reader)
    assert hint.startswith("Point at a value")
    canvas = reader.find("#states canvas")
    reader.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    tap(reader, canvas, 0.5)  # without a move
    assert ", cell 11 of 20: " in readout(reader)
    canvas.click()  # has the focus from here on
    first = readout(reader)
    reader.driver.execute_script("document.getElementById('new').click()")
    assert ": output h, reads " in readout(reader)
    assert readout(reader) != first
    reader.driver.execute_script("arguments[0].blur()", canvas)
    reader.find("#values").click()
    reader.replace("1 2 3 4 5 6")
    assert readout(reader) == hint


def tap(reader: Reader, element: WebElement, place: float) -> None:
    reader.driver.execute_script(
        "const box = arguments[0].getBoundingClientRect();"
        "const at = {clientX: box.left + arguments[1] * box.width + 1, clientY: box.top + 1};"
        "arguments[0].dispatchEvent(new PointerEvent('pointerdown', at))",
        element,
        place,
    )


def readout(reader: Reader) -> str:
    return reader.find("#readout").text


def test_every_question_and_experiment_is_shown(reader: Reader, made: Workspace) -> None:
    needs = pd.read_csv(made.results() / "tables/needs.csv")
    sizes = pd.read_csv(made.results() / "tables/sizes.csv")
    assert set(reader.options("#question")) == set(needs["question"])
    answers = pd.read_csv(made.results() / "tables/answers.csv").set_index("question")["answer"]
    for name in reader.options("#question"):
        reader.choose("#question", name)
        own = needs[needs["question"] == name]
        reader.until(lambda own=own: len(reader.all("#map svg .mark-rect path")) >= len(own))
        reader.until(lambda: all(c.find_elements(By.TAG_NAME, "svg") for c in charts(reader)))
        assert reader.find("#question-answer").text == " ".join(answers[name].split())
        assert len(reader.all("#numbers tbody tr")) == len(own)
        groups = sizes[sizes["question"] == name]["group"].nunique()
        assert len(reader.all("#needed tbody tr")) == groups
        assert reader.find("#needed-cells").is_displayed() == (groups > 0)
        assert reader.beyond() == 0
    experiments = pd.read_csv(made.results() / "tables/experiments.csv")["experiment"]
    assert set(reader.options("#experiment")) == set(experiments)
    summary = pd.read_csv(made.results() / "tables/extensions/summary.csv")
    reached = summary[summary["windows"] == "complete"]
    for name in reader.options("#experiment"):
        reader.choose("#experiment", name)
        assert reader.find("#experiment-text").text.startswith(f"{name}: ")
        lines = "#accuracy svg .mark-line path"
        reader.until(lambda lines=lines: len(reader.all(lines)) == 2)  # seeds
        places = (reached["experiment"] == name).sum()
        marks = "#position svg .mark-symbol path"
        reader.until(lambda marks=marks, places=places: len(reader.all(marks)) == places)
    reader.find("summary").click()
    assert reader.find("#numbers").is_displayed()


def charts(reader: Reader) -> list[WebElement]:
    return reader.all("#times .chart")


def test_a_chart_tells_what_the_pointer_is_on(reader: Reader) -> None:
    mark = reader.until(lambda: reader.all("#map svg .mark-rect path"))[0]
    reader.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", mark)
    ActionChains(reader.driver).move_to_element(mark).perform()
    tip = reader.until(lambda: reader.all("#vg-tooltip-element.visible"))[0]
    assert "seeds that learned" in tip.text


# With the keyboard alone


def test_everything_is_reached_with_the_keyboard(reader: Reader) -> None:
    """With Tab from the top, in order, each with a focus that is seen, and all of it works."""
    stops: list[str] = []
    act = {
        "network": lambda: changes(reader, "#about", Keys.ARROW_DOWN),
        "new": lambda: changes(reader, "#values", Keys.ENTER, of="value"),
        "mistake": lambda: changes(reader, "#searched", Keys.SPACE),
        "slider": lambda: move_points(reader),
        "values": lambda: type_values(reader),
        "window": lambda: changes(reader, "#window-place", Keys.ARROW_RIGHT),
        "number": lambda: changes(reader, "#values", Keys.ARROW_UP, of="value"),
        "canvas": lambda: changes(reader, "#readout", Keys.ARROW_RIGHT),
        "question": lambda: there_and_back(reader),
        "summary": lambda: changes(reader, "details", Keys.ENTER, of="open"),
        "experiment": lambda: changes(reader, "#experiment-text", Keys.ARROW_DOWN),
    }
    while True:
        reader.press(Keys.TAB)
        here = reader.focused()
        kind = kind_of(here)
        if kind == "body" or len(stops) > 60:
            break
        assert seen(reader, here), kind
        if kind in act and kind not in stops:
            act[kind]()
        stops.append(kind)
    order = [*act]
    order.insert(order.index("summary"), "region")
    assert list(dict.fromkeys(stops)) == ["a", *order]


def kind_of(element: WebElement) -> str:
    if element.get_attribute("type") == "number":
        return "number"
    if element.tag_name == "canvas":
        return "canvas"
    return str(element.get_attribute("id") or element.get_attribute("role") or element.tag_name)


def seen(reader: Reader, element: WebElement) -> bool:
    """Whether the focus is drawn: an outline, or a thick stroke of a point."""
    return bool(
        reader.driver.execute_script(
            "const style = getComputedStyle(arguments[0]);"
            "return style.outlineStyle !== 'none' || parseFloat(style.strokeWidth) >= 3",
            element,
        )
    )


def changes(reader: Reader, selector: str, *keys: str, of: str = "textContent") -> None:
    element = reader.find(selector)
    before = element.get_property(of)
    reader.press(*keys)
    reader.until(lambda: element.get_property(of) != before)


def there_and_back(reader: Reader) -> None:
    """To a question of one size, of which no table tells what is needed, and back to the first."""
    changes(reader, "#question-answer", Keys.ARROW_DOWN)
    assert not reader.find("#needed").is_displayed()
    changes(reader, "#question-answer", Keys.ARROW_UP)
    assert reader.find("#needed").is_displayed()


def move_points(reader: Reader) -> None:
    before = reader.values()
    last = 99
    reader.press(Keys.ARROW_RIGHT, Keys.HOME, Keys.ARROW_UP, Keys.PAGE_UP)
    assert reader.values() == [before[0], 11, *before[2:]]
    reader.press(Keys.END, Keys.ARROW_UP, Keys.PAGE_DOWN)
    assert reader.values()[1] == last - 10
    assert reader.focused().get_attribute("aria-valuenow") == str(last - 10)
    assert reader.focused().get_attribute("aria-label") == "Integer 2"
    reader.press(*[Keys.ARROW_RIGHT] * 23)
    assert reader.find("#window-place").text.endswith("21 to 25")


def type_values(reader: Reader) -> None:
    for text, mistake in (
        ("1 2 3", "Expected at least 5 integers."),
        ("1 2 3 4 x", "Expected 0 to 99, got x."),
        ("1 2 3 4 100", "Expected 0 to 99, got 100."),
        ("1 " * 101, "Expected at most 100 integers."),
        ("1, 2, 3, 4, 5, 6", ""),
    ):
        reader.replace(text)
        assert reader.find("#values-mistake").text == mistake
    assert reader.find("#window").get_attribute("max") == "2"
    assert len(reader.all("#sequence [role=slider]")) == 6


# What it looks like


def test_all_text_has_enough_contrast(reader: Reader) -> None:
    """4.5 to 1, as WCAG asks of level AA; and 3 to 1 for large text."""
    assert reader.driver.execute_script(CONTRAST) == []


CONTRAST = """
const parse = (color) => color.match(/[\\d.]+/g).map(Number);
const light = (color) => {
  const parts = parse(color).slice(0, 3).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
};
const ground = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if ((parse(color)[3] ?? 1) > 0) return color;
  }
  return "rgb(255, 255, 255)";
};
const low = [];
for (const element of document.querySelectorAll("body *:not(script):not(svg *)")) {
  const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  if (!own || !element.getClientRects().length || element.ariaHidden) continue;
  const style = getComputedStyle(element);
  const [a, b] = [light(style.color), light(ground(element))].sort((x, y) => y - x);
  const large = parseFloat(style.fontSize) >= 24;
  if ((a + 0.05) / (b + 0.05) < (large ? 3 : 4.5)) low.push(element.outerHTML.slice(0, 80));
}
return low;
"""


def test_no_label_takes_three_lines(reader: Reader) -> None:
    """On a telephone as well: headings, controls, and what is in tables, keys and legends."""
    for name in reader.options("#network"):
        reader.choose("#network", name)
        assert reader.driver.execute_script(LINES) == []
    for name in reader.options("#question"):
        reader.choose("#question", name)
        assert reader.driver.execute_script(LINES) == []


LINES = """
const kinds = "h1, h2, h3, h4, th, td, dt, button, label, summary, nav li, .key li, .legend li, " +
  "dd, .controls span, figcaption, .heat li, #window-place, #verdict";
const boxes = (element) => {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const found = [];
  while (texts.nextNode()) {
    if (texts.currentNode.parentElement.closest(".unseen")) continue;
    range.selectNodeContents(texts.currentNode);
    found.push(...range.getClientRects());
  }
  return found.sort((a, b) => a.top - b.top);
};
const tall = [];
for (const element of document.querySelectorAll(kinds)) {
  let [lines, bottom] = [0, -Infinity];
  for (const box of boxes(element)) {
    if (box.top > bottom - 4) lines += 1;
    bottom = Math.max(bottom, box.bottom);
  }
  if (lines > 2) tall.push(`${element.tagName} ${lines}: ${element.textContent.trim()}`);
}
return tall;
"""


def test_every_control_has_a_name(reader: Reader) -> None:
    controls = "select, input, textarea, button, canvas, svg[role], [role=slider], [role=region]"
    assert len(reader.all(controls)) > 20
    for control in reader.all(controls):
        named = control.accessible_name or control.get_attribute("aria-label")  # if hidden
        assert named, control.get_attribute("outerHTML")


# The file


def sources(workspace: Workspace, study: Study) -> PageFiles:
    results = workspace.results()
    paths = {name: results / table_file(name, extensions=True) for name in TABLES}
    tables = {name: path for name, path in paths.items() if path.exists()}
    assert {*paths} - {*tables} == {"published"}
    networks = {
        name: {
            "model": results / f"runs/{name}/seed-0/model.keras",
            "record": results / f"runs/{name}/seed-0/run.json",
            "held_out": results / f"data/{study.experiments[name].task}/evaluation.npz",
        }
        for name in study.shown()
    }
    return PageFiles(results / "config.yaml", tables, networks)


def test_the_rule_makes_the_same_file_as_a_call(made: Workspace) -> None:
    text = (made.results() / "page.html").read_text(encoding="utf-8")
    study = read(made.results() / "config.yaml")
    for _ in range(2):
        assert page_text(gather(sources(made, study))) == text
    assert len(text.encode()) <= LIMIT
    elements = text.partition('<script type="text/plain"')[0]
    assert set(re.findall(r'(?:src|href)="(#|data:|)', elements)) == {"#", "data:"}
    assert str(made.folder) not in text
    assert planned_jobs(made, target="page") == {}


def test_the_manifest_has_the_page(made: Workspace) -> None:
    manifest = read_manifest(made.results())
    assert manifest["files"]["page.html"]["class"] == "numeric"
    assert check(made.results(), manifest) == []


def test_the_page_follows_its_files_and_no_training(made: Workspace) -> None:
    style = made.folder / "src/echoseq/documents/page/style.css"
    text = style.read_text(encoding="utf-8")
    style.write_text(f"{text}\n", encoding="utf-8")
    try:
        assert set(planned_jobs(made, target="page")) == {"write_page", "manifest_page", "page"}
    finally:
        style.write_text(text, encoding="utf-8")


def test_without_questions_the_page_says_less(
    smoke_copy: Workspace, driver: webdriver.Chrome
) -> None:
    """No experiment of the extensions is trained for it. A model of one's own has its charts."""
    task = {"alphabet": 10, "n_in": 3, "n_out": 3}
    mine = {"task": "digits", "model": "my_models:gru_echo", "cells": 5, "epochs": 20}
    (smoke_copy.folder / "my_models.py").write_text(MODEL, encoding="utf-8")
    experiments = {"my_echo": {**mine, "batch_size": 23}}
    smoke_copy.configure(ask=[], tasks={"digits": task}, experiments=experiments)
    done = smoke_copy.snakemake(targets=["page"])
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (smoke_copy.results() / "runs").iterdir()} == {
        *("full_echo", "partial_echo", "my_echo"),
    }
    reader = Reader(driver, smoke_copy.results() / "page.html", 1200)
    assert reader.options("#network") == ["full_echo", "partial_echo"]
    assert reader.options("#experiment") == ["full_echo", "my_echo", "partial_echo"]
    assert "which do not compute in the browser: my echo." in reader.find("#explore").text
    reader.choose("#experiment", "my_echo")
    assert reader.find("#experiment-text").text.startswith("my_echo: my_models:gru_echo with")
    reader.until(lambda: len(reader.all("#loss svg .mark-line path")) == 2)  # seeds
    reader.until(lambda: len(reader.all("#position svg .mark-symbol path")) == 4)
    assert reader.all("#question, #map, article") == []
    assert reader.find("#answers h2").text == "Accuracy"
    assert complaints(driver) == []
    assert check(smoke_copy.results(), read_manifest(smoke_copy.results())) == []
