"""Tables made by their modules from what they are declared to be made from."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.tables.catalogue import TABLES
from echoseq.tables.columns import AS_WRITTEN, read_as_written
from echoseq.tables.store import require_intact, write_table

logger = logging.getLogger(__name__)


def make_tables(
    source: str,
    names: Iterable[str],
    inputs: Mapping[str, Sequence[Path]],
    settings: Mapping[str, Any],
) -> dict[str, pd.DataFrame]:
    """Make tables from one source, which is read once for all of them.

    Args:
        source: a module of `tables.sources`.
        names: of the tables.
        inputs: the paths that the source is read from, by the names of a rule's inputs.
        settings: those that the tables declare, and maybe more.

    Returns:
        The tables by name; none of those that would have no rows.
    """
    makers = {name: _maker(name, settings) for name in names}
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in makers}
    for said, arguments in import_module(f"echoseq.tables.sources.{source}").read(inputs):
        for name, make in makers.items():
            parts[name].append(make(*arguments))
        logger.info("%s", said)
    return {name: pd.concat(frames) for name, frames in parts.items() if frames}


def write_tables(
    paths: Mapping[str, Path], made: Mapping[str, pd.DataFrame], before: Iterable[Path] = ()
) -> None:
    """Write tables to their paths.

    Args:
        before: tables of the same names with the rows of other experiments, which are taken over
            as they stand there.

    Raises:
        EchoseqError: if one of the earlier tables is damaged.
    """
    earlier = {path.stem: path for path in before}
    require_intact(*earlier.values())
    for name, path in paths.items():
        if name in earlier:
            write_table(path, _put_together(made.get(name), earlier[name]))
        else:
            write_table(path, made[name])


def _put_together(made: pd.DataFrame | None, before: Path) -> pd.DataFrame:
    """All rows as text, sorted by experiment; those of an experiment keep their order."""
    rows = [read_as_written(before)]
    if made is not None:
        rows.append(pd.read_csv(StringIO(made.to_csv(index=False)), **AS_WRITTEN))
    return pd.concat(rows).sort_values("experiment", kind="stable")


def _maker(name: str, settings: Mapping[str, Any]) -> Callable[..., pd.DataFrame]:
    make = import_module(f"echoseq.tables.{name}").make
    chosen = {key: settings[key] for key in TABLES[name].settings}
    return lambda *source: make(*source, **chosen)
