"""Claims in a configuration: what is refused, in one line, and what follows from what is right."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from configurations import CONFIG

from echoseq.errors import EchoseqError
from echoseq.study.claim_rules import differing
from echoseq.study.hints import claim_hints, hints
from echoseq.study.reading import load
from echoseq.study.schema import Study

LEARNING = {"until": "learned", "epochs": 10_000}


def configuration() -> dict[str, Any]:
    """Experiments on a question: b and c learn, c with other cells; d is b again; e is fixed."""
    facts = {"task": "two", "model": "encoder_decoder", "cells": 3, "batch_size": 21}
    asked = {**facts, "question": "q"}
    return {
        "version": "v",
        "seeds": 6,
        "tasks": {
            "two": {"n_out": 2},
            "three": {"n_out": 3},
            "other": {"n_out": 2, "alphabet": 50},
            "real": {"n_out": 2, "encoding": "linear"},
            "kept": {"n_out": 2, "framing": "mask"},
        },
        "experiments": {
            "a": {**facts, "epochs": 10},
            "b": {**asked, **LEARNING, "compare_to": "c"},
            "c": {**asked, **LEARNING, "cells": 4},
            "d": {**asked, **LEARNING},
            "e": {**asked, "epochs": 500, "compare_to": "a"},
            "f": {**asked, **LEARNING, "task": "three", "cells": 5},
            "g": {**asked, **LEARNING, "task": "other"},
            "h": {**asked, **LEARNING, "task": "real"},
            "i": {**asked, **LEARNING, "seeds": [6, 7]},
            "k": {**asked, **LEARNING, "task": "kept", "batch_size": 25},
        },
        "questions": {"q": {"text": "Why?", "probes": ["d"]}},
    }


def claiming(*claims: dict[str, Any]) -> dict[str, Any]:
    config = configuration()
    config["questions"]["q"]["because"] = [
        {"claim": f"So it is, {number}.", **claim} for number, claim in enumerate(claims, start=1)
    ]
    return config


def contrast(expect: Any = "more", **keys: Any) -> dict[str, Any]:
    return {"contrast": {"experiment": "b", "measure": "epochs", **keys}, "expect": expect}


def fact(expect: Any = None, **keys: Any) -> dict[str, Any]:
    given = {"table": "skill", "column": "accuracy", "experiment": "b", **keys}
    return {"fact": given, "expect": {"at_least": 0.5} if expect is None else expect}


def told(config: dict[str, Any]) -> list[str]:
    with pytest.raises(EchoseqError) as caught:
        load(config)
    return str(caught.value).splitlines()


FIXED = "expected experiments with until: learned, but 'e' trains for 500 epochs, whatever it has "
BAD = [
    # What a claim consists of
    ({"expect": "more"}, ": expected a contrast or a fact to test it, got none"),
    ({**contrast(), **fact()}, ": expected a contrast or a fact to test it, got both"),
    ({"contrast": contrast()["contrast"]}, ".expect: expected a value, got none"),
    (contrast({}), ".expect: expected at_least, at_most or both, or more, less or same, got none"),
    (contrast("higher"), ".expect.to_be: expected 'more', 'less' or 'same', got text 'higher'"),
    (contrast({"at_lest": 2}), ".expect.at_lest: unknown key; did you mean at_least?"),
    (contrast({"at_least": 2, "at_most": 1}), ".expect.at_least: expected less than at_most (1), "),
    ({**contrast(), "claim": " "}, ".claim: expected text, got none"),
    (contrast(measure="epoch"), ".contrast.measure: expected 'epochs', 'updates', 'windows', "),
    (contrast(base="c"), ".contrast.base: unknown key, expected one of experiment, compare_to, "),
    # What there is
    (contrast(experiment="bb"), ".contrast.experiment: expected one of a, b, c, d, e, f, g, h, i,"),
    (contrast(compare_to="z"), ".contrast.compare_to: expected one of a, b, c, d, e, f, g, h, i,"),
    (
        contrast(experiment="d"),
        ".contrast.compare_to: expected an experiment, because 'd' has no compare_to of its own",
    ),
    (
        fact(table="skil"),
        ".fact.table: expected one of ablations, needs, probes, skill, summary, got 'skil'",
    ),
    (
        fact(column="seeds"),
        ".fact.column: expected one of accuracy, exact_match, bits, got 'seeds'",
    ),
    (fact(experiment="z"), ".fact.experiment: expected one of a, b, c, d, e, f, g, h, i, k, got"),
    (
        fact(where={"window": "complete"}),
        ".fact.where.window: expected one of 15 names, got 'window'; did you mean windows",
    ),
    (
        fact(table="needs", column="share", experiment="e"),
        ".fact.experiment: expected one on a question with until: learned, but 'e' is none, and ",
    ),
    (
        fact(table="probes", experiment="b"),
        ".fact.experiment: expected one of d, got 'b'",
    ),
    # What can be compared
    (
        contrast(compare_to="b"),
        ".contrast: expected two that train differently, but 'b' trains as 'b' does",
    ),
    (
        contrast(compare_to="d"),
        ".contrast: expected two that train differently, but 'b' trains as 'd' does",
    ),
    (
        contrast(compare_to="f"),
        ".contrast: expected ends that differ in one key, but these differ in n_out, cells; if "
        "that is meant, say so: differ: [n_out, cells]",
    ),
    (
        contrast(differ=["model"]),
        ".contrast.differ: expected cells, in which they differ, got model",
    ),
    (
        contrast(compare_to="g"),
        ".contrast: expected experiments on the same sequences (length and ",
    ),
    (
        contrast(experiment="c", compare_to="i"),
        ".contrast: expected experiments with some of the same seeds, got c and i",
    ),
    (contrast(seeds=[1, 1]), ".contrast.seeds: expected each seed once, got [1, 1]"),
    # What is the same by construction
    (
        contrast(experiment="e", compare_to="b", differ=["epochs", "until"]),
        f".contrast.measure: {FIXED}",
    ),
    (
        contrast(experiment="e", compare_to="b", measure="learned", differ=["epochs", "until"]),
        f".contrast.measure: {FIXED}",
    ),
    (
        contrast(measure="accuracy_incomplete"),
        ".contrast.measure: expected tasks with framing: mask, but that of 'b' has no such windows",
    ),
    (
        contrast(experiment="h", compare_to="d", measure="bits"),
        ".contrast.measure: expected one-hot tasks with an echo, but that of 'h' has no bits",
    ),
    # What cannot come out the other way
    (
        contrast({"at_least": -1}, measure="accuracy"),
        ".expect: expected something that could be refuted, but what is measured is -1 to 1",
    ),
    (
        contrast({"at_least": 1.5}, measure="accuracy"),
        ".expect: expected something that could hold, but what is measured is -1 to 1",
    ),
    (
        contrast({"at_least": 0}),
        ".expect: expected something that could be refuted, but what is measured is 0.02 to 50",
    ),
    (
        contrast({"at_most": 60}),
        ".expect: expected something that could be refuted, but what is measured is 0.02 to 50",
    ),
    (
        contrast({"at_least": 100}),
        ".expect: expected something that could hold, but what is measured is 0.02 to 50",
    ),
    (
        fact({"at_most": 1}),
        ".expect: expected something that could be refuted, but what is measured is 0 to 1",
    ),
    (
        fact({"at_most": -1}, table="needs", column="epochs"),
        ".expect: expected something that could hold, but what is measured is 0 or more",
    ),
    (fact("more"), ".expect: expected at_least, at_most or both with a fact, got more"),
    (
        contrast("less", measure="bits"),
        ".expect: expected at_least, at_most or both with bits, got less",
    ),
]


@pytest.mark.parametrize(("claim", "line"), BAD, ids=[line[:60] for _, line in BAD])
def test_a_bad_claim_is_refused_in_one_line(claim: dict[str, Any], line: str) -> None:
    (said,) = told(claiming(fact(), {"claim": "Another.", **claim}))
    assert said.startswith(f"questions.q.because.2{line}")
    assert len(said) < 300


GOOD = [
    contrast(),
    contrast("same", compare_to="f", differ=["cells", "n_out"]),
    contrast({"at_least": 0.5, "at_most": 30}, measure="windows"),
    contrast("less", measure="learned"),
    contrast({"at_most": -3}, measure="bits"),
    contrast("less", experiment="e", measure="accuracy"),
    fact(),
    fact({"at_most": 0.9}, experiment="a", column="exact_match", where={"windows": "complete"}),
    fact({"at_most": 5000}, table="needs", column="epochs"),
    fact(table="probes", experiment="d", where={"position": "5", "step": 5, "state": "h"}),
]


@pytest.mark.parametrize("claim", GOOD, ids=str)
def test_a_good_claim_is_kept_as_it_is(claim: dict[str, Any]) -> None:
    study = load(claiming(claim))
    (kept,) = study.claims()["q"]
    assert kept.claim == "So it is, 1."
    again = load(yaml.safe_load(yaml.safe_dump(study.resolved())))
    assert again.claims() == study.claims()


def test_a_claim_that_is_stated_twice_is_refused() -> None:
    assert told(claiming(*({"claim": "So?", **contrast(end)} for end in ("less", "more")))) == [
        "questions.q.because.2.claim: expected each claim once, got it again"
    ]


def test_because_needs_at_least_one_claim() -> None:
    config = configuration()
    config["questions"]["q"]["because"] = []
    assert told(config) == ["questions.q.because: expected at least 1 entries, got 0"]


def test_nothing_is_told_of_what_has_a_mistake_of_its_own() -> None:
    config = claiming(contrast())
    config["experiments"]["c"]["cells"] = 0
    assert told(config) == ["experiments.c.cells: expected 1 or more, got 0"]


def test_a_configuration_without_claims_is_written_as_before() -> None:
    assert "because" not in load(configuration()).resolved()["questions"]["q"]


def test_the_base_of_a_claim_is_named_once_it_is_read() -> None:
    (claim,) = load(claiming(contrast())).claims()["q"]
    assert claim.experiments == ["b", "c"]


def test_what_a_claim_expects_in_a_word_is_beyond_or_within_the_margins() -> None:
    def ends(**keys: Any) -> tuple[float, float]:
        study = load(claiming(contrast(**keys)))
        return study.claims()["q"][0].expected(study.statistics)

    inf = float("inf")
    assert ends(expect="more") == (1.25, inf)
    assert ends(expect="less") == (-inf, 0.8)
    assert ends(expect="same") == (0.8, 1.25)
    assert ends(expect="more", measure="accuracy") == (0.01, inf)
    assert ends(expect="same", measure="learned") == (-0.01, 0.01)
    assert ends(expect={"at_least": 2}) == (2, inf)


def seeds(study: Study, *names: str) -> list[int]:
    return [len(study.seeds_of(name)) for name in names]


def test_seeds_of_a_claim_are_those_of_both_ends() -> None:
    study = load(claiming(contrast(seeds=9), contrast("less", measure="updates", seeds=8)))
    assert seeds(study, "b", "c", "d") == [9, 9, 6]
    assert seeds(load(claiming(contrast(seeds=3))), "b", "c") == [6, 6]
    of_the_study = contrast("less", experiment="e", measure="accuracy", seeds=9)
    assert seeds(load(claiming(of_the_study)), "e", "a") == [9, 6]


def test_claims_with_few_seeds_are_named_in_a_hint() -> None:
    config = claiming(contrast(), fact())
    assert claim_hints(load(config)) == []
    config["seeds"] = 5
    (line,) = claim_hints(load(config))
    assert line == (
        "questions.q.because.1, questions.q.because.2: fewer than 6 seeds, which decide no claim"
    )


def test_a_question_that_is_asked_alone_keeps_what_tests_its_claims() -> None:
    config = claiming(contrast(experiment="c", compare_to="d"))
    for name in "bcdefghik":
        config["experiments"][name]["question"] = "p"
    config["questions"]["p"] = {"text": "Who?"}
    config["ask"] = ["q"]
    study = load(config)
    assert set(study.experiments) == {"a", "c", "d"}
    assert study.experiments["c"].question == "q"
    del config["questions"]["q"]["because"]
    assert list(load(config).experiments) == ["a", "d"]


def test_all_keys_in_which_plans_differ_are_told() -> None:
    study = load(configuration())
    assert differing(study, "b", "d") == []
    assert differing(study, "e", "b") == ["epochs", "until"]
    assert differing(study, "b", "k") == ["framing", "batch_size"]


def test_the_claims_of_the_study_can_be_decided() -> None:
    config = yaml.safe_load(Path(CONFIG).read_text(encoding="utf-8"))
    study = load(copy.deepcopy(config))
    assert study.claims()
    assert hints(study) == []
