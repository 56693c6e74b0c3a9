"""What can be taken away from a trained network while it answers, as the files declare it.

Each family of ablations is a module in evaluation/ablated/. Its constants are read without
importing it, because that would load TensorFlow, and because the study may not import what
evaluates.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from echoseq.declarations import declared
from echoseq.package import module_path
from echoseq.study.architectures import ARCHITECTURES

FOLDER = "evaluation/ablated"
EXCHANGED = "carried_other"  # by which a sequence gets the state of another one
INTACT = "intact"  # the network as it is, the control of every ablation


@dataclass(frozen=True, slots=True)
class Family:
    """What is known of a family of ablations before a network is loaded.

    ablations: that can be asked for, by names that no other family has.
    rows: what tables have of them, each with its meaning.
    absent: what a network lacks in which none of them can be made.
    carries: whether they are about the state that is carried from batch to batch.
    probes: whether probes are fitted for them, on sequences of their own.
    """

    ablations: tuple[str, ...]
    rows: dict[str, str]
    absent: str
    carries: bool
    probes: bool


FAMILIES = declared(FOLDER, Family)
FAMILY_OF = {name: family for family, it in FAMILIES.items() for name in it.ablations}
ABLATIONS = [*FAMILY_OF]

_RECURRENT = {name for name, known in ARCHITECTURES.items() if known.has_memory}
_LSTMS = _RECURRENT - {"encoder_decoder_gru", "encoder_decoder_simple_rnn"}
_HANDED = {"encoder_decoder_state", "encoder_decoder_teacher_forcing"}
# The built-in models of which it is known that an ablation can be made, and matters. All others
# are built and tried, which takes seconds.
KNOWN = {
    "attention": {"encoder_decoder_attention"},
    "carried_zero": _RECURRENT,
    "carried_other": _RECURRENT,
    "carried_only_h": _LSTMS,
    "carried_only_c": _LSTMS,
    "handed_zero": _HANDED,
    "handed_only_h": _HANDED,
    "handed_only_c": _HANDED,
    "cells": _RECURRENT,
    "read_out": {name for name in _RECURRENT if name.startswith("encoder_decoder")},
}


def families_of(ablations: Iterable[str]) -> list[str]:
    """The families that ablations belong to, in the order of their first ones."""
    return list(dict.fromkeys(FAMILY_OF[name] for name in ablations))


def needs_probes(ablations: Iterable[str]) -> bool:
    """Whether probes are fitted for any of them."""
    return any(FAMILIES[name].probes for name in families_of(ablations))


def meanings_of_ablations() -> dict[str, str]:
    """What stands in the meanings of columns for all ablations."""
    rows = [f"`{row}`, {meaning}" for it in FAMILIES.values() for row, meaning in it.rows.items()]
    return {"ablations": "; ".join([f"`{INTACT}`, the network as it is", *rows])}


def module_of(family: str) -> str:
    """The dotted name of the module of a family."""
    return f"echoseq.{FOLDER.replace('/', '.')}.{family}"


def family_files(ablations: Iterable[str]) -> list[Path]:
    """The files of the families that ablations belong to, which are loaded by name."""
    return [module_path(module_of(name)) for name in families_of(ablations)]
