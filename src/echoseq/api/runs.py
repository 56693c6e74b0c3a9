"""A run, from its files: what it recorded, how it learned, and the trained network."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.errors import EchoseqError
from echoseq.layout import CRATE, RECORDS
from echoseq.packing import stored
from echoseq.places import HISTORY, MODEL, RECORD, run_folder
from echoseq.provenance.records import own_record, read_records, record_paths
from echoseq.training.records import read_history
from echoseq.watching.making import made_by


@dataclass(frozen=True)
class Run:
    """An experiment trained with one seed.

    version: the folder of the version.
    """

    version: Path
    experiment: str
    seed: int

    @property
    def folder(self) -> Path:
        """The folder of the run; published versions have none."""
        return self.version / run_folder(self.experiment, self.seed)

    @cached_property
    def record(self) -> dict[str, Any]:
        """The content of run.json: parameters, epochs, final loss, digests, plan, versions.

        Raises:
            EchoseqError: if it is missing or damaged, or is that of another run.
        """
        if stored(self.version / RECORDS).is_file():
            run = self.experiment, self.seed
            return read_records(self.version, [run])[run]
        return own_record(self._file(RECORD))

    @cached_property
    def history(self) -> pd.DataFrame:
        """How it learned: epoch (from 1), loss and accuracy in training, a row for each epoch.

        Raises:
            EchoseqError: if it is missing or damaged.
        """
        return read_history(self._file(HISTORY), self.record)

    def model(self) -> Any:
        """The trained Keras model. This loads TensorFlow, which takes seconds.

        The module of a model of one's own is imported from the working directory.

        Raises:
            EchoseqError: if it is missing, or not the model that the run recorded.
        """
        path = self._file(MODEL)
        try:
            from echoseq.evaluation.answering import require_digest
            from echoseq.evaluation.loading import load_model
        except ModuleNotFoundError as error:
            raise EchoseqError(f"{path}: expected {error.name} to be installed") from error
        model = load_model(path)
        require_digest(model, self.record["digest"], path)
        return model

    def _file(self, name: str) -> Path:
        return existing(self.folder / name, self.version)


def trained_seeds(version: Path, experiment: str) -> list[int]:
    """The seeds of an experiment that have a record, sorted."""
    if stored(version / RECORDS).is_file():
        return [seed for name, seed in read_records(version) if name == experiment]
    return [seed for name, seed in record_paths(version) if name == experiment]


def existing(path: Path, version: Path) -> Path:
    """The path of a file of a version.

    Raises:
        EchoseqError: if it is not there; the message has the command that makes it, or says that it
            was left out of a published version.
    """
    if path.is_file():
        return path
    if (version / CRATE).is_file():
        raise EchoseqError(f"{path}: found no such file: published versions do not have it")
    command = made_by(version, path.relative_to(version).as_posix())
    raise EchoseqError(f"{path}: found no such file; {command} makes it")
