"""What the page shows, and how it is put together."""

import json
import math
import random
import re
from dataclasses import replace
from pathlib import Path
from string import ascii_letters
from typing import Any

import pandas as pd
import pytest
from configurations import CONFIG
from paged import kept
from printed import results
from sweeping import experiments_and_runs

from echoseq.documents.page import content as contents
from echoseq.documents.page import survey, trial, writing
from echoseq.documents.page.names import network_title
from echoseq.errors import EchoseqError
from echoseq.study.reading import read
from echoseq.study.schema import Study
from echoseq.tables import needs, sizes, slopes
from echoseq.wording import echo_in

NEVER = math.nan


def questions(groups: dict[str, dict[int, list[float]]], *, question: str) -> dict[str, Any]:
    """What is shown of a question with these groups, sizes and epochs until learned."""
    tables = experiments_and_runs(groups, cap=5000, question=question)
    experiments = tables["experiments"]
    for row, group in enumerate(experiments["group"]):
        found = re.search(r"(\d+) of (\d+)", group)
        if found:
            experiments.loc[row, ["n_out", "n_in"]] = [int(found[1]), int(found[2])]
            experiments.loc[row, "echo"] = found[0]
    tables["needs"] = needs.make(tables, confidence=0.95, learned_share=0.8, success=0.99)
    tables["sizes"] = sizes.make(tables, budgets=[1000], learned_share=0.8)
    tables["slopes"] = slopes.make(tables, confidence=0.95, learned_over=200)
    tables["answers"] = pd.DataFrame([{"question": question, "answer": "It does."}])
    (only,) = survey.questions(read(CONFIG), tables)
    return only


