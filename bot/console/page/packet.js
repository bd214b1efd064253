/** What the bot hands over: read first, so that the shopper repeats nothing. */

import { button, h, icon } from "./dom.js";
import { moment } from "./format.js";
import { sourceChips } from "./sources.js";
import { languageName, localized, say, sayOf } from "./words.js";

/** @param {import("./conversation.js").Conversation} conversation @param {(text: string) => void} insert */
export function packetNode(conversation, insert) {
  const { packet, identity, row } = conversation;
  const handover = row?.handover;
  if (!packet) return h("p", { class: "quiet-text" }, say("noPacket"));
  const draft = packet.draft?.text ?? packet.draft;
  return h("div", { class: "packet" },
    h("p", { class: "problem-line", dir: "auto" }, packet.problem || say("noProblem")),
    h("p", { class: "packet-marks" },
      handover && h("span", { class: "mark" }, icon("reply"), sayOf("reason", handover.reason ?? packet.reason)),
      packet.mood && h("span", { class: `mark mood-${packet.mood}` }, icon("mood"), sayOf("mood", packet.mood)),
      (packet.language ?? row?.language) && h("span", { class: "mark" }, icon("globe"), languageName(packet.language ?? row?.language)),
      h("span", { class: "mark" }, icon("person"), sayOf("identity", levelOf(identity, packet)))),
    handover?.contact && h("p", { class: "contact-line" }, icon("callback"), h("span", {}, say("callBack")), h("strong", {}, handover.contact)),
    packet.next && next(packet.next),
    part("promised", list(packet.promised)),
    part("ordersTouched", list(packet.orders ?? (packet.order_number ? [packet.order_number] : []))),
    part("toolsRun", tools(packet.tools)),
    part("tried", list(packet.tried)),
    packet.sources?.length > 0 && part("quoted", sourceChips(packet.sources)),
    draft && typeof draft === "string" && h("div", { class: "packet-draft" }, h("h4", {}, say("draftReply")), h("p", { dir: "auto" }, draft), packet.draft?.sources?.length > 0 && sourceChips(packet.draft.sources), button(say("insert"), () => insert(draft), { class: "button" })));
}

const levelOf = (identity, packet) => identity?.level ?? packet.identity?.level ?? packet.identity ?? "anonymous";

const next = (what) => h("p", { class: "next-step" }, icon("right"), h("span", {}, h("strong", {}, `${say("nextStep")}${say("colon")}`), textOf(what)));

/** @param {string} word @param {any} content */
const part = (word, content) => content && h("div", { class: "packet-part" }, h("h4", {}, say(word)), content);

/** A thing of the packet in words, whatever shape it came in. @param {any} what @returns {string} */
function textOf(what) {
  if (typeof what !== "object" || !what) return String(what ?? "");
  return what.text ?? what.title ?? localized(what.label) ?? [what.number, what.status].filter(Boolean).join(" · ");
}

function list(items) {
  const given = (Array.isArray(items) ? items : items ? [items] : []).filter(Boolean);
  return given.length > 0 && h("ul", { class: "bullets" }, given.map((item) => h("li", { dir: "auto" }, textOf(item), item.at && h("time", {}, moment(item.at)))));
}

function tools(runs) {
  return runs?.length > 0 && h("ul", { class: "runs" }, runs.map((run) => h("li", {},
    h("span", { class: `mark ran-${run.outcome}` }, icon(run.outcome === "ok" ? "check" : run.outcome === "failed" ? "alert" : "tools"), sayOf("tool", run.name ?? run.tool)),
    h("small", {}, [sayOf("outcome", run.outcome), run.detail ?? run.text].filter(Boolean).join(" · ")))));
}
