"""Claims: reasons that are put to the test, each with what tests it and what it expects."""

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from echoseq.checked import Finite
from echoseq.study.parts import Label, Part, Seeds, Statistics, wrong

LEAST_SEEDS = 6  # with fewer, nothing is decided
LEARNED = "learned"
TIMES = ("epochs", "updates", "windows")
INCOMPLETE_ACCURACY = "accuracy_incomplete"
SHARES = ("accuracy", "exact_match", INCOMPLETE_ACCURACY, LEARNED)
BITS = "bits"
Measure = Literal[
    "epochs",
    "updates",
    "windows",
    "learned",
    "accuracy",
    "exact_match",
    "accuracy_incomplete",
    "bits",
]


class ContrastOfClaim(Part):
    """Two experiments that are compared, seed by seed."""

    experiment: str = Field(description="An experiment.")
    compare_to: str | None = Field(
        None, description="The one it is compared with. Default: its own `compare_to`."
    )
    measure: Measure = Field(
        description="What is compared: the ratio of `epochs`, `updates` or `windows` until "
        "learned; or the difference in the share of seeds that have `learned`, in `accuracy` per "
        "value, `exact_match` or `accuracy_incomplete` (in windows with missing values), or in "
        "`bits` recalled."
    )
    differ: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="The keys in which the two differ, if these are several: all of them.",
    )
    seeds: Seeds | None = Field(
        None, description="Seeds of both experiments, if they belong to a question."
    )


class FactOfClaim(Part):
    """A number of the tables, with its interval."""

    table: str = Field(description="A table (config/README.md lists them).")
    column: str = Field(description="A column of it with a measured number.")
    experiment: str = Field(description="The experiment that the row is about.")
    where: dict[str, str | Finite | bool] = Field(
        {}, description="Values of other columns, so that one row is left."
    )


class Expected(Part):
    """Where a claim expects what is measured."""

    at_least: Finite | None = Field(None, description="The least value.")
    at_most: Finite | None = Field(None, description="The most.")
    to_be: Literal["more", "less", "same"] | None = Field(
        None,
        description="Instead of these, of times and accuracies: more or less than hardly any "
        "change, or just that (statistics.time_margin, statistics.margin).",
    )

    @model_validator(mode="after")
    def _check(self) -> "Expected":
        numbers = [end for end in (self.at_least, self.at_most) if end is not None]
        if not numbers and self.to_be is None:
            raise wrong("", "expected at_least, at_most or both, or more, less or same, got none")
        if numbers and self.to_be is not None:
            raise wrong("to_be", "expected none beside at_least or at_most")
        if len(numbers) == 2 and numbers[0] >= numbers[1]:
            raise wrong(
                "at_least", f"expected less than at_most ({numbers[1]:g}), got {numbers[0]:g}"
            )
        return self

    def interval(self, centre: float, margin: float) -> tuple[float, float]:
        """Its lower and upper end, either of which may be infinite.

        Args:
            centre: what is measured if there is no change, 0 or 1.
            margin: what counts as hardly any change: a difference, or, around 1, a ratio.
        """
        ends = (centre / margin, centre * margin) if centre else (-margin, margin)
        if self.to_be is not None:
            return {"same": ends, "more": (ends[1], math.inf), "less": (-math.inf, ends[0])}[
                self.to_be
            ]
        low, high = self.at_least, self.at_most
        return -math.inf if low is None else low, math.inf if high is None else high


def _written_out(given: Any) -> Any:
    return {"to_be": given} if isinstance(given, str) else given


EXPECT_SCHEMA = {
    "anyOf": [
        {"enum": ["more", "less", "same"]},
        {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "at_least": {"type": "number"},
                "at_most": {"type": "number"},
            },
        },
    ]
}


class Claim(Part):
    """A reason, in a sentence, with what tests it."""

    claim: Label = Field(description="The reason, in a sentence.")
    contrast: ContrastOfClaim | None = Field(None, description="Two experiments that test it.")
    fact: FactOfClaim | None = Field(None, description="Or a number of the tables that does.")
    expect: Annotated[Expected, BeforeValidator(_written_out), WithJsonSchema(EXPECT_SCHEMA)] = (
        Field(
            description="Where the claim expects the ratio, the difference or the number: "
            "`at_least`, `at_most` or both; or `more`, `less` or `same`."
        )
    )

    @model_validator(mode="after")
    def _check(self) -> "Claim":
        if (self.contrast is None) == (self.fact is None):
            got = "none" if self.contrast is None else "both"
            raise wrong("", f"expected a contrast or a fact to test it, got {got}")
        return self

    @property
    def experiments(self) -> list[str]:
        """The experiments that it names, the base last."""
        if self.fact is not None:
            return [self.fact.experiment]
        assert self.contrast is not None
        return [name for name in (self.contrast.experiment, self.contrast.compare_to) if name]

    @property
    def is_ratio(self) -> bool:
        """Whether a ratio is measured."""
        return self.contrast is not None and self.contrast.measure in TIMES

    def expected(self, statistics: Statistics | Mapping[str, float]) -> tuple[float, float]:
        """The interval in which it expects what is measured."""
        given = statistics.model_dump() if isinstance(statistics, Statistics) else statistics
        if self.is_ratio:
            return self.expect.interval(1.0, given["time_margin"])
        return self.expect.interval(0.0, given["margin"])
