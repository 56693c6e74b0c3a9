"""Step logs: what happened and why it failed, in one file."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from echoseq.errors import EchoseqError

FORMAT = "%(asctime)s %(levelname)s %(message)s"


@contextmanager
def step_log(path: str | Path) -> Iterator[logging.Logger]:
    """Log a step to a file, including any exception that ends it.

    An `EchoseqError` is also printed in one line, and the process exits with 1; other exceptions
    propagate, since they are bugs.
    """
    logger = logging.getLogger("echoseq")
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter(FORMAT))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield logger
    except EchoseqError as error:
        logger.error("%s", error)
        print(f"echoseq: {error}", file=sys.stderr)
        sys.exit(1)
    except BaseException:
        logger.exception("the step failed")
        raise
    finally:
        logger.removeHandler(handler)
        handler.close()
