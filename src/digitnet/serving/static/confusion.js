// What a finished run confuses, and its surest mistakes.

import { get } from "./api.js";
import { onLanguage, percent, say } from "./i18n.js";
import { bytes, grey, picture } from "./pixels.js";
import { Trouble } from "./trouble.js";

const NO_DIGIT = 10;

const at = (id) => document.getElementById(id);
let caption = null; // what to say in the table's place
let found = null;

export function hideConfusion() {
  caption = found = null;
  at("confusion-part").hidden = true;
}

/** Ask for it at its address, which takes a while the first time, and show it. */
export async function showConfusion(path, signal) {
  caption = () => say("waiting");
  found = null;
  draw();
  try {
    const answer = await get(path, signal);
    if (!signal.aborted) found = answer;
  } catch (error) {
    if (signal.aborted) return;
    if (!(error instanceof Trouble)) throw error;
    if (error.passing) throw error; // It will be asked for again.
    caption = error.sentence;
  }
  if (!signal.aborted) draw();
}

function draw() {
  at("confusion-part").hidden = false;
  if (found) {
    table(found.matrix);
  } else {
    const said = Object.assign(document.createElement("caption"), { textContent: caption() });
    at("confusion").replaceChildren(said);
  }
  at("mistakes").replaceChildren(...(found?.mistakes ?? []).map(mistake));
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
  if (!at("confusion-part").hidden) draw();
});
