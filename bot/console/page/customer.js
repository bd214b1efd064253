/** Who the shopper is and what they have with the shop: profile, orders, earlier conversations, receipts. */

import { at, get, post, query } from "./api.js";
import { cardNode } from "./cards.js";
import { button, fill, h, icon, later } from "./dom.js";
import { age, date } from "./format.js";
import { sayReceipt } from "./receipts.js";
import { addressOf } from "./router.js";
import { standingMark } from "./row.js";
import { toast, trouble } from "./toasts.js";
import { languageName, localized, say, sayOf } from "./words.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */

/** @param {any} customer */
export function profileNode(customer) {
  const row = (name, word, value) => value && [h("dt", {}, icon(name), h("span", { class: "aside" }, say(word))), h("dd", {}, value)];
  const several = (values) => (values ?? []).filter(Boolean);
  return h("dl", { class: "profile" },
    row("mail", "email", several(customer.emails ?? [customer.email]).map((email) => h("span", { class: "line" }, email))),
    row("callback", "phone", several(customer.phones ?? [customer.phone]).map((phone) => h("span", { class: "line" }, phone))),
    row("pin", "address", several(customer.addresses).slice(0, 3).map((address) => h("span", { class: "line" }, textOf(address)))),
    row("globe", "language", languageName(customer.language)),
    row("clock", "since", customer.since && say("customerSince", { date: date(customer.since) })));
}

/** @param {any} address  in the order its country writes it */
function textOf(address) {
  if (typeof address === "string") return address;
  const { name, phone, country, province, city, district, street, postcode } = address;
  const place = country === "CN" ? [province, city, district, street].filter(Boolean).join("") : [street, district, city, province, postcode, country].filter(Boolean).join(", ");
  return [place, name, phone].filter(Boolean).join(country === "CN" ? " · " : ", ");
}

/** @param {any[]} orders @param {(start: {tool?: string, values: Record<string, any>}) => void} runTool @param {Set<string>} unfolded  orders shown whole */
export function ordersNode(orders, runTool, unfolded) {
  if (!orders?.length) return h("p", { class: "quiet-text" }, say("noOrders"));
  return h("ul", { class: "orders" }, orders.map((order) => {
    const number = order.number ?? order.id;
    const details = h("details", { open: unfolded.has(number), ontoggle: () => (details.open ? unfolded.add(number) : unfolded.delete(number)) },
      h("summary", {}, icon("right"), h("span", { class: "grow" }, h("strong", {}, number), h("small", {}, [order.card?.subtitle ?? order.subtitle, order.items?.map?.((item) => localized(item.name ?? item.title ?? item)).slice(0, 2).join(say("comma"))].filter(Boolean)[0])), h("span", { class: "badge" }, order.card?.badge || order.badge || sayOf("order", order.status))),
      cardNode({ kind: "order", title: number, lines: [], steps: [], ...(order.card ?? order), buttons: [] }, h("p", { class: "order-actions" }, button(say("runToolHere"), () => runTool({ values: { order_number: number } }), {}, "tools"))));
    return h("li", {}, details);
  }));
}

/** @param {any[]} rows @param {string} here */
export function earlierNode(rows, here) {
  const others = (rows ?? []).filter((row) => row.conversation_id !== here);
  if (!others.length) return h("p", { class: "quiet-text" }, say("noEarlier"));
  return h("ul", { class: "earlier" }, others.map((row) => h("li", {},
    h("a", { href: addressOf({ view: "all", c: row.conversation_id }) },
      h("span", { class: "row-top" }, standingMark(row), h("time", {}, age(row.last?.at ?? row.updated_at))),
      h("span", { class: "row-words" }, row.handover?.problem || row.last?.text || "")))));
}

/** @param {any[]} receipts */
export const receiptsNode = (receipts) => h("ul", { class: "receipts" }, receipts.map((receipt) => h("li", {}, receipt.kind === "receipt" ? cardNode(receipt) : sayReceipt(receipt))));

/** @param {any[]} coupons */
export const couponsNode = (coupons) => h("ul", { class: "bullets" }, coupons.map((coupon) => h("li", {}, typeof coupon === "string" ? coupon : [localized(coupon.title ?? coupon.name ?? coupon.code), coupon.until && say("until", { date: date(coupon.until) })].filter(Boolean).join(" · "))));

const HOW = ["order_details", "phone_call", "e_mail", "other_channel"];

/** Says who it is, by one's own word. @param {Conversation} conversation @param {() => void} changed */
export function identifyNode(conversation, changed) {
  const found = h("div", { class: "found", role: "status" });
  const how = h("select", { "aria-label": say("howKnown") }, HOW.map((name) => h("option", { value: name }, say(`how.${name}`))));
  const vouch = async (customer) => {
    try {
      await post(at(conversation.id, "customer"), { customer_id: customer.id, how: how.value });
      toast(say("identified", { name: customer.name }));
      await conversation.refresh();
      changed();
    } catch (error) {
      trouble(error);
    }
  };
  const draw = (customers) => fill(found, customers.length
    ? [h("label", { class: "how" }, say("howKnown"), how), h("ul", {}, customers.map((customer) => h("li", {}, h("div", { class: "grow" }, h("strong", {}, customer.name), h("small", {}, [customer.emails?.[0] ?? customer.email, customer.phones?.[0] ?? customer.phone, customer.id].filter(Boolean).join(" · "))), button(say("thatsThem"), () => vouch(customer)))))]
    : h("p", { class: "quiet-text" }, say("nobodyFound")));
  const search = later(async () => {
    const q = input.value.trim();
    if (q.length < 2) return fill(found);
    const answer = await get(`/customers${query({ q })}`).catch((error) => void trouble(error));
    if (answer && q === input.value.trim()) draw(answer.customers ?? answer);
  }, 300);
  const input = h("input", { type: "search", placeholder: say("findCustomer"), "aria-label": say("findCustomer"), oninput: search });
  return h("div", { class: "identify" }, h("p", { class: "quiet-text" }, say("unknownShopper")), input, found);
}
