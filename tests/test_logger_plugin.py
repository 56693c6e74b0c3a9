"""What Snakemake shows while it runs."""

import ast
import io
import logging
import os
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from forked import run_snakemake
from snakemake.logging import DefaultFilter, DefaultFormatter
from snakemake_interface_logger_plugins.common import LogEvent
from workspaces import PROJECT

import snakemake_logger_plugin_echoseq as plugin

TRAIN = {"rule_name": "train_0_to_4", "wildcards": {"experiment": "full_echo"}, "jobid": 1}
EVALUATE = {"rule_name": "evaluate", "wildcards": {"experiment": "full_echo"}, "jobid": 2}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def handler(
    monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, **settings: Any
) -> plugin.LogHandler:
    monkeypatch.setattr("sys.stderr", stream)
    given = {"stdout": False, "quiet": set(), "show_failed_logs": True}
    given |= dict.fromkeys(("verbose", "printshellcmds", "debug_dag", "dryrun"), False)
    given |= settings
    made = plugin.LogHandler(SimpleNamespace(**given), None)
    # Snakemake adds these to a handler that has none.
    assert not made.has_filter
    assert not made.has_formatter
    keys = ("debug_dag", "verbose", "dryrun", "printshellcmds")
    made.addFilter(DefaultFilter(given["quiet"], **{key: given[key] for key in keys}))
    made.setFormatter(DefaultFormatter(given["quiet"], given["show_failed_logs"]))
    return made


def record(event: LogEvent | None, text: str = "", **extra: Any) -> logging.LogRecord:
    made = logging.LogRecord("snakemake", logging.INFO, "", 0, text, (), None)
    made.__dict__ |= {"event": event, **extra}
    return made


def a_run(shown: plugin.LogHandler) -> None:
    """Two jobs, one after the other."""
    shown.handle(record(LogEvent.RUN_INFO, stats={"train_0_to_4": 1, "evaluate": 1, "total": 2}))
    for job in (TRAIN, EVALUATE):
        shown.handle(record(LogEvent.JOB_INFO, **job))
        shown.handle(record(LogEvent.JOB_FINISHED, job_id=job["jobid"]))


def test_a_terminal_has_one_line_that_is_kept_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    a_run(handler(monkeypatch, stream))
    *earlier, last = stream.getvalue().split("\r\r\x1b[K")
    assert earlier[0] == "0 of 2 jobs: train full_echo, seeds 0 to 4"
    assert earlier[1] == "1 of 2 jobs, 10 s left"
    assert earlier[2] == "1 of 2 jobs, 10 s left: evaluate full_echo"
    assert last == "2 of 2 jobs\n"


def test_elsewhere_lines_are_written_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(plugin.time, "monotonic", lambda: now[0])
    stream = io.StringIO()
    shown = handler(monkeypatch, stream)
    shown.handle(record(LogEvent.RUN_INFO, stats={"train_0_to_4": 1, "evaluate": 9, "total": 10}))
    for second, (event, extra) in enumerate(
        [
            (LogEvent.JOB_INFO, TRAIN),
            (LogEvent.JOB_FINISHED, {"job_id": 1}),  # within the pause: not written
            (LogEvent.JOB_INFO, EVALUATE),
        ]
    ):
        now[0] = 9.0 * second
        shown.handle(record(event, **extra))
    lines = stream.getvalue().splitlines()
    assert lines[0] == "0 of 10 jobs: train full_echo, seeds 0 to 4"
    assert lines[1:] == ["1 of 10 jobs, 1 min left: evaluate full_echo"]


def test_the_time_left_is_that_of_earlier_jobs_of_the_same_rule() -> None:
    progress = plugin.Progress()
    progress.took(LogEvent.RUN_INFO, {"stats": {"long": 3, "short": 2, "total": 5}}, 0)
    for jobid, (rule, start, end) in enumerate([("long", 0, 600), ("short", 600, 660)]):
        job = {"rule_name": rule, "wildcards": None, "jobid": jobid}
        assert progress.took(LogEvent.JOB_INFO, job, start)
        assert progress.took(LogEvent.JOB_FINISHED, {"job_id": jobid}, end)
    assert progress.line(660) == "2 of 5 jobs, 21 min left"
    job = {"rule_name": "long", "wildcards": None, "jobid": 7}
    progress.took(LogEvent.JOB_INFO, job, 660)
    assert progress.line(960) == "2 of 5 jobs, 16 min left: long"
    assert progress.stopped(job) == ["long"]
    assert progress.line(960) == "2 of 5 jobs, 21 min left"


