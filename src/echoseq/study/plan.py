"""The plan of a run, passed from the configuration to training and to the run's record.

This module must not import the schema, or every edit of the schema would retrain everything.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.files import canonical_json


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that determines the training of an experiment except the seed.

    The fields have the meaning of the configuration keys of the same names: the keys of the task
    first, then those of the experiment.
    """

    length: int
    alphabet: int
    n_in: int
    n_out: int
    encoding: str
    framing: str
    model: str
    cells: int
    epochs: int
    batch_size: int
    stateful: bool
    masking: bool

    @property
    def keep_missing(self) -> bool:
        """Whether windows that miss values are kept."""
        return self.framing == "mask"

    def facts(self) -> dict[str, Any]:
        """The plan as stored in run.json."""
        return asdict(self)

    @property
    def text(self) -> str:
        """The plan as canonical JSON."""
        return canonical_json(self.facts())

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Plan":
        """The plan that `facts` returned as a mapping.

        Raises:
            EchoseqError: if a key is missing or unknown.
        """
        expected = {field.name for field in fields(cls)}
        for key in sorted(expected ^ facts.keys()):
            problem = "expected a value, got none" if key in expected else "unknown key"
            raise EchoseqError(f"plan.{key}: {problem}")
        return cls(**facts)


def difference(a: Plan, b: Plan) -> tuple[str, Any, Any] | None:
    """The first key in which two plans differ, and both values; None if they are equal."""
    ours, theirs = a.facts(), b.facts()
    for key in sorted(ours):
        if ours[key] != theirs[key]:
            return key, ours[key], theirs[key]
    return None
