"""What each architecture can see and remember, and how it answers."""

from dataclasses import replace

import numpy as np
import pytest
from small import FULL as TINY

from echoseq.networks.building import build, stateful_layers
from echoseq.study.architectures import ARCHITECTURES

ENCODER_DECODERS = sorted(name for name in ARCHITECTURES if name.startswith("encoder_decoder"))
RECURRENT = ("lstm", *ENCODER_DECODERS, "many_to_one", "one_to_one")


def windows(seed: int, n_in: int = 4) -> np.ndarray:
    generator = np.random.Generator(np.random.PCG64(seed))
    return np.eye(10, dtype=np.float32)[generator.integers(0, 10, (3, n_in))]


def test_the_memoryless_control_sees_each_step_separately() -> None:
    model = build(replace(TINY, model="memoryless"), 0)
    inputs, others = windows(0), windows(1)
    answers = model(inputs).numpy()
    for step in range(4):
        mixed = others.copy()
        mixed[:, step] = inputs[:, step]
        np.testing.assert_array_equal(model(mixed).numpy()[:, step], answers[:, step])
        changed = inputs.copy()
        changed[:, step] = np.roll(inputs[:, step], 1, axis=-1)
        differs = (model(changed).numpy() != answers).any(axis=(0, 2))
        assert differs.tolist() == [step == other for other in range(4)]


def test_an_lstm_sees_the_steps_before() -> None:
    """The counterpart: if the test above were blind, it would pass for this too."""
    model = build(replace(TINY, stateful=False), 0)
    inputs = windows(0)
    changed = inputs.copy()
    changed[:, 0] = np.roll(inputs[:, 0], 1, axis=-1)
    assert (model(changed).numpy() != model(inputs).numpy()).any(axis=(0, 2)).all()


@pytest.mark.parametrize("n_out", [1, 2, 4])
def test_the_last_step_control_sees_only_the_last_step(n_out: int) -> None:
    model = build(replace(TINY, model="last_step", n_out=n_out), 0)
    inputs, others = windows(0), windows(1)
    answers = model(inputs).numpy()
    mixed = others.copy()
    mixed[:, -1] = inputs[:, -1]
    np.testing.assert_array_equal(model(mixed).numpy(), answers)
    mixed = inputs.copy()
    mixed[:, -1] = np.roll(inputs[:, -1], 1, axis=-1)
    assert (model(mixed).numpy() != answers).any(axis=(0, 2)).all()


@pytest.mark.parametrize("name", ["memoryless", "last_step"])
def test_the_controls_carry_nothing_from_batch_to_batch(name: str) -> None:
    model = build(replace(TINY, model=name), 0)
    assert stateful_layers(model) == []
    first = model(windows(0)).numpy()
    model(windows(1))
    np.testing.assert_array_equal(model(windows(0)).numpy(), first)


@pytest.mark.parametrize("stateful", [True, False])
@pytest.mark.parametrize("name", RECURRENT)
def test_state_is_carried_from_batch_to_batch_only_if_the_sizes_say_so(
    name: str, stateful: bool
) -> None:
    model = build(replace(TINY, model=name, stateful=stateful), 0)
    first = model(windows(0)).numpy()
    again = model(windows(0)).numpy()
    assert np.array_equal(again, first) != stateful
    for layer in stateful_layers(model):
        layer.reset_state()
    np.testing.assert_array_equal(model(windows(0)).numpy(), first)


@pytest.mark.parametrize("name", [*ENCODER_DECODERS, "many_to_one"])
def test_a_masking_layer_skips_missing_steps(name: str) -> None:
    """The answer equals that for a window without the missing steps; unmasked, it differs."""
    plan = replace(TINY, model=name, n_out=2, framing="mask", stateful=False)
    masked, unmasked = (build(replace(plan, masking=m), 0) for m in (True, False))
    short = build(replace(plan, n_in=2), 0)
    short.set_weights(masked.get_weights())
    inputs = windows(0)
    inputs[:, :2] = -1
    expected = short(inputs[:, 2:]).numpy()
    np.testing.assert_allclose(masked(inputs), expected, atol=1e-6)
    assert not np.allclose(unmasked(inputs), expected, atol=1e-4)


def test_a_masked_lstm_answers_as_if_it_began_after_the_missing_steps() -> None:
    plan = replace(TINY, framing="mask", stateful=False, masking=True)
    masked, short = build(plan, 0), build(replace(plan, n_in=2, n_out=2), 0)
    short.set_weights(masked.get_weights())
    inputs = windows(0)
    inputs[:, :2] = -1
    np.testing.assert_allclose(masked(inputs)[:, 2:], short(inputs[:, 2:]), atol=1e-6)


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("encoding", ["one_hot", "linear"])
def test_every_architecture_answers_in_the_coding_of_its_task(name: str, encoding: str) -> None:
    model = build(replace(TINY, model=name, encoding=encoding), 0)
    features = {"one_hot": 10, "linear": 1}[encoding]
    inputs = np.random.Generator(np.random.PCG64(0)).normal(0, 3, (3, 4, features))
    outputs = model(inputs.astype(np.float32)).numpy()
    assert outputs.shape == (3, 4, features)
    if encoding == "one_hot":
        np.testing.assert_allclose(outputs.sum(axis=-1), 1, rtol=1e-5)
    else:
        assert outputs.min() < 0 < outputs.max()  # not bounded by an activation