def test_jobs_that_a_checkpoint_adds_are_counted() -> None:
    progress = plugin.Progress()
    progress.took(LogEvent.RUN_INFO, {"stats": {"split": 1, "report": 1, "total": 2}}, 0)
    split = {"rule_name": "split", "wildcards": None, "jobid": 0}
    progress.took(LogEvent.JOB_INFO, split, 0)
    progress.took(LogEvent.JOB_FINISHED, {"job_id": 0}, 30)
    assert not progress.took(LogEvent.PROGRESS, {"done": 1, "total": 4}, 30)
    assert progress.line(30) == "1 of 4 jobs, 2 min left"
    for jobid in range(1, 3):
        progress.took(LogEvent.JOB_INFO, split | {"rule_name": "grow", "jobid": jobid}, 30)
        progress.took(LogEvent.JOB_FINISHED, {"job_id": jobid}, 60)
    assert not progress.finished


def test_a_job_is_called_what_its_rule_says(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    shown = handler(monkeypatch, stream)
    shown.handle(record(LogEvent.RUN_INFO, stats={"split": 1, "total": 1}))
    job = {"rule_name": "split", "wildcards": {}, "jobid": 0}
    shown.handle(record(LogEvent.JOB_INFO, **job, rule_msg="\nSplit a into parts.\nAnd more."))
    assert stream.getvalue() == "0 of 1 jobs: Split a into parts\r"


def test_a_failure_shows_the_end_of_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    log = tmp_path / "train.log"
    log.write_text("".join(f"line {i}\n" for i in range(50)))
    stream = io.StringIO()
    shown = handler(monkeypatch, stream)
    shown.handle(record(LogEvent.JOB_INFO, **TRAIN))
    # Snakemake's record of the error says nothing of wildcards.
    failed = {"rule_name": "train_0_to_4", "jobid": 1, "shellcmd": None}
    said = "SLURM status is: 'TIMEOUT'"
    logs = [str(log), "none.log"]
    shown.handle(record(LogEvent.JOB_ERROR, **failed, rule_msg=said, log=logs))
    _, *lines = stream.getvalue().splitlines()
    assert lines[:4] == [
        "Failed: train full_echo, seeds 0 to 4",
        said,
        f"The end of {log}:",
        "    line 30",
    ]
    assert lines[-3:] == ["    line 49", "The end of none.log:", "    (there is none)"]


def test_a_failed_cluster_job_shows_the_logs_that_say_why_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    logs = {name: tmp_path / f"{name}.log" for name in ("train", "evaluate", "slurm")}
    logs["train"].write_text("00:00 INFO it went well\n")
    logs["evaluate"].write_text("00:00 ERROR it did not\n")
    logs["slurm"].write_text("out of memory\n")
    stream = io.StringIO()
    shown = handler(monkeypatch, stream)
    shown.handle(record(LogEvent.RUN_INFO, stats={"train_0_to_4": 1, "evaluate": 1, "total": 2}))
    for job in (TRAIN, EVALUATE):
        shown.handle(record(LogEvent.JOB_INFO, **job))
    jobs = [
        {"rule_name": job["rule_name"], "jobid": job["jobid"], "log": [str(log)]}
        for job, log in ((TRAIN, logs["train"]), (EVALUATE, logs["evaluate"]))
    ]
    aux_logs = [str(logs["slurm"])]
    shown.handle(record(LogEvent.GROUP_ERROR, aux_logs=aux_logs, job_error_info=jobs))
    for job in jobs:  # Snakemake reports them one by one as well
        shown.handle(record(LogEvent.JOB_ERROR, **job))
    assert stream.getvalue().splitlines()[1:] == [
        "Failed: a cluster job of train full_echo, seeds 0 to 4; evaluate full_echo",
        f"The end of {logs['slurm']}:",
        "    out of memory",
        f"The end of {logs['evaluate']}:",
        "    00:00 ERROR it did not",
    ]


def test_many_running_jobs_are_counted() -> None:
    progress = plugin.Progress()
    progress.took(LogEvent.RUN_INFO, {"stats": {"long": 5, "total": 5}}, 0)
    for jobid in range(5):
        job = {"rule_name": "long", "wildcards": {"n": jobid}, "jobid": jobid}
        progress.took(LogEvent.JOB_INFO, job, 0)
    assert progress.line(0) == "0 of 5 jobs: long 0; long 1; long 2 and 2 more"


def test_what_snakemake_found_is_shown_and_how_it_works_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.StringIO()
    shown = handler(monkeypatch, stream)
    for text in ("Building DAG of jobs...", "Nothing to be done.", "Select jobs to execute..."):
        shown.handle(record(None, text))
    assert stream.getvalue() == "Nothing to be done.\n"


@pytest.mark.parametrize("option", ["verbose", "printshellcmds", "dryrun"])
def test_the_full_account_is_one_option_away(monkeypatch: pytest.MonkeyPatch, option: str) -> None:
    stream = io.StringIO()
    shown = handler(monkeypatch, stream, **{option: True})
    shown.handle(record(None, "Building DAG of jobs..."))
    shown.handle(record(LogEvent.PROGRESS, done=1, total=4))
    assert "Building DAG of jobs...\n1 of 4 steps (25%) done\n" in stream.getvalue()


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("train", "train x"),
        ("train_seed", "train x"),
        ("evaluate_experiment", "evaluate x"),
        ("train_0_to_4_1a2b3c4d", "train x, seeds 0 to 4"),
        ("my_figure_2", "my figure 2 x"),
        ("snapshot_5_to_9", "snapshot x, seeds 5 to 9"),
        ("learning_extensions", "learning extensions x"),
    ],
)
def test_jobs_are_described(rule: str, words: str) -> None:
    assert plugin.described(rule, {"a": "x"}) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "10 s"), (44, "40 s"), (61, "1 min"), (3599, "1 h"), (4800, "1 h 20 min")],
)
def test_durations_are_rough(seconds: float, words: str) -> None:
    assert plugin.duration(seconds) == words


