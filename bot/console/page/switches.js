/** Switches of the page itself: language, light or dark, what rings. */

import { h, icon } from "./dom.js";
import { read, write } from "./shelf.js";
import { chooseLanguage, language, say } from "./words.js";

export function languageSwitch() {
  const other = language === "zh" ? "en" : "zh";
  return h("button", { type: "button", class: "link", lang: other === "zh" ? "zh-CN" : "en", onclick: () => chooseLanguage(other) }, icon("globe"), other === "zh" ? "中文" : "English");
}

export const THEMES = ["", "light", "dark"];

/** @returns {string} empty: as the system says */
export const theme = () => read("theme", "");

/** @param {string} chosen */
export function chooseTheme(chosen) {
  write("theme", chosen || null);
  dispatchEvent(new CustomEvent("kefu:theme", { detail: chosen }));
}

export const isDark = () => document.documentElement.classList.contains("dark");

/**
 * A labelled switch.
 * @param {string} label @param {boolean} on @param {(on: boolean) => any} change @param {string} [hint]
 */
export function toggle(label, on, change, hint = "") {
  const box = h("input", { type: "checkbox", role: "switch", class: "switch", checked: on, onchange: () => change(box.checked) });
  return h("label", { class: "toggle" }, box, h("span", {}, label, hint && h("small", {}, hint)));
}

/**
 * One of a few, side by side.
 * @param {string} label @param {[string, string][]} choices @param {string} chosen @param {(value: string) => any} change
 */
export function segments(label, choices, chosen, change) {
  const name = `segments-${label}`;
  return h("div", { class: "segments", role: "radiogroup", "aria-label": label }, choices.map(([value, word]) =>
    h("label", {}, h("input", { type: "radio", name, value, checked: value === chosen, onchange: () => change(value) }), h("span", {}, word))));
}

/** The word for a theme. @param {string} name */
export const themeName = (name) => say(name ? `theme.${name}` : "theme.system");
