// What the network sees of the digit that is chosen on a reading.

import { look, lookAtGlyph } from "./api.js";
import { bytes } from "./pixels.js";

/** A digit's glyph as a PNG. */
export const glyphFile = ({ glyph }) => new Blob([bytes(glyph)], { type: "image/png" });

/** What `/v1/look` says of the chosen digit: by its glyph alone, where that is enough. */
export async function lookAtDigit({ blob, reading, place: [l, d] }, signal) {
  const digit = reading.lines[l].digits[d];
  const seen = await lookAtGlyph(glyphFile(digit), signal);
  // The reader may know more than the glyph shows, such as how its neighbours go on. Where it
  // decided for another digit, the evidence has to be that one's.
  if (seen.digit !== digit.digit) return look(blob, l, d, signal);
  const { confidence } = digit;
  return { ...seen, confidence, probabilities: given(seen.probabilities, digit.digit, confidence) };
}

/** Probabilities with that of the digit being its confidence, the others in their proportions. */
function given(probabilities, digit, confidence) {
  const others = 1 - probabilities[digit];
  const share = others > 0 ? (1 - confidence) / others : 0;
  return probabilities.map((p, k) => (k === digit ? confidence : p * share));
}
