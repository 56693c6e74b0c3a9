"""Mistakes in a configuration: the key's path and what was expected, a line for each."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from echoseq.checked import shorten
from echoseq.errors import EchoseqError

MOST = 10  # mistakes that are told at once
LONGEST = 400  # characters of a line


class Mistake(NamedTuple):
    """What is wrong with a key.

    path: its keys, joined by dots.
    reason: what was expected, and what it is.
    """

    path: str
    reason: str

    @property
    def line(self) -> str:
        """The mistake in one line."""
        return shorten(f"{self.path}: {self.reason}", LONGEST)


def refusal(mistakes: Iterable[Mistake], sweeps: Mapping[str, str]) -> EchoseqError:
    """An error with a line for each mistake; of more than ten, the number of further ones.

    Args:
        sweeps: the sweep of each experiment that comes from one.
    """
    return EchoseqError(listed(mistake.line for mistake in _naming_sweeps(mistakes, sweeps)))


def listed(lines: Iterable[str]) -> str:
    """The first lines, and the number of further ones."""
    given = list(dict.fromkeys(lines))
    more = [f"and {len(given) - MOST} more"] if len(given) > MOST else []
    return "\n".join(given[:MOST] + more)


def _naming_sweeps(mistakes: Iterable[Mistake], sweeps: Mapping[str, str]) -> Iterable[Mistake]:
    """The mistakes, those in experiments of a sweep told once, as mistakes of the sweep."""
    kept: dict[Mistake, list[str]] = {}
    for mistake in mistakes:
        found = re.fullmatch(r"experiments\.([^.]+)\.(.*)", mistake.path)
        name = found[1] if found and found[1] in sweeps else None
        path = f"sweeps.{sweeps[name]}.{found[2]}" if found and name else mistake.path
        kept.setdefault(mistake._replace(path=path), []).extend([name] if name else [])
    for mistake, names in kept.items():
        also = f", and {len(names) - 1} more" if len(names) > 1 else ""
        example = f" (its experiment {names[0]}{also})" if names else ""
        yield Mistake(mistake.path, mistake.reason + example)
