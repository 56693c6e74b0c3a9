"""The plan of a run: what travels from the configuration to training, and to the run's record.

It does not import the schema, or every edit of the schema would train everything again.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.files import canonical_json


@dataclass(frozen=True, slots=True)
class Plan:
    """All that determines the training of an experiment but the seed.

    The fields mean what the keys of the same names mean in a configuration: those of the task
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
        """The plan as run.json holds it."""
        return asdict(self)

    @property
    def text(self) -> str:
        """The plan as one canonical text."""
        return canonical_json(self.facts())

    @classmethod
    def from_facts(cls, facts: Mapping[str, Any]) -> "Plan":
        """The plan that `facts` described.

        Raises:
            EchoseqError: if a key is missing or unknown.
        """
        expected = {field.name for field in fields(cls)}
        for key in sorted(expected ^ facts.keys()):
            problem = "expected a value, got none" if key in expected else "unknown key"
            raise EchoseqError(f"plan.{key}: {problem}")
        return cls(**facts)


def difference(a: Plan, b: Plan) -> tuple[str, Any, Any] | None:
    """The first key in which two plans differ, and its value in both; None if there is none."""
    ours, theirs = a.facts(), b.facts()
    for key in sorted(ours):
        if ours[key] != theirs[key]:
            return key, ours[key], theirs[key]
    return None
