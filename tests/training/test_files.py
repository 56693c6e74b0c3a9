"""The digest of a history."""

import numpy as np
import pandas as pd
import pytest

from echoseq.files import array_digest
from echoseq.training.files import history_digest


def history(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"epoch": [1, 2], "loss": [2.5, 0.1], "accuracy": [0.0, 1.0]} | columns)


def test_the_digest_of_a_history_is_that_of_its_losses_and_accuracies() -> None:
    expected = array_digest([np.array([2.5, 0.1], np.float32), np.array([0, 1], np.float32)])
    assert history_digest(history()) == expected
    assert history_digest(history().astype(np.float32)) == expected
    assert history_digest(history().assign(epoch=0, more=1)) == expected


@pytest.mark.parametrize("column", ["loss", "accuracy"])
def test_every_value_enters_the_digest_of_a_history(column: str) -> None:
    changed = history()
    changed.loc[1, column] = float(np.nextafter(np.float32(changed.loc[1, column]), np.float32(9)))
    assert history_digest(changed) != history_digest(history())
