"""The state that one layer hands to another, which begins with it: set to zero, or in part."""

from collections.abc import Collection, Iterator
from typing import Any

from echoseq.evaluation.recurrent import bare_cells, is_lstm, recurrent_layers, state_sizes
from echoseq.evaluation.switching import Ablator, Network, Variant, switch, together_and_alone
from echoseq.networks.backend import keras, tf

ABLATIONS = ("handed_zero", "handed_only_h", "handed_only_c")
ROWS = {
    "handed_zero": "with a state of zero instead of the one that another layer hands over",
    "handed_only_h": "with the h that an LSTM is handed, but a c of zero",
    "handed_only_c": "with the c that an LSTM is handed, but an h of zero",
}
ABSENT = "a recurrent layer that is handed a state by another (an LSTM, for h or c alone)"
CARRIES = False
PROBES = False

KEPT: dict[str, tuple[int, ...]] = {"handed_zero": (), "handed_only_h": (0,), "handed_only_c": (1,)}


def ablator(network: Network, asked: Collection[str]) -> Ablator:
    """Put a switch before each state that a layer begins with, if it is handed one."""
    cells = bare_cells(network.model)
    layers = [*recurrent_layers(network.model), *cells]
    switches = {id(layer): switch(len(state_sizes(layer))) for layer in layers}
    handed: set[int] = set()
    for layer in layers:
        around = _first_call if layer in cells else _initial_state
        network.wrap(layer, around(network, layer, switches[id(layer)], handed))

    def variants(_seed: int) -> Iterator[Variant]:
        found = [layer for layer in layers if id(layer) in handed]
        for ablation in [name for name in ABLATIONS if name in asked]:
            kept = KEPT[ablation]
            able = [layer for layer in found if not kept or is_lstm(layer)]
            for names, group in together_and_alone(able):
                off = [(switches[id(it)], _only(kept, len(state_sizes(it)))) for it in group]
                yield Variant(ablation, names, off)

    return variants


def _only(kept: tuple[int, ...], states: int) -> list[float]:
    return [float(state in kept) for state in range(states)]


def _initial_state(_network: Network, layer: Any, factors: Any, handed: set[int]) -> Any:
    """Around the call of a layer."""

    def around(call: Any, sequences: Any, *args: Any, **kwargs: Any) -> Any:
        state = args[0] if args else kwargs.pop("initial_state", None)
        if state is not None:
            handed.add(id(layer))
            state = _scaled(state, factors)
        return call(sequences, state, *args[1:], **kwargs)

    return around


def _first_call(network: Network, layer: Any, factors: Any, handed: set[int]) -> Any:
    """Around the calls of a bare cell: it is handed the state of its first one."""
    seen = [-1]

    def around(call: Any, inputs: Any, states: Any, *args: Any, **kwargs: Any) -> Any:
        if seen[0] != network.passes:
            seen[0] = network.passes
            handed.add(id(layer))
            states = _scaled(states, factors)
        return call(inputs, states, *args, **kwargs)

    return around


def _scaled(states: Any, factors: Any) -> Any:
    """States, nested or not, each times its factor."""
    flat = [a * b for a, b in zip(keras.tree.flatten(states), tf.unstack(factors), strict=True)]
    return keras.tree.pack_sequence_as(states, flat)
