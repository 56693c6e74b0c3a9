"""A trained network as a pure function: it carries no state, but takes it and returns it.

Exported with its state, a network cannot be reset, or begins every call from the state of the
moment of its export. So what it carries is among its inputs and outputs:

    windows, state_0, state_1, ... -> answers, next_state_0, next_state_1, ...

Zeros are the state before a sequence, and what is returned goes into the next batch. A network
without state maps windows to answers.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from echoseq.networks.backend import keras, tf
from echoseq.networks.building import stateful_layers

WINDOWS, ANSWERS, STATE, NEXT_STATE = "windows", "answers", "state_{}", "next_state_{}"
Arrays = dict[str, np.ndarray]
Run = Callable[[Mapping[str, np.ndarray]], Arrays]  # a function as above, of a file


class Network(tf.Module):  # type: ignore[misc]
    """The pure function of a Keras model, with its weights as constants.

    answer: a TensorFlow function of tensors in the order of `signature`.
    signature: windows, float32 (batch_size, n_in, features), and the states, each float32
        (batch_size, numbers).
    """

    def __init__(self, model: Any) -> None:
        """Take a model with fixed shapes. It can be used, reset and trained meanwhile."""
        super().__init__()
        states = [state for layer in stateful_layers(model) for state in layer.states]
        weights = [(variable, variable.numpy()) for variable in model.variables]

        def answer(windows: Any, *given: Any) -> dict[str, Any]:
            known = [(variable, tf.constant(value)) for variable, value in weights]
            with keras.StatelessScope([*known, *zip(states, given)]) as scope:
                answers = model(windows, training=False)
                carried = [scope.get_current_value(state) for state in states]
            return {ANSWERS: answers} | _named(NEXT_STATE, carried)

        specified = {WINDOWS: model.input_shape} | _named(STATE, [state.shape for state in states])
        self.signature = [tf.TensorSpec(s, tf.float32, name=n) for n, s in specified.items()]
        self.answer = tf.function(answer, input_signature=self.signature, autograph=False)


def answered(run: Run, batches: np.ndarray, shapes: Mapping[str, tuple[int, ...]]) -> np.ndarray:
    """The answers of an exported network to one sequence, (windows, n_out, features).

    Args:
        batches: its windows as the network reads them, (batches, batch_size, n_in, features).
        shapes: of the states, by name.
    """
    state = {name: np.zeros(shape, np.float32) for name, shape in shapes.items()}
    answers = []
    for windows in batches:
        found = run({WINDOWS: windows} | state)
        state = {STATE.format(i): found[NEXT_STATE.format(i)] for i in range(len(state))}
        answers.append(found[ANSWERS])
    return np.concatenate(answers)


def _named(name: str, values: list[Any]) -> dict[str, Any]:
    return {name.format(number): value for number, value in enumerate(values)}
