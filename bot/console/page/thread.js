/** The stream of one conversation: everybody's lines, notes and what is on its way, with a line between the days. */

import { button, fill, h, icon, keep } from "./dom.js";
import { day } from "./format.js";
import { lineNode, noteNode, outgoingNode } from "./line.js";
import { waitingFor } from "./outbox.js";
import { go } from "./router.js";
import { nameOf } from "./row.js";
import { agentName, on } from "./state.js";
import { reasonOf } from "./toasts.js";
import { say } from "./words.js";

const NEAR = 60;
const APART = 5 * 60_000;
const LATE = 1200;

export class Thread {
  /** @param {(item: import("./outbox.js").Outgoing) => void} edit  puts a reply that failed back into the field */
  constructor(edit) {
    this.edit = edit;
    /** @type {import("./conversation.js").Conversation|null} */
    this.conversation = null;
    /** Lines shown in the words they were written in. */
    this.originals = new Set();
    this.list = h("ol", { class: "stream" });
    this.note = h("div", { class: "stream-note" });
    this.types = h("p", { class: "types", role: "status" });
    this.scroller = h("div", { class: "stream-scroll", tabindex: 0, role: "log", "aria-live": "polite", "aria-relevant": "additions", "aria-label": say("stream"), onscroll: () => this.scrolled() }, this.note, this.list);
    this.jump = h("button", { type: "button", class: "pill-button newest", hidden: true, onclick: () => this.toEnd("smooth") }, icon("down"), h("span", {}, say("newest")));
    this.node = h("div", { class: "thread" }, this.scroller, this.jump, this.types);
    this.atEnd = true;
    const stay = new ResizeObserver(() => this.atEnd && this.toEnd());
    // A photo that comes late makes the list longer.
    for (const node of [this.scroller, this.list]) stay.observe(node);
    on("conversation", (conversation) => conversation === this.conversation && this.update());
    on("outbox", (id) => id === this.conversation?.id && this.update());
    on("agents", () => this.update());
  }

  /** @param {import("./conversation.js").Conversation|null} conversation */
  show(conversation) {
    this.conversation = conversation;
    this.originals.clear();
    this.lastKey = null;
    this.atEnd = true;
    keep(this.list, []);
    this.update();
  }

  update() {
    const { conversation } = this;
    if (!conversation) return;
    this.drawNote();
    if (!conversation.loaded) return;
    const entries = this.entries();
    keep(this.list, entries);
    this.drawTyping();
    const last = entries.at(-1)?.key ?? null;
    const grew = this.lastKey !== last;
    if (this.atEnd || (grew && last?.startsWith("out "))) this.toEnd();
    else if (grew && this.lastKey) this.jump.hidden = false;
    this.lastKey = last;
    clearTimeout(this.tick);
    if (waitingFor(conversation.id).length) this.tick = setTimeout(() => this.update(), LATE + 50);
  }

  /** What stands in the stream, oldest first. */
  entries() {
    const { conversation } = this;
    const shopper = conversation.row ? nameOf(conversation.row) : "";
    const entries = [];
    let before = null;
    for (const one of this.ordered()) {
      const at = one.line?.at ?? one.note.at;
      if (!before || new Date(at).toDateString() !== new Date(before.at).toDateString()) {
        entries.push({ key: `day ${at.slice(0, 10)} ${one.key}`, version: day(at), build: () => h("li", { class: "day" }, h("span", {}, day(at))) });
        before = null;
      }
      const author = one.line ? `${one.line.author} ${one.line.agent_id ?? one.line.agent}` : "note";
      const first = !before || before.author !== author || new Date(at).getTime() - new Date(before.at).getTime() > APART;
      before = { at, author };
      entries.push(one.line ? this.lineEntry(one.line, first, shopper) : { key: one.key, version: `${one.note.text} ${agentName(one.note.agent_id)}`, build: () => noteNode(one.note) });
    }
    for (const item of waitingFor(conversation.id)) {
      const late = Date.now() - new Date(item.at).getTime() > LATE;
      entries.push({ key: `out ${item.id}`, version: `${item.state} ${item.reason} ${late}`, build: () => outgoingNode(item, { late, edit: this.edit }) });
    }
    return entries;
  }

  /** Lines by their place, each followed by the notes written then; a reply that has arrived is no longer on its way. */
  ordered() {
    const { lines, notes } = this.conversation;
    const all = [
      ...lines.map((line) => ({ key: `line ${line.id}`, line, place: [line.seq, 0, 0] })),
      ...notes.map((note) => ({ key: `note ${note.id}`, note, place: [note.after_seq, 1, note.id] })),
    ];
    return all.sort((one, other) => one.place[0] - other.place[0] || one.place[1] - other.place[1] || one.place[2] - other.place[2]);
  }

  lineEntry(line, first, shopper) {
    const original = this.originals.has(line.id);
    const turn = () => {
      if (!this.originals.delete(line.id)) this.originals.add(line.id);
      this.update();
    };
    const version = JSON.stringify([line.text, line.translation, line.cards?.length, first, shopper, original, agentName(line.agent_id)]);
    return { key: `line ${line.id}`, version, build: () => lineNode(line, { first, shopper, original, turn }) };
  }

  drawNote() {
    const { error, loaded, lost } = this.conversation;
    const kind = lost ? "lost" : error ? "error" : loaded ? "" : "loading";
    if (kind === this.noteKind && !error) return;
    this.noteKind = kind;
    fill(this.note, kind === "error" && [h("p", { role: "alert" }, icon("alert"), reasonOf(error)), button(say("retry"), () => this.conversation.load())],
      kind === "lost" && [h("p", { role: "status" }, icon("person"), say("lost")), button(say("backToList"), () => go({ c: null }))],
      kind === "loading" && Array.from({ length: 4 }, (_, place) => h("div", { class: `bone-line ${place % 2 ? "right" : ""}`, "aria-hidden": "true" })));
  }

  drawTyping() {
    const { shopperTypes, writers, row } = this.conversation;
    const names = [...(shopperTypes && row ? [nameOf(row)] : []), ...writers.map(agentName).filter(Boolean)];
    const text = names.length ? say("typing", { names: names.join(say("comma")) }) : "";
    if (this.types.textContent === text) return;
    fill(this.types, text && [h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), text]);
  }

  scrolled() {
    const { scroller } = this;
    this.atEnd = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR;
    if (this.atEnd) this.jump.hidden = true;
  }

  /** @param {ScrollBehavior} [behavior] */
  toEnd(behavior = "instant") {
    this.scroller.scrollTo({ top: this.scroller.scrollHeight, behavior });
    this.atEnd = true;
    this.jump.hidden = true;
  }

  /** Shows the line with this place, if it is here. @param {number} seq */
  reveal(seq) {
    const node = this.list.querySelector(`[data-seq="${seq}"]`);
    node?.scrollIntoView({ block: "center" });
    node?.classList.add("found");
    setTimeout(() => node?.classList.remove("found"), 2000);
  }
}
