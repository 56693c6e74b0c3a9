"""What is said when the workflow has ended: the headline, and where to look."""

from pathlib import Path

from echoseq.layout import ANSWERS, FIGURES, PAGE, PAPER, SUMMARY
from echoseq.tables.columns import EXACT_MATCH, complete_windows, read_table
from echoseq.wording import plural, share, spoken, with_interval

# What there is to look at, by the name of its file or folder.
SHOWN = {
    "paper": PAPER,
    "figures": FIGURES,
    "answers": ANSWERS,
    "page": PAGE,
}


def closing(folder: Path, version: str) -> str:
    """The headline of a version, as far as it has been made, and its files to look at.

    Args:
        folder: results/<version>.
    """
    lines = [f"Results of version {version}: {folder}/"]
    summary = folder / SUMMARY
    if summary.exists():
        lines += _headline(summary)
    made = {name: folder / path for name, path in SHOWN.items() if (folder / path).exists()}
    width = max(map(len, made), default=0)
    lines += [f"  {name:{width}}  {path}" for name, path in made.items()]
    return "\n".join(lines)


def _headline(summary: Path) -> list[str]:
    """Accuracy at each position and of the exact match, a line for each experiment."""
    complete = complete_windows(read_table(summary))
    names = {name: spoken(str(name)) for name in complete["experiment"]}
    width = max(map(len, names.values()))
    lines = ["  accuracy on held-out sequences at each position, and of the exact match:"]
    for name, rows in complete.groupby("experiment", sort=False):
        exact = rows["position"] == EXACT_MATCH
        means = " ".join(map(share, rows.loc[~exact, "mean"]))
        (match,) = rows[exact].to_dict("records")
        lines.append(
            f"    {names[name]:{width}}  {means}, exact "
            f"{with_interval(match['mean'], match['low'], match['high'])}, "
            f"{plural(match['seeds'], 'seed')}"
        )
    return lines
