"""What the files of a run hold: the models by which they are read."""

from typing import Annotated, Any

from pydantic import Field

from echoseq.checked import Count, Digest, Finite, Label, Line, Model, Seed, Share, Size
from echoseq.study.plan import Plan

Seconds = Annotated[Finite, Field(ge=0)]


class RunRecord(Model):
    """run.json. Keys with a default are missing in records of the first training program."""

    experiment: Label
    seed: Seed
    plan: Plan
    parameters: Size
    epochs: Count
    final_loss: Finite
    final_accuracy: Share
    digest: Digest
    history_digest: Digest
    versions: dict[Line, Line]
    program: Count = 1
    updates: Size = 0
    learned: bool | None = None
    data_digest: Digest = ""
    initial_digest: Digest = ""
    numerics: dict[Line, Any] = Field({})


class Timing(Model):
    """timing.json."""

    build_seconds: Seconds
    training_seconds: Seconds
    resumed_after_epoch: Annotated[int, Field(ge=0, le=1_000_000)]
