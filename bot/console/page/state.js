/** What the whole page shares, and word of what changed in it. */

/**
 * @typedef {{id: string, login: string, name: string, role: "agent"|"lead"|"admin", languages: string[], skills: string[],
 *   capacity: number, available: boolean, disabled: boolean}} Agent
 * @typedef {{id: string, name: string, login: string, role: string, languages: string[], available: boolean, online: boolean, open: number}} Colleague
 * @typedef {{id: number, reason: string, opened_at: string, closed_at: string|null, outcome: string|null, agent_id: string|null,
 *   assigned_at: string|null, first_reply_at: string|null, priority: number, respond_by: string|null, resolve_by: string|null,
 *   snoozed_until: string|null, contact: string, rating: number|null, problem: string}} Handover
 * @typedef {{conversation_id: string, channel: string, floor: "bot"|"waiting"|"agent"|"closed", floor_since: string|null,
 *   updated_at: string, language: string|null, customer: {id: string, name: string}|null,
 *   last: {author: string, text: string, at: string, seq: number}|null, tags: string[], handover: Handover|null,
 *   breached: ""|"response"|"resolution", viewers: string[]}} Row
 * @typedef {{id: string, seq: number, author: "shopper"|"bot"|"agent"|"system", text: string, at: string, agent?: string|null,
 *   agent_id?: string|null, translation?: string|null, language?: string|null, sources?: any[], cards?: any[],
 *   attachments?: string[], quick_replies?: any[], tools?: any[], external_id?: string|null}} Line
 * @typedef {{id: number, agent_id: string, text: string, after_seq: number, at: string, mentions: string[]}} Note
 */

const listeners = new Map();

/** @param {string} name @param {(fact?: any) => void} run @returns {() => void} stops listening */
export function on(name, run) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(run);
  return () => listeners.get(name).delete(run);
}

/** @param {string} name @param {any} [fact] */
export function tell(name, fact) {
  for (const run of [...(listeners.get(name) ?? [])]) run(fact);
}

export const state = {
  /** @type {Agent|null} */
  me: null,
  /** @type {Colleague[]} */
  agents: [],
  /** @type {Record<string, number>} */
  counts: {},
  /** @type {string[]} */
  tags: [],
  /** @type {{shortcut: string, zh: string, en: string}[]} */
  canned: [],
  /** @type {any} */
  shop: null,
  settings: { translate: false, max_chars: 2000, max_attachment_bytes: 5_000_000, assignment: "manual" },
  /** @type {import("./live.js").Status} */
  connection: "connecting",
};

/** @param {any} answer  of GET /me, or a part of it */
export function learn(answer) {
  for (const [name, value] of Object.entries(answer)) {
    if (!(name in state) || value == null) continue;
    state[name] = value;
    tell(name, value);
  }
}

const RANK = { agent: 0, lead: 1, admin: 2 };

/** Whether I may do what this role may. @param {"agent"|"lead"|"admin"} role */
export const isAtLeast = (role) => RANK[state.me?.role ?? "agent"] >= RANK[role];

/** @param {string|null|undefined} id @returns {Colleague|Agent|undefined} */
export const agentBy = (id) => state.agents.find((agent) => agent.id === id) ?? (state.me?.id === id ? state.me : undefined);

/** @param {string|null|undefined} id */
export const agentName = (id) => agentBy(id)?.name ?? "";

/** @param {string|null|undefined} id */
export const isMe = (id) => Boolean(id) && id === state.me?.id;
