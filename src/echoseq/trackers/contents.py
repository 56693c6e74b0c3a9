"""What a version has for an experiment tracker: its runs and its figures."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from echoseq.api.runs import existing
from echoseq.api.version import Version
from echoseq.files import canonical_json
from echoseq.layout import FIGURES, RECORDS
from echoseq.packing import stored
from echoseq.places import HISTORY, run_folder
from echoseq.provenance.records import read_records
from echoseq.tables.columns import COMPLETE
from echoseq.training.files import FINAL_EPOCHS
from echoseq.training.records import read_history

# Tables. The first has curves in short, for published versions, which have no histories.
CURVES, SKILL, RUNS = "learning", "skill_of_seeds", "runs"
NONE = pd.DataFrame({"epoch": [], "loss": [], "accuracy": []}, dtype="float64")
FIGURES_RUN = "figures"  # the name of what holds the figures, beside the runs
METRICS = {
    "training/loss": "of the epoch",
    "training/accuracy": "in training, of the epoch",
    "training/final_loss": f"mean over the last {FINAL_EPOCHS} epochs",
    "training/final_accuracy": f"in training, mean over the last {FINAL_EPOCHS} epochs",
    "training/epochs": "that were trained",
    "training/updates": "of the weights",
    "training/epochs_to_learn": "until it had learned; absent if it never did, or was not asked to",
    "held_out/accuracy": "share of right values in complete windows",
    "held_out/exact_match": "share of complete windows with every value right",
    "held_out/bits": "information recalled from a complete window",
    "held_out/incomplete_accuracy": "share of right values in windows with missing values",
    "held_out/incomplete_exact_match": "share of such windows with every value right",
}
CURVE = ("training/loss", "training/accuracy")
FINAL = tuple(name for name in METRICS if name not in CURVE)


@dataclass(frozen=True)
class TrackedRun:
    """An experiment trained with one seed, as trackers take it.

    settings: its plan with the experiment and the seed, each a text, a number or a truth value;
        what a plan leaves open is left out.
    curve: epoch (whole numbers, increasing) and the metrics of `CURVE`; empty for a run of a
        published version that has none.
    final: those metrics of `FINAL` that are known.
    """

    experiment: str
    seed: int
    settings: dict[str, str | int | float | bool]
    curve: pd.DataFrame
    final: dict[str, float]

    @property
    def name(self) -> str:
        """<experiment>/seed-<n>."""
        return f"{self.experiment}/seed-{self.seed}"

    @property
    def last(self) -> int:
        """The last epoch that was trained."""
        return int(self.final["training/epochs"])


@dataclass(frozen=True)
class Place:
    """Where a tracker's files are written, and what the version is called.

    folder: that exists, and is filled.
    target: the absolute path that it gets afterwards.
    """

    folder: Path
    target: Path
    version: str


@dataclass(frozen=True)
class Figure:
    """A figure of a version: its name, the image and its caption."""

    name: str
    path: Path
    caption: str


def runs_of(version: Version) -> Iterator[TrackedRun]:
    """The runs of a version, one after the other, sorted by experiment and seed.

    Raises:
        EchoseqError: if a file of one is missing or damaged.
    """
    tables = {name: _by_run(version, name) for name in (CURVES, SKILL, RUNS)}
    for (experiment, seed), record in read_records(version.folder).items():
        rows = {name: table.get((experiment, seed), NONE) for name, table in tables.items()}
        curve, final = _curve(version.folder, record, rows[CURVES]), _final(record, rows)
        yield TrackedRun(experiment, seed, _settings(record), curve, final)


def figures_of(version: Version, suffixes: tuple[str, ...] = (".png",)) -> list[Figure]:
    """The figures of a version, sorted by name, each in the first of these formats that it has."""
    folder = version.folder / FIGURES
    names = sorted({path.stem for path in folder.iterdir()}) if folder.is_dir() else []
    found = []
    for name in names:
        paths = [folder / f"{name}{suffix}" for suffix in suffixes]
        path = next((path for path in paths if path.is_file()), None)
        if path is not None:
            text = folder / f"{name}.txt"
            caption = text.read_text(encoding="utf-8").strip() if text.is_file() else ""
            found.append(Figure(name, path, caption))
    return found


def _by_run(version: Version, name: str) -> dict[Hashable, pd.DataFrame]:
    """The rows of a table by experiment and seed; none if the version does not have it."""
    if name not in version.tables:
        return {}
    return dict(iter(version.table(name).groupby(["experiment", "seed"])))


def _settings(record: dict[str, Any]) -> dict[str, str | int | float | bool]:
    facts = {key: record[key] for key in ("experiment", "seed", "parameters")}
    settings = {**facts, **record["plan"]}
    return {key: _plain(value) for key, value in settings.items() if value is not None}


def _plain(value: Any) -> str | int | float | bool:
    return value if isinstance(value, str | int | float | bool) else canonical_json(value)


def _curve(folder: Path, record: dict[str, Any], short: pd.DataFrame) -> pd.DataFrame:
    """The history of a run; of a published one, the curve in short, if it has one."""
    path = folder / run_folder(record["experiment"], record["seed"]) / HISTORY
    published = stored(folder / RECORDS).is_file() and not path.is_file()
    curve = short if published else read_history(existing(path, folder), record)
    columns = {"epoch": curve["epoch"].round().astype("int64")}
    return pd.DataFrame(columns | {name: curve[name.rpartition("/")[2]] for name in CURVE})


def _final(record: dict[str, Any], rows: dict[str, pd.DataFrame]) -> dict[str, float]:
    found = {
        "training/final_loss": record["final_loss"],
        "training/final_accuracy": record["final_accuracy"],
        "training/epochs": record["epochs"],
        "training/updates": record.get("updates"),
    }
    for row in rows[RUNS].to_dict("records"):
        found["training/epochs_to_learn"] = row.get("epochs_to_learn")
    for row in rows[SKILL].to_dict("records"):
        kind = "" if row["windows"] == COMPLETE else "incomplete_"
        for column in ("accuracy", "exact_match", "bits"):
            found[f"held_out/{kind}{column}"] = row[column]
    return {name: float(found[name]) for name in FINAL if pd.notna(found.get(name))}
