// The service's token: where it is kept, and the dialog that asks for it.

import { onLanguage, say } from "./i18n.js";
import { WAKE } from "./patience.js";
import { Trouble } from "./trouble.js";

const KEY = "digitnet-token";
const USABLE = /^[\x21-\x7e]+$/; // A header carries no others.

const at = (id) => document.getElementById(id);
let token = stored();
let asking = null; // the answer that the open dialog will give
let declined = false; // Not asked for again until the user wants to give it.
let wrong = null; // the name of what is wrong with the last one

function stored() {
  try {
    const kept = sessionStorage.getItem(KEY) ?? "";
    return USABLE.test(kept) ? kept : "";
  } catch {
    return ""; // Storage may be forbidden; the token then holds until the page is closed.
  }
}

function keep(given) {
  token = given;
  try {
    sessionStorage.setItem(KEY, given);
  } catch {
    // As above.
  }
}

export const currentToken = () => token;

/** The service refused `used`: another one, from the user. Trouble, if there is none. */
export async function nextToken(used) {
  if (token !== used) return; // Another request has asked meanwhile.
  if (declined) throw missing();
  asking ??= ask(used ? "tokenWrong" : null).finally(() => {
    asking = null;
  });
  if (!(await asking)) throw missing();
}

const missing = () => new Trouble(() => say("tokenMissing"), { passing: true, after: Infinity });

/** Whether a token was given. */
function ask(complaint) {
  const dialog = at("token-dialog");
  complain(complaint);
  at("token").value = "";
  dialog.returnValue = ""; // What it was closed with the last time would stay, after Escape.
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      declined = dialog.returnValue !== "given";
      if (!declined) keep(at("token").value.trim());
      at("token").value = "";
      at("token-missing").hidden = !declined;
      resolve(!declined);
    }, { once: true });
  });
}

function complain(name) {
  wrong = name;
  at("token-wrong").textContent = name ? say(name) : "";
  at("token").setAttribute("aria-invalid", String(Boolean(name)));
}

at("token-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (USABLE.test(at("token").value.trim())) at("token-dialog").close("given");
  else complain("tokenUnusable");
});
at("token-cancel").addEventListener("click", () => at("token-dialog").close());
at("token-again").addEventListener("click", async () => {
  if (await ask(null)) dispatchEvent(new Event(WAKE));
});
onLanguage(() => complain(wrong));
