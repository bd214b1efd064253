/** Where we are, in the address: /console/<page>?view=…&c=…; back and forward work, a link opens the same. */

import { tell } from "./state.js";

export const PAGES = ["inbox", "unanswered", "insights", "canned", "users", "channels", "webhooks", "audit", "profile"];

/** Keys of the address that narrow the inbox. */
export const FILTERS = ["channel", "language", "tag", "agent", "reason", "breached", "q", "set", "ids"];

/** @typedef {{page: string, view: string, c: string|null, facts: Record<string, string>}} Route */

/** @returns {Route} */
function parse() {
  const page = location.pathname.split("/")[2] || "inbox";
  const { view = "", c = null, ...facts } = Object.fromEntries(new URLSearchParams(location.search));
  return { page: PAGES.includes(page) ? page : "inbox", view, c, facts };
}

/** @type {Route} */
export let route = parse();

/** The address of a place. @param {Partial<Route>} to */
export function addressOf({ page = "inbox", view = "", c = null, facts = {} }) {
  const given = Object.entries({ view, c: c ?? "", ...facts }).filter(([, value]) => value);
  const text = new URLSearchParams(given).toString();
  return `/console/${page}${text && `?${text}`}`;
}

/** @param {Partial<Route>} to  what is not named stays, within one page @param {{replace?: boolean}} [options] */
export function go(to, { replace = false } = {}) {
  const samePage = !to.page || to.page === route.page;
  const next = samePage ? { ...route, ...to } : { view: "", c: null, facts: {}, ...to };
  const address = addressOf(next);
  if (address !== location.pathname + location.search) history[replace ? "replaceState" : "pushState"](null, "", address);
  arrive();
}

function arrive() {
  const before = route;
  route = parse();
  tell("route", before);
}

addEventListener("popstate", arrive);

/** Follows our own links without reading the page again. */
export function follow(event) {
  const link = event.target instanceof Element ? event.target.closest("a[href^='/console/']") : null;
  if (!link || link.hasAttribute("download") || link.target || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
  const url = new URL(link.href);
  if (/^\/console\/(api|page)\//.test(url.pathname)) return;
  event.preventDefault();
  history.pushState(null, "", url.pathname + url.search);
  arrive();
}
