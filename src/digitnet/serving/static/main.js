// The page: its views, and what happens in them.

import { Asking } from "./asking.js";
import { chooseLanguage, currentLanguage, onLanguage, say, translate } from "./i18n.js";
import { Ink } from "./ink.js";
import { KeyPen } from "./keypen.js";
import { message } from "./message.js";
import { hasPhoto, photoPicture, showPhoto, takePhotos } from "./photo.js";
import { closeRuns, openRuns } from "./runs.js";
import { makeViews } from "./views.js";

const PAUSE = 150; // milliseconds after the pen lifts

const at = (id) => document.getElementById(id);

// ---------------------------------------------------------------- write

let timer = null;

const written = new Asking(at("ink-boxes"), {
  any: () => !ink.isEmpty,
  picture: () => ink.toPicture(),
});
const ink = new Ink(at("ink"), {
  changed: () => {
    clearTimeout(timer);
    written.drop(); // Its boxes would lie over the new ink.
    sync();
  },
  settled: () => {
    clearTimeout(timer);
    written.drop();
    sync();
    if (ink.isEmpty) written.ask(); // There is nothing to wait for.
    else timer = setTimeout(() => written.ask(), PAUSE);
  },
});
const keyPen = new KeyPen(ink, at("ring"), at("pen-said"));

function sync() {
  at("undo").disabled = !ink.canUndo;
  at("clear").disabled = ink.isEmpty;
  at("invitation").hidden = !ink.isEmpty;
}

/** Let a button act on the sheet; where that disables it, the sheet takes the focus. */
function acts(id, action) {
  at(id).addEventListener("click", () => {
    action();
    if (at(id).disabled) at("ink").focus({ preventScroll: true });
  });
}

acts("undo", () => ink.undo());
acts("clear", () => {
  ink.clear();
  keyPen.rest();
});
at("pen").addEventListener("input", (event) => {
  ink.width = Number(event.target.value);
});

// ---------------------------------------------------------------- photo

const photographed = new Asking(at("photo-boxes"), {
  any: hasPhoto,
  picture: photoPicture,
  slow: true,
});

takePhotos({
  arrived: (blob) => {
    showPhoto(blob);
    photographed.drop();
    if (photographed.open) photographed.ask();
    else views.open("photo");
  },
  refused: () => {
    views.open("photo");
    message(() => say("noPicture"), true);
  },
});

// ---------------------------------------------------------------- views

const reading = (asking) => ({
  enter: () => {
    at("reading").hidden = false;
    asking.enter();
  },
  leave: () => {
    clearTimeout(timer);
    asking.leave();
  },
});

const views = makeViews({
  write: reading(written),
  photo: reading(photographed),
  runs: {
    enter: () => {
      at("reading").hidden = true;
      openRuns();
    },
    leave: closeRuns,
  },
});

// ---------------------------------------------------------------- language, and begin

at("language").addEventListener("click", () => {
  chooseLanguage(currentLanguage() === "zh" ? "en" : "zh");
});
onLanguage(() => {
  // The service says what is wrong, in the language of the request.
  for (const asking of [written, photographed]) if (asking.open && asking.failed) asking.ask();
});
translate();
views.begin();
document.documentElement.dataset.ready = "";
