// The runs: their curves, live while one trains, what they confuse, and their surest mistakes.

import { events, get } from "./api.js";
import { chart } from "./chart.js";
import { onLanguage, percent, say } from "./i18n.js";
import { bytes, grey, picture } from "./pixels.js";

const REFRESH = 5000; // milliseconds between looks at the list
const SMOOTH = 20; // lines of metrics over which the loss is averaged, where there are many
const NO_DIGIT = 10;

const at = (id) => document.getElementById(id);
let following = null; // aborts the events of the run that is shown
let current = null;
let runs = [];
let timer = null;

/** The view is shown: list the runs, and look again from time to time. */
export async function openRuns() {
  await refresh();
  clearInterval(timer);
  timer = setInterval(refresh, REFRESH);
}

export function closeRuns() {
  clearInterval(timer);
  following?.abort();
  current = null;
}

async function refresh() {
  try {
    runs = await get("/v1/runs");
  } catch (error) {
    at("no-runs").textContent = error.message;
    return;
  }
  list();
  if (!current && runs.length) open(runs[0].name);
}

function list() {
  at("no-runs").hidden = runs.length > 0;
  at("run-list").replaceChildren(...runs.map((run) => {
    const button = document.createElement("button");
    button.setAttribute("aria-current", String(run.name === current));
    const name = document.createElement("b");
    const facts = document.createElement("small");
    name.textContent = run.name;
    facts.textContent = summary(run);
    button.append(name, facts);
    button.addEventListener("click", () => open(run.name));
    return button;
  }));
}

function summary(run) {
  const parts = [say(run.state)];
  if (run.steps && run.state !== "finished") {
    parts.push(say("steps", { step: run.step.toLocaleString(), steps: run.steps.toLocaleString() }));
  }
  if (run.test_accuracy) parts.push(say("accuracy", { percent: percent(run.test_accuracy, 2) }));
  return parts.join(" · ");
}

async function open(name) {
  following?.abort();
  following = new AbortController();
  const { signal } = following;
  current = name;
  list();
  at("run-body").hidden = false;
  at("run-name").textContent = name;
  at("confusion-part").hidden = true;
  at("run-facts").textContent = "";
  let lines = [];
  let due = false;
  const redraw = () => {
    due = false;
    if (!signal.aborted) curves(lines, name);
  };
  redraw();
  try {
    for await (const { event, data } of events(`/v1/runs/${encodeURIComponent(name)}/metrics`, signal)) {
      if (event === "restart") lines = [];
      else if (event === "message") lines.push(data);
      if (!due) {
        due = true;
        requestAnimationFrame(redraw);
      }
      if (event === "end" && data.state === "finished") await confusion(name, signal);
    }
  } catch (error) {
    if (error.name !== "AbortError") at("run-facts").textContent = error.message;
  }
}

function curves(lines, name) {
  const run = runs.find((each) => each.name === name);
  const rate = lines.at(-1)?.images_per_second;
  const facts = run ? [summary(run)] : [];
  if (rate) facts.push(say("rate", { rate: Math.round(rate).toLocaleString() }));
  at("run-facts").textContent = facts.join(" · ");
  const loss = lines.map((line) => [line.step, line.train_loss]);
  const wrong = lines
    .map((line) => [line.step, line.test_accuracy ?? line.validation_accuracy])
    .filter(([, accuracy]) => accuracy !== undefined)
    .map(([step, accuracy]) => [step, 100 * (1 - accuracy)]);
  chart(at("chart-loss"), say("lossCaption"), loss, smooth(loss));
  chart(at("chart-accuracy"), say("accuracyCaption"), [], wrong);
}

/** The running mean of what came before. */
function smooth(points) {
  const over = Math.min(SMOOTH, Math.max(1, Math.round(points.length / 15)));
  return points.map(([step], k) => {
    const before = points.slice(Math.max(0, k - over + 1), k + 1);
    return [step, before.reduce((sum, [, value]) => sum + value, 0) / before.length];
  });
}

async function confusion(name, signal) {
  at("confusion-part").hidden = false;
  at("confusion").replaceChildren(Object.assign(document.createElement("caption"),
    { textContent: say("waiting") }));
  at("mistakes").replaceChildren();
  let found;
  try {
    found = await get(`/v1/runs/${encodeURIComponent(name)}/confusion`);
  } catch (error) {
    if (!signal.aborted) at("confusion").caption.textContent = error.message;
    return;
  }
  if (signal.aborted) return;
  table(found.matrix);
  at("mistakes").replaceChildren(...found.mistakes.map(mistake));
}

function table(matrix) {
  const most = Math.max(1, ...matrix.flatMap((row, k) => row.filter((_, j) => j !== k)));
  const head = document.createElement("tr");
  const corner = cell("th", `${say("truth")} ↓`);
  head.append(corner, ...matrix.map((_, k) => cell("th", k, "col")));
  const rows = matrix.map((row, k) => {
    const line = document.createElement("tr");
    line.append(cell("th", k, "row"), ...row.map((count, j) => {
      const each = cell("td", count || "");
      const strength = j === k ? 0 : Math.sqrt(count / most);
      if (j === k) each.style.background = "color-mix(in srgb, var(--accent) 14%, transparent)";
      else if (count) {
        each.style.background = `color-mix(in srgb, var(--doubtful) ${Math.round(12 + 38 * strength)}%, transparent)`;
      }
      return each;
    }));
    return line;
  });
  at("confusion").replaceChildren(head, ...rows);
}

function cell(kind, text, scope) {
  const element = document.createElement(kind);
  element.textContent = text;
  if (scope) element.scope = scope;
  return element;
}

function mistake({ label, prediction, confidence, glyph }) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  const values = { label, prediction: prediction === NO_DIGIT ? say("none") : prediction };
  picture(canvas, { width: 28, height: 28 }, bytes(glyph), 0, (byte) => grey(byte / 255));
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("mistake", values));
  const text = document.createElement("p");
  text.textContent = `${say("mistake", values)} (${percent(confidence)})`;
  item.append(canvas, text);
  return item;
}

onLanguage(() => {
  if (!at("view-runs").hidden) {
    list();
    if (current) open(current);
  }
});
