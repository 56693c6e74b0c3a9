"""What tests of the workflow start from: a fresh workspace, or the finished smoke study."""

import compileall
import fcntl
import os
import shutil
import sys
import tempfile
from itertools import chain, zip_longest
from pathlib import Path

import pytest
from hypothesis import settings
from kept_programs import FOLDER, keep_programs
from workspaces import PROJECT, Workspace, new_workspace

# The machine may be busy with other tests.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

SLOWEST = ("workflow", "training")


def pytest_configure(config: pytest.Config) -> None:
    """Compile the package once: workspaces are copies of it, and each of their jobs imports it."""
    if not hasattr(config, "workerinput"):  # which the processes of xdist have
        compileall.compile_dir(PROJECT / "src", quiet=1)
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="programs-")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep what XLA compiles, if a test that was found has loaded TensorFlow."""
    if "tensorflow" in sys.modules:
        keep_programs()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ.pop(FOLDER))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slowest rooms first, and in turn, so that no process is left with them at the end."""
    paths = list(dict.fromkeys(item.path for item in items))
    slow = ([path for path in paths if path.parent.name == room] for room in SLOWEST)
    first = [path for path in chain(*zip_longest(*slow)) if path]
    items.sort(key=lambda item: first.index(item.path) if item.path in first else len(first))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A fresh copy, with no results."""
    return new_workspace(tmp_path / "workspace")


def made_once(folder: Path, make) -> Workspace:
    """What `make` makes in a folder that all test processes share; the first makes it."""
    folder.parent.mkdir(exist_ok=True)
    made = folder.with_suffix(".made")
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make(folder)
            made.touch()
    return Workspace(folder)


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder of this test run, the same for all its processes."""
    own = tmp_path_factory.getbasetemp()
    return (own if worker_id == "master" else own.parent) / "shared"


@pytest.fixture(scope="session")
def smoke_study(shared_folder: Path) -> Workspace:
    """The smoke study, run once to the end. Not to be changed: see `smoke_copy`.

    Each of its scripts starts as it does for a user; other studies get the same bits from forks.
    """

    def make(folder: Path) -> None:
        done = new_workspace(folder).snakemake(preloaded=False)
        assert done.returncode == 0, done.stderr

    return made_once(shared_folder / "smoke", make)


@pytest.fixture(scope="session")
def extended_study(smoke_study: Workspace, shared_folder: Path) -> Workspace:
    """The smoke study with its extensions. Not to be changed."""

    def make(folder: Path) -> None:
        done = smoke_study.copy_to(folder).snakemake(targets=["extensions"])
        assert done.returncode == 0, done.stderr

    return made_once(shared_folder / "extended", make)


@pytest.fixture
def smoke_copy(smoke_study: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the finished smoke study, free to be changed."""
    return smoke_study.copy_to(tmp_path / "workspace")
