"""The paper: its numbers come from the tables, and its sentences stay true."""

import math
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import printed
import pytest
import yaml
from configurations import study_of_two
from papers import ANSWER_FIGURES, FIGURES, OPTIONS, change, copy_parts, sources, text
from workspaces import PROJECT, Workspace

from echoseq import wording
from echoseq.documents import needed, paper, questions
from echoseq.documents.claims import claims_of
from echoseq.errors import EchoseqError
from echoseq.files import write_table
from echoseq.study.reading import load
from echoseq.tables.columns import read_table

NUMERALS = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|thousand"


@pytest.fixture
def results(smoke_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the paper is made from, copied for changes."""
    monkeypatch.chdir(tmp_path)
    return copy_parts(smoke_study)


@pytest.fixture
def answered(extended_study: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same of the study with its open questions answered."""
    monkeypatch.chdir(tmp_path)
    return copy_parts(extended_study)


def test_figures_and_tables_are_all_numbered(answered: Path) -> None:
    """A table or figure put into the source by hand would have no origin."""
    words = text(sources(answered, answered=True))
    captions = re.findall(r"(?:Figure|Table) \d+: ", words)
    assert len(captions) == len(FIGURES) + len(ANSWER_FIGURES) + 8
    assert len(set(captions)) == len(captions)


def test_the_text_follows_the_tables(results: Path) -> None:
    assert ".8765" not in text(sources(results))
    change(results, "summary", {"experiment": "partial_echo", "position": "all"}, mean=0.87654)
    files = sources(results)
    words = text(files)
    assert "The partial echo has a mean exact match of .8765 (" in words
    assert re.search(r"exact match \.8765 \(", words)  # in the table
    assert ".8765" in paper.gather(files)["abstract"]
    caption = results / "figures/echoes.txt"
    caption.write_text("Another caption.\n", encoding="utf-8")
    assert "Another caption. Rule echoes" in text(files)


def test_the_paper_says_with_which_options_a_model_is_another(results: Path) -> None:
    words = text(sources(results))
    assert "With options" not in words
    path = results / "tables/experiments.csv"
    table = read_table(path)
    optioned = table["experiment"] == "partial_echo"
    table.assign(options=table["options"].mask(optioned, "start: encoder")).to_csv(
        path, index=False
    )
    words = text(sources(results))
    assert "With options it is another in some experiments: start: encoder. start is the" in words
    assert "attention tells" not in words


def test_commands_have_the_names_that_the_rules_have(results: Path) -> None:
    """Of a workflow that imported them under other names."""
    content = paper.gather(replace(sources(results), rules="echoseq_*"))
    assert content["made"]["summary"]["rule"] == "echoseq_summarize"
    commands = [*content["commands"].values(), *(of["command"] for of in content["made"].values())]
    assert all(text.startswith("snakemake --cores 4 echoseq_") for text in commands)
    assert " --forcerun echoseq_" in content["forced"]


def test_a_figure_of_ones_own_is_placed_by_its_part(results: Path) -> None:
    for form in ("pdf", "txt"):
        name = results / f"figures/mine.{form}"
        shutil.copy(results / f"figures/echoes.{form}", name)
    files = sources(results)
    files = replace(
        files, figures=[*files.figures, results / "figures/mine.pdf"], own={"mine": "study"}
    )
    assert "mine" in paper.gather(files)["figures"]["study"]
    assert "Rule mine" in text(files)


def test_a_study_that_learns_nothing_is_reported_as_such(results: Path) -> None:
    runs = pd.read_csv(results / "tables/runs.csv").assign(epochs_to_learn=float("nan"))
    runs.to_csv(results / "tables/runs.csv", index=False)
    words = text(sources(results))
    assert "Of the full echo, 0 of 2 seeds learn; the loss begins at about" in words


def test_one_seed_has_no_interval(results: Path) -> None:
    path = results / "tables/summary.csv"
    table = pd.read_csv(path, dtype={"position": str}).assign(low=None, high=None, mean=0.25)
    table.to_csv(path, index=False)
    words = text(sources(results))
    assert "has a mean exact match of .2500; " in words
    assert "nan" not in words


def test_open_questions_are_a_section_once_answered(results: Path) -> None:
    words = text(sources(results))
    assert f"not part of this version yet: snakemake --cores 4 extensions {OPTIONS}" in words


def test_every_question_has_its_answer_and_its_row(answered: Path) -> None:
    asked = yaml.safe_load((answered / "config.yaml").read_text())["questions"]
    words = text(sources(answered, answered=True))
    closed_up = "".join(words.split())
    assert "not part of this version yet" not in words
    answers = pd.read_csv(answered / "tables/answers.csv").to_dict("records")
    claims = read_table(answered / "tables/claims.csv")
    assert len(answers) == 11
    assert len(claims) == 3
    for row in answers:
        expected = ""
        if isinstance(row["outcome"], str):
            expected = f"The source expects {row['expectation']}. Found for this pair: "
            expected += f"{row['outcome']}. "
        reasons = " ".join(
            f"{claim['claim']} {claim['verdict']}. {claim['numbers']}"
            for claim in claims_of(claims, row["question"])
        )
        explanation = asked[row["question"]]["explanation"]
        thought = f"Remark: {explanation}" if explanation else ""
        said = f"{row['text']}. {expected}{row['summary']} {reasons} {thought}"
        assert "".join(said.split()) in closed_up  # items of lists are read unspaced
        cells = ("compared", "skill", "cells", "epochs", "updates", "expectation", "outcome")
        shown = [row[key] for key in cells if isinstance(row[key], str)]
        assert " ".join([row["question"], *shown]) in words
    needs = pd.read_csv(answered / "tables/needs.csv").to_dict("records")
    for row in needs:
        counts = f"{row['cells']} {row['parameters']:,} {row['learned']} of {row['seeds']} "
        assert f"{row['experiment']} {counts}" in words
    head = needed.head(read_table(answered / "tables/sizes.csv"))
    assert "".join("".join(head).split()) in closed_up
    comparisons = read_table(answered / "tables/comparisons.csv")
    assert words.count(" times (") + words.count(" points (") == comparisons["p_holm"].count()


def test_the_answers_follow_the_tables(answered: Path) -> None:
    path = answered / "tables/answers.csv"
    table = pd.read_csv(path)
    table.loc[0, ["expectation", "outcome", "summary"]] = ["more cells", "right", "It is so."]
    table.to_csv(path, index=False)
    comparisons = pd.read_csv(answered / "tables/comparisons.csv", dtype={"position": str})
    tested = comparisons["p_holm"].notna()
    comparisons.loc[tested, "p_holm"] = [0.001] + [0.2] * (int(tested.sum()) - 1)
    comparisons.to_csv(answered / "tables/comparisons.csv", index=False)
    words = text(sources(answered, answered=True))
    assert "The source expects more cells. Found for this pair: right. It is so." in words
    contrasts = wording.capitalized(wording.plural(int(tested.sum()), "contrast"))
    assert f"{contrasts} had been planned, with 2 seeds; " in words
    assert "; 1 of them has a corrected p-value below .05" in words


def test_a_table_that_continues_keeps_its_number(results: Path) -> None:
    """As with more experiments than a page has room for."""
    before = re.findall(r"Table \d+: ", text(sources(results)))
    path = results / "tables/summary.csv"
    table = read_table(path)
    more = [table.assign(experiment=table["experiment"] + f"_{index}") for index in range(20)]
    pd.concat([table, *more]).to_csv(path, index=False)
    words = text(sources(results))
    (number,) = set(re.findall(r"(Table \d+): Accuracy on held-out", words))
    found = re.findall(r"Table \d+: ", words)
    assert [*dict.fromkeys(found)] == before
    assert found.count(f"{number}: ") == words.count("(continued)") + 1 > 2


def test_contrasts_of_accuracy_have_no_censored_seeds(answered: Path) -> None:
    path = answered / "tables/comparisons.csv"
    table = read_table(path)
    tested = table["p_holm"].notna()
    table.loc[tested, ["measure", "position", "censored"]] = ["accuracy", "value", math.nan]
    table.to_csv(path, index=False)
    rows = paper.gather(sources(answered, answered=True))["extensions"]["contrasts"]["rows"]
    assert {row[5] for row in rows} == {""}
    assert len(rows) == tested.sum()


def test_what_others_published_is_a_section_once_it_is_compared(results: Path) -> None:
    assert "What others published" not in text(sources(results))
    path = results / "tables/published.csv"
    write_table(path, printed.results())
    files = sources(results)
    words = text(replace(files, tables=files.tables | {"published": path}))
    assert "Met: 1; not met: 1; undecided: 1." in words
    assert "plain exact match .2310 (.1800 to .2900), 10 runs .2100 (.2000 to .2200)" in words
    assert "Plain, exact match: the means differ." in words
    assert re.search(r"Sources: A \*Paper\*\.(?!\.)", words)
    write_table(path, printed.results().iloc[:0])
    assert "What others published" not in text(
        replace(files, tables=files.tables | {"published": path})
    )


def test_the_paper_says_what_stands_for_missing_values_if_any_are(results: Path) -> None:
    path = results / "tables/experiments.csv"
    table = read_table(path).assign(framing="drop", filler=None)
    table.to_csv(path, index=False)
    assert "filled with" not in text(sources(results))
    filled = {"framing": "mask", "filler": -1.0}
    table.assign(**filled).to_csv(path, index=False)
    assert "are kept and filled with \u22121. Missing" in text(sources(results))


def test_whose_states_are_probed_is_told_if_any_are() -> None:
    def told(**configuration: Any) -> str | None:
        config = study_of_two() | configuration
        config["experiments"]["a"]["stateful"] = False
        return paper._probed(load(config))

    asked = {"questions": {"held": {"text": "Held?", "probes": ["a"]}}}
    both = {"probing": {"states": ["encoder", "decoder"]}}
    assert told(**asked, **both) == "the encoder and the decoder"
    assert told(**asked) == "the encoder"
    assert told(**both) is None


@pytest.mark.parametrize("rows", [0, 1])
def test_without_planned_contrasts_there_are_no_p_values(rows: int) -> None:
    """Nor seeds of these; a question may also compare nothing at all."""
    row = {"p_holm": math.nan, "confidence": 0.95, "seeds": 5}
    comparisons = pd.DataFrame([row] * rows, columns=list(row))
    runs = pd.DataFrame(
        {"experiment": "one", "trained_for": "one", "seed": [0, 1], "epochs_to_learn": [500.0, 600]}
        | {"digest": ["a", "b"]}
    )
    tables = {"needs": pd.DataFrame({"experiment": ["one"]}), "runs": runs}
    assert questions._prose(tables | {"comparisons": comparisons}).endswith(
        "are censored. No contrast had been planned. Differences have intervals and no p-values."
    )


def test_the_prose_contains_no_number() -> None:
    source = (PROJECT / "paper" / "paper.typ").read_text(encoding="utf-8")
    code = r"//.*|@\w+|\b[a-z]+(\.\w+)+(\([^()]*\))?"  # comments, references, values and calls
    prose = re.sub(code, "", source)
    found = re.findall(rf".*(?:\d|\b(?:{NUMERALS})\b).*", prose, flags=re.IGNORECASE)
    assert found == []


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (wording.share(0.99571), ".9957"),
        (wording.share(0.99999), "1"),
        (wording.share(0.00001), "0"),
        (wording.share(-0.25), "\N{MINUS SIGN}.2500"),
        (wording.signed(0.0012), "+.0012"),
        (wording.signed(-0.00001), "0"),
        (wording.chance(1e-10), "1e\N{MINUS SIGN}10"),
        (wording.chance(0.01), ".0100"),
        (wording.with_interval(0.9957, 0.9838, 1.0), ".9957 (.9838 to 1)"),
        (wording.percent(0.99149), "99.1%"),
        (wording.points(0.0149), "+1.5"),
        (wording.points(-0.002), "\N{MINUS SIGN}0.2"),
        (wording.points(-0.0001), "0.0"),
        (wording.times(4.756), "4.76"),
        (wording.times(12.34), "12.3"),
        (wording.loss(1.5), "1.50"),
        (wording.loss(0.03412), "0.0341"),
        (wording.joined([5, 10, 5]), "5 or 10"),
        (wording.joined([5, 5]), "5"),
        (wording.listed(["99.8", "99.6", "99.6"]), "99.8, 99.6 and 99.6"),
        (wording.listed([5, 5], "or"), "5 or 5"),
        (wording.listed([5]), "5"),
        (wording.plural(1, "seed"), "one seed"),
        (wording.plural(5000, "epoch"), "5,000 epochs"),
    ],
)
def test_numbers_are_written_in_one_way(written: str, expected: str) -> None:
    assert written == expected


