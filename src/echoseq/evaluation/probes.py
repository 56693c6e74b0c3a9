"""Probes: classifiers that read a value from the state of a network.

What a probe reads is in the state, in a form that is easy to use (Alain and Bengio 2016,
arXiv:1610.01644). Controls show what is due to training, and what to the probe: a network that was
not trained, and labels without meaning (Hewitt and Liang 2019, EMNLP, 2733).
"""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from echoseq import streams
from echoseq.evaluation.readouts import LINEAR, MLP
from echoseq.study.splits import split

EXPLAINED = 0.99999  # share of the variance of states that probes see; the rest may be rounding
PENALTY = 0.03  # inverse strength, of the weights of a linear probe
HIDDEN, BATCH, RATE = 128, 200, 0.003  # units, windows, learning rate of an MLP
EPOCHS, PATIENCE = 12, 2  # that it is fitted for, and those without progress after which it stops
FLOOR = 1e-4  # spread over all values, so that no probability is 0
LOWEST = -80.0  # log probabilities below this are as good as it
SHARPNESS = (-6.0, 3.0)  # natural logarithms of the bounds of an inverse temperature


def read_value(
    probe: str, states: np.ndarray, values: np.ndarray, alphabet: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fit a probe on some sequences, and read the value of each window of the others.

    Args:
        probe: `LINEAR` or `MLP`.
        states: (sequences, windows, cells).
        values: what to read, in 0..alphabet-1, (sequences, windows).
        seed: of an MLP's first weights, and of the order of its windows.

    Returns:
        How many values are right, and the mean cross-entropy in nats, of each of the sequences
        that the split reports on.
    """
    parts = split(len(states))
    whitening = whitening_of(states[parts.fit])
    fit, tune, report = (
        (whitening.transform(_rows(states[part])).astype(np.float32), values[part].ravel())
        for part in parts
    )
    model = FITTED[probe](fit, tune, alphabet, seed)
    sharpness = _sharpness(_scores(model, tune[0], alphabet), tune[1])
    log_probabilities = _sharpened(_scores(model, report[0], alphabet), sharpness)
    shape = values[parts.report].shape
    correct = (log_probabilities.argmax(axis=1) == report[1]).reshape(shape)
    loss = -_of_labels(log_probabilities, report[1]).reshape(shape)
    return correct.sum(axis=1), loss.mean(axis=1)


def whitening_of(states: np.ndarray) -> Any:
    """What gives states, (sequences, windows, cells), as numbers without a mean or correlations.

    Returns:
        A pipeline of a scaler and a PCA.
    """
    whitening = make_pipeline(StandardScaler(), PCA(EXPLAINED, whiten=True))
    return whitening.fit(_rows(states))


def linear_weights(whitening: Any, states: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The weights of a linear probe of whitened states, (values, whitened numbers).

    Args:
        states: (sequences, windows, cells).
        values: what is read, (sequences, windows).
    """
    fit = whitening.transform(_rows(states)).astype(np.float32), values.ravel()
    return np.asarray(_fit_linear(fit, fit, 0, 0).coef_)


def shuffled(values: np.ndarray, seed: int) -> np.ndarray:
    """Values in another order, except those of the sequences that the split reports on.

    Args:
        values: (sequences, windows).
    """
    reported = split(len(values)).report
    known = values[: reported.start]
    mixed = streams.generator("shuffled labels", seed).permutation(known.ravel())
    return np.concatenate([mixed.reshape(known.shape), values[reported]])


Labelled = tuple[np.ndarray, np.ndarray]  # states (windows, cells), values (windows,)


def _fit_linear(fit: Labelled, _tune: Labelled, _alphabet: int, _seed: int) -> Any:
    """A multinomial logistic regression.

    Linear discriminant analysis reads a little more where a state holds everything, but takes the
    last value for the one before it where both have almost the same code.
    """
    return LogisticRegression(C=PENALTY, tol=1e-3, max_iter=200).fit(*fit)


def _fit_mlp(fit: Labelled, tune: Labelled, alphabet: int, seed: int) -> Any:
    """A network with one hidden layer, with the weights of its best epoch.

    Which is best is seen on sequences of their own; scikit-learn would leave out random windows,
    which overlap with the others.
    """
    network = MLPClassifier(
        HIDDEN,
        batch_size=min(BATCH, len(fit[0])),
        learning_rate_init=RATE,
        random_state=streams.integer_seed("probe", seed),
    )
    best, lowest, waited = network, np.inf, 0
    for _ in range(EPOCHS):
        network.partial_fit(*fit, classes=np.arange(alphabet))
        scores = _scores(network, tune[0], alphabet)
        loss = -_of_labels(_sharpened(scores, 1.0), tune[1]).mean()
        if loss < lowest:
            best, lowest, waited = deepcopy(network), loss, 0
        else:
            waited += 1
        if waited == PATIENCE:
            break
    return best


FITTED: dict[str, Callable[[Labelled, Labelled, int, int], Any]] = {
    LINEAR: _fit_linear,
    MLP: _fit_mlp,
}


def _rows(states: np.ndarray) -> np.ndarray:
    """States (sequences, windows, cells) as (windows, cells), in double precision."""
    return states.reshape(-1, states.shape[-1]).astype(np.float64)


def _scores(model: Any, states: np.ndarray, alphabet: int) -> np.ndarray:
    """The log probability of each value, (windows, alphabet); not every value may be fitted."""
    scores = np.full((len(states), alphabet), LOWEST)
    with np.errstate(divide="ignore"):
        scores[:, model.classes_] = model.predict_log_proba(states)
    return np.maximum(scores, LOWEST)


def _sharpness(scores: np.ndarray, labels: np.ndarray) -> float:
    """The inverse temperature with the lowest cross-entropy (Guo et al. 2017, ICML, 1321).

    A probe that has to estimate many means from few windows is too sure of itself.
    """

    def loss(logarithm: float) -> float:
        return float(-_of_labels(_sharpened(scores, np.exp(logarithm)), labels).mean())

    found = minimize_scalar(loss, bounds=SHARPNESS, method="bounded", options={"xatol": 0.01})
    return float(np.exp(found.x))


def _sharpened(scores: np.ndarray, sharpness: float) -> np.ndarray:
    """Log probabilities (windows, alphabet) at an inverse temperature, none of them 0."""
    probabilities = np.exp(log_softmax(sharpness * scores, axis=1))
    return np.log((1 - FLOOR) * probabilities + FLOOR / scores.shape[1])


def _of_labels(log_probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The log probability of each label, (windows,)."""
    return np.take_along_axis(log_probabilities, labels[:, None], axis=1)[:, 0]
