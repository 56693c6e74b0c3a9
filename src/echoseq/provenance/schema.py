"""What the files about a version hold: the models by which they are read."""

from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, RootModel
from pydantic_core import PydanticCustomError

from echoseq.checked import SEED, Count, Digest, Finite, Label, Line, Model, Size
from echoseq.stored import read_json

LARGE = 64 * 2**20  # bytes of files that describe all runs or files of a version


def _inside(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or path.startswith("/") or path != "/".join(parts):
        raise PydanticCustomError("path", "expected the path of a file inside the folder")
    return path


FilePath = Annotated[Line, AfterValidator(_inside)]


class Environment(Model):
    """environment.json: the software and the machine."""

    python: Line
    packages: dict[Line, Line]
    system: Line
    machine: Line
    cpu: Line
    instruction_sets: list[Line]
    threads: Size
    variables: dict[Line, Line]


class Code(Model):
    """The state of the code; None where it is unknown."""

    commit: Line | None
    clean: bool | None


class Entry(Model):
    """A file in a manifest."""

    size: Size = Field(alias="bytes")
    sha256: Digest
    promise: Literal["exact", "numeric", "volatile"] = Field(alias="class")


class Evaluation(Model):
    """How the models of a version are evaluated, as far as it is needed to read it."""

    sequences: Count


class Statistics(Model):
    """How a version summarizes results, as far as it is needed to read it."""

    confidence: Finite = 0
    success: Finite = 0
    learned_over: Count = 1
    learned_share: Finite = 0


class Configuration(Model):
    """The configuration of a version, as far as it is needed to read the results of any version.

    `study.schema` has the rules for one that is run; earlier versions had others.
    """

    version: Line
    tasks: dict[Label, dict[str, Any]]
    experiments: dict[Label, dict[str, Any]]
    questions: dict[Label, dict[str, Any]] = Field({})
    evaluation: Evaluation
    statistics: Statistics


class Manifest(Model):
    """manifest.json; only that of a published version has `published`."""

    version: Line
    digest: Digest
    files: dict[FilePath, Entry]
    published: dict[FilePath, Entry] = Field({})
    configuration: Configuration
    configuration_digest: Digest
    code: Code
    lock_digest: Digest
    environment: Environment
    bits_promised: bool
    seal: Digest


class PackedRuns(Model):
    """An experiment in published records: what those of all its runs share, the rest by seed."""

    shared: dict[str, Any] = Field(alias="all")
    seeds: dict[Annotated[str, Field(pattern=SEED)], dict[str, Any]]


class PackedRecords(RootModel[dict[Label, PackedRuns]]):
    """The published records, by experiment."""


def read_environment(path: Path) -> dict[str, Any]:
    """Read an environment.json.

    Raises:
        DamagedError: if it is missing or damaged.
    """
    return read_json(path, Environment, "the environment of a version")
