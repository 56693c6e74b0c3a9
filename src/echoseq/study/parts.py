"""The parts of a configuration: what each may hold, by itself."""

import unicodedata
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)
from pydantic_core import PydanticCustomError

from echoseq.checked import Count, Finite, Fraction, Seed
from echoseq.study.optimizers import ADAM, AnyOptimizer, LearningRate
from echoseq.study.options import AnyLayer, Attention, Feed, Output, Read, Start

Seeds = Count | Annotated[list[Seed], Field(min_length=1)]
# Some file systems ignore trailing dots.
Version = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$", max_length=60)
]
Module = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)]
NAME = r"^[A-Za-z][A-Za-z0-9_-]*$"
Name = Annotated[str, Field(pattern=NAME, max_length=60)]


def writable(text: str) -> str:
    """A text, if every file and every screen can have it.

    Raises:
        PydanticCustomError: for control characters and halves of surrogate pairs.
    """
    for character in text:
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs"):
            found = f"U+{ord(character):04X}"
            raise PydanticCustomError("control", "control character", {"found": found})
    return text


def filled(text: str) -> str:
    """A text, if it says anything.

    Raises:
        PydanticCustomError: if it does not.
    """
    if not text.strip():
        raise PydanticCustomError("blank", "blank text")
    return text


def single(text: str) -> str:
    """A text, if it is one line.

    Raises:
        PydanticCustomError: if it has a line break.
    """
    if len(text.splitlines()) > 1:
        raise PydanticCustomError("lines", "several lines")
    return text


Text = Annotated[str, Field(max_length=10_000), AfterValidator(writable)]
Label = Annotated[Text, Field(max_length=500), AfterValidator(filled), AfterValidator(single)]


def wrong(key: str, message: str) -> PydanticCustomError:
    """An error about a key of the object being checked; `load` adds the path."""
    return PydanticCustomError("study", "{reason}", {"key": key, "reason": message})


