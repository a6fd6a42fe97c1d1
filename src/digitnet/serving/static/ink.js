// The sheet: ink from a finger, a pen, a mouse or the keyboard.

const SCALE_LIMIT = 1400; // pixels of the picture's longer side, as it is sent
const MARGIN = 8;
const STEP = 8; // pixels that an arrow key moves the pen, or 2 with Shift

export class Ink {
  /** `changed` is called when a stroke begins, `settled` when one has ended or gone. */
  constructor(canvas, { changed, settled }) {
    this.canvas = canvas;
    this.changed = changed;
    this.settled = settled;
    this.strokes = [];
    this.active = new Map(); // Strokes under way, by pointer.
    this.width = 9;
    this.keyPen = null; // {x, y, down} once the keyboard is used
    canvas.addEventListener("pointerdown", (event) => this.#down(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, (event) => this.#up(event));
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => this.#liftKeyPen());
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  get isEmpty() {
    return this.strokes.length === 0;
  }

  undo() {
    this.strokes.pop();
    this.draw();
    this.settled();
  }

  clear() {
    this.strokes = [];
    this.keyPen = null;
    this.draw();
    this.settled();
  }

  #down(event) {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    const stroke = { width: this.width, points: [] };
    this.active.set(event.pointerId, stroke);
    this.strokes.push(stroke);
    this.#add(stroke, event);
    this.changed();
  }

  #move(event) {
    const stroke = this.active.get(event.pointerId);
    if (!stroke) return;
    const all = event.getCoalescedEvents?.() ?? [];
    for (const each of all.length ? all : [event]) this.#add(stroke, each);
  }

  #up(event) {
    if (this.active.delete(event.pointerId) && this.active.size === 0) this.settled();
  }

  #add(stroke, event) {
    const box = this.canvas.getBoundingClientRect();
    // A mouse and most fingers say 0.5 or nothing of their pressure.
    const pressure = event.pointerType === "pen" && event.pressure ? event.pressure : 0.5;
    stroke.points.push([event.clientX - box.left, event.clientY - box.top, pressure]);
    this.draw();
  }

  #key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (event.key in moves) {
      this.keyPen ??= { x: width / 2, y: height / 2, stroke: null };
      const [dx, dy] = moves[event.key];
      const step = event.shiftKey ? 2 : STEP;
      this.keyPen.x = Math.min(Math.max(this.keyPen.x + dx * step, MARGIN), width - MARGIN);
      this.keyPen.y = Math.min(Math.max(this.keyPen.y + dy * step, MARGIN), height - MARGIN);
      this.keyPen.stroke?.points.push([this.keyPen.x, this.keyPen.y, 0.5]);
    } else if (event.key === " ") {
      this.keyPen ??= { x: width / 2, y: height / 2, stroke: null };
      if (this.keyPen.stroke) {
        this.#liftKeyPen();
      } else {
        this.keyPen.stroke = { width: this.width, points: [[this.keyPen.x, this.keyPen.y, 0.5]] };
        this.strokes.push(this.keyPen.stroke);
        this.changed();
      }
    } else if (event.key === "Backspace" && !this.isEmpty) {
      if (this.keyPen) this.keyPen.stroke = null;
      this.undo();
    } else {
      return;
    }
    event.preventDefault();
    this.draw();
  }

  #liftKeyPen() {
    if (!this.keyPen?.stroke) return;
    this.keyPen.stroke = null;
    this.settled();
  }

  draw() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth, clientHeight } = this.canvas;
    this.canvas.width = Math.round(clientWidth * ratio);
    this.canvas.height = Math.round(clientHeight * ratio);
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    const colour = getComputedStyle(document.documentElement).getPropertyValue("--ink");
    this.#strokes(context, colour);
    if (this.keyPen) {
      context.beginPath();
      context.arc(this.keyPen.x, this.keyPen.y, this.width / 2 + 4, 0, 2 * Math.PI);
      context.strokeStyle = colour;
      context.lineWidth = 1.5;
      context.stroke();
    }
  }

  #strokes(context, colour) {
    context.strokeStyle = context.fillStyle = colour;
    context.lineCap = context.lineJoin = "round";
    for (const { width, points } of this.strokes) {
      if (points.length === 1) {
        context.beginPath();
        context.arc(points[0][0], points[0][1], width / 2, 0, 2 * Math.PI);
        context.fill();
        continue;
      }
      // From middle to middle, bent towards the point between them; as wide as it was pressed.
      let [fromX, fromY] = points[0];
      for (let k = 1; k < points.length; k += 1) {
        const [x, y, pressure] = points[k - 1];
        const last = k === points.length - 1;
        const toX = last ? points[k][0] : (x + points[k][0]) / 2;
        const toY = last ? points[k][1] : (y + points[k][1]) / 2;
        context.beginPath();
        context.lineWidth = width * (0.4 + 1.2 * pressure);
        context.moveTo(fromX, fromY);
        context.quadraticCurveTo(x, y, toX, toY);
        context.stroke();
        [fromX, fromY] = [toX, toY];
      }
    }
  }

  /** The sheet as a PNG, dark on white whatever the page's colours; and its size in pixels. */
  async toPicture() {
    const { clientWidth, clientHeight } = this.canvas;
    const scale = Math.min(2, SCALE_LIMIT / Math.max(clientWidth, clientHeight));
    const sheet = document.createElement("canvas");
    sheet.width = Math.round(clientWidth * scale);
    sheet.height = Math.round(clientHeight * scale);
    const context = sheet.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, sheet.width, sheet.height);
    context.scale(scale, scale);
    this.#strokes(context, "#000");
    const blob = await new Promise((resolve) => sheet.toBlob(resolve, "image/png"));
    return { blob, width: sheet.width, height: sheet.height };
  }
}
