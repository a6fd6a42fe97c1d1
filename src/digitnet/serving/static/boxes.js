// The boxes over a picture, around the digits that were read, and what they are labelled with.

import { percent } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const SURE = 0.95;
const LIKELY = 0.7;
const LETTER = 0.66; // of the size of letters: how wide one is
const FONT = 13; // pixels on the page
const ROUND = 4;
const CROWD = 2000; // digits: among so many there is no room for labels, and it takes long to see

export const doubt = (confidence) =>
  confidence >= SURE ? "sure" : confidence >= LIKELY ? "likely" : "doubtful";

/** Lay boxes on an SVG over a picture of that size; `chosen(k)` hears which digit is clicked. */
export function layBoxes(svg, digits, { width, height }, chosen) {
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  // A pixel of the page, in those of the picture: it is shown as wide as its box there.
  const unit = width / Math.max(svg.clientWidth, 1);
  const frames = digits.map(({ box }) => frame(box, unit));
  const labels = digits.length > CROWD ? [] : place(digits, frames, unit, { width, height });
  svg.replaceChildren(...digits.map((digit, k) => {
    const group = made("g", { class: doubt(digit.confidence) });
    const { left, top, right, bottom } = frames[k];
    const sides = { x: left, y: top, width: right - left, height: bottom - top };
    const round = Math.min(ROUND * unit, sides.width / 6, sides.height / 6);
    group.append(made("rect", { ...sides, rx: round }));
    if (labels[k]) {
      const { left: x, bottom: below, text } = labels[k];
      const size = FONT * unit;
      const label = made("text", { x, y: below - 0.3 * size, "font-size": size });
      label.textContent = text;
      group.append(label);
    }
    group.addEventListener("click", () => chosen(k));
    return group;
  }));
}

/** The box with some room around its digit, less where the digit is small itself. */
function frame([x, y, width, height], unit) {
  const pad = Math.min((FONT / 3) * unit, 0.2 * Math.max(width, height));
  return { left: x - pad, top: y - pad, right: x + width + pad, bottom: y + height + pad };
}

/** For each digit a label above its box or below it, with the confidence or without; or null. */
function place(digits, frames, unit, picture) {
  const size = FONT * unit;
  const labels = [];
  for (const [k, { digit, confidence }] of digits.entries()) {
    const own = frames[k];
    const others = frames.filter((other) => other !== own);
    // A label that is wider than its box may not stand where its neighbour's would.
    const reaches = (label, other) =>
      sameRows(own, other) && !sameColumns(own, other) && sameColumns(label, other);
    const fits = (label) => label.top >= 0 && label.bottom <= picture.height
      && !others.some((other) => meet(label, other) || reaches(label, other))
      && !labels.some((other) => other && meet(label, other));
    const choices = [`${digit} ${percent(confidence)}`, String(digit)].flatMap((text) => {
      const wide = LETTER * size * text.length;
      const left = Math.max(0, Math.min(own.left, picture.width - wide));
      const [high, gap] = [1.15 * size, 0.4 * size];
      return [own.top - high, own.bottom].map((top) => (
        { text, left, top, right: left + wide + gap, bottom: top + high }));
    });
    labels.push(choices.find(fits) ?? null);
  }
  return labels;
}

const sameColumns = (a, b) => a.left < b.right && b.left < a.right;
const sameRows = (a, b) => a.top < b.bottom && b.top < a.bottom;
const meet = (a, b) => sameColumns(a, b) && sameRows(a, b);

function made(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
