"""Encoder-decoders: one recurrent layer reads the window, another writes the answers.

A decoder that reads neither its own answers nor what it attends to is a layer of Keras; any other
is a cell that is called once for each value.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from echoseq.networks.backend import keras
from echoseq.networks.contract import Sizes
from echoseq.networks.layers import answers, cell, inputs, reading, recurrent
from echoseq.study.options import LSTM, Layer, said

Attend = Callable[[Any], Any]


class Parts(NamedTuple):
    """What an encoder-decoder consists of; the values are those of `study.options`."""

    encoder: Layer = LSTM
    decoder: Layer = LSTM
    attention: str = "none"
    feed: tuple[str, ...] = ("encoding",)
    output: tuple[str, ...] = ()
    start: str = "zero"
    read: tuple[str, ...] = ("value",)

    @property
    def said(self) -> tuple[str, ...]:
        """What the output layer reads."""
        return said(self.output, self.attention)

    @property
    def plain(self) -> bool:
        """Whether its layers only follow one another."""
        return self[2:] == Parts()[2:]

    @property
    def stepwise(self) -> bool:
        """Whether a value depends on one before it in more ways than by the decoder's state."""
        return not {"answer", "context", "previous_state"}.isdisjoint(
            {*self.feed, *(set(self.said) - {"context"})}
        )


class Read(NamedTuple):
    """What has been read of the window.

    outputs: of the encoder, after every step, (batch, n_in, cells), or None if not asked for.
    encoding: the last one, (batch, cells).
    state: the last state of the encoder, or an empty list if not asked for.
    """

    window: Any
    outputs: Any
    encoding: Any
    state: list[Any]


def encoder_decoder(name: str, sizes: Sizes, parts: Parts) -> Any:
    """An encoder-decoder, untrained."""
    if parts.plain:
        return _sequential(name, sizes, parts)
    read = encode(sizes, parts)
    written = (_by_cell if parts.stepwise else _by_layer)(read, sizes, parts)
    return keras.Model(read.window, written, name=name)


def _sequential(name: str, sizes: Sizes, parts: Parts) -> Any:
    return keras.Sequential(
        [
            *inputs(sizes),
            recurrent(parts.encoder, "encoder", sizes, sizes.n_in),
            keras.layers.RepeatVector(sizes.n_out, name="repeat"),
            recurrent(parts.decoder, "decoder", sizes, sizes.n_out, return_sequences=True),
            answers(sizes),
        ],
        name=name,
    )


def encode(sizes: Sizes, parts: Parts) -> Read:
    """The input of a model, and what its encoder says of it."""
    window, value, mask = reading(sizes, parts.read)
    everything = parts.attention != "none" or parts.start == "first"
    options = {"return_sequences": everything, "return_state": parts.start == "encoder"}
    given = {key: True for key, value in options.items() if value}
    encoder = recurrent(parts.encoder, "encoder", sizes, sizes.n_in, **given)
    returned = encoder(value) if mask is None else encoder(value, mask=mask)
    output, *state = returned if parts.start == "encoder" else [returned]
    return Read(
        window, output if everything else None, output[:, -1] if everything else output, state
    )


def _by_layer(read: Read, sizes: Sizes, parts: Parts) -> Any:
    """All answers (batch, n_out, features) of a decoder that is a layer.

    It carries a state from batch to batch only if it starts from one of its own.
    """
    layers = keras.layers
    carried = {} if parts.start == "zero" else {"stateful": False}
    decoder = recurrent(
        parts.decoder, "decoder", sizes, sizes.n_out, return_sequences=True, **carried
    )
    output = answers(sizes)
    attend = _attention(read, sizes, parts)
    start = _start(read, sizes, parts)
    fed = {
        "encoding": lambda: layers.RepeatVector(sizes.n_out, name="repeat")(read.encoding),
        "step": lambda: _places(read, sizes),
    }
    told = _joined([fed[name]() for name in parts.feed], "told")
    decoded = decoder(told, initial_state=start) if start else decoder(told)
    found = {"state": lambda: decoded, "context": lambda: attend(decoded)}
    return output(_joined([found[name]() for name in parts.said], "both"))


