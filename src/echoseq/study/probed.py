"""What probes can read: sets of states, as their files declare them.

Each is a module in evaluation/probed/. Its constants are read without importing it, because that
would load TensorFlow, and because the study may not import what evaluates.
"""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from echoseq.declarations import declared
from echoseq.escaping import inert_json
from echoseq.package import module_path
from echoseq.study.architectures import ARCHITECTURES

FOLDER = "evaluation/probed"


@dataclass(frozen=True, slots=True)
class Probed:
    """What is known of a set of states before they are computed.

    of: whose states they are, as in a sentence.
    states: the meaning of each, by a name that no other set has.
    step: what its steps count.
    reading: whether a step reads one value of the window, so that no state can hold a later one;
        if not, the whole window has been read before the first step.
    """

    of: str
    states: dict[str, str]
    step: str
    reading: bool

    def known(self, step: int, n_in: int) -> int:
        """How many of the oldest values of a window a state can hold after a step."""
        return step if self.reading else n_in


# Those that read come first, as they do in a network.
PROBED = dict(sorted(declared(FOLDER, Probed).items(), key=lambda item: not item[1].reading))
SET_OF = {state: name for name, probed in PROBED.items() for state in probed.states}


# The built-in models that are known to have the states of a set; which others do is tried.
_ENCODING = {name for name in ARCHITECTURES if name.startswith("encoder_decoder")}
_FED = {"encoder_decoder_feedback", "encoder_decoder_teacher_forcing"}  # their decoder is a cell
KNOWN = {"encoder": _ENCODING, "decoder": _ENCODING - _FED}
REQUIRED = {"encoder"}  # sets that a model must have; others are left out where it has none


def have_states(model: str, sets: Collection[str]) -> bool:
    """Whether a model is known to have states of sets, as many as are needed to probe it."""
    known = [name for name in sets if model in KNOWN.get(name, ())]
    return bool(known) and REQUIRED.intersection(sets) <= {*known}


def sets_of(states: Iterable[str]) -> list[str]:
    """The sets that states belong to, in the order of their first ones."""
    return list(dict.fromkeys(SET_OF[state] for state in states))


def meanings_of_probed() -> dict[str, str]:
    """What stands in the meanings of columns for all states, and for what their steps count."""
    states = [f"`{s}`, {m}" for probed in PROBED.values() for s, m in probed.states.items()]
    steps = [f"those of {probed.of} count {probed.step}" for probed in PROBED.values()]
    return {"states": "; ".join(states), "steps": "; ".join(steps)}


def declared_text() -> str:
    """What is declared of all sets, as JSON for params: figures tell of it, and import none."""
    return inert_json({name: asdict(probed) for name, probed in PROBED.items()})


def module_of(name: str) -> str:
    """The dotted name of the module of a set."""
    return f"echoseq.{FOLDER.replace('/', '.')}.{name}"


def set_files(names: Iterable[str]) -> list[Path]:
    """The files of sets, which are loaded by name."""
    return [module_path(module_of(name)) for name in names]
