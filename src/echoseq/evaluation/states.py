"""The states of networks that probes read, of the sets that are asked for."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

import numpy as np

from echoseq.errors import EchoseqError
from echoseq.study.probed import PROBED, module_of
from echoseq.wording import listed

# From integers, (sequences, windows, n_in), to states by name, float32, (steps, sequences, windows,
# cells).
Reader = Callable[[np.ndarray], dict[str, np.ndarray]]


class States:
    """The states of a model, which may be given other weights: its programs are compiled once."""

    def __init__(self, model: Any, coding: Any, sets: Sequence[str]) -> None:
        """Take a model, the coding of its input, and the names of sets.

        Raises:
            EchoseqError: if it has none of the states, or not those that a set requires.
        """
        readers = [import_module(module_of(name)).reader(model, coding) for name in sets]
        self._readers: list[Reader] = [reader for reader in readers if reader is not None]
        if not self._readers:
            of = listed(PROBED[name].of for name in sets)
            raise EchoseqError(f"model {model.name}: expected states of {of} to probe, found none")
        self.model = model

    def read(self, windows: np.ndarray) -> dict[str, np.ndarray]:
        """The states of all sets by name, those that the model has.

        Args:
            windows: integers, (sequences, windows, n_in).
        """
        return {name: state for read in self._readers for name, state in read(windows).items()}
