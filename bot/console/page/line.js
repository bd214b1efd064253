/** One entry of the stream: what a shopper, the bot, a colleague or the house said; a note; a reply on its way. */

import { photo } from "./api.js";
import { cardNodes } from "./cards.js";
import { button, h, icon, linked, tool } from "./dom.js";
import { clock } from "./format.js";
import { sheet } from "./menu.js";
import { discard, retry } from "./outbox.js";
import { sourceChips } from "./sources.js";
import { agentName, isMe, state } from "./state.js";
import { say, sayOf } from "./words.js";

/** @typedef {import("./state.js").Line} Line @typedef {import("./state.js").Note} Note @typedef {import("./outbox.js").Outgoing} Outgoing */

const AUTHOR_ICON = { shopper: "person", bot: "bot", agent: "mine", system: "clock" };

/** @param {Line} line @param {string} shopper  the shopper's name */
function authorOf(line, shopper) {
  if (line.author === "shopper") return shopper;
  if (line.author === "bot") return say("bot");
  return isMe(line.agent_id) ? say("you") : agentName(line.agent_id) || line.agent || say("colleague");
}

/**
 * @param {Line} line @param {{first: boolean, shopper: string, original: boolean, turn: () => void}} how
 *   first of its group; original words or the translation; what turns it round
 */
export function lineNode(line, { first, shopper, original, turn }) {
  if (line.author === "system") return h("li", { class: "entry system" }, h("p", {}, linked(line.text)), h("time", { datetime: line.at }, clock(line.at)));
  const text = line.translation && !original ? line.translation : line.text;
  const author = authorOf(line, shopper);
  return h("li", { class: `entry by-${line.author}${first ? " first" : ""}`, "data-seq": line.seq },
    first
      ? h("p", { class: "author" }, icon(AUTHOR_ICON[line.author]), h("strong", {}, author), h("time", { datetime: line.at }, clock(line.at)))
      : h("span", { class: "aside" }, `${author} ${clock(line.at)}`),
    text && h("div", { class: "bubble", dir: "auto", lang: line.language && line.language === "zh" ? "zh-CN" : line.language, title: clock(line.at) }, linked(text)),
    line.translation && line.translation !== line.text && h("button", { type: "button", class: "link small", onclick: turn }, icon("globe"), say(turnWord(line, original))),
    photos(line.attachments),
    line.cards?.length > 0 && cardNodes(line.cards),
    line.sources?.length > 0 && sourceChips(line.sources),
    line.tools?.length > 0 && h("p", { class: "ran" }, line.tools.map((one) => h("span", { class: `ran-${one.outcome}` }, icon("tools"), sayOf("tool", one.name), " · ", sayOf("outcome", one.outcome)))));
}

/** What turning round would show: of our own words, the translation is what the shopper was sent. */
function turnWord({ author }, original) {
  if (author === "shopper") return original ? "showTranslation" : "showOriginal";
  return original ? "showWritten" : "showSent";
}

/** @param {string[]|undefined} ids */
export function photos(ids) {
  return ids?.length > 0 && h("div", { class: "photos" }, ids.map((id) => {
    const open = () => sheet(say("photo"), (close) => [tool("close", say("close"), close, { autofocus: true }), h("img", { src: photo(id), alt: say("photo") })], "photo-sheet");
    return h("button", { type: "button", class: "photo", "aria-label": say("enlarge"), onclick: open }, h("img", { src: photo(id), alt: "", loading: "lazy" }));
  }));
}

/** @param {Note} note */
export function noteNode(note) {
  return h("li", { class: "entry note" },
    h("p", { class: "author" }, icon("note"), h("strong", {}, isMe(note.agent_id) ? say("you") : agentName(note.agent_id) || say("colleague")), h("span", {}, say("noteMark")), h("time", { datetime: note.at }, clock(note.at))),
    h("div", { class: "bubble", dir: "auto" }, mentioned(note.text)));
}

/** Text with the colleagues it names set off. @param {string} text */
export function mentioned(text) {
  return text.split(/(@[\w.-]+)/).map((part) => {
    const agent = part.startsWith("@") && state.agents.find(({ login }) => login === part.slice(1).toLowerCase());
    return agent ? h("span", { class: `mention${isMe(agent.id) ? " me" : ""}`, title: agent.name }, part) : linked(part);
  });
}

/** A reply the server does not have yet. @param {Outgoing} item @param {{late: boolean, edit: (item: Outgoing) => void}} how */
export function outgoingNode(item, { late, edit }) {
  const failed = item.state === "failed";
  const back = () => {
    const taken = discard(item.id);
    if (taken) edit(taken);
  };
  return h("li", { class: `entry ${item.kind === "note" ? "note" : "by-agent"} outgoing ${item.state}` },
    h("div", { class: "bubble", dir: "auto" }, linked(item.text)),
    photos(item.attachments),
    (failed || late) && h("p", { class: "fate", role: failed ? "alert" : null },
      icon(failed ? "alert" : "clock"),
      failed ? `${say("notSent")}${say("colon")}${item.reason}` : say(item.state === "sending" ? "sending" : "sentLater"),
      failed && [button(say("retry"), () => retry(item.id), { class: "button quiet" }), button(say("edit"), back, { class: "button quiet" })]));
}
