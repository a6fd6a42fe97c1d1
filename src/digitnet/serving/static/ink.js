// The sheet: ink from a finger, a pen or a mouse; from the keyboard, see keypen.js.

import { drawStroke, fitting } from "./strokes.js";

const SCALE_LIMIT = 1400; // pixels of the picture's longer side, as it is sent
const AS_WRITTEN = { scale: 1, x: 0, y: 0 };

export class Ink {
  #place = AS_WRITTEN; // Where the strokes lie on the sheet: it may have become smaller since.
  #size = null; // of the sheet, in CSS pixels, when it was last seen
  #history = []; // The strokes before each change.
  #active = new Map(); // Strokes under way, by pointer.
  #drawn = new Map(); // Of strokes under way: how many points are on the canvas.
  #frame = null;
  #colour = "";

  /** `changed` is called when the ink changes, `settled` when that is over for now. */
  constructor(canvas, { changed, settled }) {
    this.canvas = canvas;
    this.changed = changed;
    this.settled = settled;
    this.strokes = [];
    this.width = 9;
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    // The last of them comes too where the sheet is hidden under the pen.
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    new ResizeObserver(() => this.#resize()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  get isEmpty() {
    return this.strokes.length === 0;
  }

  get canUndo() {
    return this.#history.length > 0;
  }

  undo() {
    if (!this.canUndo) return;
    const wasEmpty = this.isEmpty;
    this.#active.clear();
    this.strokes = this.#history.pop();
    if (wasEmpty || this.isEmpty) this.#fit(); // Otherwise the rest stays where it is.
    this.#draw();
    this.settled();
  }

  clear() {
    if (this.isEmpty) return;
    this.#active.clear();
    this.#history.push(this.strokes);
    this.strokes = [];
    this.#fit();
    this.#draw();
    this.settled();
  }

  /** Begin a stroke at a place on the sheet. */
  begin(x, y, pressure = 0.5) {
    const stroke = { width: this.width / this.#place.scale, points: [] };
    this.#history.push(this.strokes);
    this.strokes = [...this.strokes, stroke];
    this.extend(stroke, x, y, pressure);
    this.changed();
    return stroke;
  }

  extend(stroke, x, y, pressure = 0.5) {
    const { scale, x: left, y: top } = this.#place;
    stroke.points.push([(x - left) / scale, (y - top) / scale, pressure]);
    if (!this.#drawn.has(stroke)) this.#drawn.set(stroke, 0);
    // Pens report more often than screens show.
    this.#frame ??= requestAnimationFrame(() => this.#drawNew());
  }

  end() {
    this.#draw(); // As it will be sent: its bends could not be known before.
    this.settled();
  }

  #down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const box = this.canvas.getBoundingClientRect();
    this.#active.set(event.pointerId, this.begin(...placed(event, box)));
  }

  #move(event) {
    const stroke = this.#active.get(event.pointerId);
    if (!stroke) return;
    const box = this.canvas.getBoundingClientRect();
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) this.extend(stroke, ...placed(each, box));
  }

  #up(event) {
    if (this.#active.delete(event.pointerId) && this.#active.size === 0) this.end();
  }

  /** The sheet has another size: all ink has to stay on it. */
  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !height) return; // It is hidden, no more.
    if (this.#size?.width === width && this.#size.height === height) return;
    this.#size = { width, height };
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.#fit();
    this.#draw();
    if (this.isEmpty) return;
    this.changed();
    this.settled();
  }

  #fit() {
    this.#place = this.isEmpty || !this.#size
      ? AS_WRITTEN
      : fitting(this.strokes, this.#size.width, this.#size.height);
  }

  /** Everything anew. */
  #draw() {
    this.#colour = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    this.#drawn.clear();
    const context = this.canvas.getContext("2d");
    context.resetTransform();
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.#prepare(context, this.canvas.width / (this.#size?.width ?? 1), this.#colour);
    for (const stroke of this.strokes) drawStroke(context, stroke);
  }

  /** What came since the last frame. */
  #drawNew() {
    this.#frame = null;
    const context = this.canvas.getContext("2d");
    for (const [stroke, from] of this.#drawn) {
      drawStroke(context, stroke, from);
      this.#drawn.set(stroke, stroke.points.length - 1);
    }
  }

  /** Let strokes be drawn on a picture of the sheet that is so many times as large. */
  #prepare(context, scale, colour) {
    const { scale: fit, x, y } = this.#place;
    context.setTransform(scale * fit, 0, 0, scale * fit, scale * x, scale * y);
    context.strokeStyle = context.fillStyle = colour;
    context.lineCap = context.lineJoin = "round";
  }

  /** The sheet as a PNG, dark on white whatever the page's colours, and its size. */
  async toPicture() {
    const { width, height } = this.#size;
    const scale = Math.min(2, SCALE_LIMIT / Math.max(width, height));
    const sheet = document.createElement("canvas");
    sheet.width = Math.round(width * scale);
    sheet.height = Math.round(height * scale);
    const context = sheet.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, sheet.width, sheet.height);
    this.#prepare(context, scale, "#000");
    for (const stroke of this.strokes) drawStroke(context, stroke);
    const blob = await new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
    return { blob, size: { width: sheet.width, height: sheet.height }, note: null };
  }
}

/** Where a pointer is on the sheet, and how hard it presses. */
function placed(event, box) {
  // A mouse and most fingers say 0.5 or nothing of their pressure.
  const pressure = event.pointerType === "pen" && event.pressure ? event.pressure : 0.5;
  return [event.clientX - box.left, event.clientY - box.top, pressure];
}
