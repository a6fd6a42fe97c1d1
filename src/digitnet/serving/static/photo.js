// Photos: dropped, pasted, chosen or taken.

import { say } from "./i18n.js";
import { message } from "./message.js";

const at = (id) => document.getElementById(id);
const SMALL = 200; // pixels: smaller pictures are shown with their pixels
let photo = null; // {blob, url, size}: the size is a promise

/** Show a picture. */
export function showPhoto(blob) {
  if (photo) URL.revokeObjectURL(photo.url);
  photo = { blob, url: URL.createObjectURL(blob) };
  photo.size = display(photo);
}

export const hasPhoto = () => photo !== null;

/** The picture that is shown and its size, for an Asking. */
export async function photoPicture() {
  const { blob } = photo;
  const size = await photo.size;
  return { blob, size, note: size ? null : () => say("noPreview") };
}

/** Its size, or null where the browser cannot show such a file. */
async function display(shown) {
  const image = at("photo-image");
  image.src = shown.url;
  image.alt = shown.blob.name ?? "";
  try {
    await image.decode();
  } catch {
    if (shown === photo) lay(false);
    return null;
  }
  const size = { width: image.naturalWidth, height: image.naturalHeight };
  if (shown === photo) {
    lay(true);
    at("picture").classList.toggle("small", Math.max(size.width, size.height) < SMALL);
  }
  return size;
}

function lay(visible) {
  at("picture").hidden = !visible;
  at("photo-empty").hidden = visible;
}

/** Let pictures come in from everywhere; `arrived` gets each, `refused` hears of what is none. */
export function takePhotos({ arrived, refused }) {
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
    else refused(); // A link or a text.
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
    message(() => say("cameraFails"), true);
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
    frame.toBlob((blob) => blob && arrived(blob), "image/jpeg", 0.92);
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
