"""What YAML takes in silence is refused, wherever a configuration is read."""

from pathlib import Path

import pytest
from configurations import CONFIG

from echoseq.errors import EchoseqError
from echoseq.study.reading import check_files, read

# The content of a file, and the expected message.
SLIPS = {
    "a key at the top": (
        "seeds: 3\nversion: v2\nseeds: 5\n",
        "line 3: seeds: given twice, first in line 1",
    ),
    "an experiment": (
        "experiments:\n  a: {cells: 3}\n  b: {cells: 3}\n  a: {cells: 4}\n",
        "line 4: experiments.a: given twice, first in line 2",
    ),
    "a key of an experiment": (
        "experiments:\n  a:\n    epochs: 5\n    cells: 3\n    epochs: 7\n",
        "line 5: experiments.a.epochs: given twice, first in line 3",
    ),
    "JSON": ('{"seeds": 3,\n"seeds": 5}', "line 2: seeds: given twice, first in line 1"),
    "with and without quotes": (
        "a: [{b: 1, 'b': 2}]",
        "line 1: a.0.b: given twice, first in line 1",
    ),
    "nothing": (
        "a: {b: {null: {c: 1}}}",
        'line 1: a.b.null: expected text as a key, got nothing; write "null" for text',
    ),
    "a word for true": (
        "a: {yes: 1}",
        'line 1: a.yes: expected text as a key, got true; write "yes" for text',
    ),
    "a word for false": (
        "a: {NO: 1}",
        'line 1: a.NO: expected text as a key, got false; write "NO" for text',
    ),
    "a number that would lose a digit": (
        "a: {1.50: 1}",
        'line 1: a.1.50: expected text as a key, got a number; write "1.50" for text',
    ),
    "a date": (
        "a: {2024-01-01: 1}",
        'line 1: a.2024-01-01: expected text as a key, got a date; write "2024-01-01" for text',
    ),
    "an alias": (
        "base: &b {c: 1, c: 2}\nother: *b\n",
        "line 1: base.c: given twice, first in line 1",
    ),
    "base 60": (
        "seeds: 1:30",
        'line 1: seeds: 1:30 is read as 90; write 90, or "1:30" if it is text',
    ),
    "base 60, with a fraction": (
        "a: 1:30.5",
        'line 1: a: 1:30.5 is read as 90.5; write 90.5, or "1:30.5" if it is text',
    ),
    "underscores": (
        "seeds: 1_000",
        'line 1: seeds: 1_000 is read as 1000; write 1000, or "1_000" if it is text',
    ),
    "underscores, with a fraction": (
        "a: 1_0.5",
        'line 1: a: 1_0.5 is read as 10.5; write 10.5, or "1_0.5" if it is text',
    ),
    "base 16": (
        "\nseeds: 0x3C",
        'line 2: seeds: 0x3C is read as 60; write 60, or "0x3C" if it is text',
    ),
    "base 8": ("seeds: 010", 'line 1: seeds: 010 is read as 8; write 8, or "010" if it is text'),
    "base 2": ("seeds: 0b11", 'line 1: seeds: 0b11 is read as 3; write 3, or "0b11" if it is text'),
    "in a list": (
        "seeds: [0, 1:30]",
        'line 1: seeds.1: 1:30 is read as 90; write 90, or "1:30" if it is text',
    ),
    "as a key": ("1_0: a", 'line 1: 1_0: 1_0 is read as 10; write 10, or "1_0" if it is text'),
    "a list in itself": ("seeds: &s [1, *s]", "line 1: seeds.1: contains itself"),
    "keys in themselves": ("tasks: &t {a: {b: *t}}", "line 1: tasks.a.b: contains itself"),
}


@pytest.mark.parametrize(("content", "line"), SLIPS.values(), ids=SLIPS)
def test_what_yaml_accepts_silently_is_refused(tmp_path: Path, content: str, line: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(content)
    for check in (read, lambda path: check_files([CONFIG, str(path)])):
        with pytest.raises(EchoseqError) as caught:
            check(path)
        assert str(caught.value) == f"{path}, {line}"


def test_plain_values_are_accepted(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "version: '1_000'\n"
        "seeds: [0, 1, 10]\n"
        "statistics: {confidence: 0.9, margin: 1.0e-2}\n"
        "evaluation: {sequences: 7}\n"
        "experiments:\n"
        "  full_echo: {<<: &base {cells: 3, epochs: 7}, cells: 4}\n"
        "  again: {<<: *base, task: full, model: lstm, batch_size: 7}\n"
    )
    check_files([path])
    ours = read(CONFIG, path)
    assert (ours.version, ours.seeds, ours.statistics.margin) == ("1_000", [0, 1, 10], 0.01)
    cells = [ours.experiments[name].cells for name in ("full_echo", "again")]
    assert cells == [4, 3]


def test_aliases_of_aliases_are_looked_at_once(tmp_path: Path) -> None:
    """A file of a few lines that expands to a billion words."""
    lines = ["a0: &a0 [x, x]", *(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]" for i in range(1, 40))]
    path = tmp_path / "study.yaml"
    path.write_text("\n".join(lines))
    check_files([path])


def test_the_configurations_of_the_project_are_accepted() -> None:
    check_files(CONFIG.parent.glob("*.yaml"))
