"""What steps know of the files of a version: the places of runs, and the names of seeds."""

from pathlib import Path

import pytest

from echoseq.errors import EchoseqError
from echoseq.places import (
    RECORD,
    checkpoint_folder,
    experiment_of,
    run_folder,
    seed_in,
    seed_name,
    seed_of,
    version_of,
)


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


@pytest.mark.parametrize("seed", [0, 7, 4294967295])
def test_a_run_is_found_by_its_folder(seed: int) -> None:
    folder = Path("results/v1") / run_folder("full_echo", seed)
    assert folder == Path(f"results/v1/runs/full_echo/seed-{seed}")
    assert (version_of(folder), experiment_of(folder)) == (Path("results/v1"), "full_echo")
    assert seed_in(folder.name) == seed_of(folder) == seed
    assert seed_name(seed) == folder.name


@pytest.mark.parametrize(
    "folder",
    [
        *("full_echo/seed-0", "old/full_echo/seed-0", "seed-0", "."),
        *("runs/seed-0", "runs/old/full_echo/seed-0"),
    ],
)
def test_a_folder_that_is_not_among_runs_is_of_no_version(folder: str) -> None:
    assert version_of(Path(folder)) is None


def test_a_file_of_all_runs_has_the_experiment_of_its_folder() -> None:
    assert experiment_of(Path("results/v1/runs/full_echo/predictions.npz")) == "full_echo"
    assert experiment_of(Path("runs/full_echo/seed-3", RECORD).parent) == "full_echo"
