// Two designs side by side: verdicts, inputs that differ, results with their ratio.
export function render({ model }) {
  const make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name in node) node[name] = value; else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const other = make("select", { name: "other", "aria-label": "Design to compare with" },
    make("option", { value: "" }, "the design as it was opened"),
    make("option", { value: "*kept", disabled: true, hidden: true }, "the design that was kept"),
    ...model.presets.map((name) => make("option", { value: name }, name)));
  other.addEventListener("change", () => model.send_msg({ type: "with", name: other.value }));
  const keep = make("button", { type: "button", title: "Keep the present design to compare later changes with" }, "Keep the present design as B");
  keep.addEventListener("click", () => {
    dispatchEvent(new Event("qubudget-send"));   // moves that wait go first
    model.send_msg({ type: "keep" });
  });
  const all = make("input", { type: "checkbox", id: "all" });
  all.addEventListener("change", () => show());
  const body = make("div", { className: "parts" });
  const root = make("div", {},
    make("div", { className: "line" }, make("h2", {}, "Two designs side by side"),
      make("span", { className: "gap" }), make("span", { className: "faint" }, "B is"), other, keep), body);

  const cell = (text, name = "") => make("td", { className: name }, text);
  const whole = (text, name) => cell(text.replaceAll(" ", "\u00a0"), name);   // a number and its unit
  function table(caption, head, rows, empty) {
    if (!rows.length) return make("p", { className: "faint empty" }, empty);
    return make("div", { className: "scroll", tabIndex: 0, role: "region", "aria-label": caption }, make("table", {}, make("caption", {}, caption),
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...rows)));
  }
  const line = (row) => make("tr", { className: row.differs ? "differs" : "" },
    make("th", { scope: "row", title: row.key ?? "" }, row.label), ...(row.ratio === undefined ? [cell(row.first, "n"), cell(row.second, "n")]
      : [whole(row.first, "n"), whole(row.second, "n"), whole(row.ratio, `n ratio ${row.size}`)]));

  function show() {
    const state = model.state;
    body.replaceChildren();
    if (!state.first) { body.append(make("p", { className: "faint" }, state.wait || "Nothing to compare yet.")); return; }
    const side = (letter, words) => make("div", { className: `side ${words.feasible}` },
      make("p", { className: "faint" }, `${letter}: ${words.name}`), make("h3", {}, words.headline), make("p", {}, words.details));
    if (state.same) {
      body.append(make("p", { className: "same", role: "status" }, "Both designs are the same now: move a slider, or choose another B."));
    }
    const rows = all.checked ? state.results : state.results.filter((row) => !row.minor).slice(0, 40);
    body.append(
      make("div", { className: "sides" }, side("A, the present design", state.first), side("B", state.second)),
      table("Key numbers", ["", "A", "B", "B / A"], state.numbers.map(line), ""),
      ...(state.same ? [] : [
        table("Inputs that differ", ["key", "A", "B"], state.inputs.map(line), "All inputs are equal."),
        table("Results that differ, largest ratio first", ["result", "A", "B", "B / A"], rows.map(line),
          state.wait ? "No result that is known already differs." : state.results.length ? "Only small parts and ends of intervals differ." : "All results are equal.")]));
    if (state.results.length > rows.length || all.checked) {
      body.append(make("p", {}, all, make("label", { htmlFor: "all" }, ` all ${state.results.length} results`)));
    }
    if (state.wait) body.prepend(make("p", { className: "faint", role: "status" }, state.wait));
  }
  model.on("state", show);
  const choose = () => {
    const kept = other.querySelector('[value="*kept"]');
    kept.disabled = kept.hidden = !model.kept;
    other.value = model.other;
  };
  model.on(["other", "kept"], choose);
  choose();
  show();
  return root;
}
