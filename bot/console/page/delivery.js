/** One delivery, open: what was sent, what was answered, every attempt. */

import { get } from "./api.js";
import { copyButton } from "./copy.js";
import { button, fill, h, icon, tool } from "./dom.js";
import { exactly } from "./format.js";
import { sheet } from "./menu.js";
import { addressOf } from "./router.js";
import { failure } from "./toasts.js";
import { isGood, standMark, whyNot } from "./webhook_card.js";
import { say, sayOf } from "./words.js";

/** @param {any} row  of the log @param {() => Promise<void>} again  sends it once more */
export function showDelivery({ id, type }, again) {
  const name = sayOf("event", type);
  const body = h("div", { class: "delivery" }, h("p", { class: "quiet-text" }, say("loading")));
  const close = sheet(name, (leave) => [h("header", { class: "sheet-head" }, h("h2", {}, name), tool("close", say("close"), leave, { autofocus: true })), body], "delivery-sheet");
  const read = async () => {
    try {
      const delivery = await get(`/deliveries/${id}`);
      fill(body, shown(delivery, close), h("div", { class: "actions" }, button(say("redeliver"), () => (close(), again()), { class: "button first" }, "again")));
    } catch (error) {
      fill(body, failure(error, read));
    }
  };
  read();
}

function shown(delivery, close) {
  const fact = (word, ...value) => [h("dt", {}, say(word)), h("dd", {}, value)];
  const { conversation_id: conversation, next_try_at: next } = delivery;
  return [
    h("dl", { class: "facts" },
      fact("about.state", standMark(delivery)),
      fact("about.event", h("code", {}, delivery.type), " ", h("code", { class: "whole" }, delivery.event_id)),
      fact("about.at", exactly(delivery.created_at)),
      fact("about.attempts", delivery.log.length ? say("triedTimes", { n: delivery.log.length }) : say("notTried")),
      delivery.state === "waiting" && next && new Date(next) > new Date() && fact("about.next", exactly(next)),
      conversation && fact("about.conversation", h("a", { href: addressOf({ view: "all", c: conversation }), onclick: () => setTimeout(close) }, say("openConversation")))),
    h("h3", {}, say("request")),
    delivery.headers ? h("dl", { class: "headers", "aria-label": say("requestHeaders") }, Object.entries(delivery.headers).map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])) : h("p", { class: "quiet-text" }, say("noHeadersYet")),
    block(delivery.payload, say("requestBody")),
    delivery.log.length > 0 && response(delivery),
    delivery.log.length > 1 && [h("h3", {}, say("attemptLog")), h("ol", { class: "attempts" }, [...delivery.log].reverse().map((entry) => attempt(entry, "li")))],
  ];
}

const response = (delivery) => [
  h("h3", {}, say("response")),
  attempt(delivery.log.at(-1), "p"),
  delivery.error && h("p", { class: "quiet-text whole", lang: "en" }, delivery.error),
  delivery.response ? block(delivery.response, say("response")) : h("p", { class: "quiet-text" }, say("noResponseBody")),
];

/** @param {any} entry @param {"li"|"p"} tag */
function attempt(entry, tag) {
  const good = isGood(entry.status);
  return h(tag, { class: "attempt" },
    h("span", { class: `mark strong ${good ? "done" : "priority-3"}` }, icon(good ? "check" : "alert"), good ? say("answeredWith", { status: entry.status }) : whyNot(entry)),
    h("span", { class: "quiet-text" }, `${say("milliseconds", { n: entry.milliseconds })} · ${exactly(entry.at)}`));
}

/** Text as it came, JSON with air. @param {string} text @param {string} label */
const block = (text, label) => h("div", { class: "block" }, h("pre", { tabindex: 0, "aria-label": label, role: "region" }, pretty(text)), copyButton(text, label));

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
