// The runs: their curves, live while one trains, what they confuse, and their surest mistakes.

import { events, get } from "./api.js";
import { chart } from "./chart.js";
import { hideConfusion, showConfusion } from "./confusion.js";
import { onLanguage, percent, say } from "./i18n.js";
import { persist, wait } from "./patience.js";
import { updateList } from "./runlist.js";
import { Trouble } from "./trouble.js";

const REFRESH = 5000; // milliseconds between looks at the list
const FACTS = 4000; // and between changes of what a screen reader says, at least
const SMOOTH = 20; // lines of metrics over which the loss is averaged, where there are many

const at = (id) => document.getElementById(id);
let visit = new AbortController(); // aborts what goes on while the view is shown
let following = new AbortController(); // aborts the events of the run that is shown
let runs = null; // once they are known
let current = null; // the name of the run that is shown
let ended = null; // the state in which its events have ended, or null while they come
let lines = []; // its metrics
let told = 0; // when its facts were last changed
let listTrouble = null;
let runTrouble = null;

/** The view is shown: list the runs, and look again from time to time. */
export async function openRuns() {
  visit = new AbortController();
  const { signal } = visit;
  if (current && ended !== "finished") follow(current);
  while (!signal.aborted) {
    try {
      runs = await get("v1/runs", signal);
      listTrouble = null;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Trouble)) throw error;
      listTrouble = error;
    }
    if (signal.aborted) return;
    list();
    if (!listTrouble) keepUp();
    await wait(REFRESH, signal);
  }
}

export function closeRuns() {
  visit.abort();
  following.abort();
}

/** Open what there is to see; and again, once a run goes on that was at rest. */
function keepUp() {
  const run = runs.find(({ name }) => name === current);
  if (!run) {
    // One that is damaged shows nothing of itself.
    const first = runs.find(({ state }) => state !== "damaged");
    if (first) open(first.name);
    else close();
  } else if (ended && (run.state === "training" || (ended === "stopped" && run.state === "finished"))) {
    follow(current);
  }
}

function close() {
  following.abort();
  current = runTrouble = null;
  at("run-body").hidden = true;
  list();
}

function list() {
  updateList(at("run-list"), (runs ?? []).map(({ name, state, ...facts }) => ({
    name, state, facts: summary({ state, ...facts }),
  })), current, open);
  const trouble = runTrouble ?? listTrouble;
  at("runs-message").classList.toggle("error", Boolean(trouble));
  const sentence = trouble ? trouble.sentence() : advice();
  // Said once, and not with every look at the list.
  if (at("runs-message").textContent !== sentence) at("runs-message").textContent = sentence;
  facts();
}

function advice() {
  if (!runs || current) return "";
  return say(runs.length ? "chooseRun" : "noRuns");
}

function summary(run) {
  const parts = [say(run.state)];
  if (run.steps && run.state !== "finished") {
    parts.push(say("steps", { step: run.step.toLocaleString(), steps: run.steps.toLocaleString() }));
  }
  if (run.test_accuracy) parts.push(say("accuracy", { percent: percent(run.test_accuracy, 2) }));
  return parts.join(" · ");
}

/** Show a run. */
function open(name) {
  current = name;
  lines = [];
  told = 0;
  at("run-body").hidden = false;
  at("run-name").textContent = name;
  hideConfusion();
  curves();
  follow(name);
}

/** Draw a run's metrics as they come, however often the line breaks. */
async function follow(name) {
  following.abort();
  following = new AbortController();
  const { signal } = following;
  ended = runTrouble = null;
  list();
  const path = `v1/runs/${encodeURIComponent(name)}`;
  let due = false;
  const redraw = () => {
    due = false;
    if (!signal.aborted) curves();
  };
  await persist(async () => {
    let fresh = true; // What is drawn stays until the lines come again.
    for await (const { event, data } of events(`${path}/metrics`, signal)) {
      if (runTrouble) {
        runTrouble = null;
        list();
      }
      if (fresh || event === "restart") lines = [];
      fresh = false;
      if (event === "message") lines.push(data);
      if (!due) {
        due = true;
        requestAnimationFrame(redraw);
      }
      if (event !== "end") continue;
      ended = data.state;
      curves();
      if (ended === "finished") await showConfusion(`${path}/confusion`, signal);
      return;
    }
    throw new Trouble(() => say("offline"), { passing: true });
  }, signal, (trouble) => {
    runTrouble = trouble;
    if (!trouble.passing) ended = runs?.find((run) => run.name === name)?.state ?? "stopped";
    list();
  });
}

function curves() {
  facts();
  at("charts").hidden = ended !== null && !lines.length; // It has none, and none will come.
  const loss = lines.map((line) => [line.step, line.train_loss]);
  const wrong = lines
    .map((line) => [line.step, line.test_accuracy ?? line.validation_accuracy])
    .filter(([, accuracy]) => accuracy !== undefined)
    .map(([step, accuracy]) => [step, 100 * (1 - accuracy)]);
  chart(at("chart-loss"), say("lossCaption"), loss, smooth(loss));
  chart(at("chart-accuracy"), say("accuracyCaption"), [], wrong);
}

/** The short line about the run. */
function facts() {
  const run = runs?.find(({ name }) => name === current);
  const rate = lines.at(-1)?.images_per_second;
  const parts = run ? [summary(run)] : [];
  if (rate) parts.push(say("rate", { rate: Math.round(rate).toLocaleString() }));
  const text = parts.join(" · ");
  const now = performance.now();
  if (at("run-facts").textContent === text || (told && now - told < FACTS)) return;
  if (text) told = now;
  at("run-facts").textContent = text;
}

/** The running mean of what came before. */
function smooth(points) {
  const over = Math.min(SMOOTH, Math.max(1, Math.round(points.length / 15)));
  return points.map(([step], k) => {
    const before = points.slice(Math.max(0, k - over + 1), k + 1);
    return [step, before.reduce((sum, [, value]) => sum + value, 0) / before.length];
  });
}

onLanguage(() => {
  told = 0;
  list();
  if (current && !at("view-runs").hidden) curves();
});
