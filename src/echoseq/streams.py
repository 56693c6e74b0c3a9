"""Random streams named by purpose.

A stream depends on its purpose and seed, never on what ran before, so a run draws the same numbers
alone, among others, and in any order.
"""

import numpy as np


def seed_sequence(purpose: str, seed: int) -> np.random.SeedSequence:
    """The root of the stream for one purpose ("training data", "weights", ...) and one seed.

    The UTF-8 bytes of the purpose are the spawn key, separate from the entropy.

    Raises:
        ValueError: if the seed is negative.
    """
    return np.random.SeedSequence(seed, spawn_key=tuple(purpose.encode()))


def generator(purpose: str, seed: int) -> np.random.Generator:
    """A PCG64 generator, named explicitly because NumPy may change its default."""
    return np.random.Generator(np.random.PCG64(seed_sequence(purpose, seed)))


def integer_seed(purpose: str, seed: int) -> int:
    """A seed in 0..2**32-1 for libraries that take a single integer."""
    return int(seed_sequence(purpose, seed).generate_state(1, np.uint32)[0])
