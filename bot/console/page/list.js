/** The left pane: what is listed, the search, the filters, and the rows. */

import { button, fill, h, icon, keep, later, tool } from "./dom.js";
import { filterBar, filterCount } from "./filters.js";
import { addressOf, go, route } from "./router.js";
import { rowNode, rowVersion } from "./row.js";
import { isAtLeast, on, state } from "./state.js";
import { reasonOf } from "./toasts.js";
import { say } from "./words.js";

const NEAR = 400;
const HAND_RESTS = 2500;

export class List {
  /** @param {import("./inbox.js").Inbox} inbox @param {() => void} openNavigation */
  constructor(inbox, openNavigation) {
    this.inbox = inbox;
    /** Which row the arrow keys stand on. @type {string|null} */
    this.cursor = null;
    this.title = h("h1", {});
    this.search = h("input", {
      type: "search", class: "search-input", placeholder: say("searchAll"), "aria-label": say("searchAll"), enterkeyhint: "search",
      oninput: later(() => this.searchFor(), 250),
      onkeydown: (event) => this.searchKey(event),
    });
    this.filterButton = tool("filter", say("filters"), () => this.toggleFilters(), { "aria-expanded": "false" });
    this.filters = h("div", { class: "filters", hidden: true });
    this.rows = h("ul", { class: "rows-list" });
    this.note = h("div", { class: "list-note" });
    this.fresh = h("button", { type: "button", class: "pill-button", hidden: true, onclick: () => this.letIn() });
    this.scroller = h("div", { class: "list-scroll", onscroll: () => this.scrolled() }, this.rows, this.note);
    this.node = h("section", { class: "list", "aria-label": say("conversations") },
      h("header", { class: "list-head" },
        h("div", { class: "list-title" }, tool("menu", say("views"), openNavigation, { class: "tool only-narrow" }), this.title, this.filterButton),
        h("div", { class: "search" }, icon("search"), this.search),
        this.filters),
      h("div", { class: "list-body" }, this.fresh, this.scroller));
    this.scroller.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.held());
    this.scroller.addEventListener("pointerleave", () => inbox.hold(false));
    on("inbox", () => this.update());
    on("agents", () => this.update());
    on("draft", () => this.update());
    on("counts", () => this.heading());
    setInterval(() => this.update(), 15_000);
  }

  /** While the pointer moves over the rows, none may slip away below it. */
  held() {
    this.inbox.hold(true);
    clearTimeout(this.rest);
    this.rest = setTimeout(() => this.inbox.hold(false), HAND_RESTS);
  }

  /** The place in the address says what is listed. */
  arrive(viewChanged) {
    if (document.activeElement !== this.search) this.search.value = route.facts.q ?? "";
    this.drawFilters();
    if (viewChanged) {
      this.cursor = null;
      this.scroller.scrollTop = 0;
    }
    this.heading();
    this.update();
  }

  heading() {
    const searching = route.facts.q || route.facts.set || route.facts.ids;
    fill(this.title, searching ? say(route.facts.q ? "searchResults" : "chosenOnes") : say(`view.${route.view}`), !searching && state.counts[route.view] > 0 && h("span", { class: "count" }, countWord(state.counts[route.view])));
    this.filterButton.classList.toggle("on", filterCount() > 0);
  }

  searchFor() {
    const q = this.search.value.trim();
    if (q !== (route.facts.q ?? "")) go({ facts: { ...route.facts, q } }, { replace: true });
  }

  searchKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter") this.searchFor();
    if (event.key === "Escape") {
      event.stopPropagation();
      if (this.search.value) {
        this.search.value = "";
        this.searchFor();
      } else this.search.blur();
    }
    if (event.key === "ArrowDown" || (event.key === "Enter" && this.inbox.rows.length)) (event.preventDefault(), this.step(0));
  }

  toggleFilters() {
    this.filters.hidden = !this.filters.hidden;
    this.filterButton.setAttribute("aria-expanded", String(!this.filters.hidden));
    if (!this.filters.hidden) this.filters.querySelector("select")?.focus();
  }

  drawFilters() {
    if (filterCount() > 0) this.filters.hidden = false;
    this.filterButton.setAttribute("aria-expanded", String(!this.filters.hidden));
    const focused = this.filters.contains(document.activeElement) ? /** @type {any} */ (document.activeElement).name : "";
    fill(this.filters, filterBar());
    if (focused) /** @type {any} */ (this.filters.querySelector(`[name=${focused}]`))?.focus();
  }

  update() {
    const { inbox } = this;
    const here = inbox.has(this.cursor) ? this.cursor : inbox.has(route.c) ? route.c : inbox.rows[0]?.conversation_id;
    keep(this.rows, inbox.rows.map((row) => {
      const how = { selected: row.conversation_id === route.c, gone: inbox.gone.has(row.conversation_id), cursor: row.conversation_id === here };
      return { key: row.conversation_id, version: rowVersion(row, how) + route.view, build: () => rowNode(row, how) };
    }));
    this.fresh.hidden = !inbox.arrived.size;
    if (inbox.arrived.size) fill(this.fresh, icon("undo"), say("newRows", { n: inbox.arrived.size }));
    this.drawNote();
  }

  /** What stands below the rows: that more is coming, that there is none, or what went wrong. */
  drawNote() {
    const { inbox } = this;
    const state = inbox.error && !inbox.rows.length ? "error" : !inbox.loaded ? "loading" : inbox.rows.length ? (inbox.cursor ? "more" : "end") : "empty";
    const version = `${state} ${route.view} ${JSON.stringify(route.facts)}`;
    if (version === this.noteVersion) return;
    this.noteVersion = version;
    fill(this.note, {
      error: () => [h("p", {}, reasonOf(inbox.error)), button(say("retry"), () => inbox.read())],
      loading: () => Array.from({ length: 6 }, () => h("div", { class: "bone-row", "aria-hidden": "true" }, h("i"), h("i"), h("i"))),
      more: () => h("p", {}, say("loadingMore")),
      end: () => null,
      empty: () => emptyNote(),
    }[state]());
  }

  scrolled() {
    const { scroller } = this;
    if (scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < NEAR) this.inbox.more();
  }

  letIn() {
    this.inbox.tidy();
    this.scroller.scrollTop = 0;
  }

  /** Moves the keys' place by rows. @param {number} step */
  step(step) {
    const from = this.inbox.has(this.cursor) ? this.cursor : route.c;
    this.cursor = this.inbox.beside(from, this.inbox.has(from) ? step : 0);
    this.update();
    const link = this.rows.querySelector(`[data-id="${CSS.escape(this.cursor ?? "")}"] a`);
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: "nearest" });
    if (this.cursor === this.inbox.rows.at(-1)?.conversation_id) this.inbox.more();
  }

  focusSearch() {
    this.search.focus();
    this.search.select();
  }
}

const countWord = (n) => (n >= 1000 ? "999+" : String(n));

/** An empty list says why, and what could be done instead. */
function emptyNote() {
  const narrowed = filterCount() > 0 || route.facts.q;
  if (narrowed) return h("div", { class: "empty" }, icon("search"), h("h2", {}, say("nothingFound")), h("p", {}, say("nothingFoundHint")), button(say("clearFilters"), () => go({ facts: {} })));
  const next = { waiting: "mine", mine: "waiting", open: isAtLeast("lead") ? "bot" : "waiting", mentions: "mine", snoozed: "mine", callback: "waiting" }[route.view];
  return h("div", { class: "empty" },
    icon(route.view === "waiting" ? "check" : "inbox"),
    h("h2", {}, say(`empty.${route.view}`)),
    h("p", {}, say(`emptyHint.${route.view}`)),
    next && h("a", { class: "button", href: addressOf({ view: next }) }, say("goTo", { view: say(`view.${next}`) })));
}
