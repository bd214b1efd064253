/** How it goes: figures, days, reasons, people; every number opens the conversations behind it. */

import { download, get, query } from "./api.js";
import { bars, columnChart, meter } from "./charts.js";
import { button, fill, h, icon } from "./dom.js";
import { pick } from "./filters.js";
import { number, span } from "./format.js";
import { go, route } from "./router.js";
import { state } from "./state.js";
import { segments } from "./switches.js";
import { failure } from "./toasts.js";
import { language, languageName, locale, say, sayOf } from "./words.js";

const DAY = 86_400_000;
const RANGES = [["7", 7], ["30", 30], ["90", 90]];

/** Where the conversations behind a number are listed. @param {string} behind  the number's query */
const opens = (behind) => `/console/inbox?view=all&${behind}`;

const percent = (share) => new Intl.NumberFormat(locale, { style: "percent", maximumFractionDigits: 0 }).format(share);
const isoDay = (date) => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
const shortDay = (iso) => new Intl.DateTimeFormat(locale, { day: "numeric", month: "numeric" }).format(new Date(`${iso}T12:00:00`));
const seconds = (value) => (value == null ? say("none") : span(value * 1000));

/** @param {import("./pages.js").Frame} frame */
export function build({ body, tools }) {
  let run = 0;

  async function read() {
    const mine = ++run;
    const asked = query({ ...route.facts });
    body.setAttribute("aria-busy", "true");
    try {
      const report = await get(`/insights${asked}`);
      if (mine !== run) return;
      drawTools(report);
      fill(body, draw(report));
    } catch (error) {
      if (mine === run) fill(body, failure(error, read));
    } finally {
      if (mine === run) body.removeAttribute("aria-busy");
    }
  }

  function drawTools(report) {
    const set = (facts) => go({ facts: { ...route.facts, ...facts } });
    const days = Math.round((new Date(report.to).getTime() - new Date(report.from).getTime()) / DAY) + 1;
    const range = (n) => ({ from: isoDay(new Date(Date.now() - (n - 1) * DAY)), to: isoDay(new Date()) });
    const date = (name, value) => h("input", { type: "date", value, "aria-label": say(/** @type {any} */ (name)), onchange: (event) => event.target.value && set({ [name]: event.target.value }) });
    const one = (key, label, choices) => pick(key, label, choices, route.facts[key] ?? "", (value) => set({ [key]: value }));
    fill(tools,
      segments(say("range"), RANGES.map(([value, n]) => [String(value), say("lastDays", { n })]), RANGES.some(([value]) => value === String(days)) ? String(days) : "", (value) => set(range(Number(value)))),
      h("span", { class: "dates" }, date("from", report.from), "–", date("to", report.to)),
      one("channel", say("anyChannel"), (report.channels ?? []).map(({ name }) => [name, sayOf("channel", name)])),
      one("language", say("anyLanguage"), ["zh", "en"].map((code) => [code, languageName(code)])),
      one("agent", say("anyAgent"), state.agents.map((agent) => [agent.id, agent.name])),
      h("a", { class: "button", href: download(`/insights.csv${query({ ...route.facts, ui: language })}`), download: "" }, icon("download"), h("span", {}, "CSV")));
  }

  return { arrive: read, leave: () => (run += 1) };
}

/** @param {any} report */
function draw({ totals, days, reasons, intents, tool_failures: failures, changes, channels, languages, agents, clusters = [] }) {
  if (!totals.conversations.value) return h("div", { class: "empty" }, icon("insights"), h("h2", {}, say("noFigures")), h("p", {}, say("noFiguresHint")));
  return [
    cards(totals),
    h("div", { class: "chart-grid" },
      columnChart(say("byDay"), days.map((day) => ({
        name: shortDay(day.day),
        parts: [
          { key: "first", value: Math.max(0, (day.conversations.value ?? 0) - (day.handovers.value ?? 0)), href: opens(day.conversations.query) },
          { key: "second", value: day.handovers.value ?? 0, href: opens(day.handovers.query) },
        ],
      })), { first: say("botAlone"), second: say("withPerson") }),
      panel("fates", bars(["bot", "person", "open", "missed"].map((fate) => ({ name: say(/** @type {any} */ (`fate.${fate}`)), value: totals[fate].value ?? 0, href: opens(totals[fate].query) })))),
      panel("reasons", named(reasons, "reason")),
      panel("topIntents", named(intents, "intent")),
      clusters.length > 0 && panel("topUnanswered", bars(clusters.map((one) => ({ name: one.question, value: one.size, href: "/console/unanswered" })))),
      panel("ratings", bars([...totals.rating.distribution].reverse().map((one) => ({ name: "★".repeat(one.rating), value: one.value, href: opens(one.query) })))),
      (failures.length > 0 || changes.length > 0) && panel("toolFailures", named(failures, "tool"), changeTable(changes))),
    agentTable(agents),
    h("div", { class: "chart-grid" }, groupTable("channels", channels, (name) => sayOf("channel", name)), groupTable("languages", languages, languageName)),
    dayTable(days),
  ];
}

