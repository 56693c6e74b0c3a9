"""Runs trained again, checked against a published version."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoseq.errors import EchoseqError
from echoseq.layout import RECORDS
from echoseq.packing import stored
from echoseq.places import RECORD, TABLE, TABLE_OF_ALL, run_folder
from echoseq.provenance.environment import TRAINERS, promises_bits
from echoseq.provenance.manifest import Manifest, read_manifest, require_whole, study_of
from echoseq.provenance.records import Records, RunName, read_records, trained_runs
from echoseq.provenance.rows import Rows, differing_values, read_rows
from echoseq.provenance.shares import runs_of_share, share_text
from echoseq.study.plan import difference
from echoseq.study.schema import PUBLISHED, Study
from echoseq.training.files import PROGRAM
from echoseq.training.records import plan_of, program_of

TOLERANCE = 0.05
# What must have the same bits, in order of dependence.
DIGESTS = ("data_digest", "initial_digest", "history_digest", "digest")
SEED_TABLES = tuple(path.format(table="seeds") for path in (TABLE_OF_ALL, TABLE))


@dataclass(frozen=True)
class Verdict:
    """Whether runs match the published ones, and a line that explains the verdict."""

    same: bool
    line: str


def runs_to_train(published: Path, study: Study) -> list[RunName]:
    """The published runs to train again, sorted: those of the study's share to verify.

    Raises:
        EchoseqError: if there is nothing to compare with, or it was made with other settings or by
            another training program.
    """
    manifest = _whole(published)
    records = read_records(published)
    for record in records.values():
        _require_program(published, manifest, program_of(record), PROGRAM)
    if manifest["configuration"]["evaluation"] != study.evaluation.model_dump(mode="json"):
        raise EchoseqError(f"{published}: published with other settings under evaluation")
    for (name, _), record in records.items():
        if name not in study.experiments:
            raise EchoseqError(f"{published}: {name} is published, but not in the configuration")
        differing = difference(plan_of(record, published / RECORDS), study.plan_of(name))
        if differing:
            key, was, is_now = differing
            raise EchoseqError(
                f"{published}: {name} is published with {key} {was}, but the configuration has "
                f"{is_now}"
            )
    runs = runs_of_share(study.verify.share, _tabled(records, study), study)
    if not runs:
        raise EchoseqError(
            f"{published}: expected runs to verify (verify.share: {study.verify.share}), found none"
        )
    return runs


def _whole(published: Path) -> Manifest:
    """The manifest of a version that matches its files."""
    manifest = read_manifest(published)
    require_whole(published, manifest)
    return manifest


def _require_programs(
    published: Path, manifest: Manifest, records: Iterable[tuple[Any, Any]]
) -> None:
    """As `_require_program`, for pairs of what was trained and what is published."""
    for ours, theirs in records:
        _require_program(published, manifest, program_of(theirs), program_of(ours))


def _require_program(published: Path, manifest: Manifest, made_by: int, trains: int) -> None:
    """Refuse to compare runs of different training programs, whose bits differ."""
    if made_by != trains:
        age = "an earlier" if made_by < trains else "a later"
        commit = manifest["code"]["commit"] or "that made it"
        raise EchoseqError(
            f"{published}: made by {age} training program ({made_by}, not {trains}), with other "
            f"bits; check out commit {commit} to verify it"
        )


def verifiable(published: Path, study: Study) -> list[RunName]:
    """As `runs_to_train`, but empty if nothing can be compared."""
    try:
        return runs_to_train(published, study)
    except EchoseqError:
        return []


def verify(
    trained: Path,
    published: Path,
    environment: Mapping[str, Any],
    tolerance: float = TOLERANCE,
    *,
    share: str | None = None,
    study: Study | None = None,
) -> Verdict:
    """Check runs and their accuracies against the published ones.

    Args:
        trained: a folder with runs/<experiment>/seed-<n>/run.json and tables/seeds.csv.
        published: a published version.
        environment: from `environment.environment`, of the machine that trained.
        tolerance: for accuracies, where the same bits are not promised.
        share: the runs to check, one of `SHARES`; by default all that are in the folder.
        study: decides what belongs to the share; by default the published one.

    Raises:
        EchoseqError: if they cannot be compared.
    """
    manifest = _whole(published)
    found, theirs = read_records(trained), read_records(published)
    if not found:
        raise EchoseqError(f"{trained}: expected runs to verify, found none")
    runs, named = list(found), ""
    if share is not None:
        runs, named = _of_share(share, theirs, study or study_of(published, manifest))
    records = [_pair(trained, published, run, found, theirs) for run in runs]
    _require_programs(published, manifest, records)
    count = f"{_count(runs, theirs)}{named}"
    differing = _different_run(runs, records) or _different_row(trained, published, runs, 0.0)
    if differing is None:
        return Verdict(True, f"{published}: {count}, identical bits")
    reason = _why_not_promised(manifest, environment, [ours for ours, _ in records])
    if reason is None:
        return Verdict(False, f"{published}: different: {differing}")
    beyond = _different_row(trained, published, runs, tolerance)
    return _within(published, count, tolerance, beyond, reason)


def _tabled(records: Records, study: Study) -> list[RunName]:
    """The runs in the tables of all experiments: not those for what others published alone."""
    return [run for run in records if study.target_of(run[0]) != PUBLISHED]


def _of_share(share: str, published: Records, study: Study) -> tuple[list[RunName], str]:
    """The published runs of a share, and that in words."""
    runs = runs_of_share(share, _tabled(published, study), study)
    return runs, f" ({share_text(share, runs, study)})"


def _within(
    published: Path, count: str, tolerance: float, beyond: str | None, reason: str
) -> Verdict:
    """The verdict where identical bits are not promised.

    Args:
        count: of the runs, in words.
        beyond: a row that differs by more than the tolerance, if there is one.
        reason: why they are not promised.
    """
    if beyond is not None:
        return Verdict(False, f"{published}: different, by more than {tolerance:g}: {beyond}")
    within = f"accuracies within {tolerance:g} (identical bits are not promised here: {reason})"
    return Verdict(True, f"{published}: {count}, {within}")


def _count(runs: Collection[RunName], published: Records) -> str:
    """How many of the published runs were trained again; copies are not counted."""
    chosen = {run: published[run] for run in runs}
    trained, total = len(trained_runs(chosen)), len(trained_runs(published))
    return f"{trained} of {total} run{'s' if total > 1 else ''} trained again"


def _pair(
    trained: Path, published: Path, run: RunName, found: Records, theirs: Records
) -> tuple[dict[str, Any], dict[str, Any]]:
    for folder, records in ((trained, found), (published, theirs)):
        if run not in records:
            raise EchoseqError(
                f"{folder}: expected the record of {run[0]}, seed {run[1]}, found none"
            )
    _require_plan(trained, published, run, found[run], theirs[run])
    return found[run], theirs[run]


def _require_plan(
    trained: Path, published: Path, run: RunName, ours: dict[str, Any], theirs: dict[str, Any]
) -> None:
    """Refuse to compare runs of different plans; one without a newer key has its default."""
    plans = (plan_of(record, folder) for record, folder in ((ours, trained), (theirs, published)))
    try:
        differing = difference(*plans)
    except EchoseqError as error:
        raise EchoseqError(f"{error} ({run[0]}, seed {run[1]})") from error
    if differing:
        key, is_now, was = differing
        raise EchoseqError(
            f"{trained}: {run[0]}, seed {run[1]}: trained with another plan than the published "
            f"run: {key} is {is_now}, published {was}"
        )


def _why_not_promised(
    manifest: Manifest, environment: Mapping[str, Any], records: list[dict[str, Any]]
) -> str | None:
    """Why the same bits are not promised; None if they are."""
    if not promises_bits(environment):
        return "this is not x86-64 with AVX2 and FMA, or a variable of TensorFlow is set"
    if not manifest["bits_promised"]:
        return "it was published from a machine without this promise"
    for name in TRAINERS:
        was = manifest["environment"]["packages"].get(name)
        for is_now in {record["versions"].get(name) for record in records}:
            if is_now != was:
                return f"{name} is {is_now}, published with {was}"
    return None


def _different_run(
    runs: Collection[RunName], records: Collection[tuple[dict[str, Any], dict[str, Any]]]
) -> str | None:
    """The first run and digest that differ."""
    for (name, seed), (ours, theirs) in zip(runs, records):
        for key in (*DIGESTS, "final_loss", "final_accuracy"):
            if ours.get(key) != theirs.get(key):
                path = f"{run_folder(name, seed)}/{RECORD}"
                return f"{path}: {key} is {ours.get(key)}, published {theirs.get(key)}"
    return None


def _different_row(
    trained: Path, published: Path, runs: Collection[RunName], tolerance: float
) -> str | None:
    """The first value that differs by more than the tolerance; with tolerance 0, by anything."""
    columns = ("accuracy",) if tolerance else ("accuracy", "loss", "distance", "n")
    ours, theirs = _seed_rows(trained, runs), _seed_rows(published, runs)
    for row, column, a, b in differing_values(ours, theirs, tolerance=tolerance, columns=columns):
        return f"{SEED_TABLES[-1]}: {row}: {column} is {a}, published {b}"
    return None


def _seed_rows(folder: Path, runs: Collection[RunName]) -> Rows:
    """The rows of the runs in the most complete table of seeds."""
    paths = [path for path in (stored(folder / name) for name in SEED_TABLES) if path.is_file()]
    if not paths:
        raise EchoseqError(f"{folder / SEED_TABLES[-1]}: expected a table, found none")
    wanted = {(name, str(seed)) for name, seed in runs}
    try:
        return read_rows(paths[0], wanted=lambda row: (row["experiment"], row["seed"]) in wanted)
    except KeyError as error:
        raise EchoseqError(
            f"{paths[0]}: expected a table of seeds, found no column {error}"
        ) from error
