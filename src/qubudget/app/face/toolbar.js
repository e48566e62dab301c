// The bar on top: which design, how much sampling; files, figures, comparison, light or dark.
export function render({ model }) {
  // What is asked for is asked of the design as it is set now: moves that wait go first.
  const send = (message) => {
    if (message.type !== "theme") dispatchEvent(new Event("qubudget-send"));
    model.send_msg(message);
  };
  const make = (tag, props = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (name in node) node[name] = value; else node.setAttribute(name, value);
    }
    node.append(...children);
    return node;
  };
  const button = (text, does, props = {}) => {
    const node = make("button", { type: "button", ...props }, text);
    node.addEventListener("click", does);
    return node;
  };
  const choice = (label, name, options, does) => {
    const select = make("select", { name, "aria-label": label, title: label },
      ...options.map(([value, text]) => make("option", { value }, text)));
    select.addEventListener("change", () => does(select.value));
    return select;
  };

  const title = make("div", { className: "title" });
  const preset = choice("Start from a preset", "preset",
    [["", "Presets …"], ...model.presets.map((name) => [name, name])],
    (name) => { if (name) send({ type: "preset", name }); preset.value = ""; });
  const effort = choice("Amount of sampling", "effort",
    [["quick", "quick: 10 to 30 s"], ["standard", "standard: 1 to 2 min"], ["full", "full: errors to 10 %"]],
    (value) => send({ type: "effort", value }));

  const dialog = (name, ...content) => {
    const close = button("Close", () => node.close(), { className: "close" });
    const node = make("dialog", { "aria-label": name }, make("h2", {}, name), ...content, close);
    node.addEventListener("click", (event) => { if (event.target === node) node.close(); });
    return node;
  };

  // Open: the file is read here, and sent only if it can be a design.
  const file = make("input", { type: "file", accept: ".toml,text/plain", name: "upload", "aria-label": "Open a design file" });
  const paste = make("textarea", { rows: 9, spellcheck: false, name: "paste", "aria-label": "TOML text of a design",
    placeholder: 'base = "willow-like"\n\n[machine]\nqubits = 50' });
  const refused = make("div", { className: "refused", role: "alert" });
  const open = (text, name) => {
    refused.replaceChildren();
    if (new Blob([text]).size > model.most_bytes) { tooLarge(new Blob([text]).size); return; }
    send({ type: "open", name, text });
  };
  const tooLarge = (size) => refused.replaceChildren(make("p", {},
    `This file has ${(size / 1e6).toFixed(1)} MB; a design has at most ${model.most_bytes / 1e6} MB. Nothing was changed.`));
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (!chosen) return;
    if (chosen.size > model.most_bytes) tooLarge(chosen.size);
    else open(await chosen.text(), chosen.name);
    file.value = "";
  });
  const opening = dialog("Open a design",
    make("p", { className: "faint" }, "A design is a text file ending in .toml. It may build on a preset with a line such as base = \"willow-like\", but not on other files of yours."),
    make("label", { className: "drop" }, "Choose a file ", file),
    make("p", { className: "faint" }, "or paste its text"), paste,
    make("div", { className: "line" }, button("Open this text", () => open(paste.value, ""), { className: "first" })),
    refused);

  // Save and share.
  const text = make("textarea", { rows: 16, readOnly: true, spellcheck: false, name: "shared", "aria-label": "The design as TOML" });
  const copied = make("span", { className: "faint", role: "status" });
  const form = (whole) => send({ type: "text", whole });
  const kinds = [button("What differs from the preset", () => form(false)), button("Every value", () => form(true))];
  const saving = dialog("Save and share",
    make("p", { className: "faint" }, "This text is the whole design: send it, or keep it in a file."),
    make("div", { className: "line" }, ...kinds), text,
    make("div", { className: "line" },
      button("Copy", async () => {
        try { await navigator.clipboard.writeText(text.value); }
        catch (error) { text.select(); document.execCommand("copy"); }
        copied.textContent = "Copied.";
      }, { className: "first" }),
      button("Download", () => save(model.file_name, "application/toml", new TextEncoder().encode(text.value))), copied));

  // Export.
  const said = make("p", { className: "faint", role: "status" });
  const ask = (what, kind) => { said.textContent = "Drawing …"; send({ type: "export", what, kind }); };
  const row = (label, what, kinds) => make("tr", {}, make("th", { scope: "row" }, label),
    make("td", {}, ...kinds.map((kind) => button(kind.toUpperCase(), () => ask(what, kind), { "aria-label": `${label} as ${kind.toUpperCase()}` }))));
  const exporting = dialog("Export figures and data",
    make("table", {}, make("tbody", {},
      ...model.figures.map(([name, label]) => row(label, name, ["svg", "png"])),
      ...model.tables.map(([name, label]) => row(label, name, ["csv"])),
      row("Film of T1 and quasiparticles", "arrays", ["nc"]), row("The whole report", "report", ["json"]))), said);
  const save = (name, mime, bytes) => {
    const link = make("a", { href: URL.createObjectURL(new Blob([bytes], { type: mime })), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const compare = button("Compare", () => {
    const on = document.body.dataset.view !== "compare";
    document.body.dataset.view = on ? "compare" : "";
    compare.setAttribute("aria-pressed", String(on));
    send({ type: "compare", on });
    dispatchEvent(new Event("resize"));
  }, { "aria-pressed": "false" });
  const theme = button("", () => {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("qubudget-theme", root.dataset.theme); } catch (error) { /* storage is off */ }
    paint();
  }, { className: "theme" });
  const paint = () => {
    const dark = document.documentElement.dataset.theme === "dark";
    theme.textContent = dark ? "☀ Light" : "☾ Dark";
    theme.setAttribute("aria-label", dark ? "Light colours" : "Dark colours");
    document.cookie = `qubudget-theme=${document.documentElement.dataset.theme}; path=/; SameSite=Strict; max-age=31536000`;
    send({ type: "theme", dark });
  };

  function show() {
    title.replaceChildren(make("b", {}, model.name_), make("span", { className: "faint" }, model.title_));
    title.title = model.title_;
    effort.value = model.effort;
  }
  model.on(["name_", "title_", "effort"], show);
  const complain = () => refused.replaceChildren(make("p", {}, make("b", {}, model.refusal)),
    make("ul", {}, ...model.refused.map((problem) => make("li", {},
      make("code", {}, problem.key), ` ${problem.text}`))));
  addEventListener("qubudget-refused", () => { if (!opening.open) opening.showModal(); });
  model.on("msg:custom", (message) => {
    const data = message.data ?? message;
    if (data.type === "opened") { opening.close(); paste.value = ""; refused.replaceChildren(); }
    if (data.type === "refused") { complain(); refused.scrollIntoView({ block: "nearest" }); }
    if (data.type === "text") {
      text.value = data.text; copied.textContent = "";
      kinds.forEach((kind, index) => kind.setAttribute("aria-pressed", String(Boolean(index) === data.whole)));
      if (!saving.open) saving.showModal();
    }
    if (data.type === "file") {
      save(data.name, data.mime, Uint8Array.from(atob(data.content), (c) => c.charCodeAt(0)));
      said.textContent = `${data.name} was written.`;
    }
    if (data.type === "sorry") said.textContent = data.text;
  });
  show();
  paint();
  return make("div", { className: "bar" },
    make("span", { className: "brand" }, "qubudget"), title,
    make("div", { className: "actions", role: "toolbar", "aria-label": "Design and results" },
      preset, effort,
      button("Open", () => opening.showModal()),
      button("Save", () => form(false)),
      button("Export", () => { said.textContent = ""; exporting.showModal(); }), compare, theme),
    opening, saving, exporting);
}
