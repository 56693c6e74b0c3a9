"""Other tables by name, all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from echoseq.tables.columns import read_table
from echoseq.tables.store import require_intact


def read(
    inputs: Mapping[str, Sequence[Path]],
) -> Iterator[tuple[str, tuple[dict[str, pd.DataFrame]]]]:
    """Read the tables named in the inputs."""
    paths = {name: path for name, (path,) in inputs.items()}
    require_intact(*paths.values())
    yield f"{len(paths)} tables", ({name: read_table(path) for name, path in paths.items()},)
