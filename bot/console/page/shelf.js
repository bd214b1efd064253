/** What this browser remembers: drafts, what is still unsent, and how its person likes the page. */

const PREFIX = "kefu:console:";
const memory = new Map();

/** @template T @param {string} name @param {T} missing @returns {T} */
export function read(name, missing) {
  try {
    const text = localStorage.getItem(PREFIX + name);
    if (text !== null) return JSON.parse(text);
  } catch { /* Blocked or damaged: what we remember ourselves is as good as it gets. */ }
  return memory.has(name) ? memory.get(name) : missing;
}

/** @param {string} name @param {unknown} value  null forgets it */
export function write(name, value) {
  memory.delete(name);
  try {
    if (value == null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    if (value != null) memory.set(name, value);
  }
}

/** Whose words are kept: on a shared computer nobody finds, or sends, what a colleague wrote. */
let writer = "";

/** @param {string} agentId */
export const keepFor = (agentId) => void (writer = agentId);

/** @template T @param {string} name @param {T} missing @returns {T} */
export const readOwn = (name, missing) => read(`${writer}:${name}`, missing);

/** @param {string} name @param {unknown} value  null forgets it */
export const writeOwn = (name, value) => write(`${writer}:${name}`, value);

/**
 * What was typed and not sent, for one conversation.
 * @typedef {{mode: "reply"|"note", reply: string, note: string, suggestion: string, attachments: string[]}} Draft
 */

/** @returns {Draft} */
export const emptyDraft = () => ({ mode: "reply", reply: "", note: "", suggestion: "", attachments: [] });

/** @param {string} id @returns {Draft} */
export function draftOf(id) {
  const draft = { ...emptyDraft(), ...readOwn(`draft:${id}`, {}) };
  // Where no note was begun, writing begins as a reply.
  return draft.note ? draft : { ...draft, mode: "reply" };
}

/** @param {string} id @param {Draft} draft */
export function keepDraft(id, draft) {
  const empty = !draft.reply && !draft.note && !draft.attachments.length;
  writeOwn(`draft:${id}`, empty ? null : draft);
}

/** Whether something typed waits there. @param {string} id */
export const hasDraft = (id) => Boolean(readOwn(`draft:${id}`, null));
