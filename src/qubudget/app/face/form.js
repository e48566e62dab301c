// The design as a form: one row per control, made when its section is first opened.
// At most one change is under way; while it is, only the newest value of each key is kept.
export function render({ model }) {
  const rows = new Map();      // key -> {row, node, show(row)}
  const groups = new Map();    // section -> {details, body, keys, made}
  const waiting = new Map();
  let busy = false, timer = 0, count = 0;

  const make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name in node && !name.startsWith("aria")) node[name] = value;
      else node.setAttribute(name, value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };
  const search = make("input", { type: "search", id: "search", placeholder: "Find a value …",
    "aria-label": "Find a value of the design", autocomplete: "off" });
  const reset = make("button", { type: "button", title: "The design as it was opened" }, "Reset");
  const general = make("div", { className: "general", role: "alert" });
  const none = make("p", { className: "faint none", hidden: true, role: "status" },
    "Nothing in this design is called so.");
  const list = make("div");
  const root = make("form", { autocomplete: "off", "aria-label": "Values of the design" },
    make("div", { className: "tools" }, search, reset), general, none, list);
  root.addEventListener("submit", (event) => event.preventDefault());

  function send(key, value) {
    waiting.set(key, value);
    if (!busy) flush();
  }
  function flush() {
    clearTimeout(timer);
    busy = waiting.size > 0;
    root.setAttribute("aria-busy", String(busy));
    if (!busy) return;
    count += 1;
    model.send_msg({ type: "change", count, values: [...waiting] });
    waiting.clear();
    timer = setTimeout(flush, 10000);   // a lost answer must not lock the form
  }

  const digits = (value, most = 4) => String(Number(Number(value).toPrecision(most)));

  function number(control, id) {
    const entry = make("input", { type: "number", step: "any", id, required: false,
      "aria-describedby": `${id}-about ${id}-error` });
    if (control.low == null || control.high == null || control.value == null) {
      entry.addEventListener("change", () => send(control.key, entry.value === "" ? null : Number(entry.value)));
      return { nodes: [entry], show: (c, force) => { if (force || root.getRootNode().activeElement !== entry) entry.value = c.value ?? ""; } };
    }
    const log = control.log && control.low > 0;
    const low = log ? Math.log10(control.low) : control.low;
    const high = log ? Math.log10(control.high) : control.high;
    const step = control.kind === "integer" && !log ? Math.max(1, control.step || 1)
      : control.step || (high - low) / 200;
    // The slider counts steps from its low end, so that a present value between two is kept.
    const slider = make("input", { type: "range", min: 0, max: Math.ceil((high - low) / step - 1e-9),
      step: "any", "aria-label": control.label });
    const place = (value) => ((log ? Math.log10(Math.max(value, 1e-300)) : value) - low) / step;
    const read = () => {
      const at = Math.min(low + Math.round(Number(slider.value)) * step, high);
      let value = log ? 10 ** at : at;
      if (control.kind === "integer") value = Math.round(value);
      return Number(value.toPrecision(log ? 3 : 8));
    };
    const say = (value) => slider.setAttribute("aria-valuetext", `${digits(value)} ${control.unit}`);
    slider.addEventListener("input", () => {
      const value = read();
      entry.value = value; say(value); send(control.key, value);
    });
    slider.addEventListener("keydown", (event) => {
      const move = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (move === undefined) return;
      event.preventDefault();
      slider.value = Math.round(Number(slider.value)) + move;
      slider.dispatchEvent(new Event("input"));
    });
    entry.addEventListener("change", () => {
      send(control.key, entry.value === "" ? null : Number(entry.value));
      if (entry.value !== "") { slider.value = place(Number(entry.value)); say(Number(entry.value)); }
    });
    return {
      nodes: [slider, entry],
      show: (c, force) => {
        const active = force ? null : root.getRootNode().activeElement;
        if (waiting.has(c.key)) return;
        if (active !== entry) entry.value = c.value == null ? "" : digits(c.value, 8);
        if (active !== slider && c.value != null) slider.value = place(c.value);
        if (c.value != null) say(c.value);
      },
    };
  }

  function field(control, id) {
    if (control.kind === "choice") {
      const select = make("select", { id, "aria-describedby": `${id}-about ${id}-error` });
      for (const choice of control.choices) select.append(make("option", { value: choice }, choice));
      select.addEventListener("change", () => send(control.key, select.value));
      return { nodes: [select], show: (c) => { select.value = c.value ?? ""; } };
    }
    if (control.kind === "switch") {
      const box = make("input", { type: "checkbox", role: "switch", id, "aria-describedby": `${id}-about ${id}-error` });
      box.addEventListener("change", () => send(control.key, box.checked));
      return { nodes: [box], show: (c) => { box.checked = Boolean(c.value); } };
    }
    if (control.kind === "text") {
      const text = make("input", { type: "text", id, maxLength: 200, "aria-describedby": `${id}-about ${id}-error` });
      text.addEventListener("change", () => send(control.key, text.value));
      return { nodes: [text], show: (c, force) => { if (force || root.getRootNode().activeElement !== text) text.value = c.value ?? ""; } };
    }
    return number(control, id);
  }

  function made(control) {
    const id = `c-${control.key.replaceAll(/[^a-zA-Z0-9]/g, "-")}`;
    const { nodes, show } = field(control, id);
    const origin = make("span", { className: "origin" });
    const about = make("div", { className: "about", id: `${id}-about`, hidden: true });
    const why = make("button", { type: "button", className: "why", "aria-expanded": "false",
      "aria-controls": `${id}-about`, "aria-label": `About ${control.label}` }, "?");
    why.addEventListener("click", () => {
      about.hidden = !about.hidden;
      why.setAttribute("aria-expanded", String(!about.hidden));
    });
    const error = make("p", { className: "problem", id: `${id}-error`, role: "alert" });
    const back = make("button", { type: "button", className: "back", hidden: true });
    back.addEventListener("click", () => takeBack(control.key));
    const filed = make("p", { className: "filed" });
    const node = make("div", { className: `row ${control.kind}${nodes.length > 1 ? " slides" : ""}` },
      make("div", { className: "name" }, make("label", { htmlFor: id }, control.label,
        control.hint ? make("span", { className: "faint" }, ` ${control.hint}`) : null), origin, why),
      make("div", { className: "field" }, ...nodes, control.unit ? make("span", { className: "unit" }, control.unit) : null),
      error, back, filed, about);
    node.dataset.key = control.key;
    node.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && error.textContent) { event.preventDefault(); takeBack(control.key); }
    });
    // A value that was not taken stays in its field, beside the reason, whatever else changes.
    const update = (c, force = false) => {
      if (force || !error.textContent) show(c, force);
      const value = c.kind === "number" ? digits(c.value, 8) : c.value;
      back.textContent = `Back to ${value}${c.unit ? ` ${c.unit}` : ""}`;
      node.classList.toggle("set", c.origin === "set");
      origin.textContent = c.origin === "set" ? "changed" : "";
      node.title = `${c.description}\nAllowed: ${c.allowed}\nFrom: ${c.origin}`;
      about.replaceChildren(
        make("p", {}, c.description),
        make("p", {}, make("b", {}, "Allowed "), c.allowed || "any"),
        make("p", {}, make("b", {}, "From "), c.origin),
        make("p", {}, make("b", {}, "Key "), make("code", {}, c.key)));
    };
    update(control);
    rows.set(control.key, { node, update, error, back, filed });
    tell(control.key, model.problems[control.key] ?? "");
    file(control.key);
    return node;
  }
  function file(key) {
    rows.get(key).filed.textContent = model.filed[key] ?? "";
  }
  function takeBack(key) {
    const row = rows.get(key);
    const inside = row.node.contains(root.getRootNode().activeElement);
    waiting.delete(key);
    tell(key, "");
    row.update(found(key), true);
    if (inside) row.node.querySelector("input, select")?.focus();
    model.send_msg({ type: "forget", key });
  }
  function tell(key, text) {
    const row = rows.get(key);
    row.error.textContent = text;
    row.back.hidden = !text;
    row.node.classList.toggle("wrong", Boolean(text));
    for (const input of row.node.querySelectorAll("input, select")) {
      input.setAttribute("aria-invalid", String(Boolean(text)));
    }
  }

  // Another range or unit: a new row in the same place, with the focus where it was.
  function anew(row, control) {
    const { activeElement } = root.getRootNode();
    const at = [...row.node.querySelectorAll("input, select, button")].indexOf(activeElement);
    row.node.replaceWith(made(control));
    if (at >= 0) rows.get(control.key).node.querySelectorAll("input, select, button")[at]?.focus();
    filter();
  }

  let controls = [];
  const found = (key) => controls.find((control) => control.key === key);
  function fill(group) {
    if (group.made) return;
    group.made = true;
    group.body.append(...group.controls.map((control) => made(control)));
  }
  function build() {
    const open = new Set([...groups].filter(([, g]) => g.details.open).map(([name]) => name));
    controls = model.rows;
    rows.clear(); groups.clear(); list.replaceChildren();
    for (const control of controls) {
      const name = control.group;
      if (!groups.has(name)) {
        const body = make("div", { className: "body" });
        const size = make("span", { className: "size faint" });
        const details = make("details", {}, make("summary", {}, make("span", {}, name), size), body);
        const group = { details, body, size, controls: [], made: false };
        details.addEventListener("toggle", () => details.open && fill(group));
        groups.set(name, group);
        list.append(details);
      }
      groups.get(name).controls.push(control);
    }
    let first = true;
    for (const [name, group] of groups) {
      group.size.textContent = group.controls.length;
      if (first || open.has(name)) { fill(group); group.details.open = true; }
      first = false;
    }
    complain();
    filter();
  }
  function filter() {
    const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    let any = false;
    for (const [name, group] of groups) {
      let some = words.length === 0;
      for (const control of group.controls) {
        const text = `${control.label} ${control.key} ${control.description}`.toLowerCase();
        const fits = words.every((word) => text.includes(word));
        if (words.length && fits) { some = true; fill(group); }
        const row = rows.get(control.key);
        if (row) row.node.hidden = !fits;
      }
      group.details.hidden = !some;
      any ||= some;
      if (words.length && some) { group.wasOpen ??= group.details.open; group.details.open = true; }
      else if (!words.length && group.wasOpen !== undefined) {
        group.details.open = group.wasOpen; delete group.wasOpen;
      }
    }
    none.hidden = any;
  }
  // Every problem beside its field where it has one, else on top. Those of a file that was not
  // opened are said to be the file's: the field shows the present design.
  function complain() {
    const rest = [];
    for (const [key, text] of Object.entries({ ...model.problems, ...model.filed })) {
      const control = found(key);
      if (!control) { rest.push([key, text]); continue; }
      const group = groups.get(control.group);
      fill(group);
      group.details.open = true;
    }
    for (const [key, row] of rows) {
      const said = model.problems[key] ?? "", before = row.error.textContent;
      if (said !== before) tell(key, said);
      if (before && !said) row.update(found(key));
      file(key);
    }
    general.replaceChildren();
    if (model.refusal) {
      const list = make("button", { type: "button" }, "Show the list");
      list.addEventListener("click", () => dispatchEvent(new Event("qubudget-refused")));
      general.append(make("p", { className: "refusal" }, model.refusal),
        ...(Object.keys(model.filed).length ? [list] : []));
    }
    if (rest.length) {
      general.append(make("ul", {}, ...rest.map(([key, text]) =>
        make("li", {}, make("code", {}, key), ` ${text}`))));
    }
  }

  search.addEventListener("input", filter);
  reset.addEventListener("click", () => { if (waiting.size) flush(); model.send_msg({ type: "reset" }); });
  addEventListener("qubudget-send", () => waiting.size && flush());
  model.on("rows", build);
  model.on("problems", complain);
  model.on("filed", complain);
  model.on("refusal", complain);
  model.on("msg:custom", (message) => {
    const data = message.data ?? message;
    if (data.type === "rows") {
      for (const control of data.rows) {
        const old = controls.findIndex((c) => c.key === control.key);
        if (old < 0) continue;
        const same = ["kind", "unit", "low", "high", "step", "log", "choices"].every((name) =>
          JSON.stringify(controls[old][name]) === JSON.stringify(control[name]));
        Object.assign(controls[old], control);
        const row = rows.get(control.key);
        if (same || !row) row?.update(control);
        else anew(row, control);
      }
    }
    if (data.type === "done" && data.count === count) flush();
  });
  build();
  return root;
}
