// Trained networks, computed as `echoseq predict` does: windows of a sequence in order, states that
// start at zero and are carried from batch to batch within the sequence if the layer is stateful.
// Weights are float32; sums are in double precision.
const networks = (() => {
  // Weights

  function array({ shape, values }) {
    const bytes = Uint8Array.from(atob(values), (letter) => letter.charCodeAt(0));
    return { shape, data: new Float32Array(bytes.buffer) };
  }

  function unpack(packed) {
    const layers = {};
    for (const [name, layer] of Object.entries(packed.layers)) {
      layers[name] = { ...layer, weights: layer.weights.map(array) };
    }
    return { ...packed, layers };
  }

  // Vectors

  const zeros = (length) => new Float64Array(length);
  const joined = (...vectors) => Float64Array.from(vectors.flatMap((vector) => [...vector]));
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));

  // Adds a row vector times a matrix to `sum`.
  function addProduct(sum, vector, { shape: [, columns], data }) {
    for (let row = 0; row < vector.length; row++) {
      const x = vector[row];
      if (x === 0) continue; // most of a one-hot vector
      const start = row * columns;
      for (let column = 0; column < columns; column++) sum[column] += x * data[start + column];
    }
    return sum;
  }

  function softmax(vector) {
    const largest = vector.reduce((a, b) => Math.max(a, b));
    const powers = vector.map((x) => Math.exp(x - largest));
    const total = powers.reduce((a, b) => a + b);
    return powers.map((power) => power / total);
  }

  function oneHot(index, length) {
    const vector = zeros(length);
    vector[index] = 1;
    return vector;
  }

  // Layers

  function dense({ weights: [kernel, bias] }, vector) {
    return addProduct(Float64Array.from(bias.data), vector, kernel);
  }

  // One step of a recurrent layer: from its input and state to its next state, {h} or {h, c}.
  const STEPS = {
    LSTM({ weights: [kernel, recurrent, bias] }, x, { h, c }) {
      const units = h.length;
      const gates = addProduct(Float64Array.from(bias.data), x, kernel);
      addProduct(gates, h, recurrent);
      const next = { h: zeros(units), c: zeros(units) };
      for (let j = 0; j < units; j++) {
        const [input, forget, candidate, output] = [0, 1, 2, 3].map((k) => gates[k * units + j]);
        next.c[j] = sigmoid(forget) * c[j] + sigmoid(input) * Math.tanh(candidate);
        next.h[j] = sigmoid(output) * Math.tanh(next.c[j]);
      }
      return next;
    },
    GRU({ weights: [kernel, recurrent, bias] }, x, { h }) {
      const units = h.length;
      const size = 3 * units;
      const fromInput = addProduct(Float64Array.from(bias.data.subarray(0, size)), x, kernel);
      const fromState = addProduct(Float64Array.from(bias.data.subarray(size)), h, recurrent);
      const next = { h: zeros(units) };
      for (let j = 0; j < units; j++) {
        const update = sigmoid(fromInput[j] + fromState[j]);
        const reset = sigmoid(fromInput[units + j] + fromState[units + j]);
        const candidate = Math.tanh(fromInput[2 * units + j] + reset * fromState[2 * units + j]);
        next.h[j] = update * h[j] + (1 - update) * candidate;
      }
      return next;
    },
    SimpleRNN({ weights: [kernel, recurrent, bias] }, x, { h }) {
      const sum = addProduct(Float64Array.from(bias.data), x, kernel);
      return { h: addProduct(sum, h, recurrent).map(Math.tanh) };
    },
  };
  STEPS.LSTMCell = STEPS.LSTM;

  // A recurrent layer over a list of inputs, each a vector or made from the states before it.
  // `carried` holds the states of the layers after the window before, in the same place of a batch.
  // A layer that carries none starts from `begun`, or from zeros.
  function recur(network, name, inputs, carried, begun) {
    const layer = network.layers[name];
    const units = layer.weights[1].shape[0];
    let state = layer.stateful ? carried[name] : begun;
    state ??= { h: zeros(units), c: zeros(units) };
    const states = [];
    for (const input of inputs) {
      const x = typeof input === "function" ? input(states) : input;
      state = STEPS[layer.kind](layer, x, state);
      states.push(state);
    }
    carried[name] = state;
    return states;
  }

  // What is seen of a layer: its states, and what each step does (`reads` or `writes`) with the
  // values of the given places.
  function seen(name, verb, states, places = states.map((_, place) => place)) {
    return { name, verb, states, places };
  }

  // Outputs

  const activated = (network, vector) =>
    network.encoding === "one_hot" ? softmax(vector) : vector;

  const output = (network, vector) => activated(network, dense(network.layers.output, vector));

  // All answers from one vector.
  function split(network, vector) {
    const all = dense(network.layers.vector, vector);
    const features = all.length / network.n_out;
    return range(network.n_out).map((place) =>
      activated(network, all.subarray(place * features, (place + 1) * features)),
    );
  }

  const range = (length) => [...Array(length).keys()];

  // Architectures: from the vectors of a window to the outputs, and what is seen on the way.

  // `handed(encoded, place, written)` is the input of the decoder, `said(decoded, read)` that of
  // the output layer, `begins(read)` the state from which the decoder starts.
  function encoderDecoder(handed, said, begins = () => undefined) {
    return (network, inputs, carried) => {
      const read = recur(network, "encoder", inputs, carried);
      const encoded = read.at(-1).h;
      const outputs = [];
      const say = (states, place) => {
        outputs[place] ??= output(network, said(states[place].h, read));
        return outputs[place];
      };
      const steps = range(network.n_out).map((place) => (states) => {
        return handed(network, encoded, place, () => say(states, place - 1));
      });
      const written = recur(network, "decoder", steps, carried, begins(read));
      range(network.n_out).forEach((place) => say(written, place));
      const parts = [seen("Encoder", "reads", read), seen("Decoder", "writes", written)];
      return { outputs, parts, read, written };
    };
  }

  const repeated = (network, encoded) => encoded;
  const itself = (decoded) => decoded;
  const last = (read) => read.at(-1);

  // Luong's attention: the weights of the encoder's outputs for an output of the decoder.
  function attention(decoded, read) {
    return softmax(
      Float64Array.from(read, ({ h }) => h.reduce((sum, x, j) => sum + x * decoded[j], 0)),
    );
  }

  function attended(decoded, read) {
    const weights = attention(decoded, read);
    const mean = decoded.map((_, j) => read.reduce((sum, { h }, i) => sum + weights[i] * h[j], 0));
    return joined(decoded, mean);
  }

  const plain = encoderDecoder(repeated, itself);
  const attentive = encoderDecoder(repeated, attended);

  const ARCHITECTURES = {
    lstm(network, inputs, carried) {
      const states = recur(network, "lstm", inputs, carried);
      const outputs = states.map(({ h }) => output(network, h));
      return { outputs, parts: [seen("LSTM", "reads", states)] };
    },
    memoryless(network, inputs) {
      const states = inputs.map((x) => ({ h: dense(network.layers.dense, x).map(Math.tanh) }));
      const outputs = states.map(({ h }) => output(network, h));
      return { outputs, parts: [seen("Dense layer", "reads", states)] };
    },
    last_step(network, inputs) {
      const h = dense(network.layers.dense, inputs.at(-1)).map(Math.tanh);
      const parts = [seen("Dense layer", "reads", [{ h }], [inputs.length - 1])];
      return { outputs: split(network, h), parts };
    },
    many_to_one(network, inputs, carried) {
      const states = recur(network, "lstm", inputs, carried);
      return { outputs: split(network, states.at(-1).h), parts: [seen("LSTM", "reads", states)] };
    },
    one_to_one(network, inputs, carried) {
      const states = recur(network, "lstm", [joined(...inputs)], carried);
      const parts = [seen("LSTM", "reads", states, [null])];
      return { outputs: split(network, states[0].h), parts };
    },
    encoder_decoder: plain,
    encoder_decoder_gru: plain,
    encoder_decoder_simple_rnn: plain,
    encoder_decoder_state: encoderDecoder(repeated, itself, last),
    encoder_decoder_teacher_forcing: encoderDecoder(
      // The last number is the start symbol.
      (network, encoded, place, before) =>
        place ? joined(before(), [0]) : oneHot(features(network), features(network) + 1),
      itself,
      last,
    ),
    encoder_decoder_step: encoderDecoder(
      (network, encoded, place) => joined(encoded, oneHot(place, network.n_out)),
      itself,
    ),
    encoder_decoder_feedback: encoderDecoder((network, encoded, place, before) => {
      return joined(encoded, place ? before() : zeros(features(network)));
    }, itself),
    encoder_decoder_attention(network, inputs, carried) {
      const found = attentive(network, inputs, carried);
      const weights = found.written.map(({ h }) => attention(h, found.read));
      return { ...found, attention: weights };
    },
  };

  // Codings

  const features = (network) => (network.encoding === "one_hot" ? network.alphabet : 1);

  const encode = (network, value) =>
    network.encoding === "one_hot"
      ? oneHot(value, network.alphabet)
      : Float64Array.of(value / (network.alphabet - 1));

  // Halves to the even number, as TensorFlow rounds.
  function rounded(x) {
    const nearest = Math.round(x);
    return Math.abs(x % 1) === 0.5 && nearest % 2 ? nearest - 1 : nearest;
  }

  function decode(network, vector) {
    const last = network.alphabet - 1;
    if (network.encoding === "linear") {
      return Math.min(Math.max(rounded(vector[0] * last), 0), last);
    }
    return vector.indexOf(vector.reduce((a, b) => Math.max(a, b))); // the first wins a tie
  }

  // Windows and answers

  // The fewest integers with a complete window, and with all before it that is asked for.
  function shortest({ n_in, asked }) {
    const before = asked.filter(Number.isInteger).map((position) => 1 - position);
    return n_in + Math.max(0, ...before);
  }

  // The windows of a sequence: where each starts, and what is expected; null where nothing is asked.
  function windows(values, network) {
    const { n_in, asked, step } = network;
    const say = (item) => (item === "none" ? null : item.say);
    return range(values.length - n_in + 1)
      .filter((start) => start % step === 0 && start >= shortest(network) - n_in)
      .map((start) => ({
        start,
        window: values.slice(start, start + n_in),
        expected: asked.map((item) =>
          Number.isInteger(item) ? values[start + item - 1] : say(item),
        ),
      }));
  }

  // The answers of a network to every window of a sequence: start, window, expected, answers,
  // outputs, parts and, with attention, its weights.
  function answer(network, values) {
    const places = range(network.batch_size).map(() => ({}));
    return windows(values, network).map(({ start, window, expected }, index) => {
      const inputs = window.map((value) => encode(network, value));
      const carried = places[index % network.batch_size];
      const found = ARCHITECTURES[network.model](network, inputs, carried);
      const answers = found.outputs.map((vector) => decode(network, vector));
      return { start, window, expected, answers, ...found };
    });
  }

  // The most probable values of an output, best first.
  function best(vector, count) {
    const order = range(vector.length).sort((a, b) => vector[b] - vector[a] || a - b);
    return order.slice(0, count).map((value) => ({ value, probability: vector[value] }));
  }

  return { unpack, answer, best, shortest, architectures: Object.keys(ARCHITECTURES) };
})();
