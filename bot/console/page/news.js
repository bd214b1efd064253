/** Which of what the line brings is worth a sound. */

import { get, query } from "./api.js";
import { notify } from "./notify.js";
import { go } from "./router.js";
import { nameOf } from "./row.js";
import { on, state } from "./state.js";
import { say } from "./words.js";

const BETWEEN = 2000;

/** Conversations touched since the last look. @type {Set<string>} */
const touched = new Set();
let looking = false;

/** @param {any} frame @param {() => string|null} shown  the conversation that is being read right now */
export function news({ type, conversation_id: id }, shown) {
  if (type === "assigned" || type === "mention") announce(type, id);
  else if (type === "changed" && id !== shown()) {
    touched.add(id);
    look(shown);
  }
}

/** New words in conversations of mine; all that was touched in two seconds is one request. */
async function look(shown) {
  if (looking) return;
  looking = true;
  await new Promise((resolve) => setTimeout(resolve, BETWEEN));
  looking = false;
  const ids = [...touched].slice(0, 50).filter((id) => id !== shown());
  touched.clear();
  if (!ids.length || !(state.counts.mine > 0)) return;
  const since = Date.now() - 2 * BETWEEN - 1000;
  const { rows = [] } = await get(`/inbox${query({ view: "mine", ids: ids.join(","), limit: ids.length })}`).catch(() => ({}));
  for (const row of rows) if (row.last?.author === "shopper" && new Date(row.last.at).getTime() > since) announce("message", row.conversation_id, row);
}

async function announce(what, id, known = null) {
  const row = known ?? (await get(`/inbox${query({ view: "all", ids: id, limit: 1 })}`).then(({ rows }) => rows[0], () => null));
  if (!row) return;
  notify(what, {
    title: say(`news.${what}`, { name: nameOf(row) }),
    text: row.last?.text ?? "",
    tag: id,
    open: () => go({ page: "inbox", view: what === "mention" ? "mentions" : "mine", c: id }),
  });
}

let waiting = Infinity;

/** Somebody more is waiting. */
on("counts", (counts) => {
  const n = counts.waiting ?? 0;
  if (n > waiting && state.me?.available) {
    notify("waiting", { title: say("news.waiting", { n }), text: "", tag: `waiting ${n}`, open: () => go({ page: "inbox", view: "waiting", c: null }) });
  }
  waiting = n;
});
