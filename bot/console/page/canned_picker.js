/** Canned answers: `/` at the beginning, a few letters, Enter. Written in the shopper's language. */

import { h } from "./dom.js";
import { nameOf } from "./row.js";
import { state } from "./state.js";
import { localized, say } from "./words.js";
import { Picker } from "./picker.js";

/** @typedef {{shortcut: string, text: string}} Choice */

export class CannedPicker {
  /** @param {HTMLTextAreaElement} input @param {(text: string) => void} put */
  constructor(input, put) {
    this.input = input;
    /** @type {Picker<Choice>} */
    this.picker = new Picker(input, say("cannedAnswers"), {
      draw: ({ shortcut, text }) => [h("kbd", {}, `/${shortcut}`), h("span", {}, text)],
      choose: ({ text }) => {
        input.setSelectionRange(0, input.selectionStart);
        put(text);
      },
    });
    this.node = this.picker.node;
  }

  /** @param {import("./conversation.js").Conversation|null} conversation */
  follow(conversation) {
    const words = /^\/(\S*)$/.exec(this.input.value.slice(0, this.input.selectionStart));
    if (!words || !conversation) return this.hide();
    this.picker.open(matching(words[1], conversation));
  }

  hide() {
    this.picker.hide();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return this.picker.key(event);
  }
}

/** Shortcuts that begin so first, then those whose words say it. @returns {Choice[]} */
function matching(typed, conversation) {
  const wanted = typed.toLowerCase();
  const language = conversation.language === "en" ? "en" : "zh";
  const rank = ({ shortcut, zh, en }) => (shortcut.toLowerCase().startsWith(wanted) ? 0 : `${shortcut} ${zh} ${en}`.toLowerCase().includes(wanted) ? 1 : 2);
  return state.canned
    .map((answer) => ({ answer, rank: rank(answer) }))
    .filter(({ rank: place }) => place < 2)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, 30)
    .map(({ answer }) => ({ shortcut: answer.shortcut, text: filled(answer[language] || answer.zh || answer.en, conversation) }));
}

/** With what is known of this conversation put in; what is not stays to be seen and mended. @param {string} text */
export function filled(text, conversation) {
  const { row, orderNumber } = conversation;
  const facts = {
    customer: row?.customer ? nameOf(row) : "",
    order: orderNumber ?? "",
    agent: state.me?.name ?? "",
    shop: state.shop?.name ? (state.shop.name[conversation.language] ?? localized(state.shop.name)) : "",
  };
  return text.replace(/\{(customer|order|agent|shop)\}/g, (whole, name) => facts[name] || (name === "customer" ? "" : whole)).replace(/^[,，、\s]+/, "");
}