class Part(BaseModel):
    """A part of the configuration: no unknown keys, no silent conversions, immutable."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


class Reference(Part):
    """Final values printed in the source, shown for comparison only."""

    loss: list[Annotated[float, Field(gt=0, allow_inf_nan=False)]] = Field(
        description="Lowest and highest final loss, in nats."
    )
    accuracy: Annotated[float, Field(ge=0, le=1)] = Field(description="Final accuracy, 0 to 1.")

    @model_validator(mode="after")
    def _check(self) -> "Reference":
        if len(self.loss) != 2 or self.loss[0] > self.loss[1]:
            raise wrong("loss", f"expected the lowest and the highest, got {self.loss}")
        return self


PublishedMeasure = Literal["accuracy", "exact_match", "loss", "training_accuracy", "training_loss"]


class Anticipated(Part):
    """Where authors expect what they did not run."""

    at_least: Finite | None = Field(None, description="The least value.")
    at_most: Finite | None = Field(None, description="The most.")


class Published(Part):
    """What others printed of an experiment; `published_rules` says what fits together in it."""

    source: str = Field(description="The name of one of the `sources`.")
    measure: PublishedMeasure = Field(
        description="What they print: on held-out sequences, `accuracy` per value, `exact_match` "
        "or `loss`; or the mean over training of `training_accuracy` or `training_loss`."
    )
    last: Count | None = Field(
        None, description="Of training: over how many of its last epochs. Default: all of them."
    )
    runs: Annotated[list[Finite], Field(min_length=1)] | None = Field(
        None, description="The values that they print, run by run; shares are 0 to 1."
    )
    between: list[Finite] | None = Field(
        None, description="Instead of these, the lowest and the highest of `of` runs."
    )
    of: Count | None = Field(None, description="How many runs `between` is of.")
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = Field(
        None, description="The steps in which they print values: 0.01 for whole per cents."
    )
    expected: Anticipated | None = Field(
        None, description="Instead of values, what they expect and did not run."
    )
    not_met: Label | None = Field(
        None, description="What could not be met of their set-up: nothing is comparable then."
    )


class Experiment(Part):
    """A model trained on a task, once for each seed."""

    task: str = Field(description="The name of one of the tasks.")
    model: str = Field(
        description="An architecture (config/README.md lists them), or a model of your own, "
        "`module:function`."
    )
    cells: Count = Field(description="Cells of every LSTM layer, or units of a Dense one.")
    epochs: Count = Field(description="Training epochs; each draws one new sequence.")
    batch_size: Count = Field(
        description="Windows in a batch, hence in a weight update; must divide the windows of a "
        "sequence. The LSTM state is carried from batch to batch inside a sequence."
    )
    stateful: bool = Field(
        True, description="Carry the LSTM state from batch to batch inside a sequence."
    )
    masking: bool = Field(
        False, description="Put a Masking layer before the network; for tasks framed with `mask`."
    )
    optimizer: AnyOptimizer = Field(
        ADAM,
        description="An optimizer of Keras's by name, or `{name: ...}` with options of it.",
        json_schema_extra={"default": ADAM.facts()},
    )
    learning_rate: LearningRate = Field(
        0.001,
        description="Learning rate of the optimizer, or a schedule of Keras's, `{schedule: ...}` "
        "with its options; its steps are weight updates.",
    )
    read: Read | None = Field(
        None,
        description="What the first layer reads at each step: the `value`, or the value and its "
        "`place` in the window. Default: value.",
    )
    layer: AnyLayer | None = Field(
        None,
        description="Of a model with one recurrent layer: its cell, `lstm`, `gru` or `simple_rnn`, "
        "or `{cell: ..., recurrent_initializer: ..., recurrent_gain: ..., forget_bias: ..., "
        "reset_after: ...}`. Default: lstm.",
    )
    encoder: AnyLayer | None = Field(
        None, description="The layer of an encoder-decoder that reads, as `layer`. Default: lstm."
    )
    decoder: AnyLayer | None = Field(
        None, description="The one that writes, as `layer`. Default: lstm."
    )
    attention: Attention | None = Field(
        None,
        description="How the encoder's outputs are averaged for the decoder, if at all. "
        "Default: none.",
    )
    feed: Feed | None = Field(
        None, description="What the decoder reads before each value. Default: encoding."
    )
    output: Output | None = Field(
        None,
        description="What the output layer reads. Default: state, and with attention also context.",
    )
    start: Start | None = Field(
        None, description="The state from which the decoder starts. Default: zero."
    )
    until: Literal["epochs", "learned"] = Field(
        "epochs",
        description="When training stops: after its `epochs`, or as soon as it has `learned` "
        "(statistics.success and learned_over), with `epochs` as the cap.",
    )
    question: str | None = Field(
        None, description="The question it helps to answer; this makes it part of `extensions`."
    )
    compare_to: str | None = Field(
        None, description="The experiment it is compared with, seed by seed."
    )
    seeds: Seeds | None = Field(None, description="Seeds of its own, instead of the study's.")
    sweep: str | None = Field(None, description="The sweep that it comes from; set by sweeps.")
    group: Label | None = Field(
        None,
        description="What sets it apart from other experiments on the question, besides its cells; "
        "set by sweeps. Tables and figures show a group's sizes together.",
    )
    reference: Reference | None = Field(
        None, description="Final values printed in the source; marked in figures."
    )
    published: Annotated[list[Published], Field(min_length=1)] | None = Field(
        None, description="What others print of it; `snakemake published` compares it with ours."
    )
    ablate: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="What is taken away from the trained networks, one after the other, while they "
        "answer (config/README.md lists it). Nothing is trained for it.",
    )


class Evaluation(Part):
    """How trained models are evaluated."""

    sequences: Count = Field(
        100, description="Held-out sequences, the same for all seeds and experiments."
    )


class Probing(Part):
    """How trained models are probed."""

    sequences: Annotated[int, Field(ge=25, le=1_000_000)] = Field(
        500,
        description="Sequences for probes, the same for all seeds and experiments: four fifths to "
        "fit them, the rest to see what they read.",
    )
    seeds: Count = Field(
        5,
        description="Seeds of an experiment that are probed, the first; all if it has fewer.",
    )
    states: Annotated[list[str], Field(min_length=1)] = Field(
        ["encoder"],
        description="Whose states are probed, in this order, as far as a model has them "
        "(config/README.md lists them).",
    )


class Page(Part):
    """What the page shows beside tables: networks that compute in the browser."""

    networks: Annotated[list[str], Field(min_length=1)] | None = Field(
        None,
        description="Experiments with built-in models, whose first seed can be tried. Those that "
        "are left out of the study are left out here. Default: the experiments of the study.",
    )


class Statistics(Part):
    """How results over seeds are summarized."""

    confidence: Fraction = Field(0.95, description="Coverage of the intervals.")
    resamples: Annotated[int, Field(ge=100, le=1_000_000)] = Field(
        10_000, description="Bootstrap resamples of seeds and sequences."
    )
    success: Fraction = Field(0.99, description="A seed succeeds with this accuracy or more.")
    learned_over: Count = Field(
        200,
        description="A run has learned when its training accuracy, averaged over this many "
        "epochs, succeeds; this is checked every 100 epochs.",
    )
    learned_share: Fraction = Field(
        0.8,
        description="A network is large enough if this share of its seeds learn, with every larger "
        "size tried as well.",
    )
    budgets: list[Count] = Field(
        [10_000, 30_000],
        max_length=10,
        description="Numbers of epochs within which it is told what size a network needs, besides "
        "the cap.",
    )
    margin: Fraction = Field(
        0.01, description="Differences of accuracy up to this count as hardly any change."
    )
    time_margin: Annotated[float, Field(gt=1, le=100)] = Field(
        1.25, description="Training times count as hardly changed if their ratio is at most this."
    )


class Execution(Part):
    """How training is run; none of it changes a result."""

    checkpoint_seconds: Annotated[int, Field(ge=0, le=1_000_000)] = Field(
        10,
        description="Seconds of training between two checkpoints; a run that was killed resumes "
        "from the last one.",
    )
    seeds_per_job: Annotated[int, Field(ge=1, le=1_000)] = Field(
        5,
        description="Seeds of an experiment that one job trains in turn, in one process, with the "
        "same bits: 0 to 4, 5 to 9 and so on. 1 makes use of many cores.",
    )


class Verify(Part):
    """How a published version is verified; changes no result."""

    share: Literal["sample", "study", "one", "all"] = Field(
        "sample",
        description="The published runs to train again: `sample`, those of the study and one of "
        "each question; `study`, those of the study; `one` of each experiment; or `all`.",
    )
    tolerance: Fraction = Field(
        0.05,
        description="Where the same bits are not promised, accuracies that differ by at most this "
        "count as the same.",
    )
