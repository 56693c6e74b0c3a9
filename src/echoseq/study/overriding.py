"""One experiment of a study with some of its settings replaced, as options of a command do."""

import re
from collections.abc import Mapping
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.names import unknown
from echoseq.study.plan import Plan
from echoseq.study.reading import load
from echoseq.study.schema import TRAINING_KEYS, Study

# The settings that options replace, and how their texts are read.
REPLACED: dict[str, type] = {"epochs": int, "cells": int, "learning_rate": float, "task": str}


def option_of(key: str) -> str:
    """The option that replaces a setting: --learning-rate."""
    return f"--{key.replace('_', '-')}"


def overridden_plan(study: Study, name: str, texts: Mapping[str, str | None]) -> Plan:
    """The plan of an experiment, some settings replaced, checked as a configuration is.

    Args:
        name: of the experiment.
        texts: by setting, one of `REPLACED`, as they were given; None for one that stays.

    Raises:
        EchoseqError: if there is no such experiment; or a line for each mistake, which names the
            option, or the key of a setting that does not go with the options.
    """
    if name not in study.experiments:
        raise EchoseqError(f"experiment: {unknown(name, study.experiments)}")
    given = {key: _value(text, REPLACED[key]) for key, text in texts.items() if text is not None}
    if not given:
        return study.plan_of(name)
    try:
        return load(_alone(study, name, given)).plan_of(name)
    except EchoseqError as error:
        lines = str(error).split("\n")
        raise EchoseqError("\n".join(_told(line, name, given) for line in lines)) from error


def _value(text: str, kind: type) -> Any:
    """The value that is meant, or the text, which is then refused as that of a configuration is."""
    try:
        return kind(text)
    except ValueError:
        return text


def _alone(study: Study, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration of one experiment: its training, without what compares and cites it."""
    kept = TRAINING_KEYS | {"task"}
    experiment = study.experiments[name].model_dump(mode="json", include=kept, exclude_none=True)
    tasks = {
        key: task.model_dump(mode="json", exclude_unset=True) for key, task in study.tasks.items()
    }
    return {
        "version": study.version,
        "seeds": 1,
        "tasks": tasks,
        "experiments": {name: {**experiment, **given}},
        "statistics": study.statistics.model_dump(mode="json"),
    }


def _told(line: str, name: str, given: Mapping[str, Any]) -> str:
    """A mistake with the option in place of the key, or the options that the key does not suit."""
    found = re.match(rf"experiments\.{re.escape(name)}\.(\w+)(?=[:. ])", line)
    if found and found[1] in given:
        return f"{option_of(found[1])}{line.removeprefix(found[0])}"
    return f"{line} (with {', '.join(f'{option_of(key)} {given[key]}' for key in given)})"
