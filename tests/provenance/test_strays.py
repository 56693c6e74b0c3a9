"""What is among the runs and snapshots without being one."""

import pytest

from echoseq.provenance.strays import stray


@pytest.mark.parametrize(
    "path",
    [
        *("config.yaml", "tables/seeds.csv", "logs/train/full_echo/seed-0 (copy).log"),
        *("runs/full_echo/predictions.npz", "runs/full_echo/listing.txt", "runs/notes.txt"),
        *("runs/full_echo/seed-0/run.json", "runs/a-b_2/seed-4294967295/model.keras"),
        *("data/full/seed-0.npz", "data/full/seed-10.npz", "data/full/evaluation.npz"),
    ],
)
def test_what_belongs_to_a_version(path: str) -> None:
    assert stray(path) is None


@pytest.mark.parametrize(
    "folder",
    [
        *("seed-0.bak", "seed-0 (copy)", "seed-0 copy", "seed-0~", "seed-01", "seed-00", "seed--1"),
        *("seed-+1", "seed-1_0", "seed-", "seed", "Seed-0", "seed-٣", "seed-²", "seed-1.0"),
        *("seed-0\n", "old", "seed_0", " seed-0"),
    ],
)
def test_only_plain_digits_make_a_run(folder: str) -> None:
    path = f"runs/full_echo/{folder}"
    assert stray(f"{path}/run.json") == ("run", path)
    assert stray(f"{path}/seed-0/run.json") == ("run", path)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("runs/full_echo.bak/seed-0/run.json", "runs/full_echo.bak"),
        ("runs/full_echo copy/listing.txt", "runs/full_echo copy"),
        ("runs/full_echo/seed-1/seed-0/run.json", "runs/full_echo/seed-1/seed-0"),
        ("runs/old/full_echo/seed-0/run.json", "runs/old/full_echo"),
        ("runs/full_echo/seed-3", "runs/full_echo/seed-3"),
        ("runs/full_echo/Seed-0.zip", "runs/full_echo/Seed-0.zip"),
    ],
)
def test_the_first_folder_that_is_not_expected_is_named(path: str, named: str) -> None:
    assert stray(path) == ("run", named)


@pytest.mark.parametrize(
    "name",
    [
        *("seed-0.npz.bak", "seed-0 (copy).npz", "seed-01.npz", "seed-٣.npz", "Seed-0.npz"),
        *("seed-0", "seed-.npz", "seed-0.npz/x", "old/seed-0.npz"),
    ],
)
def test_snapshots_of_seeds_have_one_name(name: str) -> None:
    path = f"data/full/{name}"
    found = stray(path)
    assert found is not None
    assert found[0] == "snapshot"
    assert path.startswith(found[1])
