"""The state that layers carry from batch to batch: set to zero, exchanged, or in part."""

import math
from collections.abc import Collection, Iterator
from typing import Any

import numpy as np

from echoseq.evaluation.recurrent import is_lstm
from echoseq.evaluation.switching import Ablator, Network, Variant, switch, together_and_alone
from echoseq.networks.backend import keras, tf
from echoseq.networks.building import stateful_layers

OTHER = "carried_other"
ABLATIONS = ("carried_zero", "carried_other", "carried_only_h", "carried_only_c")
ROWS = {
    "carried_zero": "with a state of zero before each batch",
    "carried_other": "with the state that the network carried to the same batch of the next "
    "held-out sequence",
    "carried_only_h": "with the h that an LSTM carries, but a c of zero",
    "carried_only_c": "with the c that an LSTM carries, but an h of zero",
}
ABSENT = "a layer that carries a state from batch to batch (an LSTM, for h or c alone)"
CARRIES = True
PROBES = False

# Of each ablation but the exchange, which of the states of a layer are kept.
KEPT: dict[str, tuple[int, ...]] = {
    "carried_zero": (),
    "carried_only_h": (0,),
    "carried_only_c": (1,),
}


def ablator(network: Network, asked: Collection[str]) -> Ablator:
    """Put a gate before each state that is carried to a batch."""
    layers = [it for it in stateful_layers(network.model) if getattr(it, "states", None)]
    gates = {it.name: [_Gate(x, network) for x in keras.tree.flatten(it.states)] for it in layers}
    every = [gate for own in gates.values() for gate in own]
    for gate in every:
        network.between(gate.pass_on)
    noted = network.noting([gate.state for gate in every])

    def in_part(ablation: str) -> Iterator[Variant]:
        kept = KEPT[ablation]
        for names, group in together_and_alone(it for it in layers if not kept or is_lstm(it)):
            numbered = [pair for it in group for pair in enumerate(gates[it.name])]
            off = [(gate.kept, 0.0) for place, gate in numbered if place not in kept]
            yield Variant(ablation, names, off)

    def exchanged() -> Iterator[Variant]:
        for gate, states in zip(every, noted(), strict=True):
            gate.take(states)
        for names, group in together_and_alone(layers):
            yield Variant(
                OTHER, names, [x for it in group for g in gates[it.name] for x in g.other]
            )

    def variants(_seed: int) -> Iterator[Variant]:
        for ablation in [name for name in ABLATIONS if name in asked]:
            yield from exchanged() if ablation == OTHER else in_part(ablation)

    return variants


class _Gate:
    """Before a batch, the state that is carried to it is kept, or another takes its place."""

    def __init__(self, state: Any, network: Network) -> None:
        self.state, self.kept = state, switch()
        self._sequences = network.shape[0]
        self._added = tf.Variable(0.0, trainable=False)
        shape = (math.prod(network.shape), *state.shape)
        self._others = tf.Variable(tf.zeros(shape), trainable=False)

    @property
    def other(self) -> list[tuple[Any, Any]]:
        """The switches with which another state takes the place of this one."""
        return [(self.kept, 0.0), (self._added, 1.0)]

    def take(self, states: np.ndarray) -> None:
        """Remember what the network carries to each batch: another sequence will be given it."""
        by_sequence = states.reshape(self._sequences, -1, *states.shape[1:])
        self._others.assign(np.roll(by_sequence, -1, axis=0).reshape(states.shape))

    def pass_on(self, batch: Any) -> None:
        """Change the state before a batch; at the first of a sequence, all are zero."""
        self.state.assign(self.kept * self.state + self._added * self._others[batch])
