"""Seeds that share a job."""

from collections.abc import Sequence
from hashlib import sha256


def block_name(seeds: Sequence[int]) -> str:
    """A short, unique name for a set of seeds: 0_to_4."""
    name = f"{seeds[0]}_to_{seeds[-1]}"
    if list(seeds) == list(range(seeds[0], seeds[-1] + 1)):
        return name
    return f"{name}_{sha256(str(tuple(seeds)).encode()).hexdigest()[:8]}"
