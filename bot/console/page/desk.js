/** The page where agents spend their day: the list, the conversation, and who and what it is about. */

import { Composer } from "./composer.js";
import { Context } from "./context.js";
import { Conversation } from "./conversation.js";
import { go, route } from "./router.js";
import { h, icon } from "./dom.js";
import { Header } from "./header.js";
import { Inbox } from "./inbox.js";
import { List } from "./list.js";
import { read, write } from "./shelf.js";
import { on, state, tell } from "./state.js";
import { Thread } from "./thread.js";
import { say } from "./words.js";
import { toldTaken } from "./actions.js";
import { toast } from "./toasts.js";

const WIDE = matchMedia("(min-width: 1180px)");

export class Desk {
  /** @param {import("./live.js").Live} live @param {() => void} openNavigation */
  constructor(live, openNavigation) {
    this.live = live;
    this.inbox = new Inbox();
    /** @type {Conversation|null} */
    this.conversation = null;
    this.list = new List(this.inbox, openNavigation);
    this.header = new Header(() => this.toggleContext());
    this.composer = new Composer((frame) => live.send(frame));
    this.thread = new Thread((item) => this.composer.edit(item));
    this.context = new Context(() => this.toggleContext(false), (text) => this.composer.insertSuggestion(text));
    this.talk = h("section", { class: "talk", "aria-label": say("stream") }, this.header.node, this.thread.node, this.composer.node);
    this.none = h("div", { class: "no-talk" }, icon("open"), h("p", {}, say("pickOne")), h("p", { class: "quiet-text" }, h("kbd", {}, "J"), " ", h("kbd", {}, "K"), " ", say("keyMove"), " · ", h("kbd", {}, "?"), " ", say("keyHelp")));
    this.scrim = h("div", { class: "context-scrim", onclick: () => this.toggleContext(false) });
    this.node = h("div", { class: "desk" }, this.list.node, h("main", { class: "center" }, this.talk, this.none), this.scrim, this.context.node);
    this.query = null;
    on("touched", (id) => this.inbox.touched(id));
    on("conversation", ({ row }) => row && this.inbox.know(row));
    on("sent", (fact) => this.sent(fact));
    on("unsent", ({ error, item }) => error.code === "taken" && item.conversation_id === this.conversation?.id && toldTaken(this.conversation, error));
    on("leftField", () => this.thread.scroller.focus({ preventScroll: true }));
    this.node.classList.toggle("with-context", WIDE.matches && read("context", true));
    WIDE.addEventListener("change", () => this.showContext(WIDE.matches && read("context", true)));
  }

  /** The address says what is listed and what is open. */
  arrive() {
    if (!route.view) return go({ view: state.counts.waiting || !state.counts.mine ? "waiting" : "mine" }, { replace: true });
    const { q, ...facts } = route.facts;
    const wanted = { view: q || facts.set || facts.ids ? "all" : route.view, ...facts, q };
    const changed = JSON.stringify(wanted) !== JSON.stringify(this.query);
    this.query = wanted;
    this.list.arrive(changed);
    if (changed) this.inbox.open(wanted);
    if (route.c !== (this.conversation?.id ?? null)) this.open(route.c);
    this.node.classList.toggle("has-talk", Boolean(route.c));
  }

  /** @param {string|null} id */
  open(id) {
    this.composer.show(null);
    this.conversation?.leave();
    this.conversation = id ? new Conversation(id) : null;
    this.header.show(this.conversation);
    this.thread.show(this.conversation);
    this.composer.show(this.conversation);
    this.context.show(this.conversation);
    if (!WIDE.matches) this.showContext(false);
    this.inbox.select(id);
    this.live.show(id);
    this.conversation?.load();
    this.list.update();
  }

  sent({ item, answer }) {
    tell("touched", item.conversation_id);
    const { conversation } = this;
    if (item.close && answer) toast(say("sentAndClosed"));
    if (answer?.translation === "failed") toast(say("notTranslated"), { bad: true });
    if (conversation?.id !== item.conversation_id) return;
    if (item.kind === "note") conversation.refresh();
    else {
      for (const line of answer?.lines ?? []) conversation.put({ ...line });
      conversation.tell();
      conversation.refreshSoon();
    }
  }

  /** @param {any} frame  of the live line */
  hear(frame) {
    const { conversation } = this;
    const here = conversation !== null && frame.conversation_id === conversation.id;
    switch (frame.type) {
      case "changed":
        this.inbox.touched(frame.conversation_id);
        if (here) conversation.refreshSoon();
        break;
      case "line":
        if (here && frame.line) conversation.hear(frame.line);
        if (frame.line?.author !== "shopper") this.inbox.touched(frame.conversation_id);
        break;
      case "typing":
        if (here) conversation.typed(frame.agent_id ?? null);
        break;
      case "presence":
        if (here) conversation.seenBy(frame);
        this.inbox.seenBy(frame.conversation_id, frame.viewers ?? []);
    }
  }

  /** Everything on the screen again: something may have been missed. */
  resync() {
    if (this.inbox.loaded || this.inbox.error) this.inbox.read();
    this.conversation?.refresh();
  }

  toggleContext(open = !this.node.classList.contains("with-context")) {
    if (WIDE.matches) write("context", open);
    this.showContext(open);
    if (open && !WIDE.matches) this.context.node.focus({ preventScroll: true });
  }

  showContext(open) {
    this.node.classList.toggle("with-context", open);
    this.context.node.inert = !open;
  }

  // What the keys do

  step(by) {
    this.list.step(by);
  }

  /** Opens the row the keys stand on. */
  openCursor() {
    if (this.list.cursor) go({ c: this.list.cursor });
  }

  /** The next conversation, wherever the focus is. @param {number} by */
  beside(by) {
    const id = this.inbox.beside(route.c, by);
    if (id && id !== route.c) go({ c: id });
  }

  write(mode) {
    if (!this.conversation) return false;
    this.composer.switchTo(mode);
  }
}
