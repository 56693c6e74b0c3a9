"""Models of a user's own, good ones and such as cannot be used, for the tests that build them."""

import random

import keras
import numpy as np

from echoseq.networks.architectures import encoder_decoder_teacher_forcing
from echoseq.networks.contract import Sizes

layers, ops = keras.layers, keras.ops
RANDOM = random.SystemRandom()


def inputs(sizes: Sizes) -> keras.KerasTensor:
    return keras.Input(batch_shape=(sizes.batch_size, sizes.n_in, sizes.features))


def answers(sizes: Sizes, **options) -> keras.Layer:
    options = {"activation": sizes.activation} | options
    return layers.TimeDistributed(layers.Dense(sizes.features, **options))


def lstm(sizes: Sizes, **options) -> keras.Layer:
    options = {"return_sequences": True, "stateful": sizes.stateful} | options
    return layers.LSTM(sizes.cells, **options)


def echo(sizes: Sizes, *parts: keras.Layer) -> keras.Model:
    return keras.Sequential([inputs(sizes), *parts])


def plain(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), answers(sizes))


# Losses of a model's own


def penalized(sizes: Sizes) -> keras.Model:
    """Of every weight, with penalties of all sizes, as in the cases a large one."""
    recurrent = lstm(
        sizes,
        kernel_regularizer=keras.regularizers.L2(10.0),
        recurrent_regularizer=keras.regularizers.L1(0.1),
        bias_regularizer=keras.regularizers.L1L2(0.01, 0.01),
    )
    return echo(sizes, recurrent, answers(sizes, kernel_regularizer="l2"))


def active(sizes: Sizes) -> keras.Model:
    """What layers say is penalized, a whole layer's and a wrapped one's."""
    recurrent = lstm(sizes, activity_regularizer=keras.regularizers.L2(0.5))
    return echo(sizes, recurrent, answers(sizes, activity_regularizer="l1"))


@keras.saving.register_keras_serializable(package="builders")
class Frugal(keras.Layer):
    """Passes on what it gets, and adds a loss for it."""

    def call(self, inputs):
        self.add_loss(0.3 * ops.mean(ops.square(inputs)))
        return inputs


def frugal(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), Frugal(), answers(sizes))


def shared(sizes: Sizes) -> keras.Model:
    """A functional model that calls such a layer twice."""
    window, frugal = inputs(sizes), Frugal()
    read = frugal(lstm(sizes)(window))
    return keras.Model(window, answers(sizes)(frugal(layers.Add()([read, read]))))


def bound(sizes: Sizes) -> keras.Model:
    """With a constraint, a layer that is not trained, and statistics that no gradient changes."""
    recurrent = lstm(sizes, kernel_constraint=keras.constraints.MaxNorm(0.5), use_bias=False)
    frozen = layers.Dense(sizes.cells, trainable=False)
    return echo(sizes, recurrent, frozen, layers.BatchNormalization(), answers(sizes))


# Initializers, random numbers


def glorot(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes, recurrent_initializer="glorot_uniform"), answers(sizes))


def orthogonal_everywhere(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes, kernel_initializer="orthogonal"), answers(sizes))


def seeded(sizes: Sizes) -> keras.Model:
    """All values are the user's choice, the same with every seed."""
    chosen = keras.initializers.GlorotUniform(seed=1)
    given = {"kernel_initializer": chosen, "recurrent_initializer": chosen}
    return echo(sizes, lstm(sizes, **given), answers(sizes, kernel_initializer=chosen))


def noisy(sizes: Sizes) -> keras.Model:
    return echo(
        sizes,
        layers.GaussianNoise(0.1),
        lstm(sizes, dropout=0.2, recurrent_dropout=0.2),
        layers.Dropout(0.3),
        answers(sizes),
    )


@keras.saving.register_keras_serializable(package="builders")
class Scaled(keras.Layer):
    """Its configuration is drawn with the weights, and is no weight itself."""

    def __init__(self, factor: float, **kwargs) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return super().get_config() | {"factor": self.factor}


def scaled(sizes: Sizes) -> keras.Model:
    factor = 10 * np.random.random()  # noqa: NPY002
    return echo(sizes, Scaled(factor), lstm(sizes), answers(sizes))


def reseeding(sizes: Sizes) -> keras.Model:
    keras.utils.set_random_seed(7)
    return plain(sizes)


def haphazard(sizes: Sizes) -> keras.Model:
    start = keras.initializers.Constant(RANDOM.random())
    return echo(sizes, lstm(sizes, kernel_initializer=start), answers(sizes))


@keras.saving.register_keras_serializable(package="builders")
class Shaken(keras.Layer):
    """Draws random numbers in training, without a generator that could be resumed."""

    def call(self, inputs, training=False):
        return inputs + keras.random.normal(ops.shape(inputs)) if training else inputs


