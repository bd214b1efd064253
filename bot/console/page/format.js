/** Moments, spans and amounts as they are read at a glance. */

import { locale, say } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const clocks = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
const seconds = new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const dates = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const longDates = new Intl.DateTimeFormat(locale, { year: "numeric", month: "short", day: "numeric" });
const weekdays = new Intl.DateTimeFormat(locale, { day: "numeric", month: "long", weekday: "short" });
const numbers = new Intl.NumberFormat(locale);

/** @param {string|Date|number} at */
export const clock = (at) => clocks.format(new Date(at));

const midnight = (at) => new Date(at).setHours(0, 0, 0, 0);
const daysAgo = (at) => Math.round((midnight(Date.now()) - midnight(at)) / DAY);

/** The day, as a separator says it. @param {string} at */
export function day(at) {
  const ago = daysAgo(at);
  if (ago === 0) return say("today");
  if (ago === 1) return say("yesterday");
  return new Date(at).getFullYear() === new Date().getFullYear() ? weekdays.format(new Date(at)) : longDates.format(new Date(at));
}

/** Date and clock, as short as it can be said today. @param {string|null|undefined} at */
export function moment(at) {
  if (!at) return "";
  const ago = daysAgo(at);
  if (ago === 0) return clock(at);
  if (ago === 1) return `${say("yesterday")} ${clock(at)}`;
  if (ago === -1) return `${say("tomorrow")} ${clock(at)}`;
  const date = new Date(at).getFullYear() === new Date().getFullYear() ? dates : longDates;
  return `${date.format(new Date(at))} ${clock(at)}`;
}

/** The same within a sentence. @param {string} at */
export const within = (at) => moment(at).replace(/^./, (first) => first.toLowerCase());

/** To the second, for who compares with another log. @param {string} at */
export const exactly = (at) => (daysAgo(at) === 0 ? "" : `${(new Date(at).getFullYear() === new Date().getFullYear() ? dates : longDates).format(new Date(at))} `) + seconds.format(new Date(at));

/** @param {string|null|undefined} at */
export const date = (at) => (at ? longDates.format(new Date(at)) : "");

/** How long, in the one or two largest units. @param {number} milliseconds */
export function span(milliseconds) {
  const length = Math.abs(milliseconds);
  if (length < MINUTE) return say("seconds", { n: Math.round(length / 1000) });
  if (length < HOUR) return say("minutes", { n: Math.floor(length / MINUTE) });
  if (length < DAY) {
    const rest = Math.floor((length % HOUR) / MINUTE);
    const hours = say("hours", { n: Math.floor(length / HOUR) });
    return rest && length < 6 * HOUR ? `${hours}${say("joint")}${say("minutes", { n: rest })}` : hours;
  }
  return say("days", { n: Math.floor(length / DAY) });
}

/** How old, for a list: "now", "4 min", "3 h", then the date. @param {string|null|undefined} at */
export function age(at) {
  if (!at) return "";
  const ago = Date.now() - new Date(at).getTime();
  if (ago < MINUTE) return say("justNow");
  if (ago < DAY && daysAgo(at) === 0) return span(ago < HOUR ? ago : Math.floor(ago / HOUR) * HOUR);
  return daysAgo(at) === 1 ? say("yesterday") : dates.format(new Date(at));
}

/** @param {number} value */
export const number = (value) => numbers.format(value);

/** Cents with their currency. @param {number} cents @param {string} currency */
export const money = (cents, currency) => new Intl.NumberFormat(locale, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).format(cents / 100);

/** @typedef {{kind: "late"|"soon"|"time", what: "response"|"resolution", text: string}} Mark  How a promise to the shopper stands. */

/**
 * How the nearest deadline of a hand-over stands; null when there is none.
 * @param {import("./state.js").Row} row @returns {Mark|null}
 */
export function promise({ handover, breached }) {
  if (!handover || handover.closed_at) return null;
  const what = !handover.first_reply_at && handover.respond_by ? "response" : "resolution";
  const due = what === "response" ? handover.respond_by : handover.resolve_by;
  if (!due) return null;
  const left = new Date(due).getTime() - Date.now();
  const late = left < 0 || breached === what;
  const kind = late ? "late" : left < (what === "response" ? 2 * MINUTE : 30 * MINUTE) ? "soon" : "time";
  const length = left > 0 && left < MINUTE ? say("underMinute") : span(left);
  return { kind, what, text: say(late ? `${what}Late` : `${what}Left`, { span: length }) };
}
