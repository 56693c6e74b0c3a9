"""Trials of the user's own models: what a study does with a model is done once.

A model that cannot be trained, saved, loaded and asked again would cost the run; one that is
changed or ignored on the way would make it wrong.
"""

import importlib
import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from echoseq.data.snapshots import TRAINING, draw
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import Predictor
from echoseq.evaluation.states import States
from echoseq.files import array_digest
from echoseq.networks.backend import keras
from echoseq.networks.building import build, one_line, stateful_layers
from echoseq.networks.coding import coding_of
from echoseq.networks.weights import weights_digest
from echoseq.places import MODEL
from echoseq.study.plan import Plan
from echoseq.training.runs import trainer_of

SEQUENCES = 2  # to train on; trained weights answer the second
BATCHES = 3  # to answer


def try_model(plan: Plan) -> None:
    """Build, train, save and load a model, and let it answer.

    Raises:
        EchoseqError: the message names the model, and what cannot be done or would be changed.
    """
    model, again = try_building(plan)
    try_training(plan, model, again)
    try_saving(plan, model)


def try_building(plan: Plan) -> tuple[Any, Any]:
    """The model of the first seed, twice, if another seed differs only as it should."""
    drawn = []
    for seed in (1, 0):
        try_answering(plan, seed)
        drawn.append(random.random())  # as Keras draws the seeds of layers and weights
    if drawn[0] == drawn[1]:
        raise _refused(plan, "sets a random seed of its own, so that of a run would be ignored")
    first, again = build(plan, 0), build(plan, 0)
    if _digest(first) != _digest(again) or not _same(plan, first, again):
        raise _refused(plan, "is another one when built again with the same seed")
    return first, again


def try_answering(plan: Plan, seed: int = 0) -> None:
    """Build a model, reset its states, and look at its answers."""
    model = build(plan, seed)
    for layer in stateful_layers(model):
        with _trying(plan, f"reset the state of layer {layer.name}"):
            layer.reset_state()
    _check_answers(plan, _answers(plan, model))


def try_training(plan: Plan, model: Any, again: Any) -> None:
    """Train two equal models, which hidden states or random numbers would tell apart."""
    trainer = trainer_of(plan)
    for one in (model, again):
        with _trying(plan, "train it"):
            trainer.train(one, _sequences(plan))
    if _digest(model) != _digest(again):
        raise _refused(
            plan,
            "ends with other weights when trained again; a layer that draws random numbers needs "
            "a keras.random.SeedGenerator of its own, and one that keeps a state has to reset it",
        )


