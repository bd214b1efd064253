/** The bar above the field: an answer drafted from the shop's own pages and orders, one key away. */

import { button, fill, h, icon, tool } from "./dom.js";
import { modKey } from "./keys.js";
import { sourceChips } from "./sources.js";
import { say } from "./words.js";

export class SuggestionBar {
  /** @param {(text: string) => void} insert @param {() => void} dismiss */
  constructor(insert, dismiss) {
    this.insert = insert;
    this.dismiss = dismiss;
    this.current = null;
    this.node = h("aside", { class: "suggestion", hidden: true, "aria-label": say("suggestion") });
  }

  /** @param {{text: string, sources: any[], cards: any[], at: number}|null} suggestion @param {boolean} whole  folded while something else is written */
  show(suggestion, whole) {
    const version = suggestion && `${suggestion.at} ${suggestion.text}`;
    this.fold(!whole);
    if (version === this.version) return;
    this.version = version;
    this.current = suggestion;
    this.node.hidden = !suggestion;
    if (!suggestion) return;
    fill(this.node,
      h("header", {}, icon("spark"), h("strong", {}, say("suggestion")), h("span", { class: "grow" }),
        button(say("insert"), () => this.take(), { class: "button quiet", "aria-keyshortcuts": "Control+J Meta+J" }), h("kbd", {}, `${modKey()} J`),
        tool("close", say("dismiss"), this.dismiss)),
      h("p", { class: "suggested", dir: "auto", tabindex: 0 }, suggestion.text),
      h("div", { class: "suggestion-foot" },
        suggestion.cards?.length > 0 && h("span", { class: "quiet-text" }, suggestion.cards.map((card) => card.title).join(" · ")),
        suggestion.sources?.length > 0 && sourceChips(suggestion.sources)));
  }

  /** @param {boolean} folded */
  fold(folded) {
    this.node.classList.toggle("folded", folded);
  }

  /** Puts it into the field; whether there was one. */
  take() {
    if (!this.current || this.node.hidden) return false;
    this.insert(this.current.text);
    return true;
  }
}
