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

  // A dense layer without a bias.
  function product({ weights: [kernel] }, vector) {
    return addProduct(zeros(kernel.shape[1]), vector, kernel);
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
    // With one bias, the reset gate applies before the product with the recurrent kernel.
    GRU({ weights: [kernel, recurrent, bias] }, x, { h }) {
      const units = h.length;
      const size = 3 * units;
      const after = bias.shape.length === 2;
      const fromInput = addProduct(Float64Array.from(bias.data.subarray(0, size)), x, kernel);
      const fromState = after ? Float64Array.from(bias.data.subarray(size)) : zeros(size);
      addProduct(fromState, h, recurrent);
      const gate = (k) => h.map((_, j) => sigmoid(fromInput[k * units + j] + fromState[k * units + j]));
      const [update, reset] = [gate(0), gate(1)];
      const proposed = after
        ? fromState.map((sum, j) => reset[j % units] * sum)
        : addProduct(zeros(size), h.map((value, j) => reset[j] * value), recurrent);
      const next = { h: zeros(units) };
      for (let j = 0; j < units; j++) {
        const candidate = Math.tanh(fromInput[2 * units + j] + proposed[2 * units + j]);
        next.h[j] = update[j] * h[j] + (1 - update[j]) * candidate;
      }
      return next;
    },
    SimpleRNN({ weights: [kernel, recurrent, bias] }, x, { h }) {
      const sum = addProduct(Float64Array.from(bias.data), x, kernel);
      return { h: addProduct(sum, h, recurrent).map(Math.tanh) };
    },
  };
  for (const kind of Object.keys(STEPS)) STEPS[`${kind}Cell`] = STEPS[kind];

  // A recurrent layer over a list of vectors. `carried` holds the states of the layers after the
  // window before, in the same place of a batch; a layer that carries none starts from zeros.
  function recur(network, name, inputs, carried) {
    const layer = network.layers[name];
    const units = layer.weights[1].shape[0];
    let state = layer.stateful ? carried[name] : undefined;
    state ??= { h: zeros(units), c: zeros(units) };
    const states = [];
    for (const x of inputs) {
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

  // What an encoder-decoder is unless its options say otherwise.
  const PLAIN = { attention: "none", feed: ["encoding"], output: ["state"], start: "zero" };

  function encoderDecoder(options = {}) {
    return (network, inputs, carried) => {
      const parts = { ...PLAIN, ...options, ...network.options };
      const { decoder } = network.layers;
      const read = recur(network, "encoder", inputs, carried);
      const found = { encoding: read.at(-1).h, answer: zeros(features(network)) };
      let state = (decoder.stateful && carried.decoder) || begun(network, parts, read);
      const [written, outputs, attention] = [[], [], []];
      const attend = (query) => {
        const weights = weighed(network, parts, query, read);
        attention.push(weights);
        found.context = query.map((_, j) => read.reduce((sum, { h }, i) => sum + weights[i] * h[j], 0));
      };
      for (const place of range(network.n_out)) {
        found.step = oneHot(place, network.n_out);
        found.symbol = Float64Array.of(place ? 0 : 1);
        found.previous_state = state.h;
        if (parts.feed.includes("context")) attend(state.h);
        state = STEPS[decoder.kind](decoder, joined(...parts.feed.map((name) => found[name])), state);
        found.state = state.h;
        if (parts.attention !== "none" && !parts.feed.includes("context")) attend(state.h);
        found.answer = output(network, joined(...parts.output.map((name) => found[name])));
        written.push(state);
        outputs.push(found.answer);
      }
      carried.decoder = state;
      const seenParts = [seen("Encoder", "reads", read), seen("Decoder", "writes", written)];
      return { outputs, parts: seenParts, ...(attention.length ? { attention } : {}) };
    };
  }

  // The state from which a decoder starts.
  function begun(network, { start }, read) {
    if (start === "encoder") return read.at(-1);
    const units = network.layers.decoder.weights[1].shape[0];
    if (start === "zero") return { h: zeros(units), c: zeros(units) };
    const { h } = read.at(start === "first" ? 0 : -1);
    const mapped = (layer) => layer && product(layer, h).map(Math.tanh);
    return { h: mapped(network.layers.start), c: mapped(network.layers.start_c) };
  }

  // The weights of the encoder's outputs for a query of the decoder.
  function weighed(network, { attention }, query, read) {
    const dot = (a, b) => a.reduce((sum, x, j) => sum + x * b[j], 0);
    if (attention === "dot") return softmax(Float64Array.from(read, ({ h }) => dot(h, query)));
    const { attention_query, attention_key, attention: { weights: [scale] } } = network.layers;
    const asked = product(attention_query, query);
    const energies = read.map(({ h }) =>
      dot(product(attention_key, h).map((x, j) => Math.tanh(x + asked[j])), scale.data),
    );
    return softmax(Float64Array.from(energies));
  }

  // The one recurrent layer of a network, whose name is that of its cell.
  const alone = (network) =>
    ["lstm", "gru", "simple_rnn"].find((name) => name in network.layers);

  const ARCHITECTURES = {
    lstm(network, inputs, carried) {
      const states = recur(network, alone(network), inputs, carried);
      const outputs = states.map(({ h }) => output(network, h));
      return { outputs, parts: [seen(title(network), "reads", states)] };
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
      const states = recur(network, alone(network), inputs, carried);
      const parts = [seen(title(network), "reads", states)];
      return { outputs: split(network, states.at(-1).h), parts };
    },
    one_to_one(network, inputs, carried) {
      const states = recur(network, alone(network), [joined(...inputs)], carried);
      const parts = [seen(title(network), "reads", states, [null])];
      return { outputs: split(network, states[0].h), parts };
    },
    encoder_decoder: encoderDecoder(),
    encoder_decoder_gru: encoderDecoder(),
    encoder_decoder_simple_rnn: encoderDecoder(),
    encoder_decoder_state: encoderDecoder({ start: "encoder" }),
    // The symbol is 1 at the start, where there is no answer before.
    encoder_decoder_teacher_forcing: encoderDecoder({
      start: "encoder",
      feed: ["answer", "symbol"],
    }),
    encoder_decoder_step: encoderDecoder({ feed: ["encoding", "step"] }),
    encoder_decoder_feedback: encoderDecoder({ feed: ["encoding", "answer"] }),
    encoder_decoder_attention: encoderDecoder({ attention: "dot", output: ["state", "context"] }),
  };

  const title = (network) => network.layers[alone(network)].kind;

  // Codings

  const features = (network) => (network.encoding === "one_hot" ? network.alphabet : 1);

  const encode = (network, value) =>
    network.encoding === "one_hot"
      ? oneHot(value, network.alphabet)
      : Float64Array.of(value / (network.alphabet - 1));

  // What the first layer reads of a value: with its place in the window, if that is an option.
  const told = (network, value, place) =>
    network.read?.includes("place")
      ? joined(encode(network, value), oneHot(place, network.n_in))
      : encode(network, value);

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
      const inputs = window.map((value, place) => told(network, value, place));
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
