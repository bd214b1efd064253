/** A webhook at a glance: whether it is told, what it is told, and what came of the last attempt. */

import { h, icon } from "./dom.js";
import { within } from "./format.js";
import { say, sayOf } from "./words.js";

const MARKS = { live: ["check", "done"], retrying: ["again", "priority-2"], failing: ["alert", "priority-2"], off: ["pause", ""], gone: ["alert", "priority-3"] };

/** @param {any} hook @param {{link?: string, actions?: any}} [more] */
export function shownWebhook(hook, { link = "", actions = null } = {}) {
  const name = hook.description || hostOf(hook.url);
  const state = hook.state === "live" && hook.failures > 0 ? "retrying" : hook.state;
  const [mark, colour] = MARKS[state];
  return h("article", { class: `hook hook-${hook.state}` },
    h("header", {},
      h("h2", { dir: "auto" }, link ? h("a", { href: link }, name) : name),
      h("span", { class: `mark strong ${colour}` }, icon(mark), say(/** @type {any} */ (`hook.${state}`)))),
    h("code", { class: link ? "clip" : "whole", title: hook.url }, hook.url),
    h("p", { class: "hook-facts" }, facts(hook).filter(Boolean)),
    hintOf(hook) && h("p", { class: "hook-hint" }, hintOf(hook)),
    actions);
}

function facts(hook) {
  const kinds = hook.types.length ? say("someKinds", { n: hook.types.length }) : say("allEvents");
  return [
    h("span", { title: hook.types.map((type) => sayOf("event", type)).join(say("comma")) }, kinds),
    hook.with_personal && h("span", {}, say("personalMark")),
    lastOf(hook),
    hook.waiting > 0 && h("span", {}, say("hookWaiting", { n: hook.waiting })),
    hook.dead > 0 && h("span", { class: "mark priority-3" }, icon("alert"), say("hookDead", { n: hook.dead })),
    hook.previous_secret_until && new Date(hook.previous_secret_until) > new Date() && h("span", { class: "mark" }, icon("key"), say("oldSecretUntil", { at: within(hook.previous_secret_until) })),
  ];
}

function lastOf({ last }) {
  if (!last) return h("span", {}, say("neverSent"));
  const good = isGood(last.status);
  return h("span", { class: `mark ${good ? "done" : "priority-3"}` }, icon(good ? "check" : "alert"), `${say("lastResult", { at: within(last.at) })} · ${good ? last.status : whyNot(last)}`);
}

function hintOf(hook) {
  if (hook.state === "failing") return say("failingHint", { n: hook.failures });
  if (hook.state === "gone") return say("goneHint");
  if (hook.state === "off") return say("offHint");
  return hook.paused_until && new Date(hook.paused_until) > new Date() ? say("pausedHint", { at: within(hook.paused_until) }) : "";
}

const STANDS = { waiting: ["clock", ""], retrying: ["again", "priority-2"], delivered: ["check", "done"], dead: ["alert", "priority-3"] };

/** @param {any} delivery @returns {keyof typeof STANDS} */
export const standOf = ({ state, tried_at: tried }) => (state === "waiting" && tried ? "retrying" : state);

/** How a delivery stands. @param {any} delivery */
export function standMark(delivery) {
  const stand = standOf(delivery);
  const [mark, colour] = STANDS[stand];
  return h("span", { class: `mark strong ${colour}` }, icon(mark), say(`delivery.${stand}`));
}

/** @param {number|null} status */
export const isGood = (status) => status !== null && status >= 200 && status < 300;

/** Why an attempt does not count, in words; the server's own are for who looks closer. @param {{status: number|null, error: string}} answer */
export function whyNot({ status, error }) {
  if (/^no answer within/.test(error)) return say("why.timeout");
  if (/no public address/.test(error)) return say("why.private");
  if (/^no connection/.test(error)) return say("why.connection");
  if (/^a redirect/.test(error)) return say("why.redirect");
  return status === null ? say("why.other") : say("why.status", { status });
}

/** @param {string} url */
export function hostOf(url) {
  try {
    return new URL(url).host;
  } catch {
    return url;
  }
}
