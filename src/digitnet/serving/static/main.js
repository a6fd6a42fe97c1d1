// The page: its views, and what happens in them.

import { read } from "./api.js";
import { chooseLanguage, currentLanguage, translate } from "./i18n.js";
import { Ink } from "./ink.js";
import { readPhoto, takePhotos } from "./photo.js";
import { forget, message, show } from "./result.js";
import { closeRuns, openRuns } from "./runs.js";

const PAUSE = 150; // milliseconds after the pen lifts

const at = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll("[role=tab]")];

// ---------------------------------------------------------------- views

function open(name) {
  for (const tab of tabs) {
    const chosen = tab.id === `tab-${name}`;
    tab.setAttribute("aria-selected", String(chosen));
    tab.tabIndex = chosen ? 0 : -1;
    at(tab.getAttribute("aria-controls")).hidden = !chosen;
  }
  at("reading").hidden = name === "runs";
  forget();
  message("");
  if (name === "runs") openRuns();
  else closeRuns();
  if (name === "write") {
    ink.draw();
    if (!ink.isEmpty) readInk();
  }
  history.replaceState(null, "", name === "write" ? "/" : `#${name}`);
}

for (const [k, tab] of tabs.entries()) {
  tab.addEventListener("click", () => open(tab.id.slice("tab-".length)));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(k + step + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
}

// ---------------------------------------------------------------- write

let timer = null;
let asking = null;

const ink = new Ink(at("ink"), {
  changed: () => {
    clearTimeout(timer);
    asking?.abort();
    at("ink-boxes").replaceChildren(); // They would lie over the new ink.
    sync();
  },
  settled: () => {
    clearTimeout(timer);
    sync();
    if (ink.isEmpty) {
      asking?.abort();
      forget();
      message("");
    } else {
      timer = setTimeout(readInk, PAUSE);
    }
  },
});

function sync() {
  at("undo").disabled = at("clear").disabled = ink.isEmpty;
  at("invitation").hidden = !ink.isEmpty;
}

async function readInk() {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  try {
    const { blob, width, height } = await ink.toPicture();
    const reading = await read(blob, signal);
    if (!signal.aborted) show(reading, blob, at("ink-boxes"), { width, height });
  } catch (error) {
    if (error.name !== "AbortError") message(error.message, true);
  }
}

at("undo").addEventListener("click", () => ink.undo());
at("clear").addEventListener("click", () => ink.clear());
at("pen").addEventListener("input", (event) => {
  ink.width = Number(event.target.value);
});

// ---------------------------------------------------------------- photo

takePhotos((blob) => {
  if (at("view-photo").hidden) open("photo");
  readPhoto(blob);
});

// ---------------------------------------------------------------- language, and begin

at("language").addEventListener("click", () => {
  chooseLanguage(currentLanguage() === "zh" ? "en" : "zh");
});
translate();
const wanted = location.hash.slice(1);
if (["photo", "runs"].includes(wanted)) open(wanted);
document.documentElement.dataset.ready = "";
