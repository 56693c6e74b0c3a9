"""New files and folders that appear whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from echoseq.errors import EchoseqError
from echoseq.files import clear_unfinished_folders, remove_folder, temporary_name


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A path to write a file or a folder to, which gets the name of the target in the end.

    If something is raised meanwhile, nothing is left of it.

    Raises:
        EchoseqError: if there is something of that name.
    """
    require_free(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    clear_unfinished_folders(target.parent)
    around = target.with_name(temporary_name(target.name))
    around.mkdir()
    try:
        yield around / target.name
        require_free(target)  # still: it took a while
        (around / target.name).rename(target)
    finally:
        remove_folder(around)


def require_free(target: Path) -> None:
    """Refuse a name that is taken, also by a link that leads nowhere.

    Raises:
        EchoseqError: if it is.
    """
    if os.path.lexists(target):
        raise EchoseqError(f"{target}: expected a new name, found something there already")
