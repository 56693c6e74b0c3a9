"""Daemons that tests start and end, by the files of their process ids."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path


def alive(pid_file: Path, program: str) -> bool:
    """Whether the program that wrote a pid file still runs."""
    try:
        text = Path(f"/proc/{int(pid_file.read_text())}/stat").read_text()
    except (OSError, ValueError):
        return False
    name, state = text.partition("(")[2].rpartition(") ")[::2]
    return name.startswith(program) and state[0] != "Z"


def came_true(condition: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether a condition came true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def end(pid_file: Path, program: str) -> None:
    """End the program that wrote a pid file, if it runs."""
    if not alive(pid_file, program):
        return
    pid = int(pid_file.read_text())
    os.kill(pid, signal.SIGTERM)
    if not came_true(lambda: not alive(pid_file, program)):
        os.kill(pid, signal.SIGKILL)
