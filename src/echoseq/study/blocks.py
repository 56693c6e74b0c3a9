"""Seeds that share a job."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from echoseq.places import SEED


class SeedRule(NamedTuple):
    """A rule whose jobs make what belongs to one seed, or to each of a set of seeds.

    name: of the rule.
    seeds: their numbers; that of a single seed is the wildcard {seed}.
    log: the name of a job's log, without its suffix.
    names: of the tasks or experiments that it is for.
    """

    name: str
    seeds: tuple[str, ...]
    log: str
    names: list[str]


def seed_rules(name: str, seeds_of: Mapping[str, Sequence[int]], size: int) -> list[SeedRule]:
    """A rule for single seeds, and one for each set that shares a job: no wildcard can be a set.

    Args:
        name: that their names begin with.
        seeds_of: the sorted seeds of each task or experiment.
        size: most seeds in a job.
    """
    rules = [SeedRule(f"{name}_seed", ("{seed}",), SEED, list(seeds_of))]
    for seeds, names in shared_blocks(seeds_of, size).items():
        block = block_name(seeds)
        rules.append(SeedRule(f"{name}_{block}", tuple(map(str, seeds)), f"seeds-{block}", names))
    return rules


def shared_blocks(
    seeds_of: Mapping[str, Sequence[int]], size: int
) -> dict[tuple[int, ...], list[str]]:
    """Sets of two or more seeds that share a job, and the names that have them.

    A block depends on the numbers of its seeds alone: 0 to size - 1, size to 2 * size - 1, and so
    on. So more seeds add blocks, and leave full ones as they are.

    Args:
        seeds_of: the sorted seeds of each name.
        size: most seeds in a block.
    """
    blocks: dict[tuple[int, ...], list[str]] = {}
    for name in sorted(seeds_of):
        for _, block in groupby(seeds_of[name], key=lambda seed: seed // size):
            blocks.setdefault(tuple(block), []).append(name)
    return {seeds: names for seeds, names in blocks.items() if len(seeds) > 1}


def block_name(seeds: Sequence[int]) -> str:
    """A short, unique name for a set of seeds: 0_to_4."""
    name = f"{seeds[0]}_to_{seeds[-1]}"
    if list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return name
    return f"{name}_{sha256(str(tuple(seeds)).encode()).hexdigest()[:8]}"
