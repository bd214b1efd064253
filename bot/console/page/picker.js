/** A list that opens above a field while something is typed, and is walked with the arrow keys. */

import { fill, h } from "./dom.js";

/** @template T */
export class Picker {
  /**
   * @param {HTMLTextAreaElement|HTMLInputElement} input @param {string} label
   * @param {{draw: (item: T) => any, choose: (item: T) => void}} how
   */
  constructor(input, label, { draw, choose }) {
    this.input = input;
    this.draw = draw;
    this.choose = choose;
    this.id = `picker-${label.length}-${Math.random().toString(36).slice(2, 7)}`;
    /** @type {T[]} */
    this.items = [];
    this.place = 0;
    this.node = h("ul", { class: "picker", role: "listbox", id: this.id, "aria-label": label, hidden: true });
  }

  get isOpen() {
    return !this.node.hidden;
  }

  /** @param {T[]} items */
  open(items) {
    if (!items.length) return this.hide();
    this.items = items;
    this.place = 0;
    fill(this.node, items.map((item, place) => h("li", { role: "option", id: `${this.id}-${place}`, "aria-selected": "false", onpointerdown: (event) => (event.preventDefault(), this.take(place)) }, this.draw(item))));
    this.node.hidden = false;
    this.mark();
  }

  mark() {
    [...this.node.children].forEach((node, place) => node.setAttribute("aria-selected", String(place === this.place)));
    this.node.children[this.place]?.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-controls", this.id);
    this.input.setAttribute("aria-activedescendant", `${this.id}-${this.place}`);
  }

  hide() {
    if (this.node.hidden) return;
    this.node.hidden = true;
    this.input.removeAttribute("aria-activedescendant");
    this.input.removeAttribute("aria-controls");
  }

  take(place) {
    const item = this.items[place];
    this.hide();
    if (item) this.choose(item);
  }

  /** Whether the key was for the list. @param {KeyboardEvent} event */
  key(event) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.place = (this.place + step + this.items.length) % this.items.length;
      this.mark();
    } else if (event.key === "Enter" || event.key === "Tab") this.take(this.place);
    else if (event.key === "Escape") this.hide();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
