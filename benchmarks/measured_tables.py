"""What was measured, as tables: pure functions of the measurements."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import costs
import pandas as pd
from measuring import spread
from peers.work import Sizes

from echoseq.documents.markdown import markdown_table

Measurement = Mapping[str, Any]

OURS = "echoseq"
MACHINE = "machine"
QUIET = 1.05  # at most the ratio of the clock to processor time
LIMITS = {"the limit of this core": "gflops", "the limit with AVX2 alone": "gflops_avx2"}


def peers_table(measurements: Iterable[Measurement], sizes: Sizes, notes: Mapping[str, str]) -> str:
    """The programs of one experiment, and what the core can do, as a table in Markdown.

    Args:
        measurements: of this experiment; a program that lacks a round of ours is left out.
        notes: on a program, by its name.
    """
    by_name = _by_program(measurements)
    ours = by_name.pop(OURS)
    machines = by_name.pop(MACHINE)
    others = {n: r for n, r in by_name.items() if len(r) == len(ours)}
    quickest_first = sorted(others.items(), key=lambda item: _median(item[1]))
    rows = [_row(name, runs, ours, notes) for name, runs in [(OURS, ours), *quickest_first]]
    rows += [_limit_row(name, key, machines, ours, sizes) for name, key in LIMITS.items()]
    return markdown_table(["program", "ms an epoch", "times echoseq's", "first block, s"], rows)


def _row(
    name: str, runs: Sequence[Measurement], ours: Sequence[Measurement], notes: Mapping[str, str]
) -> list[str]:
    version = runs[0]["version"]
    described = f"{name} ({', '.join(filter(None, [version, notes.get(name)]))})"
    ratios = [a["cpu_ms"] / b["cpu_ms"] for a, b in zip(runs, ours)]
    return [
        described,
        spread([run["cpu_ms"] for run in runs], 2),
        "1" if name == OURS else spread(ratios, 2),
        spread([run["first_s"] for run in runs], 1),
    ]


def _limit_row(
    name: str,
    peak: str,
    machines: Sequence[Measurement],
    ours: Sequence[Measurement],
    sizes: Sizes,
) -> list[str]:
    limits = [costs.limit(sizes, m[peak], _bandwidth(m)).ms for m in machines]
    ratios = [a / b["cpu_ms"] for a, b in zip(limits, ours)]
    return [name, spread(limits, 2), spread(ratios, 2), ""]


def core_sentence(machines: Sequence[Measurement], sizes: Sizes) -> str:
    """What an epoch takes at least, and what the core can do."""
    peak, avx2 = (statistics.median(m[key] for m in machines) for key in LIMITS.values())
    bandwidth = {
        size: statistics.median(_bandwidth(m)[size] for m in machines)
        for size in _bandwidth(machines[0])
    }
    least = costs.limit(sizes, peak, bandwidth)
    rate = costs.traffic(sizes) / least.traffic / 1e6
    return (
        f"An epoch takes {costs.operations(sizes) / 1e6:.1f} million floating-point operations and "
        f"{costs.traffic(sizes) / 1e6:.1f} MB of weights and moments. At this core's peak of "
        f"{peak:.0f} GFLOP/s ({avx2:.0f} with AVX2 alone) and {rate:.0f} GB/s, that is "
        f"{least.products:.2f} ms and {least.traffic:.2f} ms.\n"
    )


def quiet_sentence(measurements: Iterable[Measurement]) -> str:
    """How far the clock and the processor time are apart."""
    ratio = max(m["ms"] / m["cpu_ms"] for m in measurements if "ms" in m)
    found = "The core was quiet" if ratio <= QUIET else "The core was not quiet"
    return f"{found}: by the clock, runs took up to {ratio:.2f} times as long.\n"


def growth_table(measurements: Iterable[Measurement], sizes_at: Any) -> pd.DataFrame:
    """A row for each axis, value and program: median, smallest and largest ms an epoch.

    Args:
        sizes_at: from an axis and a value to the sizes.
    """
    everything = [*measurements]
    machine = next(m for m in everything if m["program"] == MACHINE)
    found: dict[tuple[str, int, str], list[float]] = {}
    for m in everything:
        if m["program"] != MACHINE:
            found.setdefault((m["axis"], m["value"], m["program"]), []).append(m["cpu_ms"])
    rows = []
    for (axis, value, program), times in found.items():
        sizes = sizes_at(axis, value)
        rows.append(
            {
                "axis": axis,
                "value": value,
                "program": program,
                "rounds": len(times),
                "ms": statistics.median(times),
                "ms_low": min(times),
                "ms_high": max(times),
                "mflop": costs.operations(sizes) / 1e6,
                "limit_ms": costs.limit(sizes, machine["gflops"], _bandwidth(machine)).ms,
            }
        )
    return pd.DataFrame(rows)


def growth_summary(table: pd.DataFrame) -> str:
    """At the ends of each axis: ms an epoch, and the ratio to ours, as a table in Markdown."""
    rows = []
    for axis, part in table.groupby("axis", sort=False):
        for value in (part["value"].min(), part["value"].max()):
            at = part[part["value"] == value].set_index("program")
            ours = at.loc[OURS, "ms"]
            cells = [_with_ratio(ms, ours, name) for name, ms in at["ms"].items()]
            rows.append([f"{axis} {value}", *cells, f"{at['limit_ms'].iloc[0]:.2f}"])
    return markdown_table(["one size changed", *dict.fromkeys(table["program"]), "limit"], rows)


def _with_ratio(ms: float, ours: float, name: object) -> str:
    return f"{ms:.2f}" if name == OURS else f"{ms:.2f} ({ms / ours:.2f})"


def _by_program(measurements: Iterable[Measurement]) -> dict[str, list[Measurement]]:
    found: dict[str, list[Measurement]] = {}
    for m in sorted(measurements, key=lambda m: m["round"]):
        found.setdefault(m["program"], []).append(m)
    return found


def _bandwidth(machine: Measurement) -> dict[int, float]:
    return {int(size): rate for size, rate in machine["bandwidth"].items()}


def _median(runs: Iterable[Measurement]) -> float:
    return statistics.median(run["cpu_ms"] for run in runs)
