// The card of the digit that is chosen: its glyph, and how sure the network is of it.

import { percent, say } from "./i18n.js";
import { glyphFile } from "./looking.js";
import { bytes, grey, picture } from "./pixels.js";

const CLASSES = 11;
const NO_DIGIT = 10;
const DOUBTED = 0.02; // from here on the next best digit is named

const at = (id) => document.getElementById(id);
let wanted = null; // the digit whose glyph is being decoded

export function hideChosen() {
  wanted = null;
  at("chosen").hidden = true;
}

/** What is known of a digit before the network is looked into. */
export async function nameChosen(digit) {
  wanted = digit;
  at("chosen-title").textContent =
    say("chosen", { digit: digit.digit, percent: percent(digit.confidence) });
  // The first time there are none; their room is taken, so that nothing moves when they come.
  if (!at("bars").childElementCount) at("bars").append(...Array.from({ length: CLASSES }, (_, k) => bar(k)));
  at("chosen").hidden = false;
  const glyph = await createImageBitmap(glyphFile(digit));
  if (wanted !== digit) return;
  const canvas = at("glyph");
  canvas.width = glyph.width;
  canvas.height = glyph.height;
  canvas.getContext("2d").drawImage(glyph, 0, 0);
}

/** What the network sees of it. */
export function showChosen({ glyph, probabilities, digit, confidence }) {
  wanted = null;
  picture(at("glyph"), glyph, bytes(glyph.data), 0, (byte) => grey(byte / 255));
  const order = probabilities.map((_, k) => k).sort((a, b) => probabilities[b] - probabilities[a]);
  const other = order.find((k) => k !== digit);
  const values = {
    digit, percent: percent(confidence), other: other === NO_DIGIT ? say("none") : other,
  };
  at("chosen-title").textContent = say(probabilities[other] >= DOUBTED ? "orElse" : "chosen", values);
  at("bars").replaceChildren(...probabilities.map((p, k) => bar(k, p, k === digit)));
  at("chosen").hidden = false;
}

function bar(k, probability = null, best = false) {
  const row = document.createElement("li");
  row.classList.toggle("best", best);
  const parts = ["name", "track", "value"].map((name) =>
    Object.assign(document.createElement("span"), { className: name }));
  parts[0].textContent = k === NO_DIGIT ? "–" : k;
  if (k === NO_DIGIT) parts[0].title = say("none");
  const fill = Object.assign(document.createElement("div"), { className: "fill" });
  fill.style.width = percent(probability ?? 0, 1);
  parts[1].append(fill);
  parts[2].textContent = probability === null ? "" : percent(probability, 1);
  row.append(...parts);
  return row;
}
