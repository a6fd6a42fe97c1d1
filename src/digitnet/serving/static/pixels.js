// Arrays from the service, and how they become pictures.

/** The bytes of a base64 string. */
export const bytes = (data) => Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));

// Matplotlib's “inferno” in eleven steps: dark for nothing, bright for much, in grey as well.
const WARMTH = [
  [0, 0, 4], [22, 11, 57], [66, 10, 104], [106, 23, 110], [147, 38, 103], [188, 55, 84],
  [221, 81, 58], [243, 120, 25], [252, 165, 10], [246, 215, 70], [252, 255, 164],
];
// Blue over near-black to orange: the two ends differ for colour-blind people too.
const COLD = [70, 150, 255];
const HOT = [255, 150, 40];
const MIDDLE = [18, 19, 26];

const mix = (a, b, t) => a.map((value, k) => value + (b[k] - value) * t);

/** The colour of a strength from 0 to 1. */
export function heat(strength) {
  const place = Math.min(Math.max(strength, 0), 1) * (WARMTH.length - 1);
  const step = Math.min(Math.floor(place), WARMTH.length - 2);
  return mix(WARMTH[step], WARMTH[step + 1], place - step);
}

/** The colour of a value from -1, against, to 1, for. */
export const balance = (value) => mix(MIDDLE, value < 0 ? COLD : HOT, Math.min(1, Math.abs(value)));

export const grey = (strength) => [255 * strength, 255 * strength, 255 * strength];

/** Colours for packed values: for maps by their strength, for filters and evidence by their sign. */
export function colouring(packed, signed) {
  const { low, high } = packed;
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
  return (byte) => {
    const value = low + (byte / 255) * (high - low);
    return signed ? balance(value / reach) : heat(Math.max(0, value) / (high > 0 ? high : 1));
  };
}

/** Paint channel `index` of packed values onto a context at (left, top), a pixel for each. */
export function paint(context, packed, data, index, colour, left = 0, top = 0) {
  const { width, height } = packed;
  const image = context.createImageData(width, height);
  const start = index * width * height;
  for (let k = 0; k < width * height; k += 1) {
    const [r, g, b] = colour(data[start + k]);
    image.data.set([r, g, b, 255], 4 * k);
  }
  context.putImageData(image, left, top);
}

/** A canvas that shows one channel. */
export function picture(canvas, packed, data, index, colour) {
  canvas.width = packed.width;
  canvas.height = packed.height;
  paint(canvas.getContext("2d"), packed, data, index, colour);
  return canvas;
}
