/** The small forms of the header: to whom, until when, how urgent, which words, into which other conversation. */

import * as actions from "./actions.js";
import { get, query } from "./api.js";
import { button, fill, h, icon, later } from "./dom.js";
import { age, moment } from "./format.js";
import { menu, menuItem, popover } from "./menu.js";
import { addressOf } from "./router.js";
import { nameOf } from "./row.js";
import { isMe, state } from "./state.js";
import { toast } from "./toasts.js";
import { languageName, say } from "./words.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */

/** @param {Conversation} conversation @param {(what: string) => void} run */
export function moreItems(conversation, run) {
  const { can, row } = conversation;
  const open = row?.handover && !row.handover.closed_at;
  const item = (what, name, label, hint = "") => can[what] !== false && { label, icon: name, hint, run: () => setTimeout(() => run(what)) };
  return [
    open && item("transfer", "transfer", say("transfer"), "⇧T"),
    open && item("snooze", "snoozed", say("snooze"), "S"),
    open && item("priority", "flag", say("priority"), "P"),
    item("tag", "tag", say("tag"), "L"),
    item("merge", "merge", say("merge")),
    { label: say("copyLink"), icon: "link", run: () => copyLink(conversation.id) },
  ];
}

async function copyLink(id) {
  const address = location.origin + addressOf({ view: "all", c: id });
  await navigator.clipboard?.writeText(address).then(() => toast(say("copied")), () => toast(address));
}

/** @param {Conversation} conversation */
export const priorityItems = (conversation) => [3, 2, 1, 0].map((priority) => ({
  label: say(`priority.${priority}`), checked: (conversation.row?.handover?.priority ?? 1) === priority, run: () => actions.prioritize(conversation, priority),
}));

/** @param {HTMLElement} anchor @param {Conversation} conversation */
export function snoozeForm(anchor, conversation) {
  const until = (text, date) => ({ label: text, detail: moment(date.toISOString()), run: () => actions.snooze(conversation, date) });
  const later9 = (days) => {
    const date = new Date();
    date.setDate(date.getDate() + days);
    date.setHours(9, 0, 0, 0);
    return date;
  };
  const monday = ((8 - new Date().getDay()) % 7) || 7;
  const items = [
    until(say("inMinutes", { n: 30 }), new Date(Date.now() + 30 * 60_000)),
    until(say("inHours", { n: 3 }), new Date(Date.now() + 3 * 3_600_000)),
    until(say("tomorrowMorning"), later9(1)),
    monday > 1 && until(say("nextMonday"), later9(monday)),
    { label: say("pickMoment"), icon: "clock", run: () => setTimeout(() => momentForm(anchor, conversation)) },
    conversation.row?.handover?.snoozed_until && { label: say("wakeNow"), icon: "undo", run: () => actions.snooze(conversation, null) },
  ];
  menu(anchor, say("snooze"), items);
}

function momentForm(anchor, conversation) {
  const local = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  popover(anchor, say("snooze"), (close) => {
    const input = h("input", { type: "datetime-local", required: true, min: local(new Date()), value: local(new Date(Date.now() + 86_400_000)), autofocus: true });
    return h("form", { class: "little-form", onsubmit: (event) => (event.preventDefault(), close(), actions.snooze(conversation, new Date(input.value))) },
      h("label", {}, say("snoozeUntil"), input), h("button", { class: "button first" }, h("span", {}, say("snooze"))));
  });
}

