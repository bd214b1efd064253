/** The list of conversations as data: pages, rows kept up to date, and what has arrived meanwhile. */

import { get, query } from "./api.js";
import { learn, tell } from "./state.js";

/** @typedef {import("./state.js").Row} Row */

const PAGE = 50;
const MOST_IDS = 50;
const BETWEEN = 1000;
const AT_ONCE = 60;

export class Inbox {
  constructor() {
    /** @type {Row[]} */
    this.rows = [];
    /** @type {Record<string, any>} */
    this.filters = {};
    /** @type {string|null} */
    this.cursor = null;
    this.loaded = this.loading = false;
    /** @type {unknown} */
    this.error = null;
    /** Rows that no longer belong here, but are being looked at. @type {Set<string>} */
    this.gone = new Set();
    /** Conversations that would stand here if nobody's hand were on the list. @type {Set<string>} */
    this.arrived = new Set();
    /** Whether somebody's pointer is on the list: then nothing moves. */
    this.held = false;
    /** @type {string|null} */
    this.selected = null;
    this.pending = new Set();
    /** Ids of the conversations behind a number. @type {string[]} */
    this.behind = [];
    this.flushed = 0;
    this.timer = 0;
    this.run = 0;
  }

  /** Shows another list. @param {Record<string, any>} filters */
  async open(filters) {
    this.filters = filters;
    this.rows = [];
    this.cursor = null;
    this.loaded = false;
    this.gone.clear();
    this.arrived.clear();
    this.pending.clear();
    await this.read();
  }

  /** The first pages again, in today's order; rows that are looked at stay. */
  async read() {
    const run = ++this.run;
    this.loading = true;
    tell("inbox");
    try {
      const limit = Math.min(200, Math.max(PAGE, this.rows.length));
      const answer = await this.ask({ limit });
      if (run !== this.run) return;
      const kept = this.rows.filter((row) => row.conversation_id === this.selected && !answer.rows.some((other) => same(row, other)));
      this.gone = new Set(kept.map((row) => row.conversation_id));
      const places = kept.map((row) => [Math.min(this.rows.indexOf(row), answer.rows.length), row]);
      this.rows = answer.rows;
      for (const [place, row] of places) this.rows.splice(place, 0, row);
      this.cursor = answer.cursor ?? null;
      this.arrived.clear();
      this.loaded = true;
      this.error = null;
    } catch (error) {
      if (run === this.run) this.error = error;
    } finally {
      if (run === this.run) {
        this.loading = false;
        tell("inbox");
      }
    }
  }

  /** The next page. */
  async more() {
    if (!this.cursor || this.loading) return;
    const run = this.run;
    this.loading = true;
    tell("inbox");
    try {
      const answer = await this.ask({ cursor: this.cursor, limit: PAGE });
      if (run !== this.run) return;
      this.rows.push(...answer.rows.filter((row) => !this.has(row.conversation_id)));
      this.cursor = answer.cursor ?? null;
    } catch (error) {
      this.error = error;
    } finally {
      if (run === this.run) this.loading = false;
      tell("inbox");
    }
  }

  async ask(more) {
    if (this.filters.set && !more.ids) return this.askSet(more);
    const filters = this.filters.set ? { view: "all" } : this.filters;
    const answer = await get(`/inbox${query({ ...filters, ...more })}`);
    if (answer.counts) learn({ counts: answer.counts });
    return answer;
  }

  /** The conversations behind a number: their ids first, then page by page. */
  async askSet({ cursor = "0", limit }) {
    const { view, q, ...facts } = this.filters;
    if (cursor === "0") this.behind = (await get(`/insights/conversations${query(facts)}`)).ids;
    const from = Number(cursor);
    const ids = this.behind.slice(from, from + limit);
    const { rows, counts } = ids.length ? await get(`/inbox${query({ view: "all", ids: ids.join(","), limit })}`) : { rows: [], counts: null };
    if (counts) learn({ counts });
    return { rows, cursor: from + limit < this.behind.length ? String(from + limit) : null };
  }

  /** Something happened in this conversation. @param {string} id */
  touched(id) {
    this.pending.add(id);
    this.flushSoon();
  }

  /** At once when it is calm, once a second when much happens: two hundred conversations must not ask all day long. */
  flushSoon() {
    if (this.timer) return;
    const wait = Math.max(AT_ONCE, this.flushed + BETWEEN - Date.now());
    this.timer = setTimeout(() => ((this.timer = 0), (this.flushed = Date.now()), this.flush()), wait);
  }

  /** Reads the touched rows again: known ones change in place, others come in when nobody's hand is on the list. */
  async flush() {
    if (!this.loaded) return;
    const ids = [...this.pending].slice(0, MOST_IDS);
    if (!ids.length) return;
    for (const id of ids) this.pending.delete(id);
    const run = this.run;
    const answer = await this.ask({ ids: ids.join(","), limit: ids.length }).catch(() => null);
    if (!answer || run !== this.run) return;
    for (const id of ids) this.settle(id, answer.rows.find((row) => row.conversation_id === id));
    if (this.arrived.size && !(this.held && this.rows.length)) await this.read();
    else tell("inbox");
    if (this.pending.size) this.flushSoon();
  }

  /** @param {string} id @param {Row|undefined} row  undefined: it does not belong here any more */
  settle(id, row) {
    const place = this.rows.findIndex((other) => other.conversation_id === id);
    if (row && place >= 0) {
      this.rows[place] = row;
      this.gone.delete(id);
    } else if (row) {
      // What lies behind a number is settled: nothing comes in.
      if (!this.filters.set) this.arrived.add(id);
    } else {
      this.arrived.delete(id);
      if (place < 0) return;
      if (id === this.selected || this.held) this.gone.add(id);
      else this.rows.splice(place, 1);
    }
  }

  /** A row as it was read elsewhere. @param {Row} row */
  know(row) {
    const place = this.rows.findIndex((other) => same(row, other));
    if (place < 0 || JSON.stringify(this.rows[place]) === JSON.stringify(row)) return;
    this.rows[place] = row;
    tell("inbox");
  }

  /** Who looks at it now. @param {string} id @param {string[]} viewers */
  seenBy(id, viewers) {
    const place = this.rows.findIndex((row) => row.conversation_id === id);
    if (place < 0) return;
    this.rows[place] = { ...this.rows[place], viewers };
    tell("inbox");
  }

  /** A hand is on the list, or off it again. @param {boolean} held */
  hold(held) {
    if (this.held === held) return;
    this.held = held;
    if (!held) this.tidy();
  }

  /** Lets in what has arrived, and out what has gone. */
  tidy() {
    if (this.arrived.size) return void this.read();
    const before = this.rows.length;
    this.rows = this.rows.filter((row) => !this.gone.has(row.conversation_id) || row.conversation_id === this.selected);
    this.gone = new Set([...this.gone].filter((id) => id === this.selected));
    if (this.rows.length !== before) tell("inbox");
  }

  /** @param {string|null} id */
  select(id) {
    if (this.selected === id) return;
    this.selected = id;
    if (!this.held) this.tidy();
    tell("inbox");
  }

  /** @param {string} id */
  has(id) {
    return this.rows.some((row) => row.conversation_id === id);
  }

  /** The conversation that stands `step` rows from this one, or the first. @param {string|null} id @param {number} step */
  beside(id, step) {
    const place = this.rows.findIndex((row) => row.conversation_id === id);
    if (place < 0) return this.rows[0]?.conversation_id ?? null;
    return this.rows[Math.max(0, Math.min(this.rows.length - 1, place + step))].conversation_id;
  }
}

const same = (one, other) => one.conversation_id === other.conversation_id;
