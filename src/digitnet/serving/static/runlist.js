// The list of runs. Its buttons stay the same ones: one of them may have the focus.

const buttons = new Map(); // by the run's name

/** Bring the list up to date: runs with `name`, `state` and `facts`; `chosen(name)` hears of clicks. */
export function updateList(list, runs, current, chosen) {
  const focused = document.activeElement;
  const names = new Set(runs.map(({ name }) => name));
  for (const [name, button] of buttons) {
    if (names.has(name)) continue;
    button.remove();
    buttons.delete(name);
  }
  for (const [k, run] of runs.entries()) {
    if (!buttons.has(run.name)) buttons.set(run.name, made(run.name, chosen));
    const button = buttons.get(run.name);
    const facts = button.lastElementChild;
    if (facts.textContent !== run.facts) facts.textContent = run.facts;
    button.classList.toggle("damaged", run.state === "damaged");
    button.setAttribute("aria-current", String(run.name === current));
    if (list.children[k] !== button) list.insertBefore(button, list.children[k] ?? null);
  }
  // Moving a button takes the focus from it.
  if (focused !== document.activeElement && list.contains(focused)) focused.focus({ preventScroll: true });
}

function made(name, chosen) {
  const button = document.createElement("button");
  button.append(
    Object.assign(document.createElement("b"), { textContent: name }),
    document.createElement("small"),
  );
  button.addEventListener("click", () => chosen(name));
  return button;
}
