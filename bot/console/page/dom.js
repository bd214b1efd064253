/** Small tools for the page. Whatever comes from outside is written as text; nothing is ever parsed as HTML. */

import { ICONS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element. Strings among the children become text nodes; booleans, null and undefined are left out.
 * @param {string} tag @param {Record<string, any>} [props] @param {...any} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  set(node, props);
  node.append(...solid(children));
  return node;
}

/** An SVG element, made like `h`. @param {string} tag @param {Record<string, any>} [props] @param {...any} children */
export function s(tag, props = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  set(node, props);
  node.append(...solid(children));
  return node;
}

function set(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === false || value == null) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else node.setAttribute(name, String(value));
  }
}

const solid = (children) => children.flat(4).filter((child) => child != null && typeof child !== "boolean");

/** Replaces what is in `node`. @param {Element} node @param {...any} children */
export function fill(node, ...children) {
  node.replaceChildren(...solid(children));
  return node;
}

/** @param {keyof typeof ICONS} name */
export function icon(name) {
  return s("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", class: `icon icon-${name}` }, s("path", { d: ICONS[name] }));
}

/** A button that shows an icon and says a word. @param {string} name @param {string} label @param {(event: any) => void} onclick */
export function tool(name, label, onclick, props = {}) {
  return h("button", { type: "button", class: "tool", "aria-label": label, title: label, onclick, ...props }, icon(name));
}

/** @param {string} label @param {(event: any) => void} onclick */
export function button(label, onclick, props = {}, name = "") {
  return h("button", { type: "button", class: "button", onclick, ...props }, name && icon(name), h("span", {}, label));
}

/**
 * Brings the children of `parent` in line with `entries`, keeping every node whose version is the same,
 * so that nothing flickers or loses focus.
 * @template T
 * @param {Element} parent @param {{key: string, version: string, build: () => Element}[]} entries
 */
export function keep(parent, entries) {
  const held = parent.held ?? new Map();
  const kept = new Map();
  const keys = new Set(entries.map(({ key }) => key));
  for (const [key, { node }] of held) if (!keys.has(key)) node.remove();
  let next = parent.firstChild;
  for (const { key, version, build } of entries) {
    if (kept.has(key)) continue;
    const old = held.get(key);
    const entry = old?.version === version ? old : { version, node: build() };
    if (old && entry !== old) {
      const focused = old.node.contains(document.activeElement);
      if (next === old.node) next = entry.node;
      old.node.replaceWith(entry.node);
      if (focused) (entry.node.tabIndex >= 0 ? entry.node : entry.node.querySelector("button, a, input"))?.focus({ preventScroll: true });
    }
    if (entry.node === next) next = next.nextSibling;
    else parent.insertBefore(entry.node, next);
    kept.set(key, entry);
  }
  parent.held = kept;
}

/** A version-4 UUID; crypto.randomUUID exists on secure pages only. */
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** Length as the server counts it: in code points. @param {string} text */
export const lengthOf = (text) => [...text].length;

/** @template {(...given: any[]) => void} F @param {F} run @param {number} milliseconds @returns {F & {now: () => void}} */
export function later(run, milliseconds) {
  let timer = 0;
  let last = [];
  const call = (...given) => {
    last = given;
    clearTimeout(timer);
    timer = setTimeout(() => run(...last), milliseconds);
  };
  call.now = () => (clearTimeout(timer), run(...last));
  return /** @type {any} */ (call);
}

/** An address that is safe to open: https, or the page's own origin. @param {string} text @returns {URL|null} */
export function safeLink(text) {
  try {
    const url = new URL(text, location.href);
    return url.protocol === "https:" || url.origin === location.origin ? url : null;
  } catch {
    return null;
  }
}

const LINKS = /https:\/\/[^\s<>"'`\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+/g;

/** Text with its web addresses as anchors. @param {string} text @returns {(string|HTMLElement)[]} */
export function linked(text) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINKS)) {
    const found = match[0].replace(/[.,;:!?)\]}>]+$/, "");
    parts.push(text.slice(end, match.index), h("a", { href: found, target: "_blank", rel: "noopener noreferrer nofollow" }, found));
    end = match.index + found.length;
  }
  return [...parts, text.slice(end)];
}

/** A picture of the shop, or nothing when there is none. @param {string|null|undefined} path @param {string} className */
export function picture(path, className) {
  const url = path && safeLink(new URL(path, `${location.origin}/media/`).href);
  if (!url) return null;
  const image = h("img", { class: className, src: url.href, alt: "", loading: "lazy", decoding: "async" });
  image.addEventListener("error", () => image.replaceWith(h("span", { class: className })), { once: true });
  return image;
}

/** Whether keys go into a field just now. */
export function typing() {
  const node = /** @type {any} */ (document.activeElement);
  return Boolean(node && (node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName)) && !/^(checkbox|radio|button)$/.test(node.type));
}