def test_the_workflow_of_another_is_shown_too(tmp_path: Path) -> None:
    """That of the documentation, whose checkpoint adds jobs."""
    (text,) = re.findall(
        r"```python\n(.*?)```",
        (PROJECT / "docs/progress.md").read_text(encoding="utf-8"),
        re.DOTALL,
    )
    (tmp_path / "Snakefile").write_text(text.replace("sleep 1; ", ""), encoding="utf-8")
    command = ("--cores", "1", "--logger", "echoseq")
    environment = os.environ | {"PYTHONPATH": str(PROJECT / "src")}
    done = run_snakemake(command, tmp_path, environment)
    assert done.returncode == 0, done.stderr
    first, *_, last = done.stderr.splitlines()
    assert re.fullmatch(r"0 of 6 jobs: count [abc]", first)
    assert last == "8 of 8 jobs"
    (tmp_path / "report.txt").unlink()
    (tmp_path / "grown/1.txt").unlink()
    (tmp_path / "Snakefile").write_text(text.replace("sleep 1; cp", "exit 3; cp"), encoding="utf-8")
    failed = run_snakemake(("grown/1.txt", *command), tmp_path, environment)
    assert failed.returncode == 1
    assert "Failed: grow 1\nCommand: exit 3; cp parts/1.txt grown/1.txt\n" in failed.stderr


def test_it_needs_nothing_of_echoseq() -> None:
    tree = ast.parse((PROJECT / "src/snakemake_logger_plugin_echoseq/__init__.py").read_bytes())
    names = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    names += [alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names]
    assert not [name for name in names if name.split(".")[0] == "echoseq"]
