"""What a plan holds, and what it does not depend on."""

from dataclasses import MISSING, FrozenInstanceError, fields, replace
from typing import Any

import pytest
from configurations import CONFIG, changed, study_of_two

from echoseq.errors import EchoseqError
from echoseq.files import canonical_json
from echoseq.study.plan import LATER, Plan, difference
from echoseq.study.reading import load, read

PLAN = read(CONFIG).plan_of("full_echo")
MASKING = "masking_full_5_of_5_at_once_kept_20"


def test_a_plan_does_not_depend_on_settings_without_effect_on_training() -> None:
    plan = read(CONFIG).plan_of("full_echo")
    for path, value in [
        ("experiments.full_echo.reference", None),
        ("tasks.full.sequences", 80000),
        ("experiments.partial_echo.epochs", 7),
        ("seeds", 3),
    ]:
        assert load(changed(path, value)).plan_of("full_echo") == plan


def test_everything_that_affects_training_is_in_the_plan() -> None:
    plan = read(CONFIG).plan_of(MASKING)
    assert (plan.framing, plan.encoding) == ("mask", "one_hot")
    assert (plan.stateful, plan.masking) == (True, False)
    for path, value in [
        ("sweeps.masking_full.stateful", False),
        ("sweeps.masking_full.learning_rate", 0.01),
        ("sweeps.masking_full.until", "epochs"),
        ("tasks.full_mask.encoding", "linear"),
        ("statistics.success", 0.9),
        ("statistics.learned_over", 100),
    ]:
        assert load(changed(path, value)).plan_of(MASKING) != plan


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"n_out": 2, "echo": "newest"}, {"echo": "newest"}),
        ({"echo": [1, 2]}, {"n_out": 2, "echo": "oldest"}),
        ({"echo": [5, "none", {"say": 0}, 5]}, {"n_out": 4, "echo": [5, "none", {"say": 0}, 5]}),
        ({"n_out": 2, "overlap": False}, {"overlap": False}),
        (
            {"n_out": 9, "targets": "mine:told", "symbols": ["end", "blank"]},
            {"n_out": 9, "targets": "mine:told", "symbols": ["end", "blank"]},
        ),
        (
            {"n_out": 2, "frame": "mine:cut", "windows": 3},
            {"frame": "mine:cut", "windows": 3},
        ),
    ],
)
def test_the_keys_of_a_task_are_in_the_plan(given: dict[str, Any], told: dict[str, Any]) -> None:
    """As they are given, and read back from what is stored."""
    config = study_of_two()
    plain = load(config).plan_of("a")
    config["tasks"]["one"] = given
    plan = load(config).plan_of("a")
    assert plan.facts() == plain.facts() | told
    assert Plan.from_facts(plan.facts()) == plan


def test_a_plan_does_not_depend_on_the_question() -> None:
    plan = read(CONFIG).plan_of("full_memoryless")
    for path, value in [
        ("experiments.full_memoryless.question", None),
        ("experiments.full_memoryless.compare_to", "partial_echo"),
        ("experiments.full_memoryless.seeds", [7, 8]),
        ("questions.control.text", "What?"),
        ("statistics.margin", 0.1),
        ("statistics.learned_over", 3),
    ]:
        assert load(changed(path, value)).plan_of("full_memoryless") == plan


def test_the_users_own_model_is_a_dotted_path() -> None:
    for path in ("my_models:gru_echo", "lab.models:Build2"):
        configured = load(changed("experiments.partial_last_step.model", path))
        assert configured.plan_of("partial_last_step").model == path


def test_a_plan_is_read_back_from_its_facts() -> None:
    assert Plan.from_facts(PLAN.facts()) == PLAN
    assert list(PLAN.facts()) == [f.name for f in fields(Plan) if f.name not in LATER]
    assert PLAN.text == canonical_json(PLAN.facts())
    filled = replace(PLAN, framing="mask", filler=0.5)
    assert filled.facts() == PLAN.facts() | {"framing": "mask", "filler": 0.5}
    assert Plan.from_facts(filled.facts()) == filled


