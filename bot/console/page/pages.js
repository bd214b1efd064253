/** The pages beside the desk, by name. A page has a `node`; `arrive` is called when its address changes, `leave` at its end. */

import { h, tool } from "./dom.js";
import { say } from "./words.js";

/** @typedef {{name: string, node: HTMLElement, arrive?: () => void, leave?: () => void}} Page */

/** @type {Record<string, {role: "agent"|"lead"|"admin", load: () => Promise<{build: (frame: Frame) => {arrive?: () => void, leave?: () => void}}>}>} */
export const PAGES = {
  unanswered: { role: "lead", load: () => import("./unanswered.js") },
  insights: { role: "lead", load: () => import("./insights.js") },
  canned: { role: "lead", load: () => import("./canned.js") },
  users: { role: "admin", load: () => import("./users.js") },
  channels: { role: "admin", load: () => import("./channels.js") },
  webhooks: { role: "admin", load: () => import("./webhooks.js") },
  audit: { role: "lead", load: () => import("./audit.js") },
  profile: { role: "agent", load: () => import("./profile.js") },
};

/** @typedef {{body: HTMLElement, tools: HTMLElement}} Frame  where a page puts its content, and its buttons */

/** @param {string} name @param {() => void} openNavigation @returns {Page} */
export function pageOf(name, openNavigation) {
  const tools = h("div", { class: "page-tools" });
  const body = h("div", { class: "page-body" });
  const node = h("main", { class: `page page-${name}` },
    h("header", { class: "page-head" }, tool("menu", say("views"), openNavigation, { class: "tool only-narrow" }), h("h1", {}, say(`page.${name}`)), tools),
    body);
  const page = { name, node, arrive: () => inner?.arrive?.(), leave: () => ((gone = true), inner?.leave?.()) };
  let inner = null;
  let gone = false;
  PAGES[name].load().then(({ build }) => {
    if (gone) return;
    inner = build({ body, tools });
    inner.arrive?.();
  });
  return page;
}
