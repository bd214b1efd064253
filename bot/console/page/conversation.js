/** The conversation on the screen, as data: its lines and notes, who else is here, and what I may do. */

import { ApiError, at, get, query } from "./api.js";
import { later } from "./dom.js";
import { isMe, tell } from "./state.js";

/** @typedef {import("./state.js").Row} Row @typedef {import("./state.js").Line} Line @typedef {import("./state.js").Note} Note */

const SHOPPER_TYPES = 4000;
const SHOPPER_THINKS = 700;

export class Conversation {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {Row|null} */
    this.row = null;
    /** @type {Map<number, Line>} by their place */
    this.bySeq = new Map();
    /** @type {Note[]} */
    this.notes = [];
    /** @type {any[]} */
    this.handovers = [];
    /** @type {Record<string, any>|null} */
    this.packet = null;
    /** @type {any} */
    this.identity = null;
    this.merged = { into: null, from: [] };
    /** @type {Record<string, boolean>} */
    this.can = {};
    /** Ids of colleagues who look at it, and who write in it. @type {string[]} */
    this.viewers = [];
    /** @type {string[]} */
    this.writers = [];
    this.shopperTypes = false;
    /** @type {{text: string, sources: any[], cards: any[], topics: any[], at: number}|null} */
    this.suggestion = null;
    /** @type {any} */
    this.customer = null;
    this.loaded = this.closed = false;
    /** Settled when the first reading is over, also when it failed. @type {Promise<void>|null} */
    this.loading = null;
    /** It was on the screen, and is no longer mine to see: a colleague's now, or deleted. */
    this.lost = false;
    /** @type {unknown} */
    this.error = null;
    this.refreshSoon = later(() => this.refresh(), 150);
    this.suggestSoon = later(() => this.suggest(), SHOPPER_THINKS);
  }

  /** @returns {Line[]} oldest first */
  get lines() {
    return [...this.bySeq.values()].sort((one, other) => one.seq - other.seq);
  }

  get lastSeq() {
    return Math.max(0, ...this.bySeq.keys());
  }

  get language() {
    return this.row?.language ?? this.row?.handover?.language ?? "zh";
  }

  /** Who has it, or for whom it is kept. @returns {string|null} */
  get holder() {
    const handover = this.row?.handover;
    return handover && !handover.closed_at ? handover.agent_id : null;
  }

  get isMine() {
    return this.row?.floor === "agent" && isMe(this.holder);
  }

  /** The order that is most likely spoken of. @returns {string|null} */
  get orderNumber() {
    return this.identity?.order_number ?? this.packet?.identity?.order_number ?? this.packet?.orders?.at(-1) ?? null;
  }

  load() {
    this.loading = this.readFirst();
    return this.loading;
  }

  async readFirst() {
    try {
      this.take(await get(at(this.id)));
      this.error = null;
    } catch (error) {
      this.error = error;
    }
    this.tell();
    if (this.loaded) this.suggest();
  }

  /** All of it again, keeping what is on the screen when there is no network. */
  async refresh() {
    if (this.closed) return;
    try {
      this.take(await get(at(this.id)));
      this.error = null;
    } catch (error) {
      if (error instanceof ApiError) {
        this.lost = this.loaded && error.status === 404;
        this.error = this.lost ? null : error;
      }
      // What was read stays, but nothing more can be done.
      if (this.lost) this.can = Object.fromEntries(Object.keys(this.can).map((name) => [name, false]));
    }
    this.tell();
  }

  /** @param {any} answer */
  take(answer) {
    const { row, lines = [], notes = [], handovers = [], packet = null, identity = null, channels = [], merged, can = {}, translations = {} } = answer;
    const suggestable = this.lastShopperSeq;
    Object.assign(this, { row, notes, handovers, packet, identity, channels, can, loaded: true, lost: false });
    this.merged = merged ?? this.merged;
    this.viewers = row?.viewers ?? [];
    for (const line of lines) this.put({ ...line, translation: line.translation ?? translations[line.id] ?? null });
    if (suggestable && this.lastShopperSeq > suggestable) this.suggestSoon();
  }

  get lastShopperSeq() {
    return this.lines.findLast(({ author }) => author === "shopper")?.seq ?? 0;
  }

  put(line) {
    this.bySeq.set(line.seq, { ...line, translation: line.translation ?? this.bySeq.get(line.seq)?.translation ?? null });
  }

  /** A line came over the wire; missing ones before it are fetched. @param {Line} line */
  async hear(line) {
    const last = this.lastSeq;
    this.put(line);
    if (this.row && line.seq > (this.row.last?.seq ?? 0)) {
      this.row = { ...this.row, updated_at: line.at, last: { author: line.author, text: line.text.slice(0, 140), at: line.at, seq: line.seq } };
    }
    if (line.author === "shopper") {
      this.shopperTypes = false;
      this.suggestSoon();
    } else this.writers = this.writers.filter((id) => id !== line.agent_id);
    this.tell();
    if (last && line.seq > last + 1) await this.catchUp(last);
  }

  /** @param {number} seq */
  async catchUp(seq) {
    const answer = await get(at(this.id, `lines${query({ after: seq })}`)).catch(() => null);
    for (const line of answer?.lines ?? []) this.put(line);
    if (answer) this.tell();
  }

  /** @param {string|null} agentId  null: the shopper */
  typed(agentId) {
    if (isMe(agentId)) return;
    if (agentId === null || agentId === undefined) {
      this.shopperTypes = true;
      clearTimeout(this.typingTimer);
      this.typingTimer = setTimeout(() => ((this.shopperTypes = false), this.tell()), SHOPPER_TYPES);
    } else {
      if (!this.writers.includes(agentId)) this.writers = [...this.writers, agentId];
      clearTimeout(this.writerTimer);
      this.writerTimer = setTimeout(() => ((this.writers = []), this.tell()), SHOPPER_TYPES);
    }
    this.tell();
  }

  /** @param {{viewers?: string[], typing?: string[]}} presence */
  seenBy({ viewers = [], typing = [] }) {
    this.viewers = viewers;
    for (const id of typing) this.typed(id);
    if (!typing.length) this.writers = [];
    this.tell();
  }

  /** A draft answer to the shopper's last words; nobody waits for it. */
  async suggest() {
    const wanted = this.lastShopperSeq;
    if (this.closed || !wanted || !this.can.reply || this.row?.floor === "closed") return;
    if (this.lines.findLast(({ author }) => author !== "system")?.author === "agent") return this.forgetSuggestion();
    const answer = await get(at(this.id, "suggestion")).catch(() => null);
    if (this.closed || wanted !== this.lastShopperSeq) return;
    this.suggestion = answer?.text ? { sources: [], cards: [], topics: [], ...answer, at: wanted } : null;
    tell("suggestion", this);
  }

  forgetSuggestion() {
    this.suggestion = null;
    tell("suggestion", this);
  }

  leave() {
    this.closed = true;
    clearTimeout(this.typingTimer);
    clearTimeout(this.writerTimer);
  }

  tell() {
    if (!this.closed) tell("conversation", this);
  }
}
