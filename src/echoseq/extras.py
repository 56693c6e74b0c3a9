"""Packages that only some commands need, and that an extra of pyproject.toml installs."""

from importlib.util import find_spec

from echoseq.errors import EchoseqError


def require_extra(extra: str, *modules: str) -> None:
    """Refuse to go on without the packages of an extra; none of them is imported.

    Raises:
        EchoseqError: one line that names the first that is missing, and what installs it.
    """
    for module in modules:
        if not _installed(module):
            raise EchoseqError(
                f"--to {extra}: expected the package {module} to be installed, found none: "
                f"pip install -e '.[{extra}]' in the folder of echoseq"
            )


def _installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ModuleNotFoundError, ValueError):  # of a package that is missing, or blocked
        return False
