"""Saved models, loaded from the files of a run.

A saved model may need code of the user's own, which the record of its run names. A run may come
from anywhere, so no code in it is run: the module is imported from the working directory alone,
which is the user's choice, and never from the folder of a run or of its version.
"""

import importlib
import json
import logging
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from echoseq.errors import EchoseqError
from echoseq.files import file_digest
from echoseq.networks.backend import keras
from echoseq.networks.building import one_line
from echoseq.own import file_here, find_in_working_directory
from echoseq.places import RECORD, version_of
from echoseq.study.architectures import is_built_in
from echoseq.training.records import plan_of, read_record

logger = logging.getLogger(__name__)

Record = dict[str, Any]


def load_model(path: Path) -> Any:
    """Load a saved model, after the module of the user's own that the record beside it names.

    A line is logged if that module is not the one that the run was trained with.

    Raises:
        EchoseqError: if the file is not a Keras model that can be loaded here, or the record is
            damaged.
    """
    record_path = path.with_name(RECORD)
    record = read_record(record_path) if record_path.is_file() else {}
    missing = import_recorded(record, record_path) if record else ""
    with _readable(path, record, missing):
        return keras.models.load_model(path, compile=False)


def load_weights(model: Any, path: Path) -> None:
    """Give a model the weights of a saved one with the same layers.

    Raises:
        EchoseqError: if the file is not a readable Keras model.
    """
    with _readable(path, {}):
        model.load_weights(path)


def import_recorded(record: Record, path: Path) -> str:
    """Import the module of the user's own model that a run was trained with.

    A module that is imported already is taken as it is, wherever it comes from.

    Args:
        path: of the record.

    Returns:
        What was not imported, and why; empty if nothing was.

    Raises:
        EchoseqError: if the module raises an error.
    """
    return _import_own("model", plan_of(record, path).model, record, path)


def import_task(record: Record, path: Path) -> None:
    """Import the module of the user's own task that a run was trained with, if there is one.

    Raises:
        EchoseqError: if it is not in the working directory, or raises an error.
    """
    plan = plan_of(record, path)
    missing = _import_own("task", plan.own_task, record, path)
    if missing:
        raise EchoseqError(f"{path}: {missing}")


def _import_own(what: str, own: str | None, record: Record, path: Path) -> str:
    """Import the module of `module:function`, as `import_recorded` says."""
    if own is None or is_built_in(own):
        return ""
    module = own.partition(":")[0]
    # Functions of a task are called by name: they may be of no other module than the user's.
    if module not in sys.modules or what == "task":
        file = file_here(module)
        if file is None:
            return f"its {what} is in {module}: run this where that module is"
        if _is_of_run(file, path.parent):
            return f"its {what} is in {module}, which is not imported from the folder of a run"
        if module not in sys.modules:
            _import_first_from_here(f"{what} {own}", module)
    source = getattr(sys.modules[module], "__file__", None)
    recorded = record.get(f"{what}_digest")
    if recorded and source and file_digest(Path(source)) != recorded:
        logger.warning("%s: not the file that was trained with, by its digest in %s", source, path)
    return ""


def _import_first_from_here(what: str, module: str) -> None:
    """Import a module that is in the working directory, even if another has its name."""
    find_in_working_directory()
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        importlib.import_module(module)
    except (Exception, SystemExit) as error:  # the user's module may raise anything
        raise EchoseqError(f"{what}: cannot import {module} ({one_line(error)})") from error
    finally:
        sys.path.remove(here)


def _is_of_run(file: Path, run: Path) -> bool:
    """Whether a file of the working directory is among the files that came with a run.

    These are all that are in the run's folder, in that of its version, or in the part of the
    working directory that the run is in.
    """
    here = Path.cwd()
    for folder in {Path(os.path.abspath(run)), run.resolve()}:
        version = version_of(folder) or folder
        if here.is_relative_to(version) or file.resolve().is_relative_to(version):
            return True
        inside = folder.relative_to(here).parts if folder.is_relative_to(here) else ()
        if inside and file.is_relative_to(here / inside[0]):
            return True
    return False


@contextmanager
def _readable(path: Path, record: Record, missing: str = "") -> Iterator[None]:
    """Say why a saved model cannot be loaded: Keras's reason, and what may be behind it."""
    try:
        yield
    except Exception as error:  # Keras passes on whatever its zip and HDF5 readers raise
        saved_with = _keras_of(path, record)
        reasons = [one_line(error).rstrip("."), missing]
        if saved_with not in (None, keras.__version__):
            reasons.append(f"it was saved by Keras {saved_with}, this is {keras.__version__}")
        said = "; ".join(filter(None, reasons))
        raise EchoseqError(f"{path}: expected a saved Keras model ({said})") from error


def _keras_of(path: Path, record: Record) -> Any:
    """The version of Keras that saved a model, as the record or the file itself says."""
    versions = record.get("versions")
    if isinstance(versions, Mapping) and "keras" in versions:
        return versions["keras"]
    try:
        with ZipFile(path) as parts, parts.open("metadata.json") as about:
            return json.loads(about.read(10_000))["keras_version"]
    except Exception:  # whatever is wrong with the file is reported already
        return None
