"""Pairs: experiments beside their bases, all of them at once."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from echoseq.evaluation.predictions import Predictions, read_predictions

Named = tuple[str, Predictions]


def read(
    inputs: Mapping[str, Sequence[Path]],
) -> Iterator[tuple[str, tuple[Iterator[tuple[Named, Named]]]]]:
    """Read `predictions` beside `bases`, pair by pair when they are asked for."""
    paths = list(zip(inputs["predictions"], inputs["bases"], strict=True))
    yield f"{len(paths)} pairs", (((_named(ours), _named(base)) for ours, base in paths),)


def _named(path: Path) -> Named:
    return path.parent.name, read_predictions(path)
