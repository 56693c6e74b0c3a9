"""What networks hold and what they use as Markdown, for docs/: probes, and ablations."""

from pathlib import Path

import pandas as pd

from echoseq.documents.markdown import markdown_table
from echoseq.documents.results import Row, rows_of
from echoseq.errors import EchoseqError
from echoseq.escaping import markdown
from echoseq.evaluation.readouts import LINEAR, MLP, SHUFFLED, TRAINED, UNTRAINED
from echoseq.packing import stored
from echoseq.study.ablated import INTACT
from echoseq.tables.catalogue import table_file
from echoseq.tables.columns import PER_VALUE, read_table
from echoseq.wording import coverage, percent, plural, share, spoken, spread, with_interval

ABLATED_HEAD = ("network", "taken away", "from", "place", "intact", "left", "seeds")
HELD_HEAD = ("network", "state", "network is", "linear", "bits", "MLP", "bits")


def ablations_table(folder: Path) -> str:
    """What is left of the right answers with something taken away: a row for each ablation.

    Answers are scored over all positions; with a value removed, also at its own position.

    Args:
        folder: of a version whose networks have been ablated.

    Raises:
        EchoseqError: if there is no such table.
    """
    table = _table(folder, "ablations")
    own = table["removed"].notna() & (table["position"] == table["removed"].map("{:.0f}".format))
    shown = table[(table["ablation"] != INTACT) & ((table["position"] == PER_VALUE) | own)]
    note = (
        "Share of right values, mean over seeds with its "
        f"{coverage(table['confidence'].iloc[0])} interval; in brackets after the number of "
        "seeds, the lowest and the highest of them."
    )
    return f"{note}\n\n{markdown_table(ABLATED_HEAD, map(_ablated, rows_of(shown)))}"


def probes_table(folder: Path) -> str:
    """What probes read after the last step: a row for each state, trained and untrained.

    Args:
        folder: of a version whose networks have been probed.

    Raises:
        EchoseqError: if there is no such table.
    """
    table = _table(folder, "probes")
    last = table.groupby(["experiment", "state"])["step"].transform("max") == table["step"]
    shown = table[last & table["network"].isin([TRAINED, UNTRAINED])]
    rows = [
        _held(part) for _, part in shown.groupby(["experiment", "state", "network"], sort=False)
    ]
    control = table[table["network"] == SHUFFLED]["accuracy"].max()
    seeds = plural(int(table["seeds"].max()), "seed")
    if table["seeds"].min() < table["seeds"].max():
        seeds = f"{spread(table['seeds'], str)} seeds"
    note = (
        f"Means over {seeds}, oldest value first, and the bits about all values together. With "
        f"shuffled labels, at most {percent(control)} are right."
    )
    return f"{note}\n\n{markdown_table(HELD_HEAD, rows)}"


def _table(folder: Path, name: str) -> pd.DataFrame:
    path = stored(folder / table_file(name, extensions=True))
    if not path.exists():
        raise EchoseqError(f"{path}: there is no such table in this version")
    return read_table(path)


def _ablated(row: Row) -> list[str]:
    source: str = row["layer"] if pd.isna(row["state"]) else f"{row['layer']}, {row['state']}"
    gone: str = "" if pd.isna(row["removed"]) else f", value {row['removed']:.0f}"
    ends = f"{share(row['minimum'])} to {share(row['maximum'])}"
    cells = [
        *(spoken(row["experiment"]), f"{spoken(row['ablation'])}{gone}", source),
        *(row["position"], share(row["intact"])),
        with_interval(row["accuracy"], row["low"], row["high"]),
        f"{row['seeds']:.0f} ({ends})",
    ]
    return [markdown(cell) for cell in cells]


def _held(part: pd.DataFrame) -> list[str]:
    first = part.iloc[0]
    part = part.sort_values("position", key=lambda names: names.astype(int))
    cells = [spoken(first["experiment"]), first["state"], first["network"]]
    for kind in (LINEAR, MLP):
        read = part[part["probe"] == kind]
        cells += [", ".join(map(percent, read["accuracy"])), f"{read['bits'].sum():.1f}"]
    return [markdown(cell) for cell in cells]
