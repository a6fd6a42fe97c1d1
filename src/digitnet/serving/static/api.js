// The service: requests, its token, and its errors as sentences.

import { currentLanguage, say } from "./i18n.js";

const KEY = "digitnet-token";

function headers() {
  const given = { "Accept-Language": currentLanguage() };
  const token = sessionStorage.getItem(KEY);
  if (token) given.Authorization = `Bearer ${token}`;
  return given;
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { ...options, headers: { ...headers(), ...options.headers } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error(say("offline"));
  }
  if (answer.status === 401) {
    await askForToken();
    return ask(path, options);
  }
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail ?? `${answer.status} ${answer.statusText}`);
  }
  return answer;
}

function askForToken() {
  const dialog = document.getElementById("token-dialog");
  const field = document.getElementById("token");
  field.value = "";
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(KEY, field.value);
      resolve();
    }, { once: true });
  });
}

const posted = (picture, signal) => ({
  method: "POST", body: picture, signal, headers: { "Content-Type": "application/octet-stream" },
});

export const read = async (picture, signal) => (await ask("/v1/read", posted(picture, signal))).json();

export async function look(picture, line, digit, signal) {
  return (await ask(`/v1/look?line=${line}&digit=${digit}`, posted(picture, signal))).json();
}

export const get = async (path) => (await ask(path)).json();

/** Server-sent events of a path, one {event, data} after the other; by fetch, for the token's sake. */
export async function* events(path, signal) {
  const answer = await ask(path, { signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").map((line) => {
        const colon = line.indexOf(": ");
        return [line.slice(0, colon), line.slice(colon + 2)];
      }));
      yield { event: fields.event ?? "message", data: JSON.parse(fields.data) };
    }
  }
}
