/** What narrows the list: each stands in the address. */

import { button, h, icon } from "./dom.js";
import { go, route } from "./router.js";
import { agentName, isAtLeast, state } from "./state.js";
import { languageName, say, sayOf } from "./words.js";

const KEYS = ["channel", "language", "tag", "agent", "reason", "breached", "set", "ids"];
const CHANNELS = ["web", "api", "demo", "console"];
export const REASONS = ["asked", "complaint", "failures", "unsure", "refused", "policy", "value", "tool_failed", "by_hand", "unsettled", "callback", "self_harm", "injury", "legal", "press", "personal_data"];

export const filterCount = () => KEYS.filter((key) => route.facts[key]).length;

/** @param {string} key @param {string} value */
const narrow = (key, value) => go({ facts: { ...route.facts, [key]: value } });

/**
 * @param {string} name @param {string} label @param {[string, string][]} choices @param {string} chosen @param {(value: string) => void} change
 */
export function pick(name, label, choices, chosen, change) {
  const select = h("select", { name, "aria-label": label, class: chosen ? "on" : "", onchange: () => change(select.value) },
    h("option", { value: "" }, label),
    choices.map(([value, word]) => h("option", { value, selected: value === chosen }, word)));
  return select;
}

export function filterBar() {
  const { facts } = route;
  if (facts.set) return [h("span", { class: "chip-toggle on" }, icon("insights"), [sayOf("set", facts.set), nameOfSet(facts), facts.from === facts.to ? facts.from : `${facts.from} – ${facts.to}`].filter(Boolean).join(" · ")), button(say("clear"), () => go({ facts: {} }), { class: "button quiet" })];
  const one = (key, label, choices) => pick(key, label, withChosen(choices, facts[key]), facts[key] ?? "", (value) => narrow(key, value));
  const channels = state.shop?.channels ?? CHANNELS.slice(0, 2);
  return [
    one("language", say("anyLanguage"), ["zh", "en"].map((code) => [code, languageName(code)])),
    one("channel", say("anyChannel"), channels.map((name) => [name, sayOf("channel", name)])),
    one("tag", say("anyTag"), state.tags.map((tag) => [tag, tag])),
    one("reason", say("anyReason"), REASONS.map((reason) => [reason, sayOf("reason", reason)])),
    isAtLeast("lead") && one("agent", say("anyAgent"), state.agents.map((agent) => [agent.id, agent.name])),
    h("button", { type: "button", name: "breached", class: `chip-toggle${facts.breached ? " on" : ""}`, "aria-pressed": String(Boolean(facts.breached)), onclick: () => narrow("breached", facts.breached ? "" : "1") }, icon("alert"), say("breachedOnly")),
    filterCount() > 0 && button(say("clear"), () => go({ facts: facts.q ? { q: facts.q } : {} }), { class: "button quiet" }),
  ];
}

/** Of which reason, intent, tool or colleague. */
function nameOfSet({ set, name = "" }) {
  if (set === "written") return agentName(name);
  const family = { reason: "reason", intent: "intent", failed: "tool" }[set];
  return family ? sayOf(family, name) : name;
}

/** A value that is no choice yet stays visible. */
const withChosen = (choices, chosen) => (!chosen || choices.some(([value]) => value === chosen) ? choices : [...choices, [chosen, chosen]]);
