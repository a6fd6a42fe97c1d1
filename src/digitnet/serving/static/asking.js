// One view's picture: what is asked about it, and what was last read on it.

import { read } from "./api.js";
import { say } from "./i18n.js";
import { message } from "./message.js";
import { persist } from "./patience.js";
import { busy, forget, show } from "./result.js";

const BUSY = 503; // It will be read soon: what stands there may stay meanwhile, dimmed.

export class Asking {
  /**
   * `picture` gives {blob, size, note} where there is `any`: the size in pixels (null where the
   * browser cannot tell), and a sentence to say beside what was read, or null. Where reading is
   * `slow`, that is said meanwhile; otherwise what stood there stays, dimmed.
   */
  constructor(boxes, { any, picture, slow = false }) {
    this.boxes = boxes;
    this.any = any;
    this.picture = picture;
    this.slow = slow;
    this.open = false; // whether the view is shown
    this.failed = false;
    this.kept = null; // what was last read, as `show` takes it
    this.control = new AbortController();
  }

  /** The view is shown, with what was read on its picture. */
  enter() {
    this.open = true;
    if (this.kept) this.#show();
    else this.ask();
  }

  /** The view is left: nothing that is under way may come out in another. */
  leave() {
    this.open = false;
    this.control.abort();
    forget();
    message();
  }

  /** The picture has changed: what was read on it no longer holds. */
  drop() {
    this.control.abort();
    this.kept = null;
    this.boxes.replaceChildren();
  }

  /** Read the picture, however often it has to be asked for. */
  async ask() {
    this.drop();
    if (!this.open) return;
    this.failed = false;
    if (!this.any()) {
      forget();
      message();
      return;
    }
    this.control = new AbortController();
    const { signal } = this.control;
    if (this.slow) {
      forget();
      message(() => say("reading"));
    } else {
      busy();
    }
    await persist(() => this.#read(signal), signal, (trouble) => this.#fail(trouble));
  }

  async #read(signal) {
    const picture = await this.picture();
    if (signal.aborted) return;
    const reading = await read(picture.blob, signal);
    if (signal.aborted) return;
    this.failed = false;
    this.kept = { ...picture, reading, boxes: this.boxes, place: [0, 0], seen: null };
    this.#show();
  }

  #show() {
    const { reading, note } = this.kept;
    message(reading.text ? note ?? undefined : () => say("nothing"));
    show(this.kept);
  }

  #fail(trouble) {
    this.failed = true;
    if (trouble.status !== BUSY) forget();
    message(trouble.sentence, true);
  }
}
