/** Small things that open beside a button: menus and little forms. One at a time; Escape and a click elsewhere close it. */

import { h, icon } from "./dom.js";
import { clearToasts } from "./toasts.js";

/** @type {{close: (back?: boolean) => void, anchor: Element}|null} */
let open = null;

export const isMenuOpen = () => open !== null;
export const closeMenu = () => open?.close();

/**
 * @param {HTMLElement} anchor @param {string} label @param {(close: () => void) => any} build  what stands in it
 * @param {{menu?: boolean}} [options]  a menu's arrows move among its items
 */
export function popover(anchor, label, build, { menu = false } = {}) {
  if (open) {
    const again = open.anchor === anchor;
    open.close();
    if (again) return;
  }
  const close = (back = true) => {
    if (open?.anchor !== anchor) return;
    open = null;
    node.remove();
    anchor.setAttribute("aria-expanded", "false");
    removeEventListener("pointerdown", outside, true);
    removeEventListener("resize", place);
    if (back) anchor.focus({ preventScroll: true });
  };
  const node = h("div", { class: "popover", role: menu ? "menu" : "dialog", "aria-label": label, onkeydown: (event) => keys(event, node, close, menu) }, build(close));
  const outside = (event) => !node.contains(event.target) && !anchor.contains(event.target) && close(false);
  const place = () => put(node, anchor);
  document.body.append(node);
  anchor.setAttribute("aria-expanded", "true");
  open = { close, anchor };
  place();
  addEventListener("pointerdown", outside, true);
  addEventListener("resize", place);
  (node.querySelector("[autofocus]") ?? node.querySelector("button, input, textarea, select, a"))?.focus({ preventScroll: true });
}

function put(node, anchor) {
  const at = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = node;
  const left = Math.max(8, Math.min(at.left, innerWidth - width - 8));
  const below = at.bottom + 6;
  const top = below + height > innerHeight - 8 ? Math.max(8, at.top - height - 6) : below;
  node.style.left = `${left}px`;
  node.style.top = `${top}px`;
}

function keys(event, node, close, menu) {
  if (event.key === "Escape") {
    event.stopPropagation();
    close();
  }
  if (event.key === "Tab" && !menu) trap(event, node);
  if (!menu) return;
  if (event.key === "Tab") return close();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const items = [...node.querySelectorAll("[role^=menuitem]:not(:disabled)")];
  const here = items.indexOf(document.activeElement);
  items.at((here + step + items.length) % items.length)?.focus();
}

/** Keeps the focus inside. @param {KeyboardEvent} event @param {Element} node */
export function trap(event, node) {
  const stops = [...node.querySelectorAll("button, a[href], input, textarea, select, [tabindex='0']")].filter((one) => !one.disabled && one.getClientRects().length);
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}

/**
 * @typedef {{label: string, run: () => void, icon?: string, hint?: string, checked?: boolean, disabled?: boolean, detail?: string}} Item
 * @param {HTMLElement} anchor @param {string} label @param {(Item|null|false)[]} items
 */
export function menu(anchor, label, items) {
  popover(anchor, label, (close) => items.filter(Boolean).map((item) => menuItem(item, close)), { menu: true });
}

/** @param {Item} item @param {() => void} close */
export function menuItem(item, close) {
  const choice = item.checked !== undefined;
  return h("button", {
    type: "button", class: "menu-item", role: choice ? "menuitemradio" : "menuitem", "aria-checked": choice ? String(item.checked) : null, disabled: item.disabled,
    onclick: () => (close(), item.run()),
  },
  item.icon && icon(item.icon),
  h("span", { class: "grow" }, item.label, item.detail && h("small", {}, item.detail)),
  item.checked && icon("check"),
  item.hint && h("kbd", {}, item.hint));
}

/**
 * Something large over the page that takes the keys until it is closed: a photo, the list of keys.
 * @param {string} label @param {(close: () => void) => any} build
 */
export function sheet(label, build, className = "") {
  const before = /** @type {any} */ (document.activeElement);
  const close = () => (scrim.remove(), before?.focus?.({ preventScroll: true }));
  const inside = h("div", { class: `sheet ${className}`, role: "dialog", "aria-modal": "true", "aria-label": label, tabindex: -1 }, build(close));
  const scrim = h("div", {
    class: "scrim",
    onclick: (event) => event.target === scrim && close(),
    onkeydown: (event) => {
      if (event.key === "Escape") (event.stopPropagation(), close());
      else if (event.key === "Tab") trap(event, inside);
      else if (event.key !== "Enter" && event.key !== " ") event.stopPropagation();
    },
  }, inside);
  clearToasts();
  document.body.append(scrim);
  (inside.querySelector("[autofocus]") ?? inside).focus({ preventScroll: true });
  return close;
}