def shaken(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), Shaken(), answers(sizes))


# Outputs


def logits(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), answers(sizes, activation="linear"))


def sigmoids(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), answers(sizes, activation="sigmoid"))


def over_steps(sizes: Sizes) -> keras.Model:
    softmax = layers.Softmax(axis=1)
    return echo(sizes, lstm(sizes), answers(sizes, activation="linear"), softmax)


def endless(sizes: Sizes) -> keras.Model:
    start = keras.initializers.Constant(np.inf)
    return echo(sizes, lstm(sizes), answers(sizes, bias_initializer=start))


# What would be ignored, or is not in the contract


def compiled(sizes: Sizes) -> keras.Model:
    model = plain(sizes)
    model.compile(optimizer="sgd", loss="mse")
    return model


class Trained(keras.Model):
    def train_step(self, data):
        return super().train_step(data)


def own_training(sizes: Sizes) -> keras.Model:
    window = inputs(sizes)
    return Trained(window, answers(sizes)(lstm(sizes)(window)))


def halved(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes, dtype="mixed_float16"), answers(sizes))


def always_stateful(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes, stateful=True), answers(sizes))


def frozen(sizes: Sizes) -> keras.Model:
    model = plain(sizes)
    model.trainable = False
    return model


# States


def stacked(sizes: Sizes) -> keras.Model:
    cells = [layers.LSTMCell(sizes.cells), layers.LSTMCell(sizes.cells)]
    recurrent = layers.RNN(cells, return_sequences=True, stateful=sizes.stateful)
    return echo(sizes, recurrent, answers(sizes))


@keras.saving.register_keras_serializable(package="builders")
class Counting(keras.Layer):
    """Keeps something from call to call that no reset undoes."""

    def build(self, _shape):
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False, name="calls")

    def call(self, inputs, training=False):
        if not training:
            self.calls.assign_add(1.0)
        return inputs


def counting(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), Counting(), answers(sizes))


# Saving and loading


@keras.saving.register_keras_serializable(package="builders")
class Leaky(keras.Layer):
    """A cell of one's own, registered when the module is imported."""

    def __init__(self, units: int, **kwargs) -> None:
        super().__init__(**kwargs)
        self.units = self.state_size = self.output_size = units

    def build(self, shape) -> None:
        self.kernel = self.add_weight(shape=(shape[-1], self.units), name="kernel")
        self.recurrent = self.add_weight(
            shape=(self.units, self.units), initializer="orthogonal", name="recurrent"
        )

    def call(self, inputs, states):
        update = ops.tanh(inputs @ self.kernel + states[0] @ self.recurrent)
        state = 0.5 * states[0] + 0.5 * update
        return state, [state]

    def get_config(self):
        return super().get_config() | {"units": self.units}


def leaky(sizes: Sizes) -> keras.Model:
    return echo(sizes, layers.RNN(Leaky(sizes.cells), return_sequences=True), answers(sizes))


class Unregistered(keras.Layer):
    def call(self, inputs):
        return inputs


def unregistered(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), Unregistered(), answers(sizes))


def registered_late(sizes: Sizes) -> keras.Model:
    @keras.saving.register_keras_serializable(package="late")
    class Late(keras.Layer):
        def call(self, inputs):
            return inputs

    return echo(sizes, lstm(sizes), Late(), answers(sizes))


@keras.saving.register_keras_serializable(package="builders")
class Forgetful(keras.Layer):
    """Its configuration leaves out a factor."""

    def __init__(self, factor: float = 1.0, **kwargs) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return self.factor * inputs

    def get_config(self):
        return super().get_config()


def forgetful(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), Forgetful(5.0), answers(sizes))


def closing_over(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), layers.Lambda(lambda x: x[:, : sizes.n_out]), answers(sizes))


def anonymous(sizes: Sizes) -> keras.Model:
    return echo(sizes, lstm(sizes), layers.Lambda(lambda x: 2 * x), answers(sizes))


# Taught


def handed(sizes: Sizes) -> keras.Model:
    """As the package's own does it."""
    return encoder_decoder_teacher_forcing.build(sizes)


def handed_taught(model: keras.Model, sizes: Sizes) -> keras.Model:
    return encoder_decoder_teacher_forcing.build_taught(model, sizes)


taught_nothing = taught_windows = taught_others = taught_badly = handed


def taught_nothing_taught(model: keras.Model, sizes: Sizes) -> None:
    """Returns nothing."""


def taught_windows_taught(model: keras.Model, sizes: Sizes) -> keras.Model:
    return model


def taught_others_taught(model: keras.Model, sizes: Sizes) -> keras.Model:
    """Of a model that has the same sizes, but weights of its own."""
    return handed_taught(handed(sizes), sizes)


def taught_badly_taught(model: keras.Model, sizes: Sizes) -> keras.Model:
    return model.get_layer("reader")
