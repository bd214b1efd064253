/** What was sent to one webhook, the newest first; what was just sent is followed until its answer is here. */

import { get, post, query } from "./api.js";
import { showDelivery } from "./delivery.js";
import { button, fill, h, icon, keep, tool } from "./dom.js";
import { exactly, within } from "./format.js";
import { segments } from "./switches.js";
import { failure, toast, trouble } from "./toasts.js";
import { isGood, standMark, standOf, whyNot } from "./webhook_card.js";
import { say, sayOf } from "./words.js";

const PAGE = 30;
const BETWEEN = 700;
const PATIENCE = 20_000;
const FILTERS = [["", "logAll"], ["failed", "logFailed"], ["dead", "logDead"]];
const NOTHING = { "": "noDeliveries", failed: "noneFailed", dead: "noneDead" };

export class DeliveryLog {
  /** @param {string} id  the webhook's @param {() => void} changed  how the webhook stands may be different now */
  constructor(id, changed) {
    this.path = `/webhooks/${id}/deliveries`;
    this.changed = changed;
    this.state = "";
    /** @type {any[]} */
    this.rows = [];
    /** @type {string|null} */
    this.cursor = null;
    this.run = 0;
    this.list = h("ul", { class: "log" });
    this.note = h("div", { class: "list-note" });
    this.node = h("section", { class: "log-section" },
      h("header", {}, h("h2", {}, say("deliveryLog")), segments(say("deliveryLog"), FILTERS.map(([value, word]) => [value, say(/** @type {any} */ (word))]), "", (state) => this.narrow(state))),
      this.list, this.note);
  }

  leave() {
    this.run += 1;
    clearTimeout(this.timer);
    this.gone = true;
  }

  narrow(state) {
    this.state = state;
    this.rows = [];
    this.cursor = null;
    this.refresh();
  }

  /** The newest again; pages that were read further down stay. */
  async refresh() {
    const run = ++this.run;
    try {
      const page = await get(`${this.path}${query({ state: this.state, limit: PAGE })}`);
      if (run !== this.run) return;
      const last = page.items.at(-1)?.id ?? 0;
      const older = page.next_cursor ? this.rows.filter((row) => row.id < last) : [];
      if (!older.length) this.cursor = page.next_cursor;
      this.rows = [...page.items, ...older];
      this.draw();
    } catch (error) {
      if (run === this.run && !this.rows.length) fill(this.note, failure(error, () => this.refresh()));
    }
  }

  async more() {
    const run = ++this.run;
    try {
      const page = await get(`${this.path}${query({ state: this.state, limit: PAGE, cursor: this.cursor })}`);
      if (run !== this.run) return;
      this.rows.push(...page.items);
      this.cursor = page.next_cursor;
      this.draw();
    } catch (error) {
      trouble(error);
    }
  }

  draw() {
    keep(this.list, this.rows.map((row) => ({ key: String(row.id), version: JSON.stringify(row) + Boolean(row.next_try_at && new Date(row.next_try_at) > new Date()), build: () => this.row(row) })));
    fill(this.note,
      this.cursor ? button(say("showMore"), () => this.more()) : !this.rows.length && h("div", { class: "empty" }, icon(this.state ? "check" : "webhooks"), h("p", {}, say(/** @type {any} */ (NOTHING[this.state]))), !this.state && h("p", {}, say("noDeliveriesHint"))));
  }

  row(row) {
    const name = sayOf("event", row.type);
    const soon = row.next_try_at && new Date(row.next_try_at) > new Date();
    const told = [
      row.tried_at && (isGood(row.status) ? say("answeredWith", { status: row.status }) : whyNot(row)),
      row.attempts > 1 && say("triedTimes", { n: row.attempts }),
      standOf(row) === "retrying" && soon && say("nextTry", { at: within(row.next_try_at) }),
    ].filter(Boolean).join(" · ");
    return h("li", {},
      h("button", { type: "button", class: "log-row", onclick: () => showDelivery(row, () => this.again(row)) },
        standMark(row),
        h("span", { class: "log-what" }, h("strong", {}, name), h("small", {}, row.type)),
        h("span", { class: "log-told" }, told),
        h("time", { datetime: row.created_at }, exactly(row.created_at))),
      tool("again", say("redeliverOne", { event: name }), () => this.again(row)));
  }

  async again(row) {
    try {
      await this.follow(await post(`/deliveries/${row.id}/redeliver`), "again");
    } catch (error) {
      trouble(error);
    }
  }

  /** Until it has an answer, which is then told. @param {any} sent @param {"test"|"again"} what */
  async follow(sent, what) {
    const until = Date.now() + PATIENCE;
    this.refresh();
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      if (this.gone) return;
      const { items } = await get(`${this.path}${query({ limit: 20 })}`);
      const row = items.find(({ id }) => id === sent.id);
      if (row && !row.tried_at && Date.now() < until) continue;
      this.refresh();
      this.changed();
      if (row) this.tell(row, what);
      return;
    }
  }

  tell(row, what) {
    const look = { label: say("lookAt"), run: () => showDelivery(row, () => this.again(row)) };
    if (!row.tried_at) return toast(say("stillWaiting"));
    if (isGood(row.status)) toast(what === "test" ? say("testArrived", { status: row.status, ms: new Date(row.tried_at).getTime() - new Date(row.created_at).getTime() }) : say("againArrived", { status: row.status }), { action: look });
    else toast(say(what === "test" ? "testFailed" : "againFailed", { why: whyNot(row) }), { bad: true, action: look });
  }

  /** Many are on their way: looked at again and again for a while. */
  watch(until = Date.now() + PATIENCE) {
    this.refresh();
    if (Date.now() < until) this.timer = setTimeout(() => (this.changed(), this.watch(until)), 2 * BETWEEN);
  }
}
