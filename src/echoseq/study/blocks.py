"""Seeds, and experiments, that share a job."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from echoseq.places import SEED

ANY = "0|[1-9][0-9]*"  # seed


class SeedRule(NamedTuple):
    """A rule whose jobs make what belongs to one seed, or to each of a set of seeds.

    name: of the rule.
    seeds: their numbers; that of a single seed is the wildcard {seed}.
    log: the name of a job's log, without its suffix.
    names: of the tasks or experiments that it is for.
    pattern: a regular expression of the wildcard {seed}.
    """

    name: str
    seeds: tuple[str, ...]
    log: str
    names: list[str]
    pattern: str = ANY


def seed_rules(name: str, seeds_of: Mapping[str, Sequence[int]], size: int) -> list[SeedRule]:
    """A rule for single seeds, and one for each set that shares a job: no wildcard can be a set.

    The first is not for seeds that share a job whatever the name, or Snakemake would plan each of
    their files twice.

    Args:
        name: that their names begin with.
        seeds_of: the sorted seeds of each task or experiment.
        size: most seeds in a job.
    """
    blocks = shared_blocks(seeds_of, size)
    sharing = {
        one: {seed for seeds, names in blocks.items() if one in names for seed in seeds}
        for one in seeds_of
    }
    single = SeedRule(f"{name}_seed", ("{seed}",), SEED, list(seeds_of), but(sharing.values()))
    rules = [single]
    for seeds, names in blocks.items():
        block = block_name(seeds)
        rules.append(SeedRule(f"{name}_{block}", tuple(map(str, seeds)), f"seeds-{block}", names))
    return rules


def but(sets: Iterable[Iterable[int]]) -> str:
    """A regular expression of all seeds but those that each of some sets has."""
    common = sorted(set.intersection(*map(set, sets))) if (sets := [*sets]) else []
    return f"(?!(?:{'|'.join(map(str, common))})(?![0-9]))(?:{ANY})" if common else ANY


def shared_blocks(
    seeds_of: Mapping[str, Sequence[int]], size: int
) -> dict[tuple[int, ...], list[str]]:
    """Sets of two or more seeds that share a job, and the names that have them.

    Args:
        seeds_of: the sorted seeds of each name.
        size: seeds in a block.
    """
    blocks: dict[tuple[int, ...], list[str]] = {}
    for name in sorted(seeds_of):
        for block in _blocks_of(seeds_of[name], size):
            blocks.setdefault(block, []).append(name)
    return {seeds: names for seeds, names in blocks.items() if len(seeds) > 1}


def _blocks_of(seeds: Sequence[int], size: int) -> list[tuple[int, ...]]:
    """Seeds by their numbers: 0 to size - 1, size to 2 * size - 1, and so on.

    So more seeds add blocks, and leave full ones as they are. But up to half a block at the end
    joins the one before: a job more would start and compile for few runs.
    """
    blocks = [tuple(block) for _, block in groupby(seeds, key=lambda seed: seed // size)]
    if len(blocks) > 1 and len(blocks[-1]) <= size // 2:
        blocks[-2:] = [blocks[-2] + blocks[-1]]
    return blocks


class ExperimentRule(NamedTuple):
    """A rule whose jobs make what belongs to one experiment, or to each of a set of experiments.

    name: of the rule.
    experiments: their names; that of a single one is the wildcard {experiment}.
    log: the name of a job's log, without its suffix.
    wildcard: the experiments that the wildcard may stand for.
    """

    name: str
    experiments: tuple[str, ...]
    log: str
    wildcard: tuple[str, ...] = ()

    def named(self, wildcards: Mapping[str, str]) -> list[str]:
        """The names of the experiments of a job."""
        return [name.format_map(dict(wildcards)) for name in self.experiments]


def experiment_rules(
    name: str, sweeps: Mapping[str, str | None], size: int
) -> list[ExperimentRule]:
    """A rule for single experiments, and one for each block of experiments of a sweep.

    Args:
        name: that their names begin with.
        sweeps: the sweep of each experiment, or None.
        size: most experiments in a block.
    """
    blocks = {block: own for block, own in sweep_blocks(sweeps, size).items() if len(own) > 1}
    sharing = {one for names in blocks.values() for one in names}
    alone = tuple(sorted(sweeps.keys() - sharing))
    return [
        ExperimentRule(f"{name}_experiment", ("{experiment}",), "{experiment}", alone),
        *(
            ExperimentRule(f"{name}_{block}", tuple(names), f"sweeps/{block}")
            for block, names in blocks.items()
        ),
    ]


def sweep_blocks(sweeps: Mapping[str, str | None], size: int) -> dict[str, list[str]]:
    """The experiments of each sweep in blocks, as even as can be: <sweep>_0, <sweep>_1, ...

    Args:
        sweeps: the sweep of each experiment; None for one of no sweep, which is in no block.
        size: most experiments in a block.
    """
    members: dict[str, list[str]] = {}
    for name in sorted(sweeps):
        sweep = sweeps[name]
        if sweep is not None:
            members.setdefault(sweep, []).append(name)
    blocks = {}
    for sweep, names in sorted(members.items()):
        count = -(-len(names) // size)
        for i in range(count):
            first, end = (len(names) * k // count for k in (i, i + 1))
            blocks[f"{sweep}_{i}"] = names[first:end]
    return blocks


def block_name(seeds: Sequence[int]) -> str:
    """A short, unique name for a set of seeds: 0_to_4."""
    name = f"{seeds[0]}_to_{seeds[-1]}"
    if list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return name
    return f"{name}_{sha256(str(tuple(seeds)).encode()).hexdigest()[:8]}"


def seeds_text(seeds: Sequence[str]) -> str:
    """The seeds of a rule in words: one seed; seeds 0 to 4; seeds 0, 2 and 5.

    Args:
        seeds: as a `SeedRule` has them.
    """
    if len(seeds) == 1:
        return "one seed"
    numbers = [*map(int, seeds)]
    if numbers == [*range(numbers[0], numbers[-1] + 1)]:
        return f"seeds {numbers[0]} to {numbers[-1]}"
    return f"seeds {', '.join(seeds[:-1])} and {seeds[-1]}"


def experiments_text(names: Sequence[str]) -> str:
    """The experiments of a rule in words: an experiment; 20 experiments, a_25 to b_150.

    Args:
        names: as an `ExperimentRule`, or a block of a sweep, has them.
    """
    if len(names) > 1:
        return f"{len(names)} experiments, {names[0]} to {names[-1]},"
    return "an experiment" if names[0].startswith("{") else f"the experiment {names[0]}"