def test_a_file_that_cannot_be_read_is_named(results: Path) -> None:
    (results / "tables/summary.csv").write_text("experiment,mean\n", encoding="utf-8")
    with pytest.raises(EchoseqError, match="'windows' in the tables"):
        paper.gather(sources(results))
    (results / "tables/summary.csv").unlink()
    with pytest.raises(EchoseqError, match=r"summary\.csv: expected a table"):
        paper.gather(sources(results))


def test_a_mistake_in_the_source_is_reported_in_one_line(results: Path, tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    shutil.copytree(PROJECT / "paper", folder)
    (folder / "paper.typ").write_text("#unknown", encoding="utf-8")
    files = sources(results)
    with pytest.raises(EchoseqError, match=r"paper\.typ: unknown variable: unknown$"):
        paper.compile_paper(folder, paper.gather(files), files)


def test_runs_with_the_weights_of_another_are_told() -> None:
    runs = pd.DataFrame({"digest": ["a", "b", "a", "a"]})
    assert questions._again(runs).startswith("2 runs came to the same weights as another")
    assert questions._again(runs.drop_duplicates()) == ""


def test_options_of_layers_are_explained_where_they_are_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    used = pd.Series(["decoder: gru (reset_after False); encoder: gru (recurrent_gain 0.5)"])
    monkeypatch.setattr(paper, "options_of", lambda _: used)
    (model,) = paper._models(pd.DataFrame({"model": ["encoder_decoder"]}))
    told = [text.split("`")[1] for text in model["meanings"]]
    assert told == ["encoder", "decoder", "recurrent_gain", "reset_after"]
