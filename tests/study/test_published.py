"""What others published, in a configuration: what is refused, in one line, and what is kept."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import CONFIG

from echoseq.errors import EchoseqError
from echoseq.study.hints import claim_hints, hints
from echoseq.study.reading import load
from echoseq.study.schema import EXTENSIONS, PUBLISHED, STUDY
from echoseq.tables.catalogue import settings_of

RESULT = {"source": "paper", "measure": "accuracy", "runs": [0.9, 0.8], "step": 0.1}


def configuration(*results: dict[str, Any]) -> dict[str, Any]:
    """The study a; b and c are compared with what a paper says; d is on an open question."""
    facts = {"task": "two", "model": "lstm", "cells": 3, "batch_size": 21, "epochs": 10}
    return {
        "version": "v",
        "seeds": 6,
        "sources": {"paper": "A Paper (2000).", "other": "Another (2001)."},
        "tasks": {"two": {"n_in": 5, "n_out": 5}},
        "experiments": {
            "a": facts,
            "b": {**facts, "cells": 4, "question": "q", "published": list(results) or [RESULT]},
            "c": {**facts, "cells": 5, "question": "q"},
            "d": {**facts, "cells": 6, "question": "open"},
        },
        "questions": {"q": {"text": "Is it so?", "target": "published"}, "open": {"text": "Why?"}},
    }


def told(config: dict[str, Any]) -> list[str]:
    with pytest.raises(EchoseqError) as caught:
        load(config)
    return str(caught.value).splitlines()


def changed(**keys: Any) -> dict[str, Any]:
    """A result with other keys; None leaves one out."""
    return {key: value for key, value in {**RESULT, **keys}.items() if value is not None}


EXPECTED = {"runs": None, "step": None}
BAD = [
    (
        changed(source="papr"),
        ".source: expected one of paper, other, got 'papr'; did you mean paper?",
    ),
    (changed(source=None), ".source: expected a value, got none"),
    (changed(measure="acuracy"), ".measure: expected 'accuracy', 'exact_match', 'loss'"),
    (changed(rnus=[1.0]), ".rnus: unknown key; did you mean runs?"),
    (changed(runs=None), ": expected one of runs, between or expected, got none"),
    (
        changed(between=[0.8, 0.9], of=3),
        ": expected one of runs, between or expected, got runs and",
    ),
    (changed(runs=[]), ".runs: expected at least 1 entries, got 0"),
    (changed(runs=[90.0, 80.0]), ".runs: expected shares from 0 to 1, got 90"),
    (changed(measure="loss", runs=[0.3, -0.1]), ".runs: expected losses of 0 or more, got -0.1"),
    (
        changed(runs=[0.9, ".8"]),
        ".runs.1: expected a number, got text '.8'; write 0.8 without quotes",
    ),
    (changed(runs=None, between=[0.9, 0.8], of=3), ".between: expected the lowest and the highest"),
    (changed(runs=None, between=[0.9], of=3), ".between: expected the lowest and the highest"),
    (changed(runs=None, between=[0.8, 0.9]), ".of: expected how many runs they are of, 2 or more"),
    (changed(of=2), ".of: expected none beside runs, which are counted"),
    (changed(step=None), ".step: expected the steps in which they print, 0.01 for per cents"),
    (changed(step=1.0), ".step: expected at most 0.5 for a share, got 1"),
    (changed(step=0.0), ".step: expected more than 0.0, got 0.0"),
    (changed(last=5), ".last: expected none with accuracy, which is not of training"),
    (
        changed(measure="training_loss", last=11),
        ".last: expected at most 10, the epochs of training, got 11",
    ),
    (
        changed(**EXPECTED, expected={}),
        ".expected: expected at_least, at_most or both, got none",
    ),
    (
        changed(**EXPECTED, expected={"at_least": 0.9, "at_most": 0.5}),
        ".expected.at_least: expected less than at_most (0.5), got 0.9",
    ),
    (
        changed(**EXPECTED, expected={"at_least": 0}),
        ".expected: expected something that could be missed, but every value meets it",
    ),
    (
        changed(**EXPECTED, expected={"at_least": 1.5}),
        ".expected: expected something that could be met, but no value is there",
    ),
    (changed(runs=None, expected={"at_least": 0.9}), ".step: expected none beside expected"),
    (changed(not_met=" "), ".not_met: expected text, got none"),
]


@pytest.mark.parametrize(("result", "line"), BAD, ids=[line[:50] for _, line in BAD])
def test_a_bad_result_is_refused_in_one_line(result: dict[str, Any], line: str) -> None:
    (said,) = told(configuration({**RESULT, "source": "other"}, result))
    assert said.startswith(f"experiments.b.published.2{line}")
    assert len(said) < 300


GOOD = [
    RESULT,
    changed(runs=None, between=[0.8, 0.9], of=2),
    changed(measure="loss", runs=[3.2]),
    changed(measure="training_loss", last=10),
    changed(**EXPECTED, expected={"at_most": 0.9}),
    changed(measure="loss", **EXPECTED, expected={"at_most": 2.0}),
    changed(not_met="They had another alphabet."),
]


@pytest.mark.parametrize("result", GOOD, ids=str)
def test_a_good_result_is_kept_as_it_is(result: dict[str, Any]) -> None:
    study = load(configuration(result))
    again = load(yaml.safe_load(yaml.safe_dump(study.resolved())))
    assert again.experiments["b"].published == study.experiments["b"].published
    (setting,) = settings_of(study.model_dump(mode="json"))["published"]
    assert setting["experiment"] == "b"
    assert setting["citation"] == "A Paper (2000)."


def test_a_source_is_cited_once_for_each_measure() -> None:
    (said,) = told(configuration(RESULT, RESULT))
    assert said.endswith(
        "published.2.measure: expected each measure of a source once, got accuracy again"
    )
    load(configuration(RESULT, changed(source="other"), changed(measure="exact_match")))


def asking(path: str, value: Any) -> dict[str, Any]:
    config = configuration()
    *parents, last = path.split(".")
    part = config
    for key in parents:
        part = part[key]
    part[last] = value
    return config


CONTRAST = {"experiment": "c", "compare_to": "b", "measure": "accuracy", "differ": ["cells"]}
CLAIM = {"claim": "So it is.", "contrast": CONTRAST, "expect": "more"}
MIXED = [
    ("questions.q.probes", ["a"], "questions.q.probes: expected none with target: published"),
    ("questions.q.expectation", {"skill": "same"}, "questions.q.expectation: expected none with"),
    ("experiments.c.compare_to", "d", "experiments.c.compare_to: expected an experiment that"),
    ("experiments.d.compare_to", "b", "experiments.d.compare_to: expected an experiment that"),
    ("experiments.c.ablate", ["cells"], "experiments.c.ablate: expected none on a question"),
    ("questions.q.target", "studies", "questions.q.target: expected 'extensions' or 'published'"),
    (
        "questions.q.because",
        [CLAIM | {"contrast": CONTRAST | {"compare_to": "d"}}],
        "questions.q.because.1.contrast.experiment: expected an experiment that published makes",
    ),
    (
        "questions.open.because",
        [CLAIM],
        "questions.open.because.1.contrast.experiment: expected an",
    ),
    (
        "questions.q.because",
        [CLAIM | {"contrast": CONTRAST | {"measure": "epochs"}}],
        "questions.q.because.1.contrast.measure: expected ",
    ),
    (
        "questions.q.because",
        [
            {"claim": "So.", "expect": {"at_least": 0.5}}
            | {"fact": {"table": "skill", "column": "accuracy", "experiment": "b"}}
        ],
        "questions.q.because.1.fact: expected a contrast with target: published",
    ),
]


@pytest.mark.parametrize(("path", "value", "line"), MIXED, ids=[line for *_, line in MIXED])
def test_what_one_target_makes_is_not_needed_by_another(path: str, value: Any, line: str) -> None:
    assert told(asking(path, value))[0].startswith(line)


def test_experiments_belong_to_one_target() -> None:
    study = load(asking("questions.q.because", [CLAIM]))
    assert [study.target_of(name) for name in "abcd"] == [STUDY, PUBLISHED, PUBLISHED, EXTENSIONS]
    assert study.names(extensions=True) == ["d"]
    assert study.names(extensions=False) == ["a"]
    assert study.met() == ["b", "c"]
    assert list(study.claims(PUBLISHED)) == ["q"]
    assert study.claims(EXTENSIONS) == {}
    settings = settings_of(study.model_dump(mode="json"))
    assert [question["name"] for question in settings["questions"]] == ["open"]
    assert settings["claims"] == []
    assert [claim["question"] for claim in settings["published_claims"]] == ["q"]


def test_an_experiment_of_the_study_may_be_compared_with_what_is_published() -> None:
    study = load(asking("experiments.a.published", [RESULT]))
    assert study.names(extensions=False) == ["a"]
    assert study.met() == ["a", "b", "c"]


def test_what_was_published_is_no_part_of_the_table_of_experiments() -> None:
    """So nothing that reads it is made anew because of another paper."""
    without = configuration()
    for name in "bc":
        del without["experiments"][name]
    del without["questions"]["q"], without["sources"]
    study, plain = load(configuration()), load(without)
    assert study.without_reasons() == plain.without_reasons()
    assert not {"sources", "published", "target"} & set(yaml.safe_dump(plain.resolved()).split(":"))


def test_the_study_and_the_extensions_train_the_runs_that_are_published_too() -> None:
    """The other way round, what is published would be needed by the extensions."""
    config = configuration()
    config["experiments"]["b"] |= {"cells": 6}  # as d has
    assert load(config).twins() == {"b": "d"}
    config["experiments"]["d"]["cells"] = 3
    config["experiments"]["b"]["cells"] = 3
    assert load(config).twins() == {"b": "a", "d": "a"}


def test_what_others_did_wrong_is_not_hinted_at() -> None:
    config = asking("tasks.two", {"n_in": 1, "echo": [0]})
    for experiment in config["experiments"].values():
        experiment["batch_size"] = 6
    named = [line.partition(":")[0] for line in hints(load(config))]
    assert named == ["experiments.a", "experiments.d"]


def test_the_results_in_the_study_can_be_decided() -> None:
    config = yaml.safe_load(Path(CONFIG).read_text(encoding="utf-8"))
    study = load(copy.deepcopy(config))
    assert hints(study) == claim_hints(study) == []
    assert len(study.met()) == 21
    assert {name: len(study.seeds_of(name)) for name in study.met()} == dict.fromkeys(
        study.met(), 10
    )
    assert set(study.sources) == {
        result.source for e in study.experiments.values() for result in e.published or ()
    }
