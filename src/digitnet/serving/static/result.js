// What was read: the text, the digits to choose from, and one of them.

import { doubt, layBoxes } from "./boxes.js";
import { hideChosen, nameChosen, showChosen } from "./chosen.js";
import { onLanguage, percent, say } from "./i18n.js";
import { showInside } from "./inside.js";
import { lookAtDigit } from "./looking.js";
import { message } from "./message.js";
import { persist } from "./patience.js";

const READ = ["text", "digits", "chosen"]; // known once the picture is read
const SEEN = ["bars", "inside"]; // and once the network was looked into

const at = (id) => document.getElementById(id);
let shown = null; // {reading, blob, size, boxes, place: [line, digit], seen: what look gave}
let looking = new AbortController();

function mark(ids, isBusy) {
  for (const id of ids) {
    if (isBusy) at(id).setAttribute("aria-busy", "true");
    else at(id).removeAttribute("aria-busy");
  }
}

/** What stands here is about to be replaced; it stays until then, so that the page does not jump. */
export function busy() {
  looking.abort();
  mark([...READ, "inside"], true);
}

/** Nothing is read, or not yet. */
export function forget() {
  looking.abort();
  shown = null;
  at("text").textContent = "";
  at("copy").disabled = true;
  at("digits").replaceChildren();
  for (const boxes of document.querySelectorAll(".boxes")) boxes.replaceChildren();
  hideSeen();
  mark(READ, false);
}

function hideSeen() {
  hideChosen();
  at("inside").hidden = true;
  blankSeen();
}

/** There is nothing to see of a digit, for now: its room stays, so that the page does not jump. */
function blankSeen() {
  for (const id of ["chosen", "inside"]) at(id).classList.add("blank");
  mark(SEEN, false);
}

/** Show a reading, with its boxes on an SVG over the picture, and the digit chosen on it. */
export function show(kept) {
  looking.abort();
  shown = kept;
  const { reading, boxes, size, place } = kept;
  at("text").textContent = reading.text;
  at("copy").disabled = !reading.text;
  boxes.replaceChildren();
  if (size) lay();
  const buttons = reading.lines.flatMap((line, l) => [
    ...(l ? [Object.assign(document.createElement("span"), { className: "break" })] : []),
    ...line.digits.map((digit, d) => button(digit, l, d)),
  ]);
  at("digits").replaceChildren(...buttons);
  mark(READ, false);
  if (chosenDigit()) choose(...place);
  else blankSeen(); // As of the first stroke of some digits.
}

const chosenDigit = () => shown.reading.lines[shown.place[0]]?.digits[shown.place[1]];

function lay() {
  const { reading, boxes, size } = shown;
  const places = reading.lines.flatMap((line, l) => line.digits.map((_, d) => [l, d]));
  const digits = reading.lines.flatMap((line) => line.digits);
  layBoxes(boxes, digits, size, (k) => choose(...places[k]));
}

function button(digit, l, d) {
  const element = document.createElement("button");
  element.className = doubt(digit.confidence);
  element.setAttribute("aria-pressed", "false");
  const text = document.createElement("span");
  text.textContent = digit.digit;
  element.append(text);
  element.dataset.place = `${l}.${d}`;
  label(element, digit, l);
  element.addEventListener("click", () => choose(l, d));
  return element;
}

function label(element, digit, l) {
  const values = { digit: digit.digit, percent: percent(digit.confidence), line: l + 1 };
  element.setAttribute("aria-label", say("digitAt", values));
}

async function choose(l, d) {
  const kept = shown;
  if (String(kept.place) !== String([l, d])) kept.seen = null;
  kept.place = [l, d];
  markChosen();
  looking.abort();
  looking = new AbortController();
  const { signal } = looking;
  if (kept.seen) {
    showSeen();
    return;
  }
  at("chosen").classList.remove("blank");
  nameChosen(chosenDigit());
  mark(SEEN, true);
  await persist(async () => {
    const seen = await lookAtDigit(kept, signal);
    if (signal.aborted) return;
    kept.seen = seen;
    message(kept.note ?? undefined);
    showSeen();
  }, signal, (trouble) => {
    blankSeen(); // What stands there is another digit's.
    message(trouble.sentence, true);
  });
}

function markChosen() {
  const [l, d] = shown.place;
  const before = shown.reading.lines.slice(0, l).reduce((sum, line) => sum + line.digits.length, 0);
  [...shown.boxes.children].forEach((group, k) => group.classList.toggle("chosen", k === before + d));
  for (const each of at("digits").querySelectorAll("button")) {
    each.setAttribute("aria-pressed", String(each.dataset.place === `${l}.${d}`));
  }
}

function showSeen() {
  mark(SEEN, false);
  for (const id of ["chosen", "inside"]) at(id).classList.remove("blank");
  showChosen(shown.seen);
  showInside(shown.seen);
}

at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(shown.reading.text);
    message(() => say("copied"));
  } catch {
    getSelection().selectAllChildren(at("text")); // Ready for Ctrl-C, where writing is not allowed.
  }
});

// Labels keep their size on the page when the picture on it becomes larger or smaller.
const watching = new ResizeObserver((entries) => {
  if (!entries.some(({ target }) => target === shown?.boxes && target.childElementCount)) return;
  lay();
  markChosen();
});
for (const boxes of document.querySelectorAll(".boxes")) watching.observe(boxes);

onLanguage(() => {
  if (!shown) return;
  for (const each of at("digits").querySelectorAll("button")) {
    const [l, d] = each.dataset.place.split(".").map(Number);
    label(each, shown.reading.lines[l].digits[d], l);
  }
  if (shown.seen) showSeen();
  else if (chosenDigit()) nameChosen(chosenDigit());
});
