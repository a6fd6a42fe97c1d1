// What was read: the text, the boxes over the picture, the digits to choose from, and one of them.

import { look } from "./api.js";
import { onLanguage, percent, say } from "./i18n.js";
import { showInside } from "./inside.js";
import { bytes, grey, picture } from "./pixels.js";

const SVG = "http://www.w3.org/2000/svg";
const SURE = 0.95;
const LIKELY = 0.7;
const NO_DIGIT = 10;
const LETTER = 0.62; // of the size of letters: how wide one is

const at = (id) => document.getElementById(id);
let shown = null; // {reading, blob, boxes}
let looking = null; // aborts the look that is under way
let seen = null; // what it gave

export const doubt = (confidence) =>
  confidence >= SURE ? "sure" : confidence >= LIKELY ? "likely" : "doubtful";

export function message(text, isError = false) {
  at("message").textContent = text;
  at("message").classList.toggle("error", isError);
}

/** Nothing is read, or not yet. */
export function forget() {
  looking?.abort();
  shown = seen = null;
  at("text").textContent = "";
  at("copy").disabled = true;
  at("digits").replaceChildren();
  at("chosen").hidden = true;
  at("inside").hidden = true;
  for (const boxes of document.querySelectorAll(".boxes")) boxes.replaceChildren();
}

/** Show a reading of `blob`, whose boxes lie on an SVG over the picture of that size. */
export function show(reading, blob, boxes, { width, height }) {
  forget();
  shown = { reading, blob, boxes };
  at("text").textContent = reading.text;
  at("copy").disabled = !reading.text;
  message(reading.text ? "" : say("nothing"));
  boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
  // The picture is as wide as its box on the page: letters of 13 pixels there, at the most.
  const size = (13 * width) / Math.max(boxes.clientWidth, 1);
  reading.lines.forEach((line, l) => {
    if (l) at("digits").append(Object.assign(document.createElement("span"), { className: "break" }));
    line.digits.forEach((digit, d) => {
      boxes.append(box(digit, size, () => choose(l, d)));
      at("digits").append(button(digit, l, d));
    });
  });
  const first = reading.lines[0]?.digits[0];
  if (first) choose(0, 0);
}

function box(digit, size, chosen) {
  const [x, y, width, height] = digit.box;
  const group = document.createElementNS(SVG, "g");
  group.setAttribute("class", doubt(digit.confidence));
  group.addEventListener("click", chosen);
  const pad = size / 3;
  const rect = document.createElementNS(SVG, "rect");
  const sides = { x: x - pad, y: y - pad, width: width + 2 * pad, height: height + 2 * pad };
  for (const [name, value] of Object.entries(sides)) rect.setAttribute(name, value);
  const label = document.createElementNS(SVG, "text");
  const both = `${digit.digit} ${percent(digit.confidence)}`;
  // No wider than its box, so that neighbours do not meet.
  const fits = both.length * LETTER * size <= width + 2 * pad;
  label.setAttribute("x", x - pad);
  // Above the box, or below it where there is no room.
  label.setAttribute("y", y > 1.4 * size + pad ? y - 1.6 * pad : y + height + size + pad);
  label.setAttribute("font-size", size);
  label.textContent = fits ? both : digit.digit;
  group.append(rect, label);
  return group;
}

function button(digit, l, d) {
  const element = document.createElement("button");
  element.className = doubt(digit.confidence);
  element.setAttribute("aria-pressed", "false");
  element.setAttribute(
    "aria-label",
    say("digitAt", { digit: digit.digit, percent: percent(digit.confidence), line: l + 1 }),
  );
  const text = document.createElement("span");
  text.textContent = digit.digit;
  element.append(text);
  element.dataset.place = `${l}.${d}`;
  element.addEventListener("click", () => choose(l, d));
  return element;
}

async function choose(l, d) {
  const { boxes, blob, reading } = shown;
  const index = reading.lines.slice(0, l).reduce((sum, line) => sum + line.digits.length, 0) + d;
  [...boxes.children].forEach((group, k) => group.classList.toggle("chosen", k === index));
  for (const each of at("digits").querySelectorAll("button")) {
    each.setAttribute("aria-pressed", String(each.dataset.place === `${l}.${d}`));
  }
  looking?.abort();
  looking = new AbortController();
  for (const id of ["chosen", "inside"]) at(id).setAttribute("aria-busy", "true");
  try {
    seen = await look(blob, l, d, looking.signal);
  } catch (error) {
    if (error.name !== "AbortError") message(error.message, true);
    return;
  }
  for (const id of ["chosen", "inside"]) at(id).removeAttribute("aria-busy");
  showChosen();
  showInside(seen);
}

function showChosen() {
  const { glyph, probabilities, digit, confidence } = seen;
  picture(at("glyph"), glyph, bytes(glyph.data), 0, (byte) => grey(byte / 255));
  const order = probabilities.map((_, k) => k).sort((a, b) => probabilities[b] - probabilities[a]);
  const other = order.find((k) => k !== digit);
  const values = {
    digit, percent: percent(confidence), other: other === NO_DIGIT ? say("none") : other,
  };
  at("chosen-title").textContent = say(probabilities[other] >= 0.02 ? "orElse" : "chosen", values);
  at("bars").replaceChildren(...probabilities.map((p, k) => bar(k, p, k === digit)));
  at("chosen").hidden = false;
}

function bar(k, probability, best) {
  const row = document.createElement("li");
  row.classList.toggle("best", best);
  const parts = ["name", "track", "value"].map((name) =>
    Object.assign(document.createElement("span"), { className: name }));
  parts[0].textContent = k === NO_DIGIT ? "–" : k;
  if (k === NO_DIGIT) parts[0].title = say("none");
  const fill = Object.assign(document.createElement("div"), { className: "fill" });
  fill.style.width = percent(probability, 1);
  parts[1].append(fill);
  parts[2].textContent = percent(probability, 1);
  row.append(...parts);
  return row;
}

at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(shown.reading.text);
    message(say("copied"));
  } catch {
    getSelection().selectAllChildren(at("text")); // Ready for Ctrl-C, where writing is not allowed.
  }
});

onLanguage(() => {
  if (seen) {
    showChosen();
    showInside(seen);
  }
});
