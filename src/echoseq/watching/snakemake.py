"""What Snakemake leaves in .snakemake/ and among the processes; only this module knows its format.

It is read while Snakemake writes it, so what cannot be read is taken as not there.
"""

import re
import shlex
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path

import psutil

from echoseq.watching.wording import described

FOLDER = ".snakemake"
# In its log, what happens to a job begins with the time, in a line of its own; it is indented for
# jobs that share one of a cluster.
EVENT = re.compile(r"^ *\[(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\]\n", re.MULTILINE)
BEGUN = re.compile(r"(?:local)?(?:rule|checkpoint) (\S+):")
FACT = re.compile(r" +(\w+): (.*)")
ENDED = re.compile(r"Finished jobid: (\d+)\b")
FAILED = re.compile(r"Error in rule \S+:")
STEPS = re.compile(r"^(\d+) of (\d+) steps \(", re.MULTILINE)
TOTAL = re.compile(r"^total +(\d+)$", re.MULTILINE)
CORES = re.compile(r"^Provided cores: (\d+)", re.MULTILINE)
COMMAND = re.compile(r"^ +Command: \S+(.*)", re.MULTILINE)
PLACE = re.compile(r"^ +Run directory: (.+)", re.MULTILINE)
GROUP_FAILED = ("message: ", "log: ", "jobs:")  # how the error of a cluster job begins
NUMBER = re.compile(r"^ +jobid: (\d+)$", re.MULTILINE)
RUNNING, DONE, ERROR, STOPPED = "running", "done", "failed", "stopped"


@dataclass(frozen=True)
class Job:
    """A job that Snakemake began.

    label: in words.
    log: the path of its log, as the rule has it; empty if it has none.
    began: seconds since 1970.
    status: `RUNNING` if nothing is known of its end, `DONE` or `ERROR`; `STOPPED` if it was in a
        cluster job that failed, for it may have ended well or never begun.
    """

    label: str
    log: str
    outputs: tuple[str, ...]
    began: float
    status: str = RUNNING


@dataclass(frozen=True)
class Invocation:
    """The last time that Snakemake ran something of a version.

    command: as it was given, with what a shell would take apart quoted.
    place: the folder that it was given in: not that of its option --directory; None if not told.
    cores: None on a cluster.
    done, total: numbers of its jobs.
    jobs: those that it began, in this order.
    """

    command: str
    place: Path | None
    log: Path
    cores: int | None
    done: int
    total: int
    jobs: tuple[Job, ...]


@dataclass(frozen=True)
class Activity:
    """What goes on in the folder that Snakemake runs in.

    locked: the files of the version that a lock names: all that a command makes. It is left behind
        by a Snakemake that was killed.
    unfinished: the files that jobs have begun to make.
    processes: the numbers of Snakemake's processes on this machine; none if what runs in the folder
        is of other versions alone.
    jobs: those of its jobs, which may outlive it.
    """

    locked: frozenset[str]
    unfinished: frozenset[str]
    processes: tuple[int, ...]
    jobs: tuple[int, ...]


def home_of(folder: Path) -> Path | None:
    """The folder that Snakemake ran in to make a version; None if there is none above it."""
    return next((above for above in folder.absolute().parents if (above / FOLDER).is_dir()), None)


def last_invocation(home: Path, folder: Path) -> Invocation | None:
    """The last invocation of which Snakemake's log names files of a version."""
    inside = re.compile(rf"(?:^|[ ,]){re.escape(_inside(home, folder))}", re.MULTILINE)
    for log in sorted((home / FOLDER / "log").glob("*.snakemake.log"), reverse=True):
        text = _text(log)
        if inside.search(text):
            return _invocation(log, text)
    return None


