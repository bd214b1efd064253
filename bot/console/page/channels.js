/** The channels that are set up: where platforms bring messages, what came and went, what is stuck. Admins only. */

import { get } from "./api.js";
import { copyable } from "./copy.js";
import { fill, h, icon, keep } from "./dom.js";
import { moment, within } from "./format.js";
import { addressOf } from "./router.js";
import { failure } from "./toasts.js";
import { say, sayOf } from "./words.js";

const REFRESH = 15_000;

/** Channels that fetch what they are sent. */
const FETCHING = new Set(["email"]);

/** @param {import("./pages.js").Frame} frame */
export function build({ body }) {
  const list = h("ul", { class: "channel-list" });
  const read = async () => {
    try {
      const known = await get("/channels");
      keep(list, known.items.map((item) => ({ key: item.name, version: JSON.stringify(item), build: () => h("li", {}, shown(item, known.public_url)) })));
      // Which channels there are stays as it is until the server starts again.
      if (!body.contains(list)) fill(body, draw(known, list));
    } catch (error) {
      if (!body.contains(list)) fill(body, failure(error, read));
    }
  };
  const timer = setInterval(() => document.hidden || read(), REFRESH);
  read();
  return { leave: () => clearInterval(timer) };
}

function draw({ items, available, public_url: address }, list) {
  return [
    h("p", { class: "page-intro" }, say("channelsIntro")),
    items.length > 0 && !address && h("p", { class: "notice-line" }, icon("alert"), h("span", {}, say("guessedAddress"))),
    list,
    !items.length && h("div", { class: "empty" }, icon("channels"), h("h2", {}, say("noChannels")), h("p", {}, say("noChannelsHint"))),
    available.length > 0 && h("section", { class: "more-channels" },
      h("h2", {}, say("addChannel")), h("p", { class: "quiet-text" }, say("addChannelHow")),
      h("ul", {}, available.map((name) => h("li", {}, h("strong", {}, sayOf("channel", name)), h("code", {}, `connectors/${name}/README.md`))))),
  ];
}

const FLOWS = { stuck: ["alert", "priority-3"], busy: ["check", "done"], quiet: ["clock", ""], never: ["clock", "priority-2"] };

/** @returns {keyof FLOWS} */
function flowOf(item) {
  if (item.failed) return "stuck";
  if (item.received || item.sent) return "busy";
  return item.last_at ? "quiet" : "never";
}

function shown(item, address) {
  const flow = flowOf(item);
  const [mark, colour] = FLOWS[flow];
  const url = address ? item.url : location.origin + item.url;
  return h("article", { class: "channel" },
    h("header", {}, h("h2", {}, sayOf("channel", item.name)), h("span", { class: `mark strong ${colour}` }, icon(mark), say(`flow.${flow}`))),
    h("p", { class: "hook-facts" }, facts(item).filter(Boolean)),
    FETCHING.has(item.name)
      ? h("p", { class: "quiet-text" }, say("noCallback"))
      : h("div", { class: "callback" }, h("span", { class: "quiet-text" }, say("callbackAddress")), copyable(url, `${sayOf("channel", item.name)} · ${say("callbackAddress")}`), h("small", {}, sayOf("paste", item.name, ""))),
    item.stuck.length > 0 && stuckList(item));
}

const facts = (item) => [
  (item.received > 0 || item.sent > 0) && h("span", {}, say("flowDay", item)),
  item.received_at && h("span", {}, say("lastReceived", { at: within(item.received_at) })),
  item.sent_at && h("span", {}, say("lastSent", { at: within(item.sent_at) })),
  item.last_at && h("span", {}, say("lastAnything", { at: within(item.last_at) })),
  flowOf(item) === "never" && !FETCHING.has(item.name) && h("span", {}, say("neverHint")),
  item.waiting > 0 && h("span", {}, say("outboxWaiting", { n: item.waiting })),
  item.failed > 0 && h("span", { class: "mark priority-3" }, icon("alert"), say("outboxFailed", { n: item.failed })),
];

function stuckList(item) {
  return h("div", { class: "stuck" },
    h("h3", {}, say("stuckTitle"), item.failed + item.waiting > item.stuck.length && h("small", {}, ` ${say("stuckShown", { n: item.stuck.length })}`)),
    h("ul", {}, item.stuck.map(({ conversation_id: conversation, at, attempts, next_try_at: next, trouble }) => h("li", {},
      h("span", { class: "stuck-why" }, h("strong", {}, sayOf("trouble", trouble.kind)), trouble.text && h("span", { class: "whole", dir: "auto" }, trouble.text)),
      h("span", { class: "quiet-text" }, [moment(at), say("triedTimes", { n: attempts }), next ? say("nextTry", { at: within(next) }) : say("gaveUp")].join(" · ")),
      h("a", { href: addressOf({ view: "all", c: conversation }) }, say("openConversation"))))));
}
