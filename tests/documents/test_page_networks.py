"""Networks in the browser answer as those of Keras do, whatever their architecture."""

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import optioned
import pytest
from browser import browser
from records import run_record
from selenium import webdriver
from small import FULL, PARTIAL

from echoseq.asked import Say
from echoseq.data.snapshots import EVALUATION, draw
from echoseq.documents.page.trial import COMPUTED
from echoseq.documents.page.writing import FOLDER
from echoseq.errors import EchoseqError
from echoseq.evaluation.answering import Predictor
from echoseq.evaluation.exporting import export
from echoseq.files import write_json
from echoseq.networks.building import build
from echoseq.networks.coding import coding_of
from echoseq.networks.weights import weights_digest
from echoseq.study.architectures import ARCHITECTURES
from echoseq.study.options import GRU, LSTM, SIMPLE, Layer
from echoseq.study.plan import Plan
from echoseq.task import MISSING

SEQUENCES = 8
ADDITIVE = replace(optioned.ADDITIVE, n_out=PARTIAL.n_out, decoder=LSTM)
# Step by step, one at a time, and with places in a batch that are left empty at the end.
PLANS = {
    **{name: replace(PARTIAL, model=name, stateful=False) for name in COMPUTED},
    **{name: replace(FULL, model=name) for name in ("lstm", "memoryless")},
    "carried": replace(PARTIAL, batch_size=3),
    "carried GRU": replace(PARTIAL, model="encoder_decoder_gru", batch_size=1),
    "handed and carried": replace(PARTIAL, model="encoder_decoder_state", batch_size=3),
    **{
        f"additive {name}": replace(ADDITIVE, decoder=cell)
        for name, cell in (
            ("LSTM", LSTM),
            ("GRU", GRU),
            ("gated unit", Layer("gru", reset_after=False)),
        )
    },
    "additive, last": replace(ADDITIVE, start="last", output=("state", "context")),
    "mixed": replace(PARTIAL, encoder=GRU, decoder=SIMPLE, feed=("encoding", "step"), batch_size=3),
    "dot": replace(PARTIAL, attention="dot", feed=("encoding", "context"), stateful=False),
    "GRU": replace(FULL, layer=GRU),
    "simple": replace(PARTIAL, model="many_to_one", layer=SIMPLE),
    "told the place": replace(PARTIAL, read=("value", "place"), batch_size=3),
    "one layer told the place": replace(FULL, read=("value", "place"), encoding="linear"),
    "linear": replace(FULL, encoding="linear"),
    "linear vector": replace(PARTIAL, model="many_to_one", encoding="linear"),
    "masked": replace(PARTIAL, framing="mask", masking=True, batch_size=12, stateful=False),
    "reversed": replace(PARTIAL, echo="reversed", n_out=4),
    "by positions": replace(PARTIAL, echo=(3, -1, "none", Say(4)), n_out=4, batch_size=7),
    "side by side": replace(PARTIAL, overlap=False, batch_size=3),
    # Four windows, of which the first begins where the second one could.
    "side by side, carried": replace(
        PARTIAL, length=20, overlap=False, echo=(0, Say(0)), batch_size=2
    ),
}


@pytest.fixture(scope="module")
def driver() -> Iterator[webdriver.Chrome]:
    with browser() as driver:
        driver.get("data:text/html,<title>networks</title>")
        yield driver


def in_browser(driver: webdriver.Chrome, expression: str, *given: object) -> object:
    """The value of an expression that may use `networks`, and `given`."""
    script = (FOLDER / "networks.js").read_text(encoding="utf-8")
    return driver.execute_script(f"{script}\nconst given = arguments; return {expression}", *given)


def saved(folder: Path, plan: Plan) -> tuple[object, Path, Path]:
    """A network whose outputs differ clearly, and the files of its run."""
    model = build(plan, seed=3)
    model.set_weights([3 * weights for weights in model.get_weights()])
    path, file = folder / "model.keras", folder / "run.json"
    model.save(path)
    facts = {"parameters": model.count_params(), "epochs": plan.epochs, "plan": plan.facts()}
    write_json(file, run_record(**facts, digest=weights_digest(model)))
    return model, path, file


@pytest.mark.parametrize("name", PLANS)
def test_a_network_answers_as_it_does_in_keras(
    name: str, driver: webdriver.Chrome, tmp_path: Path
) -> None:
    plan = PLANS[name]
    model, path, record = saved(tmp_path, plan)
    network = json.loads(json.dumps(export(path, record, plan)))
    sequences = draw(EVALUATION, 0, count=SEQUENCES, length=plan.length, alphabet=plan.alphabet)
    predictor = Predictor(model, coding_of(plan), plan.task)
    expected, asked = [], []
    kept = replace(plan.task, keep_missing=False)  # the page has complete windows alone
    for windows, targets in zip(*kept.frame(sequences)):
        asked.append([[None if x == MISSING else x for x in row] for row in targets.tolist()])
        missing = -len(windows) % plan.batch_size
        filled = (np.concatenate([x, x[-1:].repeat(missing, 0)]) for x in (windows, targets))
        expected.append(predictor.windows(*filled)[0][: len(windows)].tolist())
    answers = in_browser(
        driver,
        "given[1].map((one) => networks.answer(networks.unpack(given[0]), one)"
        ".map(({answers, expected}) => [answers, expected]))",
        network,
        sequences.tolist(),
    )
    assert [[own for own, _ in one] for one in answers] == expected
    assert [[own for _, own in one] for one in answers] == asked
    assert len({tuple(window) for one in expected for window in one}) > 5


def test_every_network_that_the_page_takes_is_computed(driver: webdriver.Chrome) -> None:
    assert set(COMPUTED) <= set(ARCHITECTURES)
    assert in_browser(driver, "networks.architectures.sort()") == sorted(COMPUTED)


@pytest.mark.parametrize(
    ("output", "token"), [(0.5, 0), (1.5, 2), (2.5, 2), (2.6, 3), (-4, 0), (11, 8), (8.49, 8)]
)
def test_a_regression_is_rounded_as_tensorflow_does(
    output: float, token: int, driver: webdriver.Chrome
) -> None:
    """Halves to the even number; beyond the alphabet, to its end."""
    layers = {
        "dense": {"weights": [array([1, 1], [0]), array([1], [0])]},
        "output": {"weights": [array([1, 1], [0]), array([1], [output / 8])]},
    }
    sizes = {"n_in": 1, "n_out": 1, "asked": [1], "step": 1, "batch_size": 1, "alphabet": 9}
    network = {"model": "memoryless", "encoding": "linear", "layers": layers} | sizes
    found = in_browser(
        driver, "networks.answer(networks.unpack(given[0]), [0])[0].answers", network
    )
    assert found == [token]


def array(shape: list[int], values: list[float]) -> dict[str, object]:
    text = b64encode(np.array(values, "<f4").tobytes()).decode()
    return {"shape": shape, "values": text}


def test_the_best_answers_come_first(driver: webdriver.Chrome) -> None:
    best = in_browser(driver, "networks.best([0.1, 0.4, 0.1, 0.4], 3)")
    assert [one["value"] for one in best] == [1, 3, 0]  # type: ignore[attr-defined]


def test_another_run_than_configured_is_refused(tmp_path: Path) -> None:
    _, path, record = saved(tmp_path, FULL)
    with pytest.raises(
        EchoseqError, match=r"run\.json: expected a run with cells 9, as configured"
    ):
        export(path, record, replace(FULL, cells=9))