def _by_cell(read: Read, sizes: Sizes, parts: Parts) -> Any:
    """All answers (batch, n_out, features) of a decoder that is called once for each value.

    What it attends to before a step, if it reads that, is asked for with the state before the
    step (Bahdanau et al. 2014); otherwise, with the state after it (Luong et al. 2015).
    """
    ops = keras.ops
    decoder = cell(parts.decoder, "decoder", sizes)
    output = keras.layers.Dense(sizes.features, activation=sizes.activation, name="output")
    attend = _attention(read, sizes, parts)
    states = _start(read, sizes, parts) or [ops.zeros_like(read.encoding)] * _states(parts.decoder)
    places = _places(read, sizes) if "step" in parts.feed else None
    found = {"encoding": read.encoding, "answer": ops.zeros_like(read.window[:, 0])}
    written = []
    for place in range(sizes.n_out):
        found["previous_state"] = states[0]
        if places is not None:
            found["step"] = places[:, place]
        if "context" in parts.feed:
            found["context"] = _at_once(attend, states[0])
        found["state"], states = decoder(_joined([found[name] for name in parts.feed]), states)
        if "context" in parts.said and "context" not in parts.feed:
            found["context"] = _at_once(attend, found["state"])
        found["answer"] = output(_joined([found[name] for name in parts.said]))
        written.append(found["answer"])
    return ops.stack(written, axis=1)


def _states(layer: Layer) -> int:
    return 2 if layer.cell == LSTM.cell else 1


def _joined(values: list[Any], name: str | None = None) -> Any:
    """Vectors side by side."""
    return values[0] if len(values) == 1 else keras.layers.Concatenate(name=name)(values)


def _places(read: Read, sizes: Sizes) -> Any:
    """The place of each value as a one-hot vector, (batch, n_out, n_out)."""
    ops = keras.ops
    nothing = ops.expand_dims(ops.zeros_like(read.encoding[:, :1]), 1)  # for each window
    return nothing + ops.eye(sizes.n_out)[None]


def _attention(read: Read, sizes: Sizes, parts: Parts) -> Attend:
    """The encoder's outputs averaged for queries (batch, count, cells), in the same shape.

    Their weights are the softmax of an energy: the product of the query and the output, or, in
    additive attention, v tanh(W query + U output) (Bahdanau et al. 2014, appendix A.1.2).
    """
    layers = keras.layers
    if parts.attention == "dot":
        attention = layers.Attention(name="attention")
        return lambda query: attention([query, read.outputs])
    if parts.attention == "additive":
        additive = layers.AdditiveAttention(name="attention")
        of_query, of_output = (
            layers.Dense(sizes.cells, use_bias=False, name=f"attention_{name}")
            for name in ("query", "key")
        )
        keys = of_output(read.outputs)
        return lambda query: additive([of_query(query), read.outputs, keys])
    return lambda _: None


def _at_once(attend: Attend, query: Any) -> Any:
    """What is attended to for one query of each window, (batch, cells)."""
    return attend(keras.ops.expand_dims(query, 1))[:, 0]


def _start(read: Read, sizes: Sizes, parts: Parts) -> list[Any]:
    """The state from which the decoder starts; empty for zeros.

    One from an output of the encoder is tanh(W h) (Bahdanau et al. 2014, appendix A.2.2); each
    state of an LSTM has a map of its own.
    """
    if parts.start in ("zero", "encoder"):
        return read.state
    output = read.outputs[:, 0] if parts.start == "first" else read.encoding
    names = ("start", "start_c")[: _states(parts.decoder)]
    return [
        keras.layers.Dense(sizes.cells, activation="tanh", use_bias=False, name=name)(output)
        for name in names
    ]
