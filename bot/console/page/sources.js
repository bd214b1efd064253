/** Where a sentence stands: quiet chips; pressing one shows the quoted words. */

import { h, icon } from "./dom.js";
import { popover } from "./menu.js";
import { safeLink } from "./dom.js";
import { say } from "./words.js";

/** @param {{passage_id: string, title: string, section: string, quote?: string, url?: string|null}[]} sources */
export function sourceChips(sources) {
  const unique = [...new Map(sources.map((source) => [source.passage_id ?? source.title, source])).values()];
  return h("div", { class: "chips" }, unique.map((source) => {
    const name = [source.title, source.section].filter(Boolean).filter((part, place, all) => all.indexOf(part) === place).join(" › ");
    return h("button", { type: "button", class: "chip", "aria-haspopup": "dialog", onclick: (event) => show(event.currentTarget, name, source) },
      icon("page"), h("span", { class: "clip" }, h("span", { class: "aside" }, `${say("source")}${say("colon")}`), name));
  }));
}

function show(anchor, name, source) {
  const url = source.url ? safeLink(source.url) : null;
  popover(anchor, name, () => h("div", { class: "passage", tabindex: 0 },
    h("h3", {}, name),
    source.quote && h("blockquote", {}, source.quote),
    url && h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, say("openPage"))));
}
