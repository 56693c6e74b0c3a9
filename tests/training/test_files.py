"""The files of a run: their places, and the digest of a history."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from echoseq.data.snapshots import seed_of
from echoseq.errors import EchoseqError
from echoseq.files import array_digest
from echoseq.training.files import checkpoint_folder, history_digest


def test_the_seed_of_a_run_is_in_the_name_of_its_folder() -> None:
    assert seed_of(Path("results/v1/runs/full_echo/seed-17")) == 17
    assert seed_of(Path("results/v1/data/full/seed-0.npz")) == 0


@pytest.mark.parametrize("name", ["seed-0.bak", "seed-01", "seed-٣", "seed--1", "seed-1_0", "old"])
def test_other_names_have_no_seed(name: str) -> None:
    with pytest.raises(EchoseqError, match="expected the name seed-<n>, with n in plain digits"):
        seed_of(Path("results/v1/runs/full_echo", name))


@pytest.mark.parametrize("version", ["results/v1", "results/verify/v1", "/elsewhere/v1"])
def test_checkpoints_lie_in_the_version_of_their_run(version: str) -> None:
    """Those of a verification are not those of the version that it trains again."""
    folder = checkpoint_folder(Path(version, "runs/full_echo/seed-3"))
    assert folder == Path(version, "checkpoints/full_echo/seed-3")


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
