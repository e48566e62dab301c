// The verdict in a sentence, what is being computed, and the numbers that are looked for first.
export function render({ model }) {
  const make = (tag, className, text = "") => {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  };
  const root = make("div", "root");
  const verdict = make("div", "verdict");
  const mark = make("span", "mark");
  mark.setAttribute("aria-hidden", "true");
  const words = make("div", "words");
  words.setAttribute("role", "status");
  const sentence = make("h2", "sentence"), details = make("p", "details");
  words.append(sentence, details);
  const work = make("div", "work");
  const text = make("span", "progress");
  text.setAttribute("role", "status");
  const spin = make("span", "spin");
  spin.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  const steps = document.createElement("progress");
  steps.setAttribute("aria-label", "Steps of the computation that are done");
  const spent = make("span", "spent faint"), usually = make("span", "usually faint");
  const said = make("div", "said");
  const above = make("div", "line");
  above.append(spin, text, spent);
  said.append(above, steps, usually);
  work.append(said, button);
  verdict.append(mark, words, work);
  const error = make("p", "problem");
  error.setAttribute("role", "alert");
  const tiles = make("dl", "tiles");
  root.append(verdict, error, tiles);
  button.addEventListener("click", () => model.send_msg({ type: button.dataset.does }));

  // Seconds since the computation began, counted here: the server need not send them.
  let since = 0;
  const tick = () => {
    spent.textContent = since ? `${Math.round((performance.now() - since) / 1000)} s` : "";
  };
  const clock = setInterval(tick, 1000);
  model.on("remove", () => clearInterval(clock));

  function show() {
    const state = model.state;
    since = state.running ? since || performance.now() : 0;
    tick();
    steps.max = state.steps;
    steps.value = Math.max(0, state.step - 1);
    steps.hidden = usually.hidden = !state.running;
    usually.textContent = state.usually;
    verdict.dataset.feasible = String(state.feasible);
    verdict.classList.toggle("stale", state.stale.includes("thermal"));
    mark.textContent = state.feasible === true ? "✓" : state.feasible === false ? "✗" : "…";
    if (sentence.textContent !== state.headline) sentence.textContent = state.headline;
    if (details.textContent !== state.details) details.textContent = state.details;
    text.textContent = state.progress;
    spin.hidden = !state.running;
    button.hidden = !state.running && !state.can_resume;
    button.textContent = state.running ? "Cancel" : "Compute";
    button.dataset.does = state.running ? "cancel" : "resume";
    work.hidden = !state.progress && button.hidden;
    error.textContent = state.error;
    for (const [name, text] of Object.entries(state.words)) {
      const place = document.getElementById(`words-${name}`);   // for those who see no figure
      if (place && place.textContent !== text) place.textContent = text;
    }
    const shown = JSON.stringify(state.tiles);
    if (shown === tiles.dataset.shown) return;
    tiles.dataset.shown = shown;
    tiles.replaceChildren(...state.tiles.map((tile) => {
      const box = make("div", tile.stale ? "tile stale" : "tile");
      box.dataset.tile = tile.label;
      box.append(make("dt", "label", tile.label), make("dd", "value", tile.value), make("dd", "about", tile.remark));
      if (tile.stale) box.append(make("dd", "old", "of the design before"));
      return box;
    }));
  }
  model.on("state", show);
  show();
  return root;
}
