"""Step logs: what happened and why it failed, in one file."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from echoseq.errors import EchoseqError
from echoseq.process import FULL, failure, lenient_warnings

FORMAT = "%(asctime)s %(levelname)s %(message)s"


@contextmanager
def step_log(path: str | Path) -> Iterator[logging.Logger]:
    """Log a step to a file, including any exception that ends it.

    An `EchoseqError` is also printed, a line for each mistake, and so is a full disk; the process
    then exits with 1. Other exceptions propagate, since they are bugs.
    """
    logger = logging.getLogger("echoseq")
    handler = _handler(path)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        with lenient_warnings():
            yield logger
    except EchoseqError as error:
        logger.error("%s", error)
        print(error.told(), file=sys.stderr)
        sys.exit(1)
    except OSError as error:
        if error.errno not in FULL:
            logger.exception("the step failed")
            raise
        logger.error("%s", failure(error))
        sys.exit(f"echoseq: {failure(error)}")
    except BaseException:
        logger.exception("the step failed")
        raise
    finally:
        logger.removeHandler(handler)
        handler.close()


class _Lenient(logging.FileHandler):
    """Writes to a file; on a full disk it leaves records out, rather than print tracebacks."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Do nothing: what fills the disk is told by the step itself."""


def _handler(path: str | Path) -> logging.Handler:
    """What writes records to a file.

    Raises:
        SystemExit: with one line, if it cannot be opened.
    """
    try:
        handler = _Lenient(path, mode="w", encoding="utf-8")
    except OSError as error:
        sys.exit(f"echoseq: {failure(error)}")
    handler.setFormatter(logging.Formatter(FORMAT))
    return handler
