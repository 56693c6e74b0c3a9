"""A comparison of two versions as readable text."""

from collections import Counter
from collections.abc import Iterable, Sized
from pathlib import Path
from textwrap import shorten
from typing import Any

from echoseq.layout import ANSWERS
from echoseq.provenance.comparison import Comparison, Difference, Only, TableDifference
from echoseq.provenance.manifest import MAX_NAMES, shortened
from echoseq.provenance.rows import agree

MAX_LINES = 12  # printed for one kind of difference
MAX_TEXT = 80  # characters of a value
DIGEST = 64  # hexadecimal digits; the first ones are enough to tell two apart


def as_text(comparison: Comparison, a: Path, b: Path) -> str:
    """What differs, in short: what only one version has is counted, and long lists are cut."""
    lines = [f"A: {a}", f"B: {b}"]
    if comparison.program:
        was, is_now = (", ".join(map(str, p)) for p in (comparison.program.a, comparison.program.b))
        lines.append(f"training program: {was} | {is_now}, so the bits of all runs differ")
    lines += [_one_sided(part, only) for part, only in comparison.names.items()]
    lines += _section("configuration", comparison.configuration)
    lines += _section("environment", comparison.environment)
    lines += _files("files", comparison.files, comparison.other_files)
    lines += _section("runs", comparison.runs)
    if comparison.other_runs.a or comparison.other_runs.b:
        lines.append(_one_sided("runs", comparison.other_runs))
    lines += _tables(comparison.tables)
    lines += _answers(comparison.answers)
    lines += _metrics(comparison)
    lines.append(_verdict(comparison))
    return "\n".join(lines)


def _verdict(comparison: Comparison) -> str:
    """Whether they are the same; if so in all that both have, what only one of them has."""
    if comparison.same or not comparison.same_in_both:
        return "the same" if comparison.same else "different"
    kinds = comparison.one_sided.items()
    sides = {
        "A": [f"{kind} {len(only.a):,}" for kind, only in kinds if only.a],
        "B": [f"{kind} {len(only.b):,}" for kind, only in kinds if only.b],
    }
    counts = [f"only in {side}: {', '.join(found)}" for side, found in sides.items() if found]
    return f"the same in all that both have; {'; '.join(counts)}"


def _section(title: str, found: list[Difference], limit: int = MAX_LINES) -> list[str]:
    if not found:
        return [f"{title}: no difference"]
    return [f"{title}: {len(found)} differ", *_cut(map(_line, found), len(found), limit)]


def _cut(entries: Iterable[str], number: int, limit: int = MAX_LINES) -> list[str]:
    shown = [f"  {entry}" for entry, _ in zip(entries, range(limit))]
    more = [f"  ... and {number - limit} more (--json has all)"] if number > limit else []
    return shown + more


def _line(difference: Difference) -> str:
    return f"{difference.what}: {_value(difference.a)} | {_value(difference.b)}"


def _value(value: Any) -> str:
    if value is None:
        return "-"
    text = str(value)
    is_digest = len(text) == DIGEST and not set(text) - set("0123456789abcdef")
    return f"{text[:12]}..." if is_digest else shorten(text, MAX_TEXT, placeholder="...")


def _one_sided(what: str, only: Only) -> str:
    """One line about what both have, and what only one of them has."""
    sides = [
        f"{len(names)} only in {side} ({shortened(names)})"
        for side, names in (("A", only.a), ("B", only.b))
        if names
    ]
    return f"{what}: {'; '.join([f'{only.both} in both', *sides])}"


def _files(title: str, found: list[Difference], other: Only) -> list[str]:
    lines = _section(title, found)
    for side, paths in (("A", other.a), ("B", other.b)):
        if paths:
            folders = Counter(path.split("/", maxsplit=1)[0] for path in paths)
            few = shortened(paths) if len(paths) <= MAX_NAMES else None
            counts = few or ", ".join(f"{folder} {n}" for folder, n in sorted(folders.items()))
            lines.append(f"{title} only in {side}: {len(paths)} ({counts})")
    return lines


def _tables(tables: list[TableDifference]) -> list[str]:
    if not tables:
        return ["tables: no difference"]
    # Answers have a section of their own.
    values = [value for table in tables if table.name != ANSWERS for value in table.values]
    lines = [f"tables: {len(tables)} differ"]
    for table in tables:
        changed = [f"{_count(table.values, 'value')} differ"] if table.values else []
        for what, only in (("row", table.rows), ("column", table.columns)):
            for side, names in (("A", only.a), ("B", only.b)):
                if names:
                    listed = f" ({shortened(names)})" if what == "column" else ""
                    changed.append(f"{_count(names, what)} only in {side}{listed}")
        lines.append(f"  {table.name}: {table.rows.both} rows in both; {', '.join(changed)}")
    if values:
        lines += ["values in tables:", *_cut(map(_line, values), len(values))]
    return lines


def _count(things: Sized, name: str) -> str:
    return f"{len(things)} {name}{'' if len(things) == 1 else 's'}"


def _answers(answers: dict[str, Only]) -> list[str]:
    if not answers:
        return []
    return [
        f"answers: {len(answers)} differ, from these experiments on the questions:",
        *(
            f"  {question}: {only.both} in both, {len(only.a)} only in A, {len(only.b)} only in B"
            for question, only in answers.items()
        ),
    ]


def _metrics(comparison: Comparison) -> list[str]:
    """Every metric that differs, in full."""
    differing = [
        metric
        for metric in comparison.metrics
        if not all(agree(*pair) for pair in zip(metric.a, metric.b))
    ]
    title = f"metrics (mean [interval]), {len(comparison.metrics)} in both"
    if not differing:
        return [f"{title}: no difference"]
    return [
        f"{title}: {len(differing)} differ",
        *(f"  {m.what}: {_interval(m.a)} | {_interval(m.b)}" for m in differing),
    ]


def _interval(values: list[str]) -> str:
    return f"{values[0]} [{values[1]}, {values[2]}]"
