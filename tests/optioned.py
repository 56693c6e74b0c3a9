"""Small networks with options of their models, for the tests of what builds and trains them."""

from dataclasses import replace

from small import FULL, PARTIAL

from echoseq.study.options import GRU, LSTM, SIMPLE, Layer

THREE = replace(PARTIAL, n_out=3, stateful=False)
GATED = Layer("gru", reset_after=False)
# The decoder of Bahdanau et al. 2014, appendix A.2.2.
ADDITIVE = replace(
    THREE,
    decoder=GATED,
    attention="additive",
    feed=("answer", "context"),
    output=("previous_state", "context", "answer"),
    start="first",
)
PLANS = {
    "additive": ADDITIVE,
    "additive, LSTM": replace(ADDITIVE, decoder=LSTM),
    "additive, simple": replace(ADDITIVE, decoder=SIMPLE, start="last"),
    "additive, state said": replace(ADDITIVE, output=("state", "context", "answer")),
    "dot, fed": replace(THREE, attention="dot", feed=("encoding", "context"), encoder=GRU),
    "additive, not fed": replace(THREE, attention="additive", decoder=SIMPLE),
    "context alone": replace(THREE, attention="dot", feed=("step",), output=("context",)),
    "GRU, LSTM": replace(THREE, encoder=GRU),
    "simple, GRU": replace(THREE, encoder=SIMPLE, decoder=GATED, stateful=True),
    "LSTM, simple, handed": replace(THREE, encoder=GRU, decoder=SIMPLE, start="encoder"),
    "first": replace(THREE, start="first", stateful=True),
    "told the step alone": replace(THREE, start="encoder", feed=("step",)),
    "fed all": replace(
        ADDITIVE,
        feed=("encoding", "step", "answer", "context"),
        output=("state", "previous_state", "context", "answer"),
        stateful=True,
    ),
    "told the place": replace(THREE, read=("value", "place"), stateful=True),
    "one GRU": replace(FULL, layer=GRU),
    "one LSTM told the place": replace(FULL, read=("value", "place")),
    "one gated unit": replace(PARTIAL, model="many_to_one", layer=GATED),
    "one simple layer": replace(PARTIAL, model="one_to_one", layer=SIMPLE),
    "initial weights": replace(
        THREE,
        encoder=Layer("simple_rnn", recurrent_initializer="glorot_uniform", recurrent_gain=0.5),
        decoder=Layer(recurrent_gain=0.0, forget_bias=-1.0),
    ),
}
