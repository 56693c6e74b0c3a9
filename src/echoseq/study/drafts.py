"""What is right in a configuration that has mistakes, so that the rest of it can be checked too."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from echoseq.names import nearest
from echoseq.study.explaining import UNKNOWN, Location, meant, siblings
from echoseq.study.schema import Study
from echoseq.study.unsure import Unsure

SECTIONS = ("tasks", "experiments", "questions")
# What stands for keys that are missing or wrong; no rule is broken because of these.
PLACEHOLDERS: dict[str, Any] = {
    "version": "draft",
    "seeds": 1_000,
    "statistics": {"learned_over": 1},
    "probing": {"sequences": 1_000_000},
}
# The same for the keys of an experiment that must be given; UNKNOWN_TASK is never looked up.
UNKNOWN_TASK = "?"
EXPERIMENT: dict[str, Any] = {
    "task": UNKNOWN_TASK,
    "model": "lstm",
    "cells": 1,
    "epochs": 1_000,
    "batch_size": 1,
}
ROUNDS = 4  # keys first: one under its right name may have a wrong value, and that may hide others


def draft(given: Mapping[str, Any], unsure: Unsure) -> tuple[Study, Unsure] | None:
    """The study that is left without the parts that have mistakes, and the names of these.

    Unknown keys count as those that are meant, if it is plain which. None if too little is left.

    Args:
        unsure: names that are missing already, because of mistakes in what they come from.
    """
    kept: dict[str, Any] = deepcopy(dict(given))
    left_out: dict[str, set[str]] = {section: set() for section in SECTIONS}
    for _ in range(ROUNDS):
        try:
            study = Study.model_validate(kept)
        except ValidationError as error:
            found = error.errors()
            keys = [details for details in found if details["type"] == UNKNOWN]
            if not all(_mended(details, kept, left_out) for details in keys or found):
                return None
        else:
            return study, unsure._replace(**{s: frozenset(n) for s, n in left_out.items()})
    return None


def _mended(details: ErrorDetails, kept: dict[str, Any], left_out: dict[str, set[str]]) -> bool:
    """Rename or leave out what is wrong; False if others would miss it."""
    location = details["loc"]
    first, *inner = map(str, location)
    if details["type"] == UNKNOWN:
        _rename(location, kept)
        like = nearest(first, Study.model_fields)
        return bool(inner) or not {*SECTIONS, "sweeps"} & {*like}
    if first == "experiments" and len(inner) > 1:
        kept[first][inner[0]] = _filled(kept[first][inner[0]], inner[1])
        left_out[first].add(inner[0])
        left_out["tasks"].add(UNKNOWN_TASK)
    elif first in SECTIONS and inner:
        kept[first].pop(location[1], None)
        left_out[first].add(inner[0])
    elif first in SECTIONS:
        return False
    else:
        kept.pop(first, None)
        kept |= {first: PLACEHOLDERS[first]} if first in PLACEHOLDERS else {}
    return True


def _filled(experiment: Mapping[str, Any], key: str) -> dict[str, Any]:
    """An experiment without a key, or with what stands for it."""
    rest = {other: value for other, value in experiment.items() if other != key}
    return rest | {key: EXPERIMENT[key] for key in [key] if key in EXPERIMENT}


def _rename(location: Location, kept: dict[str, Any]) -> None:
    """Replace an unknown key by the one that it stands for, or leave it out."""
    key, part = meant(location, kept), siblings(location, kept)
    value = part.pop(location[-1], None)  # an alias of YAML may be a part that is mended already
    if key is not None:
        part.setdefault(key, value)
