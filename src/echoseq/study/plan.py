"""The plan of a run, passed from the configuration to training and to the run's record.

This module must not import the schema, or every edit of the schema would retrain everything.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.files import canonical_json


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that determines the training of an experiment except the seed.

    The fields have the meaning of the configuration keys of the same names: the keys of the task
    first, then those of the experiment. The last two, of the statistics, are set if training stops
    when the run has learned.
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
    learning_rate: float = 0.001
    until: str = "epochs"
    success: float | None = None
    learned_over: int | None = None

    @property
    def updates(self) -> int:
        """Weight updates in an epoch, one for each batch."""
        windows = self.length if self.keep_missing else self.length - self.n_in + 1
        return windows // self.batch_size

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
        """The plan that `facts` returned as a mapping; keys with defaults may be missing.

        Raises:
            EchoseqError: if a key is missing or unknown.
        """
        expected = {field.name: field.default is MISSING for field in fields(cls)}
        for key in sorted(expected.keys() ^ facts.keys()):
            if key not in expected:
                raise EchoseqError(f"plan.{key}: unknown key")
            if expected[key]:
                raise EchoseqError(f"plan.{key}: expected a value, got none")
        return cls(**facts)


def difference(a: Plan, b: Plan) -> tuple[str, Any, Any] | None:
    """The first key in which two plans differ, and both values; None if they are equal."""
    ours, theirs = a.facts(), b.facts()
    for key in sorted(ours):
        if ours[key] != theirs[key]:
            return key, ours[key], theirs[key]
    return None
