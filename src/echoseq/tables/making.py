"""Making tables: each module's `make`, called with its declared source and settings."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.tables.catalogue import CLAIMED, OTHERS, TABLES, in_order, module_of
from echoseq.tables.columns import AS_WRITTEN, read_as_written
from echoseq.tables.store import require_intact, rounded, write_table

logger = logging.getLogger(__name__)


def make_tables(
    source: str,
    names: Iterable[str],
    inputs: Mapping[str, Sequence[Path]],
    settings: Mapping[str, Any],
    plans: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, pd.DataFrame]:
    """Make tables from one source, read once for all of them.

    Args:
        source: a module of `tables.sources`.
        names: the tables to make.
        inputs: the paths of the source, by the names of the rule's inputs.
        settings: at least those that the tables declare.
        plans: with which the runs of a source of runs must have been trained, by experiment.

    Returns:
        The tables by name, without those that would have no rows.
    """
    read = import_module(f"echoseq.tables.sources.{source}").read
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in names}
    for label, arguments in read(inputs, plans) if plans else read(inputs):
        if source in (OTHERS, CLAIMED):
            (tables,) = arguments
            return make_from_tables(names, tables, settings)
        for name, frames in parts.items():
            frames.append(_maker(name, settings)(*arguments))
        logger.info("%s", label)
    return {name: pd.concat(frames) for name, frames in parts.items() if frames}


def make_from_tables(
    names: Iterable[str], tables: Mapping[str, pd.DataFrame], settings: Mapping[str, Any]
) -> dict[str, pd.DataFrame]:
    """Make tables from others, in the order in which they read each other.

    Args:
        tables: those that they read, except for those among `names`.
        settings: at least those that they declare.
    """
    made: dict[str, pd.DataFrame] = {}
    for name in in_order(names):
        made[name] = _maker(name, settings)({**tables, **made})
    return made


def write_tables(
    paths: Mapping[str, Path], tables: Mapping[str, pd.DataFrame], study: Iterable[Path] = ()
) -> None:
    """Write tables to their paths.

    Args:
        study: tables of the study with the same names, whose rows are copied unchanged.

    Raises:
        EchoseqError: if a table of the study is damaged.
    """
    study_tables = {path.stem: path for path in study}
    require_intact(*study_tables.values())
    for name, path in paths.items():
        if name in study_tables:
            write_table(path, _combined(tables.get(name), study_tables[name]))
        else:
            write_table(path, tables[name])


def _combined(extensions: pd.DataFrame | None, study: Path) -> pd.DataFrame:
    """All rows as text, sorted by experiment; rows of the same experiment keep their order."""
    rows = [read_as_written(study)]
    if extensions is not None:
        rows.append(pd.read_csv(StringIO(rounded(extensions).to_csv(index=False)), **AS_WRITTEN))
    return pd.concat(rows).sort_values("experiment", kind="stable")


def _maker(name: str, settings: Mapping[str, Any]) -> Callable[..., pd.DataFrame]:
    make = import_module(module_of(name)).make
    chosen = {key: settings[key] for key in TABLES[name].settings}
    return lambda *source: make(*source, **chosen)
