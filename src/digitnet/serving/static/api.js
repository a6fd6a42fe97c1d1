// The service: requests, and its errors as sentences.

import { currentLanguage, say } from "./i18n.js";
import { currentToken, nextToken } from "./token.js";
import { Trouble } from "./trouble.js";

// Busy, or behind a proxy not there just now.
const PASSING = [502, 503, 504];

const unanswered = () => new Trouble(() => say("offline"), { passing: true });

// Addresses are relative to the page's: it may lie behind a prefix.
async function ask(path, options = {}) {
  const token = currentToken();
  const headers = { "Accept-Language": currentLanguage(), ...options.headers };
  if (token) headers.Authorization = `Bearer ${token}`;
  let answer;
  try {
    answer = await fetch(path, { ...options, headers });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw unanswered();
  }
  if (answer.status === 401) {
    await nextToken(token);
    return ask(path, options);
  }
  if (!answer.ok) throw await refusal(answer);
  return answer;
}

async function refusal(answer) {
  const problem = await answer.json().catch(() => ({}));
  const detail = problem.detail ?? `${answer.status} ${answer.statusText}`;
  return new Trouble(() => detail, {
    passing: PASSING.includes(answer.status),
    after: 1000 * (Number(answer.headers.get("Retry-After")) || 0),
    status: answer.status,
  });
}

/** The object in an answer. The connection may break in the midst of one. */
async function object(answer, signal) {
  try {
    return await answer.json();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unanswered();
  }
}

async function post(path, picture, signal) {
  const headers = { "Content-Type": "application/octet-stream" };
  return object(await ask(path, { method: "POST", body: picture, signal, headers }), signal);
}

/** What stands on a picture, each digit with its glyph. */
export const read = (picture, signal) => post("v1/read?glyphs=true", picture, signal);

/** What the network sees of a glyph alone. */
export const lookAtGlyph = (png, signal) => post("v1/look?glyph=true", png, signal);

/** What it sees of a digit of a picture, where the picture has to be read once more. */
export const look = (picture, line, digit, signal) =>
  post(`v1/look?line=${line}&digit=${digit}`, picture, signal);

export const get = async (path, signal) => object(await ask(path, { signal }), signal);

/** Server-sent events of a path, one {event, data} after the other; by fetch, for the token's sake. */
export async function* events(path, signal) {
  const answer = await ask(path, { signal });
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  while (true) {
    const { done, value } = await reader.read().catch((error) => {
      if (signal.aborted) throw error;
      throw unanswered();
    });
    if (done) return;
    const parts = (rest + value).split("\n\n");
    rest = parts.pop();
    for (const part of parts) {
      const fields = Object.fromEntries(part.split("\n").map((line) => {
        const colon = line.indexOf(": ");
        return [line.slice(0, colon), line.slice(colon + 2)];
      }));
      if (!("data" in fields)) continue; // A comment: the line is still there.
      yield { event: fields.event ?? "message", data: JSON.parse(fields.data) };
    }
  }
}
