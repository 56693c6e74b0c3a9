"""One-hot and linear: what a network reads, what its outputs mean, and their loss."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from small import FULL
from workspaces import random_generator

from echoseq.data.sequences import decode, one_hot
from echoseq.networks.backend import keras, tf
from echoseq.networks.coding import Linear, OneHot, coding, coding_of
from echoseq.task import MISSING

ONE_HOT, LINEAR = OneHot(10, missing=False), Linear(10, missing=False)
BOTH = pytest.mark.parametrize("encoding", ["one_hot", "linear"])


def probabilities(*shape: int) -> np.ndarray:
    """Random ones, as a softmax gives them."""
    drawn = random_generator().random(shape, dtype=np.float32) + 0.01
    return drawn / drawn.sum(axis=-1, keepdims=True)


@st.composite
def cases(draw: st.DrawFn) -> tuple[int, np.ndarray]:
    alphabet = draw(st.integers(2, 300))
    shape = hnp.array_shapes(max_dims=3, max_side=6)
    return alphabet, draw(hnp.arrays(np.int32, shape, elements=st.integers(0, alphabet - 1)))


@pytest.mark.parametrize("missing", [True, False])
def test_a_coding_is_found_by_its_name(missing: bool) -> None:
    assert coding("one_hot", 10, missing=missing) == OneHot(10, missing)
    assert coding("linear", 10, missing=missing) == Linear(10, missing)
    with pytest.raises(KeyError):
        coding("binary", 10, missing=missing)


def test_the_coding_of_a_plan_knows_whether_values_may_be_missing() -> None:
    assert coding_of(FULL) == OneHot(10, missing=False)
    masked = replace(FULL, framing="mask", encoding="linear")
    assert coding_of(masked) == Linear(10, missing=True)


def test_features_and_activations() -> None:
    assert (OneHot(100, missing=False).features, ONE_HOT.activation) == (100, "softmax")
    assert (Linear(100, missing=False).features, LINEAR.activation) == (1, "linear")


# Encoding and decoding


@given(cases())
def test_one_hot_encodes_as_the_sequences_module_does(case: tuple[int, np.ndarray]) -> None:
    alphabet, values = case
    encoded = OneHot(alphabet, missing=False).encode(values)
    assert encoded.dtype == tf.float32
    np.testing.assert_array_equal(encoded, one_hot(values, alphabet))


@given(cases())
def test_linear_encodes_to_one_number_from_0_to_1(case: tuple[int, np.ndarray]) -> None:
    alphabet, values = case
    encoded = Linear(alphabet, missing=False).encode(values)
    assert encoded.dtype == tf.float32
    assert encoded.shape == (*values.shape, 1)
    np.testing.assert_allclose(encoded[..., 0], values / (alphabet - 1), rtol=1e-6)


def test_both_ends_of_the_alphabet_are_encoded_as_0_and_1() -> None:
    encoded = Linear(100, missing=False).encode(np.array([0, 99], np.int32))
    assert encoded.numpy().tolist() == [[0], [1]]


@BOTH
@given(case=cases())
def test_decoding_reverses_encoding(encoding: str, case: tuple[int, np.ndarray]) -> None:
    alphabet, values = case
    code = coding(encoding, alphabet, missing=False)
    decoded = code.decode(code.encode(values))
    assert decoded.dtype == tf.int32
    np.testing.assert_array_equal(decoded, values)


@BOTH
@pytest.mark.parametrize("alphabet", [2, 100, 256, 65_536])
def test_every_value_of_an_alphabet_is_decoded(encoding: str, alphabet: int) -> None:
    values = np.linspace(0, alphabet - 1, 300).astype(np.int32)
    code = coding(encoding, alphabet, missing=False)
    np.testing.assert_array_equal(code.decode(code.encode(values)), values)


def test_one_hot_decodes_to_the_most_probable_value_and_the_first_in_a_tie() -> None:
    outputs = probabilities(4, 5, 10)
    np.testing.assert_array_equal(ONE_HOT.decode(outputs), decode(outputs))
    equal = np.array([[0.2, 0.4, 0.4], [0.5, 0, 0.5]], np.float32)
    assert OneHot(3, missing=False).decode(equal).numpy().tolist() == [1, 0]


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        *((0.0, 0), (1.0, 9), (5 / 9, 5)),
        *((4.49 / 9, 4), (4.51 / 9, 5), (0.49 / 9, 0), (8.51 / 9, 9)),
        *((-0.04, 0), (-3.0, 0), (1.05, 9), (70.0, 9)),
    ],
)
def test_linear_decodes_to_the_nearest_value_of_the_alphabet(output: float, expected: int) -> None:
    assert LINEAR.decode(np.array([[output]], np.float32)).numpy().tolist() == [expected]


# Loss and distance


def test_the_loss_of_one_hot_is_that_of_keras() -> None:
    values = random_generator(1).integers(0, 10, (4, 5)).astype(np.int32)
    outputs = probabilities(4, 5, 10)
    loss = ONE_HOT.loss(values, outputs)
    assert loss.shape == (4, 5)
    mean = keras.losses.CategoricalCrossentropy()(one_hot(values, 10), outputs)
    assert loss.numpy().mean() == pytest.approx(float(mean), rel=1e-6)
    chosen = np.take_along_axis(outputs, values[..., None].astype(int), -1)[..., 0]
    np.testing.assert_allclose(loss, -np.log(chosen), rtol=1e-5)


def test_the_loss_of_linear_is_that_of_keras() -> None:
    values = random_generator(1).integers(0, 10, (4, 5)).astype(np.int32)
    outputs = random_generator(2).normal(0.5, 1, (4, 5, 1)).astype(np.float32)
    loss = LINEAR.loss(values, outputs)
    assert loss.shape == (4, 5)
    scaled = (values[..., None] / 9).astype(np.float32)
    np.testing.assert_allclose(loss, keras.losses.mean_squared_error(scaled, outputs), rtol=1e-5)
    np.testing.assert_allclose(loss, (outputs - scaled)[..., 0] ** 2, rtol=1e-5)


def test_the_mean_predictor_has_the_loss_that_the_study_states() -> None:
    """The variance of integers uniform on 0..99, on the scale of 0..1."""
    values = np.arange(100, dtype=np.int32)
    outputs = np.full((100, 1), 0.5, np.float32)
    loss = Linear(100, missing=False).loss(values, outputs).numpy().mean()
    assert loss == pytest.approx((100**2 - 1) / 12 / 99**2)
    assert round(float(loss), 4) == 0.0850
    for other in (0.45, 0.55):  # no other constant does better
        worse = Linear(100, missing=False).loss(values, other + 0 * outputs).numpy().mean()
        assert worse > loss


def test_a_uniform_guess_has_the_loss_of_chance() -> None:
    loss = OneHot(100, missing=False).loss(np.array([7]), np.full((1, 100), 0.01, np.float32))
    assert loss.numpy() == pytest.approx(np.log(100), rel=1e-6)


def test_the_distance_of_one_hot_is_that_of_the_decoded_value() -> None:
    values = random_generator(1).integers(0, 10, (4, 5)).astype(np.int32)
    outputs = probabilities(4, 5, 10)
    expected = np.abs(outputs.argmax(-1) - values)
    np.testing.assert_array_equal(ONE_HOT.distance(values, outputs), expected)


def test_the_distance_of_linear_is_in_integers_before_rounding() -> None:
    outputs = np.array([[0.5], [0.0], [1.2]], np.float32)
    distance = LINEAR.distance(np.array([4, 9, 9], np.int32), outputs)
    np.testing.assert_allclose(distance, [0.5, 9, 1.8], rtol=1e-5)


# Missing values


@BOTH
def test_a_missing_value_is_minus_1_in_every_feature(encoding: str) -> None:
    code = coding(encoding, 10, missing=True)
    values = np.array([[MISSING, 3], [0, MISSING]], np.int32)
    encoded = code.encode(values).numpy()
    assert encoded.shape == (2, 2, code.features)
    assert encoded.dtype == np.float32
    assert (encoded[values == MISSING] == -1).all()
    complete = coding(encoding, 10, missing=False).encode(np.array([3, 0], np.int32))
    np.testing.assert_array_equal(encoded[values != MISSING], complete)


@BOTH
@pytest.mark.parametrize("filler", [0.0, 0.25, -7.5])
def test_a_task_may_say_what_stands_for_a_missing_value(encoding: str, filler: float) -> None:
    code = coding_of(replace(FULL, encoding=encoding, framing="mask", filler=filler))
    encoded = code.encode(np.array([MISSING, 3], np.int32)).numpy()
    assert (encoded[0] == np.float32(filler)).all()
    complete = coding(encoding, 10, missing=False).encode(np.array([3], np.int32))
    np.testing.assert_array_equal(encoded[1:], complete)


@BOTH
def test_without_missing_values_a_coding_that_allows_them_is_the_same(encoding: str) -> None:
    values = random_generator(1).integers(0, 10, (4, 5)).astype(np.int32)
    with_missing, without = (coding(encoding, 10, missing=m) for m in (True, False))
    np.testing.assert_array_equal(with_missing.encode(values), without.encode(values))


@BOTH
def test_codings_work_inside_compiled_programs(encoding: str) -> None:
    code = coding(encoding, 10, missing=True)

    @tf.function(jit_compile=True, autograph=False)
    def compiled(values: tf.Tensor) -> tuple[tf.Tensor, ...]:
        encoded = code.encode(values)
        return encoded, code.decode(encoded), code.distance(values, encoded)

    values = np.array([[MISSING, 3], [9, 0]], np.int32)
    encoded, decoded, distance = compiled(tf.constant(values))
    np.testing.assert_array_equal(encoded, code.encode(values))
    assert decoded.numpy()[values != MISSING].tolist() == [3, 9, 0]
    np.testing.assert_allclose(distance.numpy()[values != MISSING], 0, atol=1e-6)
