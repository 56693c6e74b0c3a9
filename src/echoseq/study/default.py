"""The configuration that comes with the code, and what overrides it."""

from collections.abc import Sequence
from pathlib import Path

from echoseq.package import package_folder
from echoseq.study.reading import read
from echoseq.study.schema import Study

DEFAULT_CONFIG = package_folder().parents[1] / "config/config.yaml"


def read_study(files: Sequence[Path] | None) -> Study:
    """The study of the default configuration, overridden by each file in order, if any.

    Raises:
        EchoseqError: if a file cannot be read, or the result is not a valid study.
    """
    layers = [DEFAULT_CONFIG] if DEFAULT_CONFIG.is_file() or not files else []
    return read(*layers, *(files or []))
