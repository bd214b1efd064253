/** Replies and notes the server has not taken yet: on the shelf, so that a reload, a crash or a dead network loses none. */

import { ApiError, at, isOffline, post } from "./api.js";
import { uuid } from "./dom.js";
import { readOwn, writeOwn } from "./shelf.js";
import { on, state, tell } from "./state.js";
import { reasonOf } from "./toasts.js";
import { say } from "./words.js";

/**
 * @typedef {{id: string, agent_id: string, conversation_id: string, kind: "reply"|"note", text: string, attachments: string[], suggestion: string,
 *   close: boolean, translate: boolean, at: string, state: "queued"|"sending"|"failed", reason: string, code: string}} Outgoing
 */

const AGAIN = 5_000;
const busy = new Set();

/** @returns {Outgoing[]} mine: another agent at this browser has others */
const all = () => readOwn("unsent", []);
const keepAll = (items) => writeOwn("unsent", items.length ? items : null);

/** What waits for one conversation, oldest first. @param {string} id */
export const waitingFor = (id) => all().filter((item) => item.conversation_id === id && item.agent_id === state.me?.id);

/**
 * Puts a reply or a note on its way.
 * @param {string} conversationId @param {{kind: "reply"|"note", text: string, attachments?: string[], suggestion?: string, close?: boolean, translate?: boolean}} what
 */
export function send(conversationId, { kind, text, attachments = [], suggestion = "", close = false, translate = true }) {
  const item = { id: uuid(), agent_id: state.me?.id ?? "", conversation_id: conversationId, kind, text, attachments, suggestion, close, translate, at: new Date().toISOString(), state: "queued", reason: "", code: "" };
  keepAll([...all(), item]);
  tell("outbox", conversationId);
  deliver(conversationId);
}

/** @param {string} id @param {Partial<Outgoing>} change */
function update(id, change) {
  keepAll(all().map((item) => (item.id === id ? { ...item, ...change } : item)));
}

/** Takes it out. @param {string} id @returns {Outgoing|undefined} */
export function discard(id) {
  const item = all().find((one) => one.id === id);
  keepAll(all().filter((one) => one.id !== id));
  if (item) tell("outbox", item.conversation_id);
  return item;
}

/** Once more, under the same id: what did arrive is not doubled. @param {string} id */
export function retry(id) {
  const item = all().find((one) => one.id === id);
  if (!item) return;
  update(id, { state: "queued", reason: "", code: "" });
  tell("outbox", item.conversation_id);
  deliver(item.conversation_id);
}

/** One after the other, in the order written. @param {string} id */
async function deliver(id) {
  if (busy.has(id)) return;
  busy.add(id);
  try {
    for (let item; (item = waitingFor(id).find((one) => one.state !== "failed")); ) {
      update(item.id, { state: "sending" });
      tell("outbox", id);
      if (!(await hand(item))) break;
    }
  } finally {
    busy.delete(id);
    tell("outbox", id);
  }
}

/** Whether it is settled, one way or the other. @param {Outgoing} item */
async function hand(item) {
  try {
    const answer = item.kind === "note" ? await post(at(item.conversation_id, "notes"), { text: item.text }) : await post(at(item.conversation_id, "reply"), wire(item));
    keepAll(all().filter((one) => one.id !== item.id));
    tell("sent", { item, answer });
    return true;
  } catch (error) {
    // A note has no id of its own: whether it arrived is for its writer to see.
    const waits = item.kind === "reply" ? isOffline(error) || [401, 503].includes(/** @type {any} */ (error).status) : error instanceof ApiError && error.status === 401;
    update(item.id, waits ? { state: "queued", reason: reasonOf(error) } : { state: "failed", reason: reasonOf(error), code: /** @type {any} */ (error).code ?? "" });
    if (!waits) tell("unsent", { item, error });
    // The line may stand all the while, and say nothing that would start it again.
    else if (/** @type {any} */ (error).status !== 401) setTimeout(() => deliver(item.conversation_id), AGAIN);
    return !waits;
  }
}

const wire = ({ id, text, attachments, suggestion, close, translate }) => ({ id, text, attachments, ...(suggestion && { suggestion }), ...(close && { close }), ...(!translate && { translate }) });

/** Everything that still waits, when the line is back. */
export function deliverAll() {
  // A note has no id: one that a page which is gone, or another one, began to send may be there already.
  for (const item of all().filter((one) => one.kind === "note" && one.state === "sending" && !busy.has(one.conversation_id))) update(item.id, { state: "failed", reason: say("maybeSaved") });
  for (const id of new Set(all().filter((item) => item.agent_id === state.me?.id).map((item) => item.conversation_id))) deliver(id);
}

on("connection", (status) => status === "online" && deliverAll());
