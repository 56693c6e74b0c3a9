"""Snakemake's records of its jobs; only this module knows their format."""

import json
import os
import re
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# The digest of a job's code among its params, of which Snakemake keeps the values alone.
CODE = re.compile(r"'(code:[0-9a-f]{64})'")


@dataclass(frozen=True)
class Job:
    """A job that ran; paths are relative to the working directory.

    digests: SHA-256 of the inputs at that time, where Snakemake recorded it (up to 1 MB).
    code: the digest of its code, from `code_digest`; None if there is none.
    """

    rule: str
    inputs: list[str]
    outputs: list[str]
    start: datetime
    end: datetime
    digests: dict[str, str]
    code: str | None = None


def read_jobs(records: Path, outputs: Iterable[str]) -> list[Job]:
    """Read from .snakemake/metadata the jobs that wrote `outputs`, ordered by start time.

    Outputs without a record, or with a damaged one, are skipped.
    """
    found: dict[tuple[str, ...], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for output in outputs:
        record = _read_record(records, output)
        if record is not None:
            # Each output has its own record and times; those of one job share a log, which no
            # other job has.
            found[record["rule"], *record["log"]].append((output, record))
    jobs = (_job(sorted(path for path, _ in job), [r for _, r in job]) for job in found.values())
    return sorted(jobs, key=lambda job: (job.start, job.rule, job.outputs))


def _read_record(records: Path, output: str) -> dict[str, Any] | None:
    keys = ("rule", "input", "log", "starttime", "endtime")
    try:
        record = json.loads(_record_path(records, output).read_text(encoding="utf-8"))
        return record if all(record[key] is not None for key in keys) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _record_path(records: Path, output: str) -> Path:
    """The path of an output's record: the output's path in base64, split where it is too long."""
    longest = os.pathconf(records, "PC_NAME_MAX") - 1
    name = urlsafe_b64encode(output.encode()).decode()
    parts = [name[i : i + longest] for i in range(0, len(name), longest)]
    return records.joinpath(*(f"@{part}" for part in parts[:-1]), parts[-1])


def _job(outputs: list[str], records: list[dict[str, Any]]) -> Job:
    record = records[0]
    checksums = record.get("input_checksums") or {}
    return Job(
        rule=record["rule"],
        inputs=record["input"],
        outputs=outputs,
        start=datetime.fromtimestamp(min(r["starttime"] for r in records), UTC),
        end=datetime.fromtimestamp(max(r["endtime"] for r in records), UTC),
        digests={path: text.removeprefix("sha256:") for path, text in checksums.items()},
        code=_code(record.get("params") or []),
    )


def _code(params: Iterable[str]) -> str | None:
    found = (CODE.fullmatch(value) for value in params)
    return next((match[1] for match in found if match), None)
