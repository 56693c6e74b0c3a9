"""What lies among the runs and the snapshots of a version without being one, such as a copy."""

import re
from pathlib import PurePosixPath

from echoseq.places import DATA, RUNS, SEEDED, is_like_seed
from echoseq.study.parts import NAME

# By the folder of a version: what is expected there, and the names of the folders in it, by depth.
PLACES = {
    RUNS: ("run", [re.compile(NAME), SEEDED]),
    DATA: ("snapshot", [re.compile(NAME)]),
}
SNAPSHOT = re.compile(rf"{SEEDED.pattern}\.npz")


def stray(path: str) -> tuple[str, str] | None:
    """What on a path of a version is no run or snapshot though it is among them; None if nothing.

    A run is a folder seed-<n> of an experiment, and has only files; the snapshot of a seed is a
    file seed-<n>.npz of a task. Files of other names are left alone.

    Returns:
        What it is not, and the first folder on the path that is not expected, or the file.
    """
    top, *folders = PurePosixPath(path).parts[:-1] or ("",)
    if top not in PLACES:
        return None
    what, names = PLACES[top]
    for depth, folder in enumerate(folders, start=1):
        if depth > len(names) or not names[depth - 1].fullmatch(folder):
            return what, "/".join([top, *folders[:depth]])
    name = PurePosixPath(path).name
    if not is_like_seed(name) or (top == DATA and SNAPSHOT.fullmatch(name)):
        return None
    return what, path
