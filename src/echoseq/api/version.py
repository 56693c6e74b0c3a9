"""A version of the results: its tables, runs and answers."""

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.api import predictions, typing
from echoseq.api.runs import Run, existing, trained_seeds
from echoseq.checked import check, shorten
from echoseq.documents.report import caption_settings
from echoseq.errors import DamagedError, EchoseqError
from echoseq.evaluation.predictions import Predictions, read_predictions
from echoseq.files import file_digest
from echoseq.layout import CONFIG, CRATE, MANIFEST, PREDICTIONS
from echoseq.names import one_of, unknown
from echoseq.packing import stored
from echoseq.places import RECORD, run_folder
from echoseq.provenance.manifest import listed, read_manifest
from echoseq.provenance.schema import LARGE, Configuration
from echoseq.stored import require_file
from echoseq.study.parts import Statistics
from echoseq.study.reading import load, read_yaml
from echoseq.tables.catalogue import PER_PART, PUBLISHED, TABLES, table_file
from echoseq.tables.columns import read_table
from echoseq.tables.store import digest_path, require_intact
from echoseq.watching.making import made_by
from echoseq.wording import plural


class Version:
    """A version of the results, from the files in its folder, which are only read.

    folder: results/<version>, or a published version.
    """

    def __init__(self, folder: Path) -> None:
        """Open a version.

        Raises:
            EchoseqError: if the folder holds none.
        """
        if not (folder / CONFIG).is_file():
            raise EchoseqError(f"{folder}: expected a folder of results, found no {CONFIG} in it")
        self.folder = folder

    def __repr__(self) -> str:
        return f"<echoseq {self.folder}: {plural(len(self.experiments), 'experiment')}>"

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """The configuration as used, with every default; the keys are those of config/README.md.

        Raises:
            EchoseqError: if it is damaged.
        """
        path = self.folder / CONFIG
        require_file(path, "a configuration", LARGE)
        content = read_yaml(path)
        check(Configuration, content, path)
        return content

    @property
    def experiments(self) -> list[str]:
        """The names of the experiments."""
        return sorted(self.configuration["experiments"])

    def seeds(self, experiment: str) -> list[int]:
        """The seeds with which an experiment was trained.

        Raises:
            EchoseqError: if there is no such experiment.
        """
        self._require(experiment)
        return trained_seeds(self.folder, experiment)

    @cached_property
    def trained(self) -> pd.DataFrame:
        """What was trained: experiment, seed and trained, a row for each run that is configured."""
        done = {name: trained_seeds(self.folder, name) for name in self.experiments}
        runs = {(name, seed) for name, seeds in done.items() for seed in seeds}
        every = sorted(runs | {*self._configured})
        return pd.DataFrame(
            [(name, seed, (name, seed) in runs) for name, seed in every],
            columns=["experiment", "seed", "trained"],
        )

    @cached_property
    def _configured(self) -> list[tuple[str, int]]:
        """The runs of the configuration; none if this echoseq cannot read one of its age."""
        try:
            study = load(self.configuration)
        except EchoseqError:
            return []
        return [(name, seed) for name in study.experiments for seed in study.seeds_of(name)]

    @property
    def tables(self) -> list[str]:
        """The names of the tables that the version has."""
        return [name for name in TABLES if self._table_path(name) is not None]

    def table(self, name: str) -> pd.DataFrame:
        """A table; `columns` has the meaning of each column.

        If the extensions have been made, it has the rows of all experiments, otherwise those of
        the study.

        Raises:
            EchoseqError: if the version does not have it, or it is damaged.
        """
        path = self._table_path(name) if name in TABLES else None
        if path is None:
            raise EchoseqError(f"{self.folder}: {self._no_table(name)}")
        self._require_intact(path)
        table = read_table(path)
        try:
            return typing.typed(table, name)
        except (TypeError, ValueError) as error:  # a whole number is a fraction, for example
            raise DamagedError(
                f"{path}: expected other values ({shorten(str(error), 100)})"
            ) from error

    def row(self, name: str) -> str:
        """What a row of a table represents.

        Raises:
            EchoseqError: if there is no such table.
        """
        if name not in TABLES:
            raise EchoseqError(f"{self.folder}: {self._no_table(name)}")
        return TABLES[name].row

    def columns(self, name: str) -> dict[str, str]:
        """The meaning of each column of a table, in its order.

        Raises:
            EchoseqError: as for `table`.
        """
        statistics = Statistics().model_dump() | self.configuration["statistics"]
        settings = caption_settings(self.configuration | {"statistics": statistics})
        declared = TABLES[name].columns if name in TABLES else {}
        meanings = {key: text.format_map(settings) for key, text in declared.items()}
        if name in typing.SCOPED:
            meanings |= {"position": typing.NUMBERED, typing.SCOPE: typing.MEANING}
        return {column: meanings.get(column, "") for column in self.table(name).columns.map(str)}

    def run(self, experiment: str, seed: int) -> Run:
        """A run: its record, its history and its model.

        Raises:
            EchoseqError: if the version has no such experiment or seed; for one that has not been
                trained, with the command that trains it.
        """
        seeds = self.seeds(experiment)
        if seed not in seeds:
            self._require_trained(experiment, seed)
            trained = one_of(map(str, seeds), seed) if seeds else "one that was trained"
            raise EchoseqError(f"seed: expected {trained}, got {seed}")
        return Run(self.folder, experiment, seed)

    def predictions(self, experiment: str) -> pd.DataFrame:
        """The answers of every seed: a row for each seed, held-out sequence, window and position.

        The columns are those of `echoseq.api.predictions.COLUMNS`.

        Raises:
            EchoseqError: if they are missing or damaged.
        """
        return predictions.answer_table(experiment, self.arrays(experiment))

    def arrays(self, experiment: str) -> Predictions:
        """The answers of every seed as arrays, with their losses: the content of predictions.npz.

        Raises:
            EchoseqError: if they are missing or damaged.
        """
        self._require(experiment)
        path = self.folder / PREDICTIONS.format(experiment=experiment)
        return read_predictions(existing(path, self.folder))

    def _require(self, experiment: str) -> None:
        if experiment not in self.configuration["experiments"]:
            raise EchoseqError(f"experiment: {unknown(experiment, self.experiments)}")

    def _require_trained(self, experiment: str, seed: int) -> None:
        """Refuse a run that is configured, but has not been trained."""
        published = (self.folder / CRATE).is_file()
        if not published and (experiment, seed) in self._configured:
            folder = run_folder(experiment, seed)
            command = made_by(self.folder, f"{folder}/{RECORD}")
            raise EchoseqError(f"{self.folder / folder}: not trained yet; {command} trains it")

    def _table_path(self, name: str) -> Path | None:
        """The file of a table, that of all experiments if there is one."""
        names = [table_file(name, extensions=added) for added in (True, False)]
        paths = [stored(self.folder / path) for path in names]
        return next((path for path in paths if path.is_file()), None)

    def _no_table(self, name: str) -> str:
        """What is wrong with the name of a table that the version does not have."""
        text = f"expected the name of a table ({', '.join(self.tables)}), got '{name}'"
        if name not in TABLES or (self.folder / CRATE).is_file():
            return text
        source = TABLES[name].source
        if source in (*PER_PART, "study"):
            target = table_file(name, extensions=False)
        else:
            target = PUBLISHED if source == PUBLISHED else "extensions"
        return f"{text}, which {made_by(self.folder, target)} makes"

    def _require_intact(self, path: Path) -> None:
        """Refuse a damaged table, by the digest beside it or, without one, the manifest."""
        if digest_path(path).is_file():
            require_intact(path)
        elif (self.folder / MANIFEST).is_file():
            entry = listed(read_manifest(self.folder)).get(path.relative_to(self.folder).as_posix())
            if entry is not None and entry["sha256"] != file_digest(path):
                raise DamagedError(f"{path}: damaged, it does not match {MANIFEST}")
