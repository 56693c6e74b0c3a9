// Explore: charts of sizes, times and training, for a question or an experiment. Done when the first
// are drawn.
function explore({ questions, parts, experiments, charts, curves, positions }) {
  const shown = new Map(); // what is being drawn, by element, to be taken away again

  // Draws in an element; `ast` and the page's policy keep the charts from running made-up code.
  function draw(place, spec, datasets) {
    takeAway(place);
    const options = { actions: false, renderer: "svg", ast: true };
    shown.set(place, vegaEmbed(place, datasets ? { ...spec, datasets } : spec, options));
  }

  // It may not have been drawn yet.
  function takeAway(place) {
    shown.get(place)?.then((chart) => chart.finalize());
    shown.delete(place);
  }

  function clear(place) {
    for (const child of place.children) takeAway(child);
    place.replaceChildren();
  }

  // A question

  const SHAPES = { circle: "●", square: "■", diamond: "◆", "triangle-down": "▼" };

  function legend(entries) {
    const items = entries.map(({ label, color, shape }) => {
      const mark = element("span", { "aria-hidden": "true" }, SHAPES[shape]);
      mark.style.color = color;
      return element("li", {}, mark, ` ${label}`);
    });
    return element("ul", { class: "legend" }, ...items);
  }

  function showQuestion(name) {
    const question = questions.find((one) => one.name === name);
    byId("question-answer").textContent = question.answer;
    draw(byId("map"), question.map);
    const times = byId("times");
    clear(times);
    for (const { title, entries, spec } of question.times) {
      const chart = element("div", { class: "chart" });
      const parts = [chart];
      if (entries.length > 1) parts.unshift(legend(entries));
      if (title) parts.unshift(element("h4", {}, title));
      times.append(element("div", {}, ...parts));
      draw(chart, spec);
    }
    fill(byId("needed"), question.needed);
    byId("needed-cells").hidden = !question.needed.rows.length;
    fill(byId("numbers"), question.numbers);
  }

  function fill(table, { head, rows }) {
    table.replaceChildren(
      element("thead", {}, row("th", head)),
      element("tbody", {}, ...rows.map((cells) => row("td", cells))),
    );
  }

  function row(tag, cells) {
    const attributes = tag === "th" ? { scope: "col" } : {};
    return element("tr", {}, ...cells.map((cell) => element(tag, attributes, cell)));
  }

  // An experiment

  function showExperiment(name) {
    const { about, accuracy, loss } = experiments[name];
    byId("experiment-text").textContent = about;
    const chance = { chance_accuracy: accuracy, chance_loss: loss };
    const rows = rowsOf(curves[name]).map((one) => ({ ...one, ...chance }));
    for (const measure of ["accuracy", "loss"]) {
      const spec = { ...charts[measure], description: `${name}: ${measure} during training` };
      draw(byId(measure), spec, { curve: rows });
    }
    const spec = { ...charts.position, description: `${name}: accuracy by position` };
    draw(byId("position"), spec, { curve: rowsOf(positions[name]) });
  }

  // Columns as rows.
  function rowsOf(columns) {
    const [first] = Object.values(columns);
    const at = (index) => Object.entries(columns).map(([key, values]) => [key, values[index]]);
    return first.map((_, index) => Object.fromEntries(at(index)));
  }

  // Fills a choice with groups of options; the first one, or the chosen, is shown.
  function choices(select, groups, chosen, show) {
    for (const [title, options] of groups) {
      const made = options.map(({ name, title: text }) => element("option", { value: name }, text));
      select.append(...(title ? [element("optgroup", { label: title }, ...made)] : made));
    }
    if (chosen) select.value = chosen;
    select.addEventListener("change", () => show(select.value));
    show(select.value);
  }

  if (questions.length) {
    const plain = questions.find(({ times }) => times.length === 1 && !times[0].title);
    choices(byId("question"), [["", questions]], plain?.name, showQuestion);
  }
  choices(byId("experiment"), parts, null, showExperiment);
  return Promise.all(shown.values());
}
