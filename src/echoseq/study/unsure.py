"""What is not known of a configuration with mistakes."""

from typing import NamedTuple


class Unsure(NamedTuple):
    """Names whose parts have mistakes of their own, so that nothing more is known of them."""

    tasks: frozenset[str] = frozenset()
    experiments: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    sweeps: frozenset[str] = frozenset()

    def experiment(self, name: str) -> bool:
        """Whether a name is that of such an experiment, or may be."""
        return name in self.experiments or any(name.startswith(f"{s}_") for s in self.sweeps)
