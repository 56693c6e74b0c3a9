"""Configurations for the tests of what is asked: the project's own, changed, and a small one."""

import copy
from typing import Any

import yaml
from workspaces import PROJECT

CONFIG = PROJECT / "config" / "config.yaml"
REMOVED = object()


def changed(path: str, value: Any) -> dict[str, Any]:
    """The project's configuration with one key changed, added or removed."""
    config = copy.deepcopy(yaml.safe_load(CONFIG.read_text(encoding="utf-8")))
    *parents, key = path.split(".")
    part = config
    for parent in parents:
        part = part.setdefault(parent, {})
    if value is REMOVED:
        del part[key]
    else:
        part[key] = value
    return config


def study_of_two() -> dict[str, Any]:
    """Two experiments on two tasks, b compared with a."""
    facts = {"model": "encoder_decoder", "cells": 3, "epochs": 10, "batch_size": 1}
    return {
        "version": "v",
        "seeds": 2,
        "tasks": {"one": {"n_out": 2}, "other": {"n_out": 2}},
        "experiments": {
            "a": {"task": "one", **facts},
            "b": {"task": "other", **facts, "compare_to": "a"},
        },
    }
