/** One conversation in the list, and the marks that the list and the header share. */

import { h, icon } from "./dom.js";
import { age, promise } from "./format.js";
import { addressOf, route } from "./router.js";
import { hasDraft } from "./shelf.js";
import { agentName, isMe, state } from "./state.js";
import { languageName, say, sayOf } from "./words.js";

/** @typedef {import("./state.js").Row} Row */

/** Who the shopper is, as far as it is known. @param {Row} row */
export const nameOf = (row) => row.customer?.name || row.customer?.id || say("visitor", { n: row.conversation_id.replace(/[^0-9a-z]/gi, "").slice(-4) });

/** Who has it, in one word for the eye and one for the ear. @param {Row} row @returns {"waiting"|"mine"|"other"|"bot"|"closed"|"snoozed"} */
export function standing(row) {
  const { floor, handover } = row;
  if (handover && !handover.closed_at && handover.snoozed_until && new Date(handover.snoozed_until) > new Date()) return "snoozed";
  if (floor === "agent") return isMe(handover?.agent_id) ? "mine" : "other";
  return floor;
}

const STANDING_ICON = { waiting: "waiting", mine: "mine", other: "person", bot: "bot", closed: "closed", snoozed: "snoozed" };

/** @param {Row} row */
export function standingWord(row) {
  const kind = standing(row);
  if (kind === "waiting" && row.handover?.agent_id && !row.handover.closed_at) {
    return isMe(row.handover.agent_id) ? say("keptForMe") : say("keptFor", { name: agentName(row.handover.agent_id) });
  }
  return kind === "other" ? agentName(row.handover?.agent_id) || say("standing.other") : say(`standing.${kind}`);
}

/** @param {Row} row */
export const standingMark = (row) => h("span", { class: `mark standing-${standing(row)}` }, icon(STANDING_ICON[standing(row)]), h("span", { class: "clip" }, standingWord(row)));

/** The time that is left, or was exceeded. @param {Row} row */
export function promiseMark(row) {
  const mark = promise(row);
  return mark && h("span", { class: `mark promise-${mark.kind}`, title: say(`${mark.what}Promise`) }, icon(mark.kind === "late" ? "alert" : "clock"), mark.text);
}

/** @param {Row} row */
export function priorityMark(row) {
  const priority = row.handover && !row.handover.closed_at ? row.handover.priority : 1;
  return priority !== 1 && h("span", { class: `mark priority-${priority}` }, icon("flag"), say(`priority.${priority}`));
}

/** The last words, and who said them; while nobody answers, what it is about says more than the bot's "please wait". @param {Row} row */
function lastWords({ last, floor, handover }) {
  if (floor === "waiting" && handover?.problem && last?.author !== "shopper") return handover.problem;
  if (!last) return "";
  const author = { shopper: "", bot: say("bot"), agent: say("us"), system: "" }[last.author];
  return `${author ? `${author}${say("colon")}` : ""}${last.text || say("photoOnly")}`;
}

/**
 * What of a row is seen, as one string: when it is the same, the node is.
 * @param {Row} row @param {{selected: boolean, gone: boolean, cursor: boolean}} how
 */
export const rowVersion = (row, how) =>
  JSON.stringify([row, how, age(row.last?.at ?? row.updated_at), promise(row), hasDraft(row.conversation_id), state.agents.map(({ name }) => name)]);

/** @param {Row} row @param {{selected: boolean, gone: boolean, cursor: boolean}} how */
export function rowNode(row, { selected, gone, cursor }) {
  const others = row.viewers.filter((id) => !isMe(id));
  const facts = { ...route.facts };
  return h("li", { class: `row${selected ? " selected" : ""}${gone ? " gone" : ""} is-${standing(row)}`, "data-id": row.conversation_id },
    h("a", { href: addressOf({ page: "inbox", view: route.view, c: row.conversation_id, facts }), tabindex: cursor ? 0 : -1, "aria-current": selected ? "true" : null },
      h("span", { class: "row-top" },
        h("strong", { class: "row-name" }, nameOf(row)),
        row.handover?.contact && !row.handover.closed_at && h("span", { class: "mark" }, icon("callback"), h("span", { class: "aside" }, say("view.callback"))),
        h("time", { datetime: row.last?.at ?? row.updated_at }, age(row.last?.at ?? row.updated_at))),
      h("span", { class: "row-words", dir: "auto" }, hasDraft(row.conversation_id) && h("em", {}, `[${say("draft")}] `), lastWords(row)),
      h("span", { class: "row-marks" },
        gone && h("span", { class: "mark" }, icon("right"), say("movedOn")),
        standingMark(row),
        promiseMark(row),
        priorityMark(row),
        row.language && h("span", { class: "mark lang", title: languageName(row.language) }, sayOf("lang", row.language)),
        h("span", { class: "mark quiet-mark" }, sayOf("channel", row.channel)),
        row.tags.slice(0, 2).map((tag) => h("span", { class: "tag" }, tag)),
        row.tags.length > 2 && h("span", { class: "tag" }, `+${row.tags.length - 2}`),
        others.length > 0 && h("span", { class: "mark viewers", title: say("viewing", { names: others.map(agentName).join(say("comma")) }) }, icon("eye"), h("span", { class: "clip" }, others.map(agentName).join(say("comma")))))));
}
