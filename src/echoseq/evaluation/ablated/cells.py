"""The cells of recurrent layers, each held at zero in turn."""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from echoseq.evaluation.recurrent import named_cells, state_sizes
from echoseq.evaluation.switching import Ablator, Network, Variant, switch
from echoseq.networks.backend import keras

ABLATIONS = ("cells",)
ROWS = {
    "cells_mean": "with one cell of the layer held at zero, h and c of an LSTM: the mean over its "
    "cells",
    "cells_worst": "with that cell held at zero without which the fewest values are right",
}
ABSENT = "a recurrent layer with a cell of Keras's kind"
CARRIES = False
PROBES = False


def ablator(network: Network, _asked: Collection[str]) -> Ablator:
    """Put a switch before and behind each number of the states of each cell."""
    cells = named_cells(network.model)
    switches = {name: switch(state_sizes(cell)[0]) for name, cell in cells.items()}
    for name, cell in cells.items():
        network.wrap(cell, _silenced(switches[name]))

    def variants(_seed: int) -> Iterator[Variant]:
        for name, factors in switches.items():
            for cell in range(factors.shape[0]):
                others = np.ones(factors.shape, np.float32)
                others[cell] = 0
                yield Variant("cells", name, [(factors, others)], cell=cell)

    return variants


def _silenced(factors: Any) -> Any:
    def held(states: Any) -> Any:
        return keras.tree.map_structure(lambda state: state * factors, states)

    def around(call: Any, inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
        output, after = call(inputs, held(states), *args, **kwargs)
        return output * factors, held(after)

    return around
