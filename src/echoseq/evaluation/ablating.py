"""Trained models on held-out sequences, with something taken away while they answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from itertools import chain, groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from echoseq.errors import EchoseqError
from echoseq.evaluation.ablations import MEAN, WORST, Ablations, Case
from echoseq.evaluation.answering import models_in_turn
from echoseq.evaluation.predictions import drawn_in
from echoseq.evaluation.switching import NO_CELL, Answered, Network, Variant, switched
from echoseq.networks.coding import coding_of
from echoseq.networks.numerics import THREADS
from echoseq.study.ablated import FAMILIES, FAMILY_OF, INTACT, families_of, module_of
from echoseq.study.plan import Plan


class Result(NamedTuple):
    """What one seed answers in a case; the fields are rows of those of `Ablations`."""

    case: Case
    networks: int
    cell: int
    correct: np.ndarray
    loss: np.ndarray
    held: np.ndarray | None = None


class Ablated:
    """A model and all that is taken away from it; other weights can be loaded into it."""

    def __init__(self, network: Network, ablations: Sequence[str]) -> None:
        """Put the switches of ablations into a network.

        Raises:
            EchoseqError: if one of their families cannot be made in it.
        """
        self.network, self._asked = network, ablations
        modules = [import_module(module_of(family)) for family in families_of(ablations)]
        self._ablators = [module.ablator(network, ablations) for module in modules]

    def variants(self, seed: int) -> Iterator[Variant]:
        """What can be taken away from the network, with the weights that it has now."""
        return chain.from_iterable(ablator(seed) for ablator in self._ablators)

    def answer(self, variant: Variant) -> Answered:
        """Answer with something taken away."""
        with switched(variant):
            return self.network.answer()

    def results(self, seed: int) -> Iterator[Result]:
        """What the network answers as it is, and with everything in turn taken away.

        Raises:
            EchoseqError: if there is nothing of what is to be taken away.
        """
        intact, made = self.network.answer(), set()
        yield Result(Case(INTACT), 1, NO_CELL, intact.correct, intact.loss)
        for case, group in groupby(self.variants(seed), key=_case_of):
            made.add(case.ablation)
            answered = [(variant.cell, self.answer(variant)) for variant in group]
            (cell, only), *others = answered
            if cell != NO_CELL:
                yield from _of_cells(case, [one for _, one in answered])
            else:
                assert not others
                yield Result(case, 1, NO_CELL, only.correct, only.loss)
        for ablation in [name for name in self._asked if name not in made]:
            absent = FAMILIES[FAMILY_OF[ablation]].absent
            raise EchoseqError(f"ablate: {ablation}: expected {absent}, found none")


def ablate_models(
    plan: Plan,
    runs: Iterable[tuple[Path, Path]],
    sequences: np.ndarray,
    ablations: Sequence[str],
    *,
    report: Callable[[str], object],
    probes: np.ndarray | None = None,
) -> Ablations:
    """Let the models of one experiment answer the same sequences, with something taken away.

    Args:
        plan: of the experiment.
        runs: paths of model.keras and run.json, one pair for each seed.
        sequences: held-out integers, (sequences, length).
        ablations: by name.
        report: called with a line for each model.
        probes: integers to fit probes on, (sequences, length), if any ablation needs them.

    Raises:
        EchoseqError: if a file is damaged, a model is not the one recorded by its run, or has
            nothing of what is to be taken away.
    """
    ablated: Ablated | None = None
    seeds, results = [], []
    for model, _, record, another in models_in_turn(runs):
        if ablated is None or another:
            ablated = Ablated(_network(model, plan, sequences, probes), ablations)
        with threadpool_limits(THREADS):
            results.append([*ablated.results(record["seed"])])
        seeds.append(record["seed"])
        report(f"seed {record['seed']}: {len(results[-1])} cases")
    assert ablated is not None
    return _ablations(plan, ablated.network, seeds, results)


def _network(model: Any, plan: Plan, sequences: np.ndarray, probes: np.ndarray | None) -> Network:
    network = Network(model, coding_of(plan), plan.task, plan.task.frame(sequences))
    if probes is not None:
        network.probed = plan.task.frame(probes)[0]
    return network


def _case_of(variant: Variant) -> Case:
    return Case(variant.ablation, variant.layer, variant.state, variant.removed)


def _of_cells(case: Case, answered: Sequence[Answered]) -> Iterator[Result]:
    """The mean over cells, as counts over as many networks, and the worst of them."""
    correct = np.stack([one.correct for one in answered])
    loss = np.stack([one.loss for one in answered])
    mean = loss.astype(np.float64).mean(axis=0).astype(np.float32)
    held = correct.sum(axis=1)
    yield Result(
        case._replace(ablation=MEAN), len(answered), NO_CELL, correct.sum(axis=0), mean, held
    )
    worst = int(held[:, :-1].sum(axis=1).argmin())
    yield Result(case._replace(ablation=WORST), 1, worst, correct[worst], loss[worst])


def _ablations(
    plan: Plan, network: Network, seeds: Sequence[int], results: Sequence[Sequence[Result]]
) -> Ablations:
    """The results of all seeds, as arrays."""
    first = results[0]
    with_cells = [i for i, one in enumerate(first) if one.held is not None]
    cells = np.repeat(with_cells, [first[i].networks for i in with_cells]).astype(np.int32)
    scored = network.scored[0]
    columns = zip(Case._fields, zip(*(one.case for one in first)), strict=True)
    return Ablations(
        seeds=np.array(seeds),
        **{name: np.array(column) for name, column in columns},
        networks=np.array([one.networks for one in first], np.int32),
        cell=np.array([[one.cell for one in own] for own in results], np.int32),
        correct=np.array([[one.correct for one in own] for own in results], np.int32),
        loss=np.array([[one.loss for one in own] for own in results], np.float32),
        cells=cells if with_cells else np.zeros(1, np.int32),
        held=np.stack([_held(own) for own in results]).astype(np.int32),
        windows=np.append(scored.sum(axis=0), scored.any(axis=-1).sum()).astype(np.int32),
        values=scored.sum(axis=-1)[scored.any(axis=-1)].astype(np.int32),
        drawn=drawn_in(plan.task),
        alphabet=np.array(plan.task.tokens),
        encoding=np.array(plan.encoding),
    )


def _held(results: Sequence[Result]) -> np.ndarray:
    """Right answers with each cell held at zero; where none is, a row of the intact network."""
    cells = [one.held for one in results if one.held is not None]
    return np.concatenate(cells or [results[0].correct.sum(axis=0)[None]])
