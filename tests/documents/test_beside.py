"""The experiments beside what others published, as the study's own configuration has them."""

import pandas as pd
from workspaces import PROJECT

from echoseq.answers.published_claims import COLUMNS
from echoseq.documents import beside
from echoseq.study.reading import read

STUDY = read(PROJECT / "config/config.yaml")
NAMES = ["lag_reset_2", "taught", "of_another_study"]


def test_set_ups_are_those_of_the_configuration() -> None:
    rows = beside.set_ups(STUDY, NAMES)
    assert [row[0] for row in rows] == NAMES[:2]
    said = ["3 of 5", "100", "many_to_one", "50", "2,000", "5", "reset", ""]
    assert rows[0] == ["lag_reset_2", *said]
    assert rows[1][1:3] == ["reversed 3 of 6", "50"]
    assert {len(row) for row in rows} == {len(beside.HEAD)}


def test_no_two_of_them_look_the_same() -> None:
    names = [name for name, it in STUDY.experiments.items() if it.published]
    rows = [tuple(row[1:]) for row in beside.set_ups(STUDY, names)]
    assert len({*rows}) == len(rows) > 10


def test_their_models_are_named() -> None:
    assert beside.models(STUDY, NAMES) == ["many_to_one", "encoder_decoder_teacher_forcing"]


def test_questions_have_their_claims_and_remarks() -> None:
    claim = {"question": "lag", "number": 1, "claim": "So it is.", "verdict": "holds"}
    claim |= {"measure": "accuracy", "at_least": 0.5, "value": 0.9, "low": 0.8, "high": 1.0}
    claims = pd.DataFrame([claim | {"seeds": 10}], columns=list(COLUMNS))
    asked = {one["name"]: one for one in beside.reasons(STUDY, claims)}
    assert [*asked] == ["Two and zeros", "Lag", "Taught"]
    assert [one["verdict"] for one in asked["Lag"]["claims"]] == ["Holds"]
    assert "over 10 seeds" in asked["Lag"]["claims"][0]["numbers"]
    assert asked["Taught"]["claims"] == []
    assert asked["Lag"]["remark"].startswith("Whether it is what is read")