def test_keys_with_defaults_may_be_missing_as_in_earlier_versions() -> None:
    keys = ("learning_rate", "until", "success", "learned_over")
    facts = {key: value for key, value in PLAN.facts().items() if key not in keys}
    assert Plan.from_facts(facts) == PLAN


@pytest.mark.parametrize("key", [f.name for f in fields(Plan) if f.default is MISSING])
def test_facts_without_one_of_the_keys_are_refused(key: str) -> None:
    facts = PLAN.facts()
    del facts[key]
    with pytest.raises(EchoseqError, match=rf"^plan\.{key}: expected a value, got none$"):
        Plan.from_facts(facts)


def test_facts_with_an_unknown_key_are_refused() -> None:
    with pytest.raises(EchoseqError, match=r"^plan\.colour: unknown key$"):
        Plan.from_facts(PLAN.facts() | {"colour": "blue"})


@pytest.mark.parametrize(
    ("key", "value", "line"),
    [
        ("cells", "20", "plan.cells: expected a whole number, got text '20'"),
        ("cells", True, "plan.cells: expected a whole number, got true"),
        ("epochs", 10**9, "plan.epochs: expected 1000000 or less, got 1000000000"),
        ("alphabet", 1, "plan.alphabet: expected 2 or more, got 1"),
        ("encoding", "binary", "plan.encoding: expected 'one_hot' or 'linear', got text 'binary'"),
        ("model", None, "plan.model: expected text, got nothing"),
        ("masking", 0, "plan.masking: expected true or false, got 0"),
        ("learning_rate", float("nan"), "plan.learning_rate: expected 10.0 or less, got nan"),
        ("success", 2, "plan.success: expected less than 1.0, got 2"),
    ],
)
def test_facts_of_other_types_or_sizes_are_refused(key: str, value: Any, line: str) -> None:
    with pytest.raises(EchoseqError) as caught:
        Plan.from_facts(PLAN.facts() | {key: value})
    assert str(caught.value) == line


@pytest.mark.parametrize("facts", [None, 3, "plan", [], [("cells", 3)]])
def test_facts_that_are_no_keys_and_values_are_refused(facts: Any) -> None:
    with pytest.raises(EchoseqError, match=r"^plan: expected keys and values, got "):
        Plan.from_facts(facts)


def test_a_plan_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        PLAN.cells = 7  # type: ignore[misc]


@pytest.mark.parametrize(("framing", "kept"), [("drop", False), ("mask", True)])
def test_windows_that_miss_values_are_kept_under_mask_framing(framing: str, kept: bool) -> None:
    assert replace(PLAN, framing=framing).task.keep_missing is kept


@pytest.mark.parametrize(
    ("key", "value"),
    [("cells", 21), ("model", "many_to_one"), ("stateful", False), ("encoding", "linear")],
)
def test_the_first_differing_key_of_two_plans_is_found(key: str, value: Any) -> None:
    other = replace(PLAN, **{key: value})
    assert difference(PLAN, other) == (key, getattr(PLAN, key), value)
    assert difference(other, PLAN) == (key, value, getattr(PLAN, key))


def test_of_several_differences_the_first_key_is_named() -> None:
    other = replace(PLAN, epochs=7, cells=21)
    assert difference(PLAN, other) == ("cells", 20, 21)
    assert difference(PLAN, replace(PLAN)) is None


@pytest.mark.parametrize(
    ("framing", "batch_size", "updates"), [("drop", 7, 3), ("drop", 21, 1), ("mask", 5, 5)]
)
def test_an_epoch_has_an_update_for_each_batch(framing: str, batch_size: int, updates: int) -> None:
    assert replace(PLAN, framing=framing, batch_size=batch_size).updates == updates
