"""The parts that the sequences for probes are split into."""

import numpy as np
import pytest
from framed import frame

from echoseq.study.splits import split


@pytest.mark.parametrize(("sequences", "sizes"), [(500, (320, 80, 100)), (25, (16, 4, 5))])
def test_every_sequence_is_in_one_part(sequences: int, sizes: tuple[int, ...]) -> None:
    places = np.arange(sequences)
    parts = [places[part] for part in split(sequences)]
    assert tuple(map(len, parts)) == sizes
    np.testing.assert_array_equal(np.concatenate(parts), places)


def test_no_window_overlaps_two_parts() -> None:
    """Each place in the data is named by a number of its own."""
    windows, _ = frame(np.arange(25 * 12).reshape(25, 12), 5, 2)
    parts = [set(windows[part].ravel().tolist()) for part in split(25)]
    assert all(parts)
    assert len(set.union(*parts)) == sum(map(len, parts))
