"""Where the source of the package lies.

This is apart from `code`, which steps do not need: training should not run again because that reads
source files in another way.
"""

import importlib.util
from pathlib import Path

PACKAGE = "echoseq"


def package_folder() -> Path:
    """The folder of the package's source."""
    spec = importlib.util.find_spec(PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).resolve().parent


def module_path(name: str) -> Path:
    """The file of a module of the package, by its dotted name; a name may be that of no module."""
    return package_folder().joinpath(*name.split(".")[1:]).with_suffix(".py")