def drawn(panel: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows of the data of a chart."""
    spec = panel["spec"]
    layers = spec["layer"]
    datasets = spec.get("datasets", {})
    rows = []
    for data in {json.dumps(layer.get("data", spec.get("data"))) for layer in layers}:
        one = json.loads(data)
        rows += one["values"] if "values" in one else datasets[one["name"]]
    return rows


@pytest.mark.parametrize(
    ("group", "echo", "rest"),
    [
        ("5 of 5", "5 of 5", ""),
        ("GRU, 5 of 5, learning rate 0.01", "5 of 5", "GRU, learning rate 0.01"),
        ("batch size 7, 5 of 5 at once, reset", "5 of 5 at once", "batch size 7, reset"),
        ("GRU, 5 of 50", "5 of 5", "GRU, 5 of 50"),
        ("plain", "5 of 5", "plain"),
    ],
)
def test_the_echo_of_a_group_is_told_from_the_rest(group: str, echo: str, rest: str) -> None:
    assert echo_in(group, "5 of 5") == (echo, rest)


def test_networks_are_named_by_what_sets_them_apart() -> None:
    study = read(CONFIG)
    assert network_title("full_echo", study) == "Full echo, 20 cells"
    assert network_title("decoder_attention_5_of_5_25", study) == "Attention, 5 of 5, 25 cells"


def test_lengths_are_in_one_panel_and_other_groups_in_one_for_each_echo() -> None:
    lengths = {"2 of 5": {10: [300.0, 400], 20: [200, 300]}, "5 of 5": {10: [NEVER, NEVER]}}
    one = questions(lengths, question="longer")
    assert (one["title"], one["answer"]) == ("Longer echoes with the encoder-decoder", "It does.")
    (panel,) = one["times"]
    assert panel["title"] == ""
    assert [entry["label"] for entry in panel["entries"]] == ["2 of 5", "5 of 5"]
    cells = {
        f"{cell}, {echo}": {10: [300.0, 400]} for echo in ("2 of 5", "5 of 5") for cell in "ab"
    }
    two = questions(cells, question="cell")
    assert [panel["title"] for panel in two["times"]] == ["2 of 5", "5 of 5"]
    for panel in two["times"]:
        assert [entry["label"] for entry in panel["entries"]] == ["a", "b"]
    assert [row[0] for row in two["numbers"]["rows"]] == list(cells)


def test_groups_are_told_apart_however_many_there_are() -> None:
    looks = [survey._look(index) for index in range(20)]
    assert len({(look["color"], look["shape"]) for look in looks}) == 20


def test_seeds_that_did_not_learn_are_drawn_at_the_cap() -> None:
    shown = questions({"a": {10: [300.0, NEVER, NEVER], 20: [200, 300, 250]}}, question="longer")
    (panel,) = shown["times"]
    seeds = [row for row in drawn(panel) if "seed" in row]
    assert [(row["epochs"], row["learned"], row["said"]) for row in seeds[:2]] == [
        (300, True, "300"),
        (5000, False, "not within 5,000"),
    ]
    assert len({row["at"] for row in seeds}) == 6
    medians = [row for row in drawn(panel) if "seed" not in row]
    assert medians[0]["epochs"] is None
    assert medians[1]["epochs"] == 250
    assert (medians[0]["low"], medians[0]["high"], medians[0]["open"]) == (300, 300, True)
    cells = {
        row["cells"]: row for row in shown["map"]["datasets"][next(iter(shown["map"]["datasets"]))]
    }
    assert (cells[10]["time"], cells[10]["learned"]) == (">5k", "1 of 3")
    assert cells[10]["median"] == "not before 5,000"
    assert (cells[20]["time"], cells[20]["needed"], cells[10]["needed"]) == ("250", True, False)


def test_needed_cells_are_told_within_each_budget_with_slopes() -> None:
    groups = {"a": {10: [900.0, 800], 20: [450, 400], 40: [225, 300]}, "b": {10: [300.0]}}
    shown = questions(groups, question="longer")["needed"]
    assert shown["head"] == [
        "group",
        "cells tried",
        "within 1,000",
        "within the cap",
        "cap",
        "slope",
    ]
    (row,) = shown["rows"]  # no more than one size of b was tried
    assert row[:5] == ["a", "10, 20, 40", "at most 10", "at most 10", "5,000"]
    assert row[5].startswith("\u22120.8")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("full_echo", ", one after the other, and is asked to repeat each as it is read."),
        ("partial_echo", " and is asked for the 2 oldest of 5."),
        ("decoder_attention_5_of_5_25", " and is asked for all 5."),
        ("taught", " and is asked for the 3 oldest of 6 in reverse."),
        ("two_and_zeros", " and is asked for 5 values, in this order: oldest, 2nd oldest, the con"),
        ("lag_0", " and is asked for one value: oldest."),
        ("lag_2", " and is asked for one value: 3rd oldest."),
    ],
)
def test_the_first_sentence_says_what_the_network_is_asked_for(name: str, asked: str) -> None:
    study = read(CONFIG)
    plan = next(study.plan_of(n) for n in study.experiments if n.startswith(name))
    text = trial._lead(plan)
    count = "one random integer" if name == "lag_0" else f"{plan.n_in} random integers"
    assert text.startswith(f"A network reads a window of {count}{asked}")


def test_accuracy_is_shown_at_each_position_and_of_the_whole_answer() -> None:
    rows = [
        {"position": position, "mean": 0.98764, "low": low, "high": 0.99, "chance": 0.01}
        for position, low in (("1", 0.9), ("2", NEVER), ("all", 0.5))
    ]
    shown = survey._positions(pd.DataFrame(rows))
    assert shown["position"] == ["1", "2", "all"]
    assert shown["mean"] == [0.9876, 0.9876, 0.9876]
    assert shown["low"] == [0.9, None, 0.5]  # of one seed, there is no interval
    assert set(shown) == {"position", "mean", "low", "high", "chance"}


@pytest.mark.parametrize(
    ("group", "lines"),
    [
        ("simple RNN, 5 of 5", ["simple RNN, 5 of 5"]),
        ("batch size 7, 5 of 5 at once, carried", ["batch size 7,", "5 of 5 at once, carried"]),
        ("2 of 5, linear, learning rate 0.001", ["2 of 5, linear,", "learning rate 0.001"]),
        ("a name of one's own without a comma in it", None),
    ],
)
def test_groups_on_an_axis_are_in_two_lines_at_most(group: str, lines: list[str] | None) -> None:
    made = survey.charts._in_lines(group).split("\n")
    assert made == (lines or made)
    assert len(made) <= 2
    assert " ".join(made) == group


def test_the_charts_are_the_same_each_time() -> None:
    groups = {"a": {10: [300.0, 400], 20: [200, 300]}}
    assert questions(groups, question="longer") == questions(groups, question="longer")
    once = [survey.charts.curves("loss", "loss", "chance_loss", logarithmic=True) for _ in "ab"]
    assert once[0] == once[1]


# One file


@pytest.fixture
def content(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setattr(writing, "_library", lambda: "'</script>'")
    return {
        "version": "<v>",
        "extent": "one experiment",
        "left_out": [],
        "published": None,
        "headline": {"note": "Note.", "rows": [["echo", "exact match"], ["full", ".9 (.8 to 1)"]]},
        "answers": [],
        "claims": "",
        "data": {"networks": [], "questions": [], "text": "</script><!-- & \u00e9"},
    }


def test_nothing_in_the_page_ends_its_element(content: dict[str, Any]) -> None:
    text = writing.page_text(content)
    assert text.count("<script") == text.count("</script>") == 3  # data, library, our own
    assert json.loads(kept(text, "data")) == content["data"]
    assert kept(text, "library") == "'</script>'"
    assert "Version &lt;v&gt;" in text
    assert '.9\n<span class="interval">(.8 to 1)</span>' in text


def test_the_first_sentence_is_that_of_the_first_network(content: dict[str, Any]) -> None:
    assert "<p>Networks read windows of random integers" in writing.page_text(content)
    content["data"]["networks"] = [{"lead": "It < reads."}, {"lead": "Another."}]
    text = writing.page_text(content)
    assert '<p><span id="lead">It &lt; reads.</span>' in text
    assert "<p>Networks read" not in text


def test_what_does_not_compute_and_what_others_published_are_named(content: dict[str, Any]) -> None:
    before = writing.page_text(content)
    assert "one's own" not in before
    assert "What others published" not in before
    content["left_out"] = ["my echo", "<b>"]
    content["published"] = contents._published(results())
    text = writing.page_text(content)
    assert "which do not compute in the browser: my echo, &lt;b&gt;.</p>" in text
    assert "Met: 1; not met: 1; undecided: 1." in text
    cells = ["plain", "met", "exact match", ".2310 (.1800 to .2900), 10 runs"]
    assert "".join(f"<td>{cell}</td>\n" for cell in cells) in text
    assert "<li>Plain, exact match: the means differ.</li>" in text
    assert "Sources: A *Paper*." in text


def test_a_page_that_is_too_large_is_refused(
    content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    letters = random.Random(0).choices(ascii_letters, k=10**6)  # as weights: hardly compressible
    content["data"]["networks"] = [
        {"name": n, "lead": "", "layers": "".join(letters[:s])} for n, s in (("a", 9), ("b", 10**6))
    ]
    monkeypatch.setattr(writing, "LIMIT", 900_000)
    line = (
        r"page\.networks: expected a page of at most 0\.9 MB, got 1\.0\d MB, "
        r"of which b takes 0\.9\d"
    )
    with pytest.raises(EchoseqError, match=line):
        writing.page_text(content)


def test_data_and_library_take_less_than_half_of_their_size(
    content: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or a version could not be published with its page."""
    monkeypatch.undo()  # the true library
    content["data"]["curves"] = {"epoch": list(range(0, 10**6, 10))}
    text = writing.page_text(content)
    unpacked = sum(len(kept(text, name)) for name in ("data", "library"))
    assert unpacked > 10**6
    assert len(text) < unpacked / 2 + 60_000  # style and scripts stay as they are


def test_an_architecture_that_the_page_cannot_compute_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(trial, "COMPUTED", ("memoryless",))
    here = {"model": Path("m"), "record": Path("r"), "held_out": Path("h")}
    with pytest.raises(EchoseqError) as caught:
        trial.trial("full_echo", read(CONFIG), pd.DataFrame(), **here)
    assert str(caught.value) == (
        "page.networks: expected networks that the page can compute (memoryless), but 'full_echo' "
        "has lstm"
    )


@pytest.mark.parametrize(
    ("framing", "batch_size", "stateful", "refused"),
    [
        ("mask", 5, True, True),
        ("mask", 25, True, False),  # a whole sequence
        ("mask", 5, False, False),
        ("drop", 7, True, False),
    ],
)
def test_a_state_that_has_seen_what_the_page_has_not_is_refused(
    framing: str, batch_size: int, stateful: bool, refused: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = read(CONFIG)
    plan = replace(study.plan_of("full_echo"), framing=framing, batch_size=batch_size)
    monkeypatch.setattr(Study, "plan_of", lambda *_: plan)
    network = {"layers": {"lstm": {"stateful": stateful}, "output": {"stateful": False}}}
    monkeypatch.setattr("echoseq.evaluation.exporting.export", lambda *_: network)
    here = {"model": Path("m"), "record": Path("r"), "held_out": Path("h")}
    line = "page.networks: .* of 'full_echo' has seen windows" if refused else "h: expected a data"
    with pytest.raises(EchoseqError, match=line):
        trial.trial("full_echo", study, pd.DataFrame(), **here)
