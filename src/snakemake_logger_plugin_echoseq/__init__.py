"""What Snakemake shows while it runs: how far it is, what is running, and what went wrong.

A plugin for Snakemake's `--logger`, which profiles/default turns on. On a terminal one line is
kept up to date; elsewhere a line is written from time to time. The full account is in Snakemake's
own log file, and on the screen in a dry run and with `--verbose`, `--printshellcmds`, `--debug-dag`
or `--quiet`.
"""

import os
import re
import sys
import time
from collections import Counter
from logging import WARNING, LogRecord
from pathlib import Path
from typing import Any, TextIO

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent

LOG_LINES = 20  # of a failed job's log
LABELS = 3  # of running jobs, in the line
BLOCK = re.compile(r"(\w+?)_(\d+_to_\d+)(?:_[0-9a-f]{8})?")  # a rule of seeds that share a job
PAUSE = 10  # seconds between lines, where there is no terminal
# Lines of Snakemake's that say how it works, not what it found.
HOUSEKEEPING = (
    "Assuming unrestricted shared filesystem",
    "Building DAG of jobs",
    "Complete log(s):",
    "Conda environments:",
    "Config file",
    "Elapsed time:",
    "Group jobs:",
    "Job rate limit",
    "Select jobs to execute",
    "Shutting down, this might take some time",
    "Singularity containers:",
    "Storing output in storage",
    "Touching output file",
    "Updating checkpoint dependencies",
    "Using shell:",
)


class LogHandler(LogHandlerBase):
    """Writes progress to Snakemake's stream."""

    writes_to_stream = True
    writes_to_file = False
    has_filter = False  # Snakemake adds its own
    has_formatter = False
    needs_rulegraph = False

    def __post_init__(self) -> None:
        """Choose between the short and the full account."""
        settings = self.common_settings
        self._stream: TextIO = sys.stdout if settings.stdout else sys.stderr
        self._screen = Screen(self._stream)
        self._progress = Progress()
        asked = (settings.verbose, settings.printshellcmds, settings.debug_dag, settings.quiet)
        self._full = settings.dryrun or any(asked)

    def emit(self, record: LogRecord) -> None:
        """Show a record, if it is worth showing."""
        try:
            if self._full:
                self._screen.write(self.format(record))
            else:
                self._emit_briefly(record)
        except BrokenPipeError:  # nobody reads any more
            pass
        except Exception:  # as the handlers of `logging` do
            self.handleError(record)

    def _emit_briefly(self, record: LogRecord) -> None:
        event = getattr(record, "event", None)
        if event is None or event == LogEvent.ERROR:
            text = self.format(record)
            if text.strip() and (record.levelno >= WARNING or not text.startswith(HOUSEKEEPING)):
                self._screen.write(text)
        elif event in (LogEvent.JOB_ERROR, LogEvent.GROUP_ERROR):
            labels = self._progress.stopped(record.__dict__)
            if labels:  # the errors of a group's jobs follow that of the group, which is shown
                self._screen.write(failure(record.__dict__, labels))
        elif self._progress.took(event, record.__dict__, time.monotonic()):
            line = self._progress.line(time.monotonic())
            self._screen.update(line, last=self._progress.finished)


class Screen:
    """Lines that stay, and one that is kept up to date below them."""

    def __init__(self, stream: TextIO) -> None:
        """Take the stream; without a terminal, the line is written again from time to time."""
        self._stream = stream
        self._live = stream.isatty()
        self._shown = False
        self._written = -float(PAUSE)

    def write(self, text: str) -> None:
        """Write lines that stay."""
        if text:
            self._clear()
            self._stream.write(f"{text}\n")
            self._stream.flush()

    def update(self, line: str, *, last: bool) -> None:
        """Replace the line; the last one stays."""
        if self._live:
            self._clear()
            width = self._columns() - 1
            cut = line if len(line) <= width else f"{line[: width - 3]}..."
            # What a job writes itself goes over the line, not behind it.
            self._stream.write(cut + ("\n" if last else "\r"))
            self._shown = not last
        elif last or time.monotonic() - self._written >= PAUSE:
            self._stream.write(f"{line}\n")
            self._written = time.monotonic()
        self._stream.flush()

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or 80
        except OSError:  # also of streams that are no files
            return 80

    def _clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._shown = False


