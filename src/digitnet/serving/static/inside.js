// Inside the network: the evidence, the filters, and every layer's maps of one digit.

import { say } from "./i18n.js";
import { bytes, colouring, grey, paint, picture } from "./pixels.js";

const GAP = 1; // pixels between maps
const at = (id) => document.getElementById(id);

const mark = Object.assign(document.createElement("div"), { className: "mark" });
let chosen = null; // {name, index} of the map that the user chose; it stays for other digits

/** Show what the service's /v1/look gave of a digit. */
export function showInside(seen) {
  const evidence = bytes(seen.evidence.data);
  const glyph = bytes(seen.glyph.data);
  showEvidence(seen.evidence, evidence, glyph);
  if (seen.filters) showFilters(seen.filters);
  const layers = seen.layers.map((layer) => ({ ...layer, bytes: bytes(layer.data) }));
  const panels = layers.map((layer, k) => panel(layer, layers[k - 1], seen.glyph));
  at("layers").replaceChildren(...panels.map(({ article }) => article));
  at("inside").hidden = false;
  const before = layers.findIndex(({ name, channels }) =>
    name === chosen?.name && chosen.index < channels);
  if (before >= 0) panels[before].go(chosen.index);
  else if (layers.length) panels[0].go(largest(layers[0]));
}

/** The glyph in grey with the evidence laid over it. */
function showEvidence(packed, data, glyph) {
  const colour = colouring(packed, true);
  const canvas = at("evidence");
  const { width, height } = packed;
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  const image = context.createImageData(width, height);
  for (let k = 0; k < width * height; k += 1) {
    const base = colour(data[k]);
    const ink = 0.35 * glyph[k];
    image.data.set([...base.map((part) => Math.min(255, part + ink)), 255], 4 * k);
  }
  context.putImageData(image, 0, 0);
}

function showFilters(packed) {
  const columns = Math.ceil(Math.sqrt(packed.channels * 1.1));
  sheet(at("filters"), packed, bytes(packed.data), columns, colouring(packed, true));
}

/** All maps of a layer on one canvas, in rows. */
function sheet(canvas, packed, data, columns, colour) {
  const { channels, width, height } = packed;
  const rows = Math.ceil(channels / columns);
  canvas.width = columns * (width + GAP) - GAP;
  canvas.height = rows * (height + GAP) - GAP;
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, canvas.width, canvas.height);
  for (let k = 0; k < channels; k += 1) {
    const left = (k % columns) * (width + GAP);
    paint(context, packed, data, k, colour, left, Math.floor(k / columns) * (height + GAP));
  }
}

/** A layer's card, and what chooses one of its maps. */
function panel(layer, before, glyph) {
  const article = document.createElement("article");
  article.className = "layer";
  const title = document.createElement("h3");
  const facts = document.createElement("span");
  title.textContent = layer.name;
  facts.textContent = say("layerFacts", layer);
  title.append(facts);
  const canvas = document.createElement("canvas");
  const maps = Object.assign(document.createElement("div"), { className: "maps" });
  maps.append(canvas);
  const narrow = matchMedia("(max-width: 560px)").matches;
  const most = layer.channels > 64 ? 32 : 16;
  const columns = Math.min(layer.channels, narrow ? most / 2 : most);
  sheet(canvas, layer, layer.bytes, columns, colouring(layer, false));
  // One of many is chosen with the arrow keys, and its name is spoken: that is a slider.
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "slider");
  canvas.setAttribute("aria-label", say("layerLabel", layer));
  canvas.setAttribute("aria-valuemin", "1");
  canvas.setAttribute("aria-valuemax", String(layer.channels));
  let current = largest(layer);
  const tell = () => {
    canvas.setAttribute("aria-valuenow", String(current + 1));
    canvas.setAttribute("aria-valuetext", named(layer, current));
  };
  const go = (index) => {
    current = Math.min(Math.max(index, 0), layer.channels - 1);
    tell();
    outline(maps, canvas, layer, current, columns);
    enlarge(layer, current, before, glyph);
  };
  const choose = (index) => {
    go(index);
    chosen = { name: layer.name, index: current };
  };
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns);
    const rows = Math.ceil(layer.channels / columns);
    return Math.floor(((event.clientY - box.top) / box.height) * rows) * columns + column;
  };
  canvas.addEventListener("click", (event) => choose(under(event)));
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerType === "mouse" && under(event) !== current) choose(under(event));
  });
  canvas.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const places = {
      ArrowLeft: current - 1, ArrowRight: current + 1,
      ArrowUp: current - columns, ArrowDown: current + columns,
      Home: 0, End: layer.channels - 1,
    };
    if (!(event.key in places)) return;
    event.preventDefault();
    choose(places[event.key]);
  });
  tell();
  article.append(title, maps);
  return { article, go };
}

/** Mark one of a layer's maps. */
function outline(maps, { width, height }, layer, index, columns) {
  const share = (part, whole) => `${(100 * part) / whole}%`;
  Object.assign(mark.style, {
    left: share((index % columns) * (layer.width + GAP), width),
    top: share(Math.floor(index / columns) * (layer.height + GAP), height),
    width: share(layer.width, width),
    height: share(layer.height, height),
  });
  maps.append(mark);
}

/** The map in which the most is found. */
function largest(layer) {
  const size = layer.width * layer.height;
  let best = 0;
  let most = -1;
  for (let k = 0; k < layer.channels; k += 1) {
    let sum = 0;
    for (let p = 0; p < size; p += 1) sum += layer.bytes[k * size + p];
    if (sum > most) [best, most] = [k, sum];
  }
  return best;
}

function named(layer, index) {
  const size = layer.width * layer.height;
  const values = layer.bytes.subarray(index * size, (index + 1) * size);
  const high = layer.low + (Math.max(...values) / 255) * (layer.high - layer.low);
  return say("mapOf", { name: layer.name, number: index + 1, high: high.toFixed(2) });
}

/** One map in the lens, with the maps it is mostly made from and the filters laid over them. */
function enlarge(layer, index, before, glyph) {
  picture(at("lens"), layer, layer.bytes, index, colouring(layer, false));
  at("lens-title").textContent = named(layer, index);
  const { sources } = layer;
  const filters = bytes(sources.data);
  at("lens-sources").replaceChildren(...sources.maps[index].flatMap((map, rank) => {
    const seen = document.createElement("canvas");
    if (before) picture(seen, before, before.bytes, map, colouring(before, false));
    else picture(seen, glyph, bytes(glyph.data), 0, (byte) => grey(byte / 255));
    const filter = document.createElement("canvas");
    const number = index * sources.maps[index].length + rank;
    picture(filter, sources, filters, number, colouring(sources, true));
    const label = before ? say("source", { number: map + 1 }) : say("glyphSource");
    return [figure(seen, label), figure(filter, "×")];
  }));
}

function figure(canvas, text) {
  const element = document.createElement("figure");
  const caption = document.createElement("figcaption");
  caption.textContent = text;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", text);
  element.append(canvas, caption);
  return element;
}
