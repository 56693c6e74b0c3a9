"""Ablations as they are asked for: what is known of them, and what is refused."""

from typing import Any

import pytest
from configurations import study_of_two

from echoseq.errors import EchoseqError
from echoseq.study.ablated import (
    ABLATIONS,
    FAMILIES,
    KNOWN,
    families_of,
    meanings_of_ablations,
    needs_probes,
)
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.reading import load
from echoseq.study.schema import Study


def asking(*ablations: str, **changes: Any) -> Study:
    config = study_of_two()
    config["experiments"]["a"] |= {"ablate": [*ablations], **changes}
    return load(config)


def test_every_ablation_has_a_family_and_a_meaning_of_its_own() -> None:
    assert len(set(ABLATIONS)) == len(ABLATIONS) == sum(len(f.ablations) for f in FAMILIES.values())
    assert families_of(["cells", "carried_zero", "carried_other"]) == ["cells", "carried"]
    assert (needs_probes(["cells", "read_out"]), needs_probes(["cells"])) == (True, False)
    rows = [row for family in FAMILIES.values() for row in family.rows]
    assert len(set(rows)) == len(rows)
    assert all(f"`{row}`, " in meanings_of_ablations()["ablations"] for row in rows)


def test_of_built_in_models_it_is_known_what_can_be_done() -> None:
    assert KNOWN.keys() == {*ABLATIONS}
    assert set().union(*KNOWN.values()) <= ARCHITECTURES.keys()
    assert "memoryless" not in KNOWN["cells"]


def test_an_experiment_names_its_ablations_in_any_order() -> None:
    assert asking("cells", "carried_zero").ablated() == {"a": ["carried_zero", "cells"]}
    assert load(study_of_two()).ablated() == {}


def test_ablations_are_no_part_of_a_plan_and_are_written_only_where_they_are() -> None:
    study, plain = asking("cells"), load(study_of_two())
    assert study.plan_of("a") == plain.plan_of("a")
    assert study.resolved()["experiments"]["a"]["ablate"] == ["cells"]
    assert "ablate" not in study.resolved()["experiments"]["b"]
    assert load(study.resolved()).ablated() == study.ablated()


def test_a_sweep_sets_them_for_all_of_it_or_for_a_value_of_an_axis() -> None:
    config = study_of_two()
    attention = {"model": "encoder_decoder_attention", "ablate": ["attention"]}
    sizes = {"task": "one", "epochs": 9, "batch_size": 1}
    config["sweeps"] = {
        "some": sizes
        | {
            "cells": 3,
            "grid": {"decoder": {"plain": {"model": "encoder_decoder"}, "attention": attention}},
        },
        "every": sizes | {"model": "encoder_decoder", "ablate": ["cells"], "grid": {"cells": [3]}},
    }
    assert load(config).ablated() == {"some_attention": ["attention"], "every_3": ["cells"]}


REFUSED = [
    (["cell"], {}, "expected one of attention, carried_zero, "),
    (["cells", "cells"], {}, "expected each once, got 'cells' again"),
    ([], {}, "expected at least 1 entries, got 0"),
    (["carried_zero"], {"stateful": False}, "carried_zero: expected stateful: true, so that a"),
    (
        ["carried_only_h"],
        {"batch_size": 21},
        "carried_only_h: expected a state that is carried from batch to batch, but one batch holds "
        "all 21 windows of a sequence",
    ),
    (
        ["cells", "read_out"],
        {"batch_size": 7},
        "read_out: expected states that start at zero in each window (stateful: false, or a batch",
    ),
]


@pytest.mark.parametrize(("ablations", "changes", "said"), REFUSED)
def test_what_no_network_of_an_experiment_has_is_refused(
    ablations: list[str], changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(EchoseqError) as told:
        asking(*ablations, **changes)
    assert str(told.value).startswith("experiments.a.ablate: ")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_an_exchange_needs_another_sequence() -> None:
    config = study_of_two() | {"evaluation": {"sequences": 1}}
    config["experiments"]["a"]["ablate"] = ["carried_zero", "carried_other"]
    with pytest.raises(EchoseqError, match="carried_other: expected at least 2 evaluation"):
        load(config)
