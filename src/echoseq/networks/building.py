"""Models of training plans: built-in architectures and the user's own.

A builder takes `Sizes` and returns an untrained model with input (batch_size, n_in, features) and
output (batch_size, n_out, features), where `features` numbers stand for one integer. Layers that
carry state from batch to batch are stateful only if `Sizes.stateful` is set. The user's own builder
is named by a dotted path, `my_models:gru_echo`, and follows the same contract.

A model may be trained in another way than it answers, as with teacher forcing: beside its builder
there is then a function that is called like it with `_taught` at the end. It takes the model and
the sizes, and returns a Keras model with the same weights, of windows and of the targets before
each answer, (batch_size, n_out, features).
"""

import importlib
from collections.abc import Callable
from typing import Any

from echoseq import streams
from echoseq.errors import EchoseqError
from echoseq.networks.backend import keras
from echoseq.networks.coding import coding_of
from echoseq.networks.contract import Sizes, check_contract, check_taught, stateful_layers
from echoseq.networks.weights import begin, orthogonal_from
from echoseq.own import find_in_working_directory, not_imported
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import Layer
from echoseq.study.plan import Plan

__all__ = ["build", "find_builder", "one_line", "sizes_of", "stateful_layers", "teacher"]

LONGEST = 500  # characters of an error that others raised
TAUGHT = "_taught"  # at the end of the name of a builder


def build(plan: Plan, seed: int) -> Any:
    """Build the model of a training plan, with initial weights that depend on the seed alone.

    Raises:
        EchoseqError: if the user's own builder cannot be found or breaks the contract.
    """
    sizes = sizes_of(plan)
    builder, options = find_builder(plan.model), options_of(plan)
    keras.utils.set_random_seed(streams.integer_seed("weights", seed))
    try:
        with orthogonal_from(streams.generator("recurrent weights", seed)):
            model = builder(sizes, **options)
    except (Exception, SystemExit) as error:  # the user's builder may raise anything
        raise EchoseqError(f"model {plan.model}: {one_line(error)}") from error
    check_contract(plan.model, model, sizes)
    for option, asked in options.items():
        if isinstance(asked, Layer) and asked.changed:
            layer = model.get_layer(asked.cell if option == "layer" else option)
            begin(layer, asked, streams.generator(f"recurrent weights of {option}", seed))
    return model


def teacher(plan: Plan) -> Callable[[Any], Any] | None:
    """How a model of a plan is taught: from the model to one that is also given targets.

    Returns:
        A function that raises an EchoseqError if the user's own breaks the contract; None if the
        model is not taught.

    Raises:
        EchoseqError: if the user's own module cannot be found.
    """
    module, function = _module_of(plan.model)
    builder = getattr(module, function + TAUGHT, None)
    if not callable(builder):
        return None
    sizes = sizes_of(plan)

    def teach(model: Any) -> Any:
        try:
            taught = builder(model, sizes)
        except (Exception, SystemExit) as error:  # the user's builder may raise anything
            raise EchoseqError(f"model {plan.model}{TAUGHT}: {one_line(error)}") from error
        check_taught(plan.model + TAUGHT, taught, model, sizes)
        return taught

    return teach


def sizes_of(plan: Plan) -> Sizes:
    """The sizes that a plan gives to a builder."""
    code = coding_of(plan)
    return Sizes(
        n_in=plan.n_in,
        n_out=plan.n_out,
        features=code.features,
        cells=plan.cells,
        batch_size=plan.batch_size,
        stateful=plan.stateful,
        masking=plan.masking,
        filler=plan.filler,
        activation=code.activation,
    )


def options_of(plan: Plan) -> dict[str, Any]:
    """The options that a plan gives to a builder, by name: those that its model has."""
    known = ARCHITECTURES[plan.model].options if plan.model in ARCHITECTURES else ()
    return {key: getattr(plan, key) for key in known}


def find_builder(name: str) -> Callable[[Sizes], Any]:
    """The builder of an architecture, or the one at a dotted path in the working directory.

    Raises:
        EchoseqError: if there is no such builder.
    """
    module, function = _module_of(name)
    builder = getattr(module, function, None)
    if not callable(builder):
        raise EchoseqError(f"model {name}: expected a function {function} in {module.__name__}")
    return builder


def _module_of(name: str) -> tuple[Any, str]:
    """The module of an architecture or of the user's own model, and the name of its builder."""
    if name in ARCHITECTURES:
        return importlib.import_module(f"echoseq.networks.architectures.{name}"), "build"
    module_name, _, function = name.partition(":")
    find_in_working_directory()
    try:
        return importlib.import_module(module_name), function
    except (Exception, SystemExit) as error:  # the user's module may raise anything
        reason = not_imported(module_name, error, one_line(error))
        raise EchoseqError(f"model {name}: {reason}") from error


def one_line(error: BaseException) -> str:
    """The kind and the message of an error that others raised, cut if it is long.

    Keras puts configurations of whole models before and after the reason.
    """
    reason = str(error).rpartition("Exception encountered:")[2].partition("Full object config:")[0]
    message = " ".join(reason.split())
    short = message if len(message) <= LONGEST else message[:LONGEST].rstrip() + " ..."
    return f"{type(error).__name__}: {short}"