def _invocation(log: Path, text: str) -> Invocation:
    jobs: dict[str, Job] = {}
    _, *events = EVENT.split(text)
    for time, event in zip(events[::2], events[1::2]):
        first, *others = event.splitlines() or [""]
        first = first.strip()
        lines = takewhile(lambda line: line.startswith("    "), others)
        facts = {match[1]: match[2] for match in map(FACT.fullmatch, lines) if match}
        if match := BEGUN.fullmatch(first):
            number = facts.get("jobid", "")
            jobs[number] = _job(match[1], facts, datetime.strptime(time, "%a %b %d %H:%M:%S %Y"))
        elif match := ENDED.match(first):
            _end(jobs, match[1], DONE)
        elif FAILED.fullmatch(first):
            _end(jobs, facts.get("jobid", ""), ERROR)
        elif first.startswith(GROUP_FAILED):
            for number in NUMBER.findall(event):
                _end(jobs, number, STOPPED)
    steps, total = STEPS.findall(text), TOTAL.findall(text)
    done, of = steps[-1] if steps else ("0", total[-1] if total else "0")
    command, place, cores = (pattern.search(text) for pattern in (COMMAND, PLACE, CORES))
    return Invocation(
        command=shlex.join(["snakemake", *_words(command[1])]) if command else "",
        place=Path(place[1]) if place else None,
        log=log,
        cores=int(cores[1]) if cores else None,
        done=int(done),
        total=int(of),
        jobs=tuple(jobs.values()),
    )


def _words(text: str) -> list[str]:
    """The words of a command, which the log does not quote: brackets may hold spaces."""
    words: list[str] = []
    for word in text.split():
        if words and sum(map(words[-1].count, "[{")) > sum(map(words[-1].count, "]}")):
            words[-1] += f" {word}"
        else:
            words.append(word)
    return words


def _job(rule: str, facts: dict[str, str], began: datetime) -> Job:
    pairs = (pair.partition("=") for pair in facts.get("wildcards", "").split(", "))
    return Job(
        label=described(rule, {key: value for key, _, value in pairs if key}),
        log=facts.get("log", "").partition(" (")[0],
        outputs=tuple(facts.get("output", "").split(", ")),
        began=began.timestamp(),
    )


def _end(jobs: dict[str, Job], number: str, status: str) -> None:
    if number in jobs:
        jobs[number] = replace(jobs[number], status=status)


def activity(home: Path, folder: Path) -> Activity:
    """What goes on now, as far as it concerns a version."""
    inside = _inside(home, folder)
    locks = (home / FOLDER / "locks").glob("*.output.lock")
    all_locked = [line for lock in locks for line in _text(lock).splitlines()]
    begun = _begun(home / FOLDER / "incomplete")
    locked = frozenset(p.removeprefix(inside) for p in all_locked if p.startswith(inside))
    unfinished = frozenset(p.removeprefix(inside) for p in begun if p.startswith(inside))
    # Locks that name other versions alone are those of another Snakemake in the same folder.
    elsewhere = bool(all_locked) and not locked and not unfinished
    processes = {} if elsewhere else dict(_processes(home))
    return Activity(
        locked=locked,
        unfinished=unfinished,
        processes=tuple(sorted(number for number, job in processes.items() if not job)),
        jobs=tuple(sorted(number for number, job in processes.items() if job)),
    )


def _begun(markers: Path) -> Iterator[str]:
    """The outputs of jobs that began and did not end: the names of the markers, in base64.

    That of a long path is split, each part but the last a folder with @ before it.
    """
    for marker in markers.rglob("*"):
        name = "".join(part.removeprefix("@") for part in marker.relative_to(markers).parts)
        try:
            if marker.is_file():
                yield urlsafe_b64decode(name).decode()
        except (OSError, ValueError):
            continue


def _processes(home: Path) -> Iterator[tuple[int, bool]]:
    """The processes of a Snakemake that runs in a folder, and whether each is that of a job."""
    real = home.resolve()
    scripts = f"{real / FOLDER / 'scripts'}/"
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words, place = process.info["cmdline"] or [], process.info["cwd"]
        job = any(word.startswith(scripts) for word in words) or "--mode" in words
        called = any(Path(word).name == "snakemake" for word in words[:4])
        if place and Path(place) == real and (job or called):
            yield process.pid, job


def _inside(home: Path, folder: Path) -> str:
    """How the paths of the files of a version begin, from the folder that Snakemake runs in."""
    return f"{folder.absolute().relative_to(home).as_posix()}/"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