def try_saving(plan: Plan, model: Any) -> None:
    """Save a model, and use what was saved where only the user's module is imported."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / MODEL
        with _trying(plan, "save it"):
            model.save(path)
        with _as_imported(plan):
            _try_saved(plan, model, path)


def _try_saved(plan: Plan, model: Any, path: Path) -> None:
    """Load a saved model, let it answer, save it again."""
    with _trying(plan, "load it once saved"):
        loaded = keras.models.load_model(path, compile=False)
    if weights_digest(loaded) != weights_digest(model):
        raise _refused(plan, "has other weights once saved and loaded")
    if not _same(plan, loaded, model):
        raise _refused(
            plan,
            "answers differently once saved and loaded; does get_config return all that its "
            "layers are made with?",
        )
    with _trying(plan, "let it answer"):
        predictor = Predictor(loaded, coding_of(plan), plan.task)
        before = _values(loaded)
        first, second = (predictor.windows(*_framed(plan)) for _ in range(2))
    changed = [path for path, value in _values(loaded).items() if value != before[path]]
    if changed:
        raise _refused(plan, f"changes {changed[0]} when it answers, and no reset undoes that")
    if array_digest(first) != array_digest(second):
        raise _refused(plan, "answers differently when asked again")
    with _trying(plan, "save it again"):
        loaded.save(path)


def try_states(plan: Plan, sets: Sequence[str]) -> None:
    """Read the states that probes need."""
    with _trying(plan, "probe it"):
        States(build(plan, 0), coding_of(plan), sets).read(_framed(plan)[0][None])


def _check_answers(plan: Plan, outputs: np.ndarray) -> None:
    if not np.isfinite(outputs).all():
        raise _refused(plan, "expected outputs that are finite numbers")
    sums = outputs.sum(axis=-1)
    if plan.encoding == "one_hot" and (outputs.min() < 0 or abs(sums - 1).max() > 1e-3):
        raise _refused(
            plan,
            "expected outputs that are probabilities, as sizes.activation makes them: 0 or more, "
            f"with the sum 1; got {outputs.min():.3g} to {outputs.max():.3g}, with sums "
            f"{sums.min():.3g} to {sums.max():.3g}",
        )


def _same(plan: Plan, a: Any, b: Any) -> bool:
    """Whether two models answer the same."""
    return np.allclose(_answers(plan, a), _answers(plan, b), rtol=1e-4, atol=1e-6)


def _answers(plan: Plan, model: Any) -> np.ndarray:
    """What a model says of the windows, encoded, from a state of zero."""
    coding, (windows, _) = coding_of(plan), _framed(plan)
    for layer in stateful_layers(model):
        layer.reset_state()
    with _trying(plan, "let it answer"):
        batches = np.split(windows, len(windows) // plan.batch_size)
        outputs = [model(coding.encode(batch), training=False) for batch in batches]
        return np.concatenate([keras.ops.convert_to_numpy(part) for part in outputs])


def _sequences(plan: Plan) -> np.ndarray:
    return draw(TRAINING, 0, count=SEQUENCES, length=plan.length, alphabet=plan.alphabet)


def _framed(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """The first windows of a sequence, (windows, n_in), and their targets, in full batches."""
    (windows, *_), (targets, *_) = plan.task.frame(_sequences(plan))
    some = slice(BATCHES * plan.batch_size)
    return windows[some], targets[some]


def _values(model: Any) -> dict[str, str]:
    """Digests of the weights, by path, without states of stateful layers and random generators.

    An LSTM with dropout draws numbers even where it does not use them.
    """
    return {weight.path: array_digest([weight.numpy()]) for weight in model.weights}


def _digest(model: Any) -> str:
    return array_digest([variable.numpy() for variable in model.variables])


def _refused(plan: Plan, reason: str) -> EchoseqError:
    return EchoseqError(f"model {plan.model}: {reason}")


@contextmanager
def _trying(plan: Plan, what: str) -> Iterator[None]:
    try:
        yield
    except EchoseqError as error:
        raise _refused(plan, f"cannot {what} ({error})") from error
    except Exception as error:  # the user's code, and Keras with it, may raise anything
        raise _refused(plan, f"cannot {what} ({one_line(error)})") from error


@contextmanager
def _as_imported(plan: Plan) -> Iterator[None]:
    """Let Keras know what an import of the user's module registers, and nothing added later."""
    name = plan.model.partition(":")[0]
    registered = keras.src.saving.object_registration
    kept = registered.GLOBAL_CUSTOM_OBJECTS, registered.GLOBAL_CUSTOM_NAMES
    before, modules = [dict(known) for known in kept], dict(sys.modules)
    own = {key for key, module in modules.items() if key == name or _is_users(key, module)}
    try:
        for key in own:
            del sys.modules[key]
        for known in kept:
            for key, value in [*known.items()]:
                if {getattr(part, "__module__", None) for part in (key, value)} & own:
                    del known[key]
        with _trying(plan, f"import {name} again"):
            importlib.import_module(name)
        yield
    finally:
        sys.modules.update(modules)
        for known, earlier in zip(kept, before, strict=True):
            known.clear()
            known.update(earlier)


def _is_users(name: str, module: Any) -> bool:
    """Whether a module is a file of the working directory, and not of a package installed there."""
    source = getattr(module, "__file__", None)
    if source is None or name == "__main__" or name.partition(".")[0] == "echoseq":
        return False
    here = Path.cwd()
    inside = Path(source).relative_to(here).parts if Path(source).is_relative_to(here) else ()
    return bool(inside) and not any(p.startswith(".") or p == "site-packages" for p in inside)
