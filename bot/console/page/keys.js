/** The keyboard: what every key does, where, and the list of them. */

import { h, tool, typing } from "./dom.js";
import { isMenuOpen, sheet } from "./menu.js";
import { say } from "./words.js";

const MAC = /Mac|iPhone|iPad/.test(navigator.platform ?? "");

export const modKey = () => (MAC ? "⌘" : "Ctrl");

/** Groups of the list that `?` shows: keys, and the word for what they do. */
const SHOWN = [
  ["keysList", [["J  K", "keyMove"], ["Enter", "keyOpen"], ["/", "keySearch"], ["G W", "keyGoWaiting"], ["G M", "keyGoMine"], ["G O", "keyGoOpen"], ["U", "keyUp"]]],
  ["keysConversation", [["T", "take"], ["R", "mode.reply"], ["N", "mode.note"], ["B", "handBack"], ["E", "closeIt"], ["⇧ T", "transfer"], ["S", "snooze"], ["P", "priority"], ["L", "tag"], ["O", "keyTools"], ["I", "toggleContext"]]],
  ["keysWriting", [["Enter", "send"], ["⇧ Enter", "keyNewLine"], ["{mod} Enter", "sendAndClose"], ["{mod} J", "keyInsert"], ["/", "cannedAnswers"], ["@", "keyMention"], ["Esc", "keyLeave"]]],
  ["keysPage", [["[", "keyPrevious"], ["]", "keyNext"], ["?", "keyHelp"]]],
];

let closeHelp = null;

export function showKeys() {
  if (closeHelp) return;
  const close = sheet(say("keyboard"), (leave) => [
    h("header", { class: "sheet-head" }, h("h2", {}, say("keyboard")), tool("close", say("close"), leave, { autofocus: true })),
    h("div", { class: "keys" }, SHOWN.map(([title, keys]) => h("section", {}, h("h3", {}, say(title)), h("dl", {}, keys.map(([key, word]) => [
      h("dt", {}, key.replace("{mod}", modKey()).split(" ").filter(Boolean).map((one) => h("kbd", {}, one))), h("dd", {}, say(word))]))))),
  ], "keys-sheet");
  closeHelp = close;
  setTimeout(() => (closeHelp = null));
}

/**
 * Calls what a key stands for. Letters count only outside fields; `g` waits a moment for its second letter.
 * @param {Record<string, (event: KeyboardEvent) => any>} does  by key: "j", "T", "g w", "mod+j"
 */
export function listen(does) {
  let prefix = "";
  let timer = 0;
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.defaultPrevented || document.querySelector(".scrim")) return;
    if ((event.metaKey || event.ctrlKey) && !event.altKey) {
      const run = does[`mod+${event.key.toLowerCase()}`];
      if (run && run(event) !== false) event.preventDefault();
      return;
    }
    if (event.altKey || typing() || isMenuOpen()) return;
    const key = prefix ? `${prefix} ${event.key}` : event.key;
    clearTimeout(timer);
    prefix = "";
    if (key === "g") {
      prefix = "g";
      timer = setTimeout(() => (prefix = ""), 1200);
      return;
    }
    const run = does[key];
    if (run && run(event) !== false) event.preventDefault();
  });
}