class Progress:
    """What is running, what has been done, and how long the rest will take."""

    def __init__(self) -> None:
        """Begin with nothing to do."""
        self._to_do: Counter[str] = Counter()
        self._done: Counter[str] = Counter()
        self._seconds: dict[str, float] = {}
        self._running: dict[int, tuple[str, str, float]] = {}  # rule, label, start
        self._most = 1  # jobs at a time

    def took(self, event: LogEvent, record: dict[str, Any], now: float) -> bool:
        """Take an event in; whether there is something new to show."""
        if event == LogEvent.RUN_INFO:
            self._to_do = Counter(record["stats"])
            self._to_do.pop("total", None)
            return False
        if event == LogEvent.JOB_INFO:
            rule = record["rule_name"]
            label = described(rule, record["wildcards"])
            self._running[record["jobid"]] = (rule, label, now)
            self._most = max(self._most, len(self._running))
            return True
        if event == LogEvent.JOB_FINISHED and record["job_id"] in self._running:
            rule, _, start = self._running.pop(record["job_id"])
            self._done[rule] += 1
            self._seconds[rule] = self._seconds.get(rule, 0.0) + now - start
            return True
        return False

    def stopped(self, record: dict[str, Any]) -> list[str]:
        """Take in that jobs failed, which may be tried again; returns their labels."""
        jobs = record.get("job_error_info") or [record]
        ended = [self._running.pop(job["jobid"], None) for job in jobs]
        return [job[1] for job in ended if job is not None]

    @property
    def finished(self) -> bool:
        """Whether every job has been done."""
        return self._done.total() >= self._to_do.total()

    def line(self, now: float) -> str:
        """For example: 12 of 45 jobs, 3 min left: train full_echo, seeds 0 to 4."""
        line = f"{self._done.total()} of {max(self._to_do.total(), self._done.total())} jobs"
        left = self._left(now)
        if left is not None and not self.finished:
            line += f", {duration(left)} left"
        labels = [label for _, label, _ in self._running.values()]
        return f"{line}: {listed(labels)}" if labels else line

    def _left(self, now: float) -> float | None:
        """Seconds: the jobs to do, each as long as those of its rule before it; None at first."""
        if not self._done:
            return None
        mean = sum(self._seconds.values()) / self._done.total()
        rules = {rule: self._seconds[rule] / n for rule, n in self._done.items()}
        work = sum(
            (number - self._done[rule]) * rules.get(rule, mean)
            for rule, number in self._to_do.items()
        )
        begun = sum(
            min(now - start, rules.get(rule, mean)) for rule, _, start in self._running.values()
        )
        return max(work - begun, 0) / self._most


def described(rule: str, wildcards: dict[str, Any] | None) -> str:
    """A job in words: train full_echo, seeds 0 to 4."""
    block = BLOCK.fullmatch(rule)
    name = block[1] if block else re.sub("_(seed|experiment)$", "", rule)
    values = " ".join(str(value) for value in (wildcards or {}).values())
    text = f"{name.replace('_', ' ')} {values}".strip()
    return f"{text}, seeds {block[2].replace('_', ' ')}" if block else text


def listed(labels: list[str]) -> str:
    """The first labels, and the number of further ones."""
    more = len(labels) - LABELS
    return "; ".join(labels[:LABELS]) + (f" and {more} more" if more > 0 else "")


def duration(seconds: float) -> str:
    """A rough time: 40 s, 3 min, 1 h 20 min."""
    if seconds < 60:
        return f"{max(10, round(seconds, -1)):.0f} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    return (
        f"{hours} h {rest} min" if hours and rest else f"{hours} h" if hours else f"{minutes} min"
    )


def failure(record: dict[str, Any], labels: list[str]) -> str:
    """What failed, and the end of the logs that say why.

    Args:
        record: of a job, or of a group of jobs that share a cluster job.
        labels: of the jobs.
    """
    jobs = record.get("job_error_info")
    if jobs:
        lines = [f"Failed: a cluster job of {listed(labels)}"]
        # The others of its jobs ended well or never began.
        own = [path for job in jobs for path in job.get("log") or () if _tells_of_error(path)]
        logs = [*(record.get("aux_logs") or ()), *own]
    else:
        lines = [f"Failed: {labels[0]}"]
        if record.get("rule_msg"):
            lines.append(record["rule_msg"])
        logs = record.get("log") or []
    for path in logs:
        lines += [f"The end of {path}:", *_tail(Path(path))]
    if record.get("shellcmd"):
        lines.append(f"Command: {record['shellcmd'].strip()}")
    return "\n".join(lines)


def _tells_of_error(path: str) -> bool:
    try:
        return " ERROR " in Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _tail(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ["    (there is none)"]
    return [f"    {line}" for line in text.splitlines()[-LOG_LINES:]] or ["    (it is empty)"]
