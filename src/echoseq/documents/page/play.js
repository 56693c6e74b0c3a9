// Play: a sequence to edit, a trained network, what it answers and what is in its state.
function play(shown, colors) {
  const random = (below) => Math.floor(Math.random() * below);
  const loaded = new Map(); // networks by name; their weights are unpacked when they are first used
  const state = { network: null, values: [], window: 0, found: [] };

  // Choices

  function network() {
    const { name } = state.network;
    if (!loaded.has(name)) loaded.set(name, networks.unpack(state.network));
    return loaded.get(name);
  }

  function choose(name) {
    stopSearching("");
    state.network = shown.find((one) => one.name === name);
    const { alphabet, sequence } = state.network;
    if (!state.values.length) state.values = [...sequence];
    state.values = state.values.map((value) => Math.min(value, alphabet - 1));
    while (state.values.length < networks.shortest(state.network)) state.values.push(random(alphabet));
    byId("lead").textContent = state.network.lead;
    byId("about").textContent = state.network.about;
    byId("outputs").textContent =
      state.network.encoding === "linear" ? "before rounding" : "most probable";
    buildWindowInputs();
    buildSequence();
    update();
  }

  function setValue(place, value) {
    const next = Math.min(Math.max(Math.round(value), 0), state.network.alphabet - 1);
    if (Number.isNaN(next) || next === state.values[place]) return;
    state.values[place] = next;
    update();
  }

  function setValues(values) {
    const resized = values.length !== state.values.length;
    state.values = values;
    if (resized) buildSequence();
    update();
  }

  function setWindow(index) {
    state.window = index;
    update();
  }

  function newSequence() {
    const { alphabet, sequence } = state.network;
    const length = Math.max(networks.shortest(state.network), sequence.length);
    return Array.from({ length }, () => random(alphabet));
  }

  // Answers again, and shows everything.
  function update() {
    state.found = networks.answer(network(), state.values);
    state.window = Math.min(state.window, state.found.length - 1);
    showControls();
    showSequence();
    showAnswer();
    showWindows();
    showStates();
  }

  const chosen = () => state.found[state.window];
  const start = () => chosen().start;
  const isAsked = (one, position) => one.expected[position] !== null;
  const isWrong = (one, position) =>
    isAsked(one, position) && one.answers[position] !== one.expected[position];
  const mistakes = (one) => one.answers.filter((_, position) => isWrong(one, position)).length;
  const isShortcut = ({ altKey, ctrlKey, metaKey }) => altKey || ctrlKey || metaKey; // the browser's

  // The sequence as text, the window as numbers

  const valuesInput = byId("values");
  const windowInput = byId("window");
  const windowNumbers = byId("window-numbers");

  function buildWindowInputs() {
    const { n_in, alphabet } = state.network;
    windowNumbers.replaceChildren(
      ...Array.from({ length: n_in }, (_, place) => {
        const input = element("input", { type: "number", min: 0, max: alphabet - 1, step: 1 });
        input.setAttribute("aria-label", `Integer ${place + 1} of the window`);
        input.addEventListener("input", () => {
          if (input.value !== "") setValue(start() + place, Number(input.value));
        });
        input.addEventListener("change", () => {
          input.value = state.values[start() + place]; // what was made of it
        });
        return input;
      }),
    );
  }

  function showControls() {
    const { n_in } = state.network;
    const text = state.values.join(" ");
    if (document.activeElement !== valuesInput) valuesInput.value = text;
    byId("values-mistake").textContent = "";
    valuesInput.removeAttribute("aria-invalid");
    windowInput.max = state.found.length;
    windowInput.value = state.window + 1;
    byId("window-place").textContent =
      `${state.window + 1} of ${state.found.length}: ` +
      `integers ${start() + 1} to ${start() + n_in}`;
    windowInput.setAttribute("aria-valuetext", byId("window-place").textContent);
    [...windowNumbers.children].forEach((input, place) => {
      const value = String(state.values[start() + place]);
      if (document.activeElement !== input || input.value === "") input.value = value;
      input.classList.toggle("asked", state.network.asked.includes(place + 1));
    });
  }

  function readValues() {
    const { alphabet, sequence } = state.network;
    const least = networks.shortest(state.network);
    const most = Math.max(100, sequence.length);
    const words = valuesInput.value.split(/[\s,;]+/).filter(Boolean);
    const wrong = words.find((word) => !/^\d+$/.test(word) || Number(word) >= alphabet);
    let mistake = "";
    if (wrong !== undefined) mistake = `Expected 0 to ${alphabet - 1}, got ${wrong}.`;
    else if (words.length < least) mistake = `Expected at least ${least} integers.`;
    else if (words.length > most) mistake = `Expected at most ${most} integers.`;
    if (!mistake) return setValues(words.map(Number));
    byId("values-mistake").textContent = mistake;
    valuesInput.setAttribute("aria-invalid", "true");
  }

  // The sequence as a chart

  const chart = byId("sequence");
  const HEIGHT = 200;
  const MARGIN = { left: 30, right: 10, top: 12, bottom: 22 };
  let sliders = [];

  const step = () => (chart.clientWidth - MARGIN.left - MARGIN.right) / state.values.length;
  const x = (place) => MARGIN.left + (place + 0.5) * step();
  const y = (value) => {
    const room = HEIGHT - MARGIN.top - MARGIN.bottom;
    return MARGIN.top + room * (1 - value / (state.network.alphabet - 1));
  };

  // The points stay when they move, so that the one with the focus keeps it.
  function buildSequence() {
    sliders = state.values.map((_, place) => {
      const point = element("circle", { role: "slider", r: 6, "aria-orientation": "vertical" });
      point.setAttribute("aria-label", `Integer ${place + 1}`);
      point.setAttribute("aria-valuemin", 0);
      point.setAttribute("aria-valuemax", state.network.alphabet - 1);
      point.addEventListener("keydown", (event) => moveWithKeys(event, place));
      point.addEventListener("focus", () => focusPoint(place));
      return point;
    });
    setFocusable(0);
    chart.replaceChildren(
      element("g", { id: "sequence-back", "aria-hidden": "true" }),
      element("g", {}, ...sliders),
      element("g", { id: "sequence-marks", "aria-hidden": "true" }),
    );
  }

  function setFocusable(place) {
    sliders.forEach((point, other) => point.setAttribute("tabindex", other === place ? 0 : -1));
  }

  function moveWithKeys(event, place) {
    if (isShortcut(event)) return;
    const last = state.network.alphabet - 1;
    const value = state.values[place];
    const page = Math.max(1, Math.round(last / 10));
    const values = {
      ArrowUp: value + 1,
      ArrowDown: value - 1,
      PageUp: value + page,
      PageDown: value - page,
      Home: 0,
      End: last,
    };
    const neighbour = { ArrowLeft: place - 1, ArrowRight: place + 1 }[event.key];
    if (event.key in values) setValue(place, values[event.key]);
    else if (sliders[neighbour]) sliders[neighbour].focus();
    else return;
    event.preventDefault();
  }

  // The window follows, so that the integer is in it.
  function focusPoint(place) {
    setFocusable(place);
    const holds = (one) => one.start <= place && place < one.start + state.network.n_in;
    if (holds(chosen())) return;
    const window = nearest(state.found.flatMap((one, index) => (holds(one) ? [index] : [])));
    if (window !== undefined) setWindow(window);
  }

  // The window that is nearest to the one that is shown.
  function nearest(windows) {
    return windows.sort((a, b) => Math.abs(a - state.window) - Math.abs(b - state.window))[0];
  }

  function draw(event) {
    const box = chart.getBoundingClientRect();
    const place = Math.floor((event.clientX - box.left - MARGIN.left) / step());
    if (place < 0 || place >= state.values.length) return;
    const room = HEIGHT - MARGIN.top - MARGIN.bottom;
    const height = 1 - (event.clientY - box.top - MARGIN.top) / room;
    setFocusable(place);
    setValue(place, height * (state.network.alphabet - 1));
  }

  function showSequence() {
    const { n_in, asked, alphabet } = state.network;
    chart.setAttribute("height", HEIGHT);
    const back = byId("sequence-back");
    const bottom = HEIGHT - MARGIN.bottom;
    const right = chart.clientWidth - MARGIN.right;
    const every = state.values.length > 30 ? 10 : 5;
    const ticks = [0, Math.round((alphabet - 1) / 2), alphabet - 1];
    const left = x(start()) - step() / 2;
    back.replaceChildren(
      element("rect", { class: "band", x: left, y: 2, width: step() * n_in, height: bottom - 2 }),
      ...ticks.map((value) =>
        element("line", { class: "grid", x1: MARGIN.left, x2: right, y1: y(value), y2: y(value) }),
      ),
      ...ticks.map((value) =>
        element("text", { x: MARGIN.left - 5, y: y(value) + 4, "text-anchor": "end" }, value),
      ),
      ...state.values.flatMap((_, place) =>
        place === 0 || (place + 1) % every === 0
          ? [element("text", { x: x(place), y: HEIGHT - 6, "text-anchor": "middle" }, place + 1)]
          : [],
      ),
    );
    const radius = Math.min(6, Math.max(3, 0.4 * step()));
    sliders.forEach((point, place) => {
      const inside = place - start();
      const other = inside < 0 || inside >= n_in ? "outside" : "inside";
      const kind = asked.includes(inside + 1) ? "asked" : other;
      point.setAttribute("class", kind);
      point.setAttribute("cx", x(place));
      point.setAttribute("cy", y(state.values[place]));
      point.setAttribute("r", radius);
      point.setAttribute("aria-valuenow", state.values[place]);
    });
    byId("sequence-marks").replaceChildren(
      ...chosen().answers.flatMap((value, position) => {
        if (!Number.isInteger(asked[position])) return [];
        const center = [x(start() + asked[position] - 1), y(value)];
        return isWrong(chosen(), position)
          ? [cross(center, radius + 1)]
          : [element("circle", { class: "right", cx: center[0], cy: center[1], r: radius + 3 })];
      }),
    );
  }

  function cross([cx, cy], size) {
    const [a, b, c, d] = [cx - size, cy - size, cx + size, cy + size];
    return element("path", { class: "wrong", d: `M${a} ${b}L${c} ${d}M${a} ${d}L${c} ${b}` });
  }

  // The answer to the window

  const percent = (share) => `${(100 * share).toFixed(1)}%`;

  function showAnswer() {
    const one = chosen();
    const wrong = one.answers.flatMap((_, position) => (isWrong(one, position) ? [position] : []));
    const places = wrong.map((position) => position + 1).join(", ");
    const [first] = wrong;
    const told =
      wrong.length > 1
        ? `At positions ${places}`
        : `At position ${places}: ${one.expected[first]} expected, ${one.answers[first]} answered`;
    const verdict = byId("verdict");
    const count = one.answers.filter((_, position) => isAsked(one, position)).length;
    verdict.textContent = wrong.length
      ? `${wrong.length} of ${count} wrong. ${told}.`
      : count === 1 ? "Right." : `All ${count} right.`;
    verdict.classList.toggle("is-wrong", wrong.length > 0);
    byId("answer-rows").replaceChildren(
      ...one.answers.map((answered, position) => answerRow(one, position, answered)),
    );
  }

  function answerRow(one, position, answered) {
    const wrong = isWrong(one, position);
    const asked = isAsked(one, position);
    const answer = element("td", { class: "number" }, String(answered));
    if (asked) {
      const mark = element("span", { class: wrong ? "mark wrong" : "mark" }, wrong ? "✗" : "✓");
      mark.setAttribute("aria-hidden", "true");
      answer.append(" ", mark, element("span", { class: "unseen" }, wrong ? "wrong" : "right"));
    }
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, String(position + 1)),
      element("td", { class: "number" }, asked ? String(one.expected[position]) : "not asked"),
      answer,
      element("td", {}, likelihood(one.outputs[position])),
    );
  }

  // The best answers with their probabilities; of a regression, the answer before rounding.
  function likelihood(vector) {
    if (state.network.encoding === "linear") {
      const unrounded = vector[0] * (state.network.alphabet - 1);
      return element("span", {}, unrounded.toFixed(2));
    }
    const bars = networks.best(vector, 3).map(({ value, probability }) => {
      const item = element("li", {}, element("b", {}, String(value)), ` ${percent(probability)}`);
      item.style.setProperty("--share", probability);
      return item;
    });
    return element("ol", { class: "best" }, ...bars);
  }

  // Every window of the sequence

  const windowsChart = byId("windows");

  function showWindows() {
    const { n_out } = state.network;
    const left = 18;
    const width = Math.min(30, (windowsChart.clientWidth - left - 2) / state.found.length);
    const height = Math.max(10, Math.min(18, width));
    windowsChart.setAttribute("height", height * n_out + 4);
    windowsChart.replaceChildren(
      ...Array.from({ length: n_out }, (_, position) =>
        element(
          "text",
          { x: left - 5, y: 2 + (position + 0.5) * height + 4, "text-anchor": "end" },
          position + 1,
        ),
      ),
      ...state.found.flatMap((one, index) =>
        one.answers.flatMap((_, position) => {
          if (!isAsked(one, position)) return [];
          const wrong = isWrong(one, position);
          const [cx, cy] = [left + index * width, 2 + position * height];
          const box = { x: cx, y: cy, width: width - 1, height: height - 1 };
          const cell = element("rect", { class: wrong ? "wrong" : "right", ...box });
          const center = [cx + (width - 1) / 2, cy + (height - 1) / 2];
          return wrong ? [cell, cross(center, Math.min(width, height) / 4)] : [cell];
        }),
      ),
      element("rect", {
        class: "chosen",
        x: left + state.window * width - 1,
        y: 1,
        width: width + 1,
        height: height * n_out + 1,
      }),
    );
    windowsChart.onpointerdown = (event) => {
      if (event.button !== 0) return;
      const place = (event.clientX - windowsChart.getBoundingClientRect().left - left) / width;
      if (place >= 0 && place < state.found.length) setWindow(Math.floor(place));
    };
    const total = state.found
      .map((one) => one.answers.filter((_, position) => isAsked(one, position)).length)
      .reduce((sum, asked) => sum + asked, 0);
    const wrong = state.found.reduce((sum, one) => sum + mistakes(one), 0);
    const text = `${total - wrong} of ${total} values right.`;
    byId("windows-verdict").textContent = text;
    windowsChart.setAttribute("aria-label", `All windows of the sequence: ${text}`);
  }

  // States

  const states = byId("states");
  const readout = byId("readout");
  const HINT = readout.textContent;
  const signed = (value, digits) => value.toFixed(digits).replace("-", "\u2212");
  const KINDS = { h: "output h", c: "cell state c" };

  // A map stays while its shape does, so that the one with the focus keeps it.
  let maps = [];

  function showStates() {
    const wanted = chosen().parts.flatMap((part) =>
      ["h", "c"].filter((key) => part.states[0][key]).map((key) => stateMap(part, key)),
    );
    if (chosen().attention) wanted.push(attentionMap());
    const same =
      wanted.length === maps.length && wanted.every((map, i) => shape(map) === shape(maps[i].map));
    if (!same) {
      maps = wanted.map((map) => heatMap(map));
      states.replaceChildren(...maps.map(({ figure }) => figure));
    }
    wanted.forEach((map, index) => fill(maps[index], map));
    const pointed = maps.find(({ canvas }) => canvas.matches(":focus, :hover"));
    if (pointed) read(pointed, ...pointed.at);
    else readout.textContent = HINT;
  }

  const shape = ({ title, rows }) => `${title} ${rows.length} ${rows[0].values.length}`;

  function stateMap(part, key) {
    const { window } = chosen();
    const rows = part.states.map((found, index) => {
      const place = part.places[index];
      const value = part.verb === "reads" ? window[place] : chosen().answers[place];
      const label = place === null ? "reads all" : `${part.verb} ${value}`;
      return { label, values: found[key] };
    });
    const { length } = rows[0].values;
    const kind = part.name === "Dense layer" ? "output" : KINDS[key];
    return { title: `${part.name}: ${kind}`, rows, what: (i) => `cell ${i + 1} of ${length}` };
  }

  function attentionMap() {
    const one = chosen();
    const rows = one.attention.map((values, place) => ({
      label: `writes ${one.answers[place]}`,
      values,
    }));
    const what = (i) => `on ${one.window[i]}, integer ${i + 1} of the window`;
    return { title: "Attention to the integers read", limit: 1, rows, what };
  }

  function heatMap({ title, rows }) {
    // Where it is only an image, a screen reader keeps the arrow keys to itself.
    const role = { role: "application", "aria-roledescription": "picture of states" };
    const canvas = element("canvas", { tabindex: 0, ...role });
    canvas.width = rows[0].values.length;
    canvas.height = rows.length;
    const labels = rows.map(() => element("li"));
    const range = element("span", { class: "range" });
    const figure = element(
      "figure",
      { class: "heat" },
      element("figcaption", {}, element("b", {}, title), " ", range),
      element("ol", {}, ...labels),
      element("div", {}, canvas, element("span", { class: "cursor" })),
    );
    figure.style.setProperty("--rows", rows.length);
    const made = { figure, canvas, labels, range, at: [0, 0] };
    const readPointed = (event) => {
      const box = canvas.getBoundingClientRect();
      const row = Math.floor(((event.clientY - box.top) / box.height) * canvas.height);
      const column = Math.floor(((event.clientX - box.left) / box.width) * canvas.width);
      read(made, row, column);
    };
    // A tap does not move.
    for (const kind of ["pointerdown", "pointermove"]) canvas.addEventListener(kind, readPointed);
    canvas.addEventListener("focus", () => read(made, ...made.at));
    canvas.addEventListener("keydown", (event) => {
      const moves = {
        ArrowUp: [-1, 0],
        ArrowDown: [1, 0],
        ArrowLeft: [0, -1],
        ArrowRight: [0, 1],
      }[event.key];
      if (!moves || isShortcut(event)) return;
      event.preventDefault();
      read(made, made.at[0] + moves[0], made.at[1] + moves[1]);
    });
    return made;
  }

  // Names the value of a cell, and marks it.
  function read(made, row, column) {
    const within = (index, length) => Math.min(Math.max(index, 0), length - 1);
    const [i, j] = [within(row, made.canvas.height), within(column, made.canvas.width)];
    made.at = [i, j];
    const { title, rows, what } = made.map;
    readout.textContent = `${title}, ${rows[i].label}, ${what(j)}: ${signed(rows[i].values[j], 3)}`;
    const cursor = made.figure.querySelector(".cursor");
    cursor.style.left = `${(100 * j) / made.canvas.width}%`;
    cursor.style.top = `${(100 * i) / made.canvas.height}%`;
    cursor.style.width = `${100 / made.canvas.width}%`;
    cursor.style.height = `${100 / made.canvas.height}%`;
  }

  function fill(made, map) {
    made.map = map;
    const all = map.rows.flatMap(({ values }) => [...values]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const limit = map.limit ?? Math.max(1, -low, high);
    const spread = `${signed(low, 2)} to ${signed(high, 2)}`;
    made.range.textContent = `${spread}; full colour at ±${limit.toFixed(1)}`;
    made.labels.forEach((label, row) => (label.textContent = map.rows[row].label));
    made.canvas.setAttribute(
      "aria-label",
      `${map.title}: ${map.rows.length} steps by ${map.rows[0].values.length}, ${spread}. ` +
        "Arrow keys read single values.",
    );
    const context = made.canvas.getContext("2d");
    const image = context.createImageData(made.canvas.width, made.canvas.height);
    all.forEach((value, index) => image.data.set(tint(value / limit), 4 * index));
    context.putImageData(image, 0, 0);
  }

  // White at 0, the one colour at 1, the other at -1.
  function tint(value) {
    const color = value < 0 ? colors.error : colors.ours;
    const strength = Math.min(1, Math.abs(value));
    const parts = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
    return [...parts.map((part) => Math.round(255 + strength * (part - 255))), 255];
  }

  // A sequence with a mistake

  const SEARCHED = 300; // sequences
  let searching; // the timer of what is searched next

  function findMistake() {
    stopSearching("Searching ...");
    search(0);
  }

  // In small pieces, so that the page stays alive.
  function search(done) {
    for (let count = 0; count < 5; count++) {
      const values = newSequence();
      const window = networks.answer(network(), values).findIndex((one) => mistakes(one) > 0);
      if (window >= 0) {
        state.window = window;
        setValues(values);
        return stopSearching(`Found in sequence ${done + count + 1}.`);
      }
    }
    if (done + 5 >= SEARCHED) return stopSearching(`No mistake in ${SEARCHED} sequences.`);
    searching = setTimeout(search, 0, done + 5);
  }

  function stopSearching(text) {
    clearTimeout(searching);
    byId("searched").textContent = text;
  }

  // Wiring

  const select = byId("network");
  select.append(...shown.map(({ name, title }) => element("option", { value: name }, title)));
  select.addEventListener("change", () => choose(select.value));
  byId("new").addEventListener("click", () => {
    stopSearching("");
    setValues(newSequence());
  });
  byId("mistake").addEventListener("click", findMistake);
  valuesInput.addEventListener("input", readValues);
  valuesInput.addEventListener("blur", showControls);
  windowInput.addEventListener("input", () => setWindow(Number(windowInput.value) - 1));
  let drawing = false;
  chart.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    drawing = true;
    chart.setPointerCapture(event.pointerId);
    draw(event);
  });
  chart.addEventListener("pointermove", (event) => drawing && draw(event));
  for (const end of ["pointerup", "pointercancel"]) {
    chart.addEventListener(end, () => (drawing = false));
  }
  new ResizeObserver(() => {
    showSequence();
    showWindows();
  }).observe(chart);
  choose(shown[0].name);
}
