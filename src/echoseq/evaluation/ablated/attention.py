"""The output of attention, set to zero."""

from collections.abc import Collection, Iterator
from typing import Any

from echoseq.evaluation.switching import Ablator, Network, Variant, switch, together_and_alone
from echoseq.networks.backend import keras

ABLATIONS = ("attention",)
ROWS = {"attention": "with the output of attention (the context) set to zero"}
ABSENT = "an attention layer, one of Keras's or one whose name begins with attention"
CARRIES = False
PROBES = False

KINDS = (
    keras.layers.Attention,  # of which AdditiveAttention is one
    keras.layers.MultiHeadAttention,
    keras.layers.GroupQueryAttention,
)
NAME = "attention"  # how the name of a layer of another kind begins


def ablator(network: Network, _asked: Collection[str]) -> Ablator:
    """Put a switch behind each attention layer."""
    found = [it for it in network.layers() if isinstance(it, KINDS) or it.name.startswith(NAME)]
    inside = {id(part) for it in found for part in it._flatten_layers(include_self=False)}
    layers = [layer for layer in found if id(layer) not in inside]
    switches = {id(layer): switch() for layer in layers}
    for layer in layers:
        network.wrap(layer, _behind(switches[id(layer)]))

    def variants(_seed: int) -> Iterator[Variant]:
        for names, group in together_and_alone(layers):
            yield Variant("attention", names, [(switches[id(layer)], 0.0) for layer in group])

    return variants


def _behind(factor: Any) -> Any:
    def around(call: Any, *args: Any, **kwargs: Any) -> Any:
        output = call(*args, **kwargs)
        if isinstance(output, tuple):  # with the scores of attention
            return (output[0] * factor, *output[1:])
        return output * factor

    return around
