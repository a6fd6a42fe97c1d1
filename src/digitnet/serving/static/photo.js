// Photos: dropped, pasted, chosen or taken.

import { read } from "./api.js";
import { say } from "./i18n.js";
import { forget, message, show } from "./result.js";

const at = (id) => document.getElementById(id);
const SMALL = 200; // pixels: smaller pictures are shown with their pixels
let url = null;
let asking = null;

/** Read a picture and show it. `opened` is called first: the view may be another. */
export async function readPhoto(blob) {
  asking?.abort();
  asking = new AbortController();
  const { signal } = asking;
  forget();
  message(say("reading"));
  const size = await display(blob);
  try {
    const reading = await read(blob, signal);
    if (signal.aborted) return;
    show(reading, blob, at("photo-boxes"), size ?? extent(reading));
    if (!size) message(say("noPreview"));
  } catch (error) {
    if (error.name !== "AbortError") message(error.message, true);
  }
}

/** Show the picture; its size, or null where the browser cannot show such a file. */
async function display(blob) {
  const image = at("photo-image");
  if (url) URL.revokeObjectURL(url);
  url = URL.createObjectURL(blob);
  image.src = url;
  image.alt = blob.name ?? "";
  try {
    await image.decode();
  } catch {
    at("picture").hidden = true;
    at("photo-empty").hidden = false;
    return null;
  }
  at("photo-empty").hidden = true;
  at("picture").hidden = false;
  at("picture").classList.toggle("small", Math.max(image.naturalWidth, image.naturalHeight) < SMALL);
  return { width: image.naturalWidth, height: image.naturalHeight };
}

function extent(reading) {
  const boxes = reading.lines.map((line) => line.box);
  return {
    width: Math.max(1, ...boxes.map(([x, , width]) => x + width)),
    height: Math.max(1, ...boxes.map(([, y, , height]) => y + height)),
  };
}

/** Let pictures come in from everywhere; `arrived` gets each. */
export function takePhotos(arrived) {
  at("file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) arrived(file);
    event.target.value = ""; // The same file may be chosen again.
  });
  addEventListener("paste", (event) => {
    const file = [...(event.clipboardData?.files ?? [])].find((f) => f.type.startsWith("image/"));
    if (file) arrived(file);
  });
  const drop = at("drop");
  for (const type of ["dragenter", "dragover"]) {
    addEventListener(type, (event) => {
      event.preventDefault();
      drop.classList.add("over");
    });
  }
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) arrived(file);
  });
  at("camera").addEventListener("click", () => openCamera(arrived));
}

async function openCamera(arrived) {
  const dialog = at("camera-dialog");
  const video = at("video");
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: "environment", width: { ideal: 1920 }, height: { ideal: 1080 } },
    });
  } catch {
    message(say("cameraFails"), true);
    return;
  }
  video.srcObject = stream;
  await video.play();
  dialog.showModal();
  const close = () => dialog.close();
  const shoot = () => {
    const frame = document.createElement("canvas");
    frame.width = video.videoWidth;
    frame.height = video.videoHeight;
    frame.getContext("2d").drawImage(video, 0, 0);
    frame.toBlob(arrived, "image/jpeg", 0.92);
    dialog.close();
  };
  at("shoot").addEventListener("click", shoot);
  at("camera-close").addEventListener("click", close);
  dialog.addEventListener("close", () => {
    for (const track of stream.getTracks()) track.stop();
    at("shoot").removeEventListener("click", shoot);
    at("camera-close").removeEventListener("click", close);
  }, { once: true });
}
