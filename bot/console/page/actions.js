/** What an agent does with a conversation. Each says what it did, and how to take it back where that is possible. */

import { ApiError, at, post, put } from "./api.js";
import { agentName, isAtLeast, learn, state, tell } from "./state.js";
import { toast, trouble } from "./toasts.js";
import { moment } from "./format.js";
import { say } from "./words.js";

/** @typedef {import("./conversation.js").Conversation} Conversation */

/**
 * Does it, and reads what became of it; false when it did not happen.
 * @param {Conversation} conversation @param {() => Promise<any>} make
 */
async function act(conversation, make) {
  try {
    await make();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "taken") toldTaken(conversation, error);
    else trouble(error);
    return false;
  } finally {
    tell("touched", conversation.id);
    await conversation.refresh();
  }
}

/** Somebody else has it. @param {Conversation} conversation @param {ApiError} error */
export function toldTaken(conversation, error) {
  const name = agentName(error.facts.agent_id) || say("someone");
  const action = isAtLeast("lead") ? { label: say("takeAnyway"), run: () => take(conversation, { force: true }) } : undefined;
  toast(say("takenBy", { name }), { action, bad: true });
}

/** @param {Conversation} conversation */
export async function take(conversation, { force = false } = {}) {
  const from = conversation.row?.handover?.agent_id ?? null;
  const done = await act(conversation, () => post(at(conversation.id, "take"), { from, ...(force && { force }) }));
  if (done) toast(say("taken"));
  return done;
}

/** @param {Conversation} conversation @param {string} [note] */
export async function handBack(conversation, note = "") {
  const done = await act(conversation, () => post(at(conversation.id, "hand_back"), note ? { note } : {}));
  if (done) toast(say("handedBack"), { undo: () => take(conversation) });
}

/** @param {Conversation} conversation */
export async function close(conversation) {
  const done = await act(conversation, () => post(at(conversation.id, "close"), {}));
  if (done) toast(say("closedNow"));
}

/** @param {Conversation} conversation @param {string|null} agentId @param {string} note */
export async function transfer(conversation, agentId, note) {
  const mine = conversation.isMine;
  const done = await act(conversation, () => post(at(conversation.id, "transfer"), { agent_id: agentId, ...(note && { note }) }));
  if (!done) return;
  const text = agentId ? say("transferred", { name: agentName(agentId) }) : say("backInQueue");
  toast(text, mine ? { undo: () => take(conversation, { force: isAtLeast("lead") }) } : {});
}

/** @param {Conversation} conversation @param {Date|null} until */
export async function snooze(conversation, until) {
  const before = conversation.row?.handover?.snoozed_until ?? null;
  const set = (value) => act(conversation, () => post(at(conversation.id, "snooze"), { until: value }));
  const done = await set(until?.toISOString() ?? null);
  if (done) toast(until ? say("snoozedUntil", { at: moment(until.toISOString()) }) : say("awake"), { undo: () => set(before) });
}

/** @param {Conversation} conversation @param {number} priority */
export async function prioritize(conversation, priority) {
  const before = conversation.row?.handover?.priority ?? 1;
  if (before === priority) return;
  const set = (value) => act(conversation, () => post(at(conversation.id, "priority"), { priority: value }));
  if (await set(priority)) toast(say("prioritySet", { priority: say(`priority.${priority}`) }), { undo: () => set(before) });
}

/** @param {Conversation} conversation @param {string[]} tags */
export async function tagWith(conversation, tags) {
  const before = conversation.row?.tags ?? [];
  if (conversation.row) conversation.row = { ...conversation.row, tags };
  conversation.tell();
  const set = (value) => act(conversation, () => put(at(conversation.id, "tags"), { tags: value }));
  if (!(await set(tags))) return;
  learn({ tags: [...new Set([...tags, ...state.tags])] });
  const gone = before.filter((tag) => !tags.includes(tag));
  if (gone.length) toast(say("tagRemoved", { tag: gone.join(", ") }), { undo: () => set(before) });
}

/** @param {Conversation} conversation @param {string} into */
export async function merge(conversation, into) {
  const done = await act(conversation, () => post(at(conversation.id, "merge"), { into }));
  if (done) toast(say("merged"));
  return done;
}
