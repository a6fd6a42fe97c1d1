// The pen that the keyboard moves over the sheet.

import { say } from "./i18n.js";

const MARGIN = 8; // pixels from the sheet's edge that it keeps
const STEP = 8; // pixels that an arrow key moves it, or 2 with Shift
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class KeyPen {
  #at = null; // {x, y} once it is used
  #stroke = null; // while it is down

  /** `ring` shows where it is; `said` tells those who cannot see it whether it is down. */
  constructor(ink, ring, said) {
    this.ink = ink;
    this.ring = ring;
    this.said = said;
    ink.canvas.addEventListener("keydown", (event) => this.#key(event));
    ink.canvas.addEventListener("blur", () => this.#lift());
    new ResizeObserver(() => this.#move(0, 0)).observe(ink.canvas);
  }

  /** Back to the middle, for an empty sheet. */
  rest() {
    this.#stroke = this.#at = null;
    this.#show();
  }

  #key(event) {
    const command = event.ctrlKey || event.metaKey;
    if (command && !event.altKey && !event.shiftKey && event.key === "z") {
      this.#undo();
    } else if (command || event.altKey) {
      return; // The browser's own: Alt and an arrow go back, for one.
    } else if (event.key in MOVES) {
      const step = event.shiftKey ? 2 : STEP;
      const [dx, dy] = MOVES[event.key];
      this.#take();
      this.#move(dx * step, dy * step);
      if (this.#stroke) this.ink.extend(this.#stroke, this.#at.x, this.#at.y);
    } else if (event.key === " ") {
      if (!event.repeat) this.#toggle();
    } else if (event.key === "Backspace") {
      this.#undo();
    } else {
      return;
    }
    event.preventDefault();
  }

  #toggle() {
    this.#take();
    if (this.#stroke) {
      this.#lift();
      return;
    }
    this.#stroke = this.ink.begin(this.#at.x, this.#at.y);
    this.said.textContent = say("penDown");
    this.#show();
  }

  #lift() {
    if (!this.#stroke) return;
    this.#stroke = null;
    this.said.textContent = say("penUp");
    this.#show();
    this.ink.end();
  }

  #undo() {
    this.#stroke = null;
    this.ink.undo();
    this.#show();
  }

  #take() {
    const { clientWidth, clientHeight } = this.ink.canvas;
    this.#at ??= { x: clientWidth / 2, y: clientHeight / 2 };
  }

  #move(dx, dy) {
    const { clientWidth, clientHeight } = this.ink.canvas;
    if (!this.#at || !clientWidth) return;
    const within = (value, length) => Math.min(Math.max(value, MARGIN), length - MARGIN);
    this.#at = {
      x: within(this.#at.x + dx, clientWidth),
      y: within(this.#at.y + dy, clientHeight),
    };
    this.#show();
  }

  #show() {
    this.ring.hidden = !this.#at;
    if (!this.#at) return;
    const down = Boolean(this.#stroke);
    const size = this.ink.width + (down ? 0 : 8);
    this.ring.classList.toggle("down", down);
    Object.assign(this.ring.style, {
      width: `${size}px`,
      height: `${size}px`,
      left: `${this.#at.x - size / 2}px`,
      top: `${this.#at.y - size / 2}px`,
    });
  }
}
