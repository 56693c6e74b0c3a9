"""The states of trained models, probed on sequences of their own."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import require_digest
from echoseq.evaluation.loading import load_weights
from echoseq.evaluation.probes import read_value, shuffled
from echoseq.evaluation.readouts import (
    LINEAR,
    MLP,
    SHUFFLED,
    TRAINED,
    UNTRAINED,
    Case,
    Readouts,
)
from echoseq.evaluation.states import States
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.networks.numerics import THREADS
from echoseq.networks.weights import weights_digest
from echoseq.study.architectures import is_built_in
from echoseq.study.plan import Plan
from echoseq.study.probed import PROBED, SET_OF, sets_of
from echoseq.training.records import read_record

ByName = dict[str, np.ndarray]  # states, (steps, sequences, windows, cells)


def cases_of(n_in: int, steps: Mapping[str, int]) -> list[Case]:
    """What is read from states, of one set after the other.

    After every step, the linear probe reads each value that the state can hold by then, and the
    next one, if there is one, which it cannot: a check that nothing leaks. All else is read after
    the last step of the state only: by the MLP, and with shuffled labels.

    Args:
        steps: the number of those of each state, by its name.
    """
    positions = range(1, n_in + 1)
    return [
        Case(network, probe, state, position, step)
        for name in sets_of(steps)
        for network in (TRAINED, UNTRAINED, SHUFFLED)
        for probe in (LINEAR, MLP)
        for state in steps
        if SET_OF[state] == name
        for step in range(1, steps[state] + 1)
        for position in positions[: PROBED[name].known(step, n_in) + 1]
        if step == steps[state] or (probe == LINEAR and network != SHUFFLED)
    ]


def probe_models(
    plan: Plan,
    runs: Iterable[tuple[Path, Path]],
    sequences: np.ndarray,
    sets: Sequence[str],
    report: Callable[[str], object],
) -> Readouts:
    """Probe the models of one experiment, one after the other.

    Args:
        plan: of the experiment; its states start at zero in each window.
        runs: paths of model.keras and run.json, one pair for each seed.
        sequences: for the probes, (sequences, length).
        sets: of states, by name.
        report: called with a line for each model.

    Raises:
        EchoseqError: if a file is damaged, or the model has no such states.
    """
    windows, _ = plan.task.frame(sequences)
    states: States | None = None
    seeds, read = [], []
    for model_path, record_path in runs:
        record = read_record(record_path)
        seed, model = record["seed"], build(plan, record["seed"])
        _require_initial(model, record, record_path)
        if states is None or not is_built_in(plan.model):
            states = States(model, coding_of(plan), sets)
        else:  # compiled once; the other seeds differ only in their weights
            states.model.set_weights(model.get_weights())
        networks = {UNTRAINED: states.read(windows)}
        load_weights(states.model, model_path)
        require_digest(states.model, record["digest"], model_path)
        trained = networks[TRAINED] = networks[SHUFFLED] = states.read(windows)
        cases = cases_of(plan.n_in, {name: len(own) for name, own in trained.items()})
        with threadpool_limits(THREADS):
            read.append(list(_read(cases, networks, windows, plan.alphabet, seed)))
        seeds.append(seed)
        report(f"seed {seed}: {len(cases)} probes")
    return _readouts(plan, cases, seeds, read, windows.shape[1])


def _readouts(
    plan: Plan, cases: Sequence[Case], seeds: Sequence[int], read: Sequence[Any], windows: int
) -> Readouts:
    """What was read of each seed, case by case, with what it was read from."""
    correct, loss = (np.array([[one[i] for one in own] for own in read]) for i in (0, 1))
    columns = zip(Case._fields, zip(*cases, strict=True), strict=True)
    return Readouts(
        seeds=np.array(seeds),
        **{name: np.array(column) for name, column in columns},
        correct=correct,
        loss=loss.astype(np.float32),
        windows=np.array(windows),
        alphabet=np.array(plan.alphabet),
        asked=np.array([p + 1 for p in plan.task.places if p is not None], np.int32),
    )


def _read(
    cases: Iterable[Case],
    networks: dict[str, ByName],
    windows: np.ndarray,
    alphabet: int,
    seed: int,
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Right answers and loss of each case, of each sequence that is reported on."""
    for case in cases:
        states = networks[case.network][case.state][case.step - 1]
        values = windows[..., case.position - 1].astype(np.int64)
        if case.network == SHUFFLED:
            values = shuffled(values, seed)
        yield read_value(case.probe, states, values, alphabet, seed)


def _require_initial(model: Any, record: dict[str, Any], path: Path) -> None:
    """Refuse a run that did not begin with these weights."""
    if record.get("initial_digest") != weights_digest(model):
        raise EchoseqError(
            f"{path}: the run began with other weights than this program draws; train it again"
        )
