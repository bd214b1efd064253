/** Something to be pasted elsewhere, with a button that copies it. */

import { h, icon } from "./dom.js";
import { trouble } from "./toasts.js";
import { say } from "./words.js";

const SAID_FOR = 2000;

/** @param {string} text @param {string} label  what it is, for who hears the page */
export function copyButton(text, label) {
  const word = h("span", { "aria-live": "polite" }, say("copy"));
  const mark = h("span", { class: "copy-mark" }, icon("copy"));
  let timer = 0;
  const copied = () => {
    word.textContent = say("copiedIt");
    mark.replaceChildren(icon("check"));
    clearTimeout(timer);
    timer = setTimeout(() => ((word.textContent = say("copy")), mark.replaceChildren(icon("copy"))), SAID_FOR);
  };
  return h("button", { type: "button", class: "button copy", title: `${say("copy")} · ${label}`, onclick: (event) => put(text, event.currentTarget).then(copied, trouble) }, mark, word);
}

/** Where the page is not secure there is no clipboard: then the text is selected the old way. */
async function put(text, beside) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = h("textarea", { class: "aside", readonly: true }, text);
  beside.after(field);
  field.select();
  document.execCommand("copy");
  field.remove();
  beside.focus();
}

/** @param {string} text @param {string} label */
export const copyable = (text, label) => h("div", { class: "copyable" }, h("code", { tabindex: 0, "aria-label": label }, text), copyButton(text, label));
