// Waiting for what goes by itself: a busy service, a network that is gone for a while.

import { Trouble } from "./trouble.js";

const SHORTEST = 1000; // milliseconds before the second try
const LONGEST = 15_000;
export const WAKE = "digitnet-wake"; // on the window: trying again makes sense now

/** Wait; no longer once the network is back, somebody says WAKE, or all is called off. */
export function wait(milliseconds, signal) {
  return new Promise((resolve) => {
    let timer = null;
    const done = () => {
      clearTimeout(timer);
      for (const type of ["online", WAKE]) removeEventListener(type, done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    if (signal.aborted) {
      resolve();
      return;
    }
    for (const type of ["online", WAKE]) addEventListener(type, done);
    signal.addEventListener("abort", done);
    if (Number.isFinite(milliseconds)) timer = setTimeout(done, milliseconds);
  });
}

/** Do a task until it comes out, fails for good, or is called off; `failed` is told each trouble. */
export async function persist(task, signal, failed) {
  let tries = 0;
  while (!signal.aborted) {
    const began = performance.now();
    try {
      await task();
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Trouble)) throw error;
      failed(error);
      if (!error.passing) return;
      // What held for a while and then broke is tried again at once, as if for the first time.
      if (performance.now() - began > LONGEST) tries = 0;
      const pause = Math.min(LONGEST, SHORTEST * 2 ** tries);
      await wait(Math.max(pause, error.after), signal);
      tries += 1;
    }
  }
}
