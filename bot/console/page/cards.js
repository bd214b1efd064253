/** Cards as the shopper sees them, drawn small; their buttons are the shopper's, so here they are only shown. */

import { h, linked, picture } from "./dom.js";
import { say } from "./words.js";

/** Products that come together stand side by side, everything else below each other. @param {any[]} cards */
export function cardNodes(cards) {
  const products = cards.filter(({ kind }) => kind === "product");
  const others = cards.filter(({ kind }) => kind !== "product");
  return h("div", { class: "cards" },
    products.length > 0 && h("div", { class: products.length > 1 ? "shelf" : "", tabindex: products.length > 1 ? 0 : null, role: products.length > 1 ? "group" : null, "aria-label": products.length > 1 ? say("products") : null }, products.map((card) => cardNode(card))),
    others.map((card) => (card.kind === "comparison" ? comparison(card) : cardNode(card))));
}

const STEPS_SHOWN = 3;

/** @param {any} card @param {any[]} more  put at its foot */
export function cardNode(card, ...more) {
  return h("section", { class: `card ${card.kind}`, "aria-label": card.title },
    h("div", { class: "card-head" },
      picture(card.image, "thumb"),
      h("div", { class: "grow" }, h("h3", {}, card.title), card.subtitle && h("p", { class: "sub" }, card.subtitle)),
      card.badge && h("span", { class: "badge" }, card.badge)),
    card.price && h("p", { class: "price" }, card.price, card.price_before && h("s", {}, h("span", { class: "aside" }, say("was")), card.price_before)),
    card.lines?.length > 0 && h("dl", { class: "facts" }, card.lines.map(([name, value]) => [h("dt", {}, name), h("dd", {}, linked(String(value)))])),
    card.steps?.length > 0 && h("ol", { class: "trail" }, card.steps.slice(0, STEPS_SHOWN).map(([time, what]) => h("li", {}, what, h("time", {}, time)))),
    card.buttons?.length > 0 && !more.length && h("p", { class: "offered" }, card.buttons.map((button) => h("span", {}, button.label))),
    more);
}

function comparison(card) {
  const cells = (value) => String(value).split(" | ").map((cell) => h("td", {}, cell));
  return h("section", { class: "card comparison", "aria-label": card.title, tabindex: 0 },
    h("table", {},
      h("thead", {}, h("tr", {}, h("td", {}), card.columns.map((column) => h("th", { scope: "col" }, column)))),
      h("tbody", {}, card.lines.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), cells(value))))));
}
