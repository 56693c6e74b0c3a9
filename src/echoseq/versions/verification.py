"""Runs trained again, checked against a published version."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from echoseq.data.snapshots import seed_of
from echoseq.errors import EchoseqError
from echoseq.study.plan import Plan, difference
from echoseq.training.files import PROGRAM, RECORD
from echoseq.training.records import plan_of, program_of, read_record
from echoseq.versions.environment import TRAINERS, promises_bits
from echoseq.versions.manifest import Manifest, read_manifest, require_whole
from echoseq.versions.rows import Rows, differing_values, read_rows

TOLERANCE = 0.05
# What must have the same bits, in order of dependence.
DIGESTS = ("data_digest", "initial_digest", "history_digest", "digest")
SEED_TABLES = ("tables/extensions/seeds.csv", "tables/seeds.csv")


@dataclass(frozen=True)
class Verdict:
    """Whether runs match the published ones, and a line that explains the verdict."""

    same: bool
    line: str


def published_runs(published: Path) -> dict[str, list[int]]:
    """The seeds of each published experiment."""
    runs: dict[str, list[int]] = {}
    for path in published.glob(f"runs/*/seed-*/{RECORD}"):
        runs.setdefault(path.parents[1].name, []).append(seed_of(path.parent))
    return {name: sorted(runs[name]) for name in sorted(runs)}


def runs_to_train(
    published: Path, configuration: Mapping[str, Any], plans: Mapping[str, Plan]
) -> dict[str, list[int]]:
    """The seeds of each published experiment to train again.

    Args:
        configuration: with every default; `verify.seeds` decides how many seeds.
        plans: of every experiment in it.

    Raises:
        EchoseqError: if there is nothing to compare with, or it was made with other settings or by
            another training program.
    """
    manifest = read_manifest(published)
    require_whole(published, manifest)
    runs = published_runs(published)
    paths = {name: published / f"runs/{name}/seed-{runs[name][0]}/{RECORD}" for name in runs}
    records = {name: read_record(path) for name, path in paths.items()}
    for record in records.values():
        _require_program(published, manifest, program_of(record), PROGRAM)
    if manifest["configuration"]["evaluation"] != configuration["evaluation"]:
        raise EchoseqError(f"{published}: published with other settings under evaluation")
    for name, record in records.items():
        if name not in plans:
            raise EchoseqError(f"{published}: {name} is published, but not in the configuration")
        differing = difference(plan_of(record, paths[name]), plans[name])
        if differing:
            key, was, is_now = differing
            raise EchoseqError(
                f"{published}: {name} is published with {key} {was}, but the configuration has "
                f"{is_now}"
            )
    every = configuration["verify"]["seeds"] == "all"
    return {name: seeds if every else seeds[:1] for name, seeds in runs.items()}


def _require_program(published: Path, manifest: Manifest, made_by: int, trains: int) -> None:
    """Refuse to compare runs of different training programs, whose bits differ."""
    if made_by != trains:
        age = "an earlier" if made_by < trains else "a later"
        commit = manifest["code"]["commit"] or "that made it"
        raise EchoseqError(
            f"{published}: made by {age} training program ({made_by}, not {trains}), with other "
            f"bits; check out commit {commit} to verify it"
        )


def verifiable(
    published: Path, configuration: Mapping[str, Any], plans: Mapping[str, Plan]
) -> dict[str, list[int]]:
    """As `runs_to_train`, but empty if nothing can be compared."""
    try:
        return runs_to_train(published, configuration, plans)
    except EchoseqError:
        return {}


def verify(
    trained: Path,
    published: Path,
    environment: Mapping[str, Any],
    tolerance: float = TOLERANCE,
) -> Verdict:
    """Check runs and their accuracies against the published ones.

    Args:
        trained: a folder with runs/<experiment>/seed-<n>/run.json and tables/seeds.csv.
        published: a published version.
        environment: from `environment.environment`, of the machine that trained.
        tolerance: for accuracies, where the same bits are not promised.

    Raises:
        EchoseqError: if they cannot be compared.
    """
    manifest = read_manifest(published)
    require_whole(published, manifest)
    runs = [(name, seed) for name, seeds in published_runs(trained).items() for seed in seeds]
    if not runs:
        raise EchoseqError(f"{trained}: expected runs to verify, found none")
    records = [_records(trained, published, *run) for run in runs]
    for ours, theirs in records:
        _require_program(published, manifest, program_of(theirs), program_of(ours))
    reason = _why_not_promised(manifest, environment, [pair[0] for pair in records])
    difference_found = _different_run(runs, records) or _different_row(
        trained, published, runs, 0.0
    )
    count = f"{len(runs)} run{'s' if len(runs) > 1 else ''}"
    if difference_found is None:
        return Verdict(True, f"{published}: {count} trained again, identical bits")
    if reason is None:
        return Verdict(False, f"{published}: different: {difference_found}")
    beyond = _different_row(trained, published, runs, tolerance)
    if beyond is None:
        return Verdict(
            True,
            f"{published}: {count} trained again, accuracies within {tolerance:g} (identical bits "
            f"are not promised here: {reason})",
        )
    return Verdict(False, f"{published}: different, by more than {tolerance:g}: {beyond}")


def _records(trained: Path, published: Path, name: str, seed: int) -> list[dict[str, Any]]:
    path = f"runs/{name}/seed-{seed}/{RECORD}"
    if not (published / path).is_file():
        raise EchoseqError(f"{published / path}: expected the record of a run, found none")
    ours, theirs = read_record(trained / path), read_record(published / path)
    if ours["plan"] != theirs["plan"]:
        raise EchoseqError(f"{trained / path}: trained with another plan than the published run")
    return [ours, theirs]


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


def _different_run(runs: list[tuple[str, int]], records: list[list[dict[str, Any]]]) -> str | None:
    """The first run and digest that differ."""
    for (name, seed), (ours, theirs) in zip(runs, records):
        for key in (*DIGESTS, "final_loss", "final_accuracy"):
            if ours.get(key) != theirs.get(key):
                path = f"runs/{name}/seed-{seed}/{RECORD}"
                return f"{path}: {key} is {ours.get(key)}, published {theirs.get(key)}"
    return None


def _different_row(
    trained: Path, published: Path, runs: list[tuple[str, int]], tolerance: float
) -> str | None:
    """The first value that differs by more than the tolerance; with tolerance 0, by anything."""
    columns = ("accuracy",) if tolerance else ("accuracy", "loss", "distance", "n")
    ours, theirs = _seed_rows(trained, runs), _seed_rows(published, runs)
    for row, column, a, b in differing_values(ours, theirs, tolerance=tolerance, columns=columns):
        return f"tables/seeds.csv: {row}: {column} is {a}, published {b}"
    return None


def _seed_rows(folder: Path, runs: list[tuple[str, int]]) -> Rows:
    """The rows of the runs in the most complete table of seeds."""
    paths = [folder / name for name in SEED_TABLES if (folder / name).is_file()]
    if not paths:
        raise EchoseqError(f"{folder / SEED_TABLES[-1]}: expected a table, found none")
    wanted = {(name, str(seed)) for name, seed in runs}
    try:
        return read_rows(paths[0], wanted=lambda row: (row["experiment"], row["seed"]) in wanted)
    except KeyError as error:
        raise EchoseqError(
            f"{paths[0]}: expected a table of seeds, found no column {error}"
        ) from error
