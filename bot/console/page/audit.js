/** Who saw and did what, newest first. */

import { get, query } from "./api.js";
import { button, fill, h } from "./dom.js";
import { pick } from "./filters.js";
import { day, clock } from "./format.js";
import { addressOf, go, route } from "./router.js";
import { agentName, state } from "./state.js";
import { failure } from "./toasts.js";
import { say, sayOf } from "./words.js";

/** @param {import("./pages.js").Frame} frame */
export function build({ body, tools }) {
  const rows = h("tbody", {});
  const more = h("div", { class: "list-note" });
  let before = null;
  let last = "";
  let run = 0;

  async function read() {
    const mine = ++run;
    fill(more, h("p", {}, say("loading")));
    try {
      const answer = await get(`/audit${query({ agent: route.facts.agent, conversation: route.facts.conversation, before, limit: 100 })}`);
      if (mine !== run) return;
      for (const deed of answer.deeds) add(deed);
      before = answer.before;
      fill(more, before ? button(say("showMore"), read) : !rows.childElementCount && h("p", {}, say("nothingFound")));
    } catch (error) {
      if (mine === run) fill(more, failure(error, read));
    }
  }

  function add(deed) {
    const date = day(deed.at);
    if (date !== last) rows.append(h("tr", { class: "day-row" }, h("th", { colspan: 5, scope: "rowgroup" }, date)));
    last = date;
    rows.append(h("tr", {},
      h("td", {}, h("time", { datetime: deed.at }, clock(deed.at))),
      h("td", {}, deed.agent_id ? agentName(deed.agent_id) || deed.agent_id : "—"),
      h("td", {}, sayOf("deed", deed.action)),
      h("td", {}, deed.conversation_id ? h("a", { href: addressOf({ view: "all", c: deed.conversation_id }) }, deed.conversation_id.slice(0, 8)) : "—"),
      h("td", { class: "detail" }, [agentName(deed.subject) || deed.subject, deed.detail].filter(Boolean).join(" · "))));
  }

  fill(body, h("div", { class: "wide" }, h("table", { class: "table" },
    h("thead", {}, h("tr", {}, ["time", "person", "did", "conversation", "about"].map((word) => h("th", { scope: "col" }, say(/** @type {any} */ (`col.${word}`)))))), rows)), more);

  return {
    arrive() {
      const chosen = route.facts.agent ?? "";
      fill(tools,
        route.facts.conversation && button(say("clear"), () => go({ facts: { agent: chosen } }), { class: "button quiet" }),
        pick("agent", say("everybody"), state.agents.map((agent) => [agent.id, agent.name]), chosen, (agent) => go({ facts: { ...route.facts, agent } })));
      fill(rows);
      before = null;
      last = "";
      read();
    },
    leave: () => (run += 1),
  };
}
