"""Questions: what is asked, what the source expects, what is tested, and why it should be so."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from echoseq.study.claims import Claim
from echoseq.study.parts import Part, Seeds, Text, filled, wrong


class Expectation(Part):
    """What the source expects of a question's experiments, beside those they are compared with."""

    skill: Literal["same", "less"] | None = Field(
        None, description="Accuracy per value: the same, or less."
    )
    cells: Literal["same", "more"] | None = Field(
        None, description="Cells needed: the same, or more."
    )
    epochs: Literal["same", "more"] | None = Field(
        None, description="Epochs needed: the same, or more."
    )

    @model_validator(mode="after")
    def _check(self) -> "Expectation":
        if not any((self.skill, self.cells, self.epochs)):
            raise wrong("skill", "expected a value here, or for cells or epochs, got none")
        return self


class Contrast(Part):
    """The comparison of a question that is tested; it was planned before there were results."""

    experiment: str = Field(description="An experiment; it is compared with its `compare_to`.")
    measure: Literal["accuracy", "epochs", "updates"] = Field(
        description="Accuracy per value on held-out sequences, or the epochs or updates until "
        "learned."
    )
    seeds: Seeds | None = Field(
        None, description="Seeds of both experiments, if they belong to a question."
    )


class Question(Part):
    """What experiments should answer."""

    text: Annotated[Text, AfterValidator(filled)] = Field(description="The question.")
    target: Literal["extensions", "published"] = Field(
        "extensions",
        description="What answers it, and makes the experiments on it: `snakemake extensions`, or "
        "`snakemake published`, beside what others published.",
    )
    expectation: Expectation | None = Field(None, description="What the source expects.")
    set_up: Literal["source", "ours"] = Field(
        "source",
        description="Whose set-up the comparison is in. By one that is ours, an expectation of the "
        "source is not judged.",
    )
    contrast: Contrast | None = Field(None, description="The comparison that is tested.")
    probes: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="Experiments that are probed: which values of a window can be read from the "
        "states after each step. They may belong to the study or to other questions.",
    )
    because: Annotated[list[Claim], Field(min_length=1)] | None = Field(
        None, description="Reasons for the answer, each with what tests it and what it expects."
    )
    explanation: Text | None = Field(
        None,
        description="What is thought of the answer and cannot be tested here, in a few sentences; "
        "documents call it a remark.",
    )
