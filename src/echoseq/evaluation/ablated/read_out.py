"""The directions of an encoder's last state in which a linear probe reads a value, removed."""

from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from echoseq.evaluation.directions import Directions, Removal
from echoseq.evaluation.probed.encoder import LAYER
from echoseq.evaluation.recurrent import recurrent_layer, state_sizes
from echoseq.evaluation.states import States
from echoseq.evaluation.switching import Ablator, Network, Variant
from echoseq.networks.backend import tf

ABLATIONS = ("read_out",)
ROWS = {
    "read_out": "with those directions of the encoder's last state removed in which a linear probe "
    "reads the value at the position `removed`",
    "random_out": "with as many random directions removed, the control of `read_out`",
}
ABSENT = "a recurrent layer named encoder that reads the input"
CARRIES = False
PROBES = True

SET = "encoder"  # of states, in evaluation/probed
NAMES = ("h", "c")  # of its states
STATES = " + "  # between the names of states from which directions are removed together


def ablator(network: Network, _asked: Collection[str]) -> Ablator:
    """Put a gate behind the states of the encoder that leave it: h, and c if it is returned.

    Raises:
        EchoseqError: if it has no recurrent layer of that name that reads the input itself.
    """
    reader = States(network.model, network.coding, [SET])
    layer = recurrent_layer(network.model, LAYER)
    assert layer is not None
    leaving = len(state_sizes(layer)) if layer.return_state else 1
    gates = {name: _Gate(layer.units) for name in NAMES[:leaving]}
    network.wrap(layer, _behind(layer, [*gates.values()]))

    def variant(row: str, position: int, removals: dict[str, Removal]) -> Variant:
        off = [pair for name, gate in gates.items() for pair in gate.removing(removals[name])]
        return Variant(row, LAYER, off, state=STATES.join(gates), removed=position)

    def variants(seed: int) -> Iterator[Variant]:
        if network.probed is None:  # a trial
            everything = Removal(np.zeros(layer.units), np.eye(layer.units))
            yield variant("read_out", 1, dict.fromkeys(gates, everything))
            return
        read = reader.read(network.probed)
        found = {name: Directions(read[name][-1]) for name in gates}
        for place in range(network.probed.shape[-1]):
            values = network.probed[..., place].astype(np.int64)
            known = {name: it.read(values) for name, it in found.items()}
            yield variant("read_out", place + 1, known)
            drawn = {name: it.random(f"{name} {place}", seed) for name, it in found.items()}
            yield variant("random_out", place + 1, drawn)

    return variants


class _Gate:
    """What is subtracted from a state, as variables: at first nothing."""

    def __init__(self, units: int) -> None:
        self.mean = tf.Variable(tf.zeros([units]), trainable=False)
        self.matrix = tf.Variable(tf.zeros([units, units]), trainable=False)

    def removing(self, removal: Removal) -> list[tuple[Any, Any]]:
        """The switches of a variant."""
        return [(self.mean, removal.mean), (self.matrix, removal.matrix)]

    def without(self, state: Any) -> Any:
        """A state, (batch, units), without what is to be removed."""
        return state - tf.matmul(state - self.mean, self.matrix)


def _behind(layer: Any, gates: list[_Gate]) -> Any:
    """Around the call of a layer: its last output is its h, also among those of all steps."""

    def last(output: Any) -> Any:
        if not layer.return_sequences:
            return gates[0].without(output)
        return tf.concat([output[:, :-1], gates[0].without(output[:, -1])[:, None]], axis=1)

    def around(call: Any, *args: Any, **kwargs: Any) -> Any:
        returned = call(*args, **kwargs)
        if not layer.return_state:
            return last(returned)
        output, *states = returned
        return (last(output), *(gate.without(state) for gate, state in zip(gates, states)))

    return around