/** @param {HTMLElement} anchor @param {Conversation} conversation */
export function transferForm(anchor, conversation) {
  popover(anchor, say("transfer"), (close) => {
    const note = h("textarea", { rows: 2, placeholder: say("transferNote"), "aria-label": say("transferNote") });
    const give = (id) => (close(), actions.transfer(conversation, id, note.value.trim()));
    const holder = conversation.row?.handover?.agent_id;
    const able = (agent) => Number(agent.languages.includes(conversation.language)) * 4 + Number(agent.online && agent.available) * 8 - Math.min(3, agent.open / 10);
    const others = state.agents.filter((agent) => agent.id !== holder).sort((one, other) => able(other) - able(one));
    return h("div", { class: "little-form transfer" },
      note,
      h("ul", { class: "people" },
        h("li", {}, menuButton("inbox", say("toQueue"), say("toQueueHint"), () => give(null))),
        others.map((agent) => h("li", {}, menuButton("person", agent.name + (isMe(agent.id) ? say("meMark") : ""), personState(agent), () => give(agent.id), agent.online && agent.available)))));
  });
}

/** @param {import("./state.js").Colleague} agent */
export const personState = (agent) =>
  [say(agent.online ? (agent.available ? "free" : "pausing") : "away"), agent.languages.map(languageName).join("/"), say("hasOpen", { n: agent.open ?? 0 })].filter(Boolean).join(" · ");

const menuButton = (name, label, detail, run, lit = false) =>
  h("button", { type: "button", class: "menu-item", onclick: run }, h("span", { class: `presence${lit ? " on" : ""}` }, icon(name)), h("span", { class: "grow" }, label, h("small", {}, detail)));

/** @param {HTMLElement} anchor @param {Conversation} conversation */
export function tagForm(anchor, conversation) {
  popover(anchor, say("tag"), (close) => {
    const list = h("div", { class: "tag-choices" });
    const add = (tag) => {
      close();
      const before = conversation.row?.tags ?? [];
      if (tag && !before.includes(tag)) actions.tagWith(conversation, [...before, tag]);
    };
    const draw = () => {
      const typed = input.value.trim();
      const known = state.tags.filter((tag) => !conversation.row?.tags.includes(tag) && tag.toLowerCase().includes(typed.toLowerCase())).slice(0, 8);
      fill(list, known.map((tag) => menuItem({ label: tag, icon: "tag", run: () => add(tag) }, () => {})), typed && !state.tags.includes(typed) && menuItem({ label: say("newTag", { tag: typed }), icon: "plus", run: () => add(typed) }, () => {}));
      for (const node of list.children) node.removeAttribute("role");
    };
    const input = h("input", { type: "text", maxlength: 40, placeholder: say("tagName"), "aria-label": say("tagName"), autofocus: true, oninput: draw });
    const form = h("form", { class: "little-form", onsubmit: (event) => (event.preventDefault(), add(input.value.trim())) }, input, list);
    draw();
    return form;
  });
}

/** @param {HTMLElement} anchor @param {Conversation} conversation */
export function mergeForm(anchor, conversation) {
  popover(anchor, say("merge"), (close) => {
    const list = h("div", { class: "merge-choices" });
    const found = (rows) => fill(list, rows.length ? rows.map((row) => h("button", { type: "button", class: "menu-item", onclick: () => (close(), actions.merge(conversation, row.conversation_id)) },
      h("span", { class: "grow" }, nameOf(row), h("small", {}, `${age(row.last?.at ?? row.updated_at)} · ${row.last?.text ?? ""}`)))) : h("p", { class: "quiet-text" }, say("nothingFound")));
    const search = later(async () => {
      const q = input.value.trim();
      const answer = q ? await get(`/inbox${query({ view: "all", q, limit: 8 })}`).catch(() => null) : null;
      const rows = answer?.rows ?? sameCustomer(conversation);
      found(rows.filter((row) => row.conversation_id !== conversation.id));
    }, 200);
    const input = h("input", { type: "search", placeholder: say("mergeSearch"), "aria-label": say("mergeSearch"), autofocus: true, oninput: search });
    search.now();
    return h("div", { class: "little-form" }, h("p", { class: "quiet-text" }, say("mergeHint")), input, list, button(say("cancel"), close, { class: "button quiet" }));
  });
}

/** Other conversations of the same shopper: the likeliest. */
const sameCustomer = (conversation) => conversation.customer?.conversations ?? [];