const link = (value, behind) => h("a", { href: opens(behind) }, value);
const figure = (one) => (one ? (one.value == null ? say("none") : link(number(one.value), one.query)) : "");

/** @param {any} totals */
function cards(totals) {
  const card = (word, value, behind, detail, share = null) => h("a", { class: "figure-card", href: opens(behind) },
    h("span", { class: "card-word" }, say(word)), h("strong", {}, value), share !== null && meter(share), h("small", {}, detail));
  const share = (part) => (totals.conversations.value ? part / totals.conversations.value : 0);
  const { first_response: response, resolution, rating, response_in_time: inTime } = totals;
  return h("div", { class: "figure-cards" },
    card("conversationCount", number(totals.conversations.value), totals.conversations.query, say("messageCount", { n: number(totals.messages.value) })),
    card("botResolved", percent(share(totals.bot.value)), totals.bot.query, say("ofThem", { n: number(totals.bot.value) }), share(totals.bot.value)),
    card("handoverRate", totals.handover_rate.value == null ? say("none") : percent(totals.handover_rate.value), totals.handovers.query, say("handoverCount", { n: number(totals.handovers.value) }), totals.handover_rate.value ?? 0),
    card("firstResponse", seconds(response.median), response.query, [response.p90 != null && say("nineOfTen", { span: seconds(response.p90) }), inTime.value != null && say("inTime", { share: percent(inTime.value) })].filter(Boolean).join(" · ")),
    card("resolutionTime", seconds(resolution.median), resolution.query, resolution.p90 == null ? "" : say("nineOfTen", { span: seconds(resolution.p90) })),
    card("csat", rating.average == null ? say("none") : rating.average.toFixed(1), rating.query, rating.count ? say("ratedBy", { n: rating.count, share: percent(rating.satisfied) }) : say("notRated")),
    card("unansweredCount", number(totals.unanswered.value), totals.unanswered.query, say("editedCount", { n: number(totals.edited.value) })),
    card("thumbs", `${number(totals.helpful.value)} / ${number(totals.unhelpful.value)}`, totals.unhelpful.query, say("thumbsHint")));
}

/** @param {any} word @param {...any} content */
const panel = (word, ...content) => h("section", { class: "chart" }, h("h2", {}, say(word)), content);

const named = (rows, family) => (rows.length ? bars(rows.slice(0, 10).map((one) => ({ name: sayOf(family, one.name, one.name.replace(/_/g, " ")), value: one.value, href: opens(one.query) }))) : h("p", { class: "quiet-text" }, say("noneYet")));

const table = (head, rows) => h("div", { class: "wide", tabindex: 0 }, h("table", { class: "table" }, h("thead", {}, h("tr", {}, head.map((word, place) => h("th", { scope: "col", class: place ? "figure" : "" }, say(word))))), h("tbody", {}, rows)));

const row = (name, cells) => h("tr", {}, h("th", { scope: "row" }, name), cells.map((cell) => h("td", { class: "figure" }, cell)));

function agentTable(agents) {
  if (!agents.length) return null;
  return panel("byAgent", table(["col.person", "taken_", "closedCount", "replies", "firstResponse", "csat"], agents.map((one) => row(one.name, [
    figure(one.taken), figure(one.closed), figure(one.replies),
    one.first_response.median == null ? say("none") : link(seconds(one.first_response.median), one.first_response.query),
    one.rating.average == null ? say("none") : link(`${one.rating.average.toFixed(1)} (${one.rating.count})`, one.rating.query)]))));
}

const groupTable = (word, groups, nameOf) => panel(word, table(["name", "conversationCount", "messagesHead", "handoversHead"], groups.map((one) => row(nameOf(one.name), [figure(one.conversations), figure(one.messages), figure(one.handovers)]))));

const dayTable = (days) => h("details", { class: "chart" }, h("summary", {}, icon("right"), h("h2", {}, say("dayTable"))),
  table(["dayHead", "conversationCount", "messagesHead", "handoversHead", "unansweredCount"], [...days].reverse().map((day) => row(day.day, [figure(day.conversations), figure(day.messages), figure(day.handovers), figure(day.unanswered)]))));

function changeTable(changes) {
  const tried = changes.map(({ name, outcomes }) => row(sayOf("tool", name), [Object.entries(outcomes).map(([outcome, one], place) => [place > 0 && " · ", link(`${sayOf("outcome", outcome)} ${number(one.value)}`, one.query)])]));
  return tried.length > 0 && table(["changeHead", "outcomeHead"], tried);
}
