// The one line that says how it goes, in the language of the moment.

import { onLanguage } from "./i18n.js";

const at = (id) => document.getElementById(id);
let sentence = () => "";

/** `said` gives what to say, now and after a change of language. */
export function message(said = () => "", isError = false) {
  sentence = said;
  at("message").textContent = said();
  at("message").classList.toggle("error", isError);
}

onLanguage(() => {
  at("message").textContent = sentence();
});
