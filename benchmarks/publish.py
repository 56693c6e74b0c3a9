"""Put what was measured into docs/speed.md: tables, figures, and all measurements beside them.

`make speed`, or `python benchmarks/publish.py`. What the commands left in .benchmarks/ replaces
what is in docs/speed/; what is not there stays. Tables and figures are then made from docs/speed/.
"""

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import compare_peers
import cores
import cores_figure
import growth
import growth_figure
import measured_tables as tables
import measuring
import pandas as pd
import programs
from measuring import MEASURED

from echoseq.documents.markdown import insert
from echoseq.figures import style
from echoseq.files import write_table

DOCUMENT = measuring.HERE.parent / "docs" / "speed.md"
SOURCES = ("peers.json", "growth.json", "cores.csv")


def peers_text(content: dict[str, Any]) -> str:
    """A table for each echo, and what they were measured on."""
    found = content["measurements"]
    kept = programs.fits("") + programs.compiled("")
    notes = {program.name: program.note for program in kept}
    parts = [conditions_text(content), tables.quiet_sentence(found)]
    for experiment in measuring.EXPERIMENTS:
        own = [m for m in found if m["experiment"] == experiment]
        sizes = compare_peers.sizes_of(experiment)
        machines = [m for m in own if m["program"] == tables.MACHINE]
        parts += [
            f"{experiment.replace('_', ' ').capitalize()}:\n",
            tables.peers_table(own, sizes, notes),
            tables.core_sentence(machines, sizes),
        ]
    return "\n".join(parts)


def conditions_text(content: dict[str, Any]) -> str:
    """On what it was measured."""
    found = content["conditions"]
    rounds = 1 + max(m.get("round", 0) for m in content["measurements"])
    text = "one round" if rounds == 1 else f"{rounds} rounds"
    return f"Core {found['core']} of {found['cpu']}; {text}.\n"


def publish(folder: Path, document: Path) -> list[str]:
    """Make tables and figures from the measurements in a folder; returns what was made.

    Args:
        document: into which the tables are put.
    """
    made = []
    if (path := folder / "peers.json").exists():
        insert(document, "peers", peers_text(_read(path)))
        made.append("peers")
    if (path := folder / "growth.json").exists():
        table = tables.growth_table(_read(path)["measurements"], growth.sizes_at)
        write_table(folder / "growth.csv", table)
        style.render(growth_figure.draw, {"growth": folder / "growth.csv"}, [folder / "growth.svg"])
        found = _read(path)
        quiet = tables.quiet_sentence(found["measurements"])
        text = "\n".join([conditions_text(found), quiet, tables.growth_summary(table)])
        insert(document, "growth", text)
        made.append("growth")
    if (path := folder / "cores.csv").exists():
        style.render(cores_figure.draw, {"cores": path}, [folder / "cores.svg"])
        insert(document, "cores", cores.summary(pd.read_csv(path)))
        made.append("cores")
    return made


def _read(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text(encoding="utf-8")))


def main() -> None:
    """Publish what is there."""
    sys.excepthook = measuring.end_in_one_line
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measured", type=Path, default=MEASURED, help="default %(default)s")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="default %(default)s")
    options = parser.parse_args()
    folder = options.document.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name in SOURCES:
        if (options.measured / name).exists():
            shutil.copyfile(options.measured / name, folder / name)
    made = publish(folder, options.document)
    if not made:
        raise measuring.MeasuringError(
            f"{options.measured}: nothing was measured; expected {', '.join(SOURCES)}"
        )
    print(f"{options.document}: {', '.join(made)}")


if __name__ == "__main__":
    main()
