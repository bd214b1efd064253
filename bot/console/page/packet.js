/** What the bot hands over: read first, so that the shopper repeats nothing. */

import { h, icon } from "./dom.js";
import { sourceChips } from "./sources.js";
import { languageName, localized, say, sayOf } from "./words.js";

/** @param {import("./conversation.js").Conversation} conversation */
export function packetNode(conversation) {
  const { packet, identity, row } = conversation;
  const handover = row?.handover;
  if (!packet) return h("p", { class: "quiet-text" }, say("noPacket"));
  return h("div", { class: "packet" },
    h("p", { class: "problem-line", dir: "auto" }, packet.problem || say("noProblem")),
    h("p", { class: "packet-marks" },
      handover && h("span", { class: "mark" }, icon("reply"), sayOf("reason", handover.reason ?? packet.reason)),
      packet.mood && h("span", { class: `mark mood-${packet.mood}` }, icon("mood"), sayOf("mood", packet.mood)),
      (packet.language ?? row?.language) && h("span", { class: "mark" }, icon("globe"), languageName(packet.language ?? row?.language)),
      h("span", { class: "mark" }, icon("person"), sayOf("identity", levelOf(identity, packet)))),
    handover?.contact && h("p", { class: "contact-line" }, icon("callback"), h("span", {}, say("callBack")), h("strong", {}, handover.contact)),
    packet.next && h("p", { class: "next-step" }, icon("right"), h("span", {}, h("strong", {}, `${say("nextStep")}${say("colon")}`), localized(packet.next))),
    part("promised", promised(packet.promised)),
    part("ordersTouched", packet.orders?.length > 0 && h("p", { class: "chips" }, packet.orders.map((number) => h("span", { class: "badge" }, number)))),
    part("toolsRun", tools(packet.tools)),
    part("tried", tried(packet.tried)),
    part("quoted", packet.sources?.length > 0 && sourceChips(packet.sources)));
}

const levelOf = (identity, packet) => identity?.level ?? packet.identity?.level ?? packet.identity ?? "anonymous";

/** @param {"promised"|"ordersTouched"|"toolsRun"|"tried"|"quoted"} word @param {any} content */
const part = (word, content) => content && h("div", { class: "packet-part" }, h("h4", {}, say(word)), content);

/** What was done already: each receipt with the money and the days the shopper was told. */
function promised(receipts) {
  return receipts?.length > 0 && h("ul", { class: "bullets" }, receipts.map(({ receipt, title, lines = [] }) =>
    h("li", {}, h("strong", {}, title), " ", h("small", {}, receipt), lines.map(([name, value]) => h("span", { class: "line" }, `${name}${say("colon")}${value}`)))));
}

function tried(questions) {
  return questions?.length > 0 && h("ul", { class: "runs" }, questions.map(({ asked, answered }) => h("li", { dir: "auto" },
    h("span", { class: `mark ${answered ? "ran-ok" : "ran-failed"}` }, icon(answered ? "check" : "close"), say(answered ? "wasAnswered" : "notAnswered")), h("span", { class: "asked" }, asked))));
}

function tools(runs) {
  return runs?.length > 0 && h("ul", { class: "runs" }, runs.map(({ name, outcome }) => h("li", {},
    h("span", { class: `mark ran-${outcome}` }, icon(outcome === "ok" ? "check" : outcome === "failed" ? "alert" : "tools"), sayOf("tool", name)),
    h("small", {}, sayOf("outcome", outcome)))));
}
