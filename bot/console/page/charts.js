/** Charts drawn with our own few lines of SVG: every bar is a link to what it counts, and every chart has its table. */

import { h, s } from "./dom.js";
import { number } from "./format.js";
import { say } from "./words.js";

const HEIGHT = 190;
const LEFT = 34;
const FOOT = 22;

/**
 * @typedef {{name: string, parts: {key: string, value: number, href: string|null}[]}} Column
 */

/** A round number at or above the largest. @param {number} largest */
function ceiling(largest) {
  if (largest <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 4, 5, 10].map((step) => step * power).find((step) => step >= largest) ?? largest;
}

/**
 * Columns over days, each of stacked parts.
 * @param {string} label @param {Column[]} columns @param {Record<string, string>} names  of the parts
 */
export function columnChart(label, columns, names) {
  const whole = innerWidth < 700 ? 360 : 640;
  const total = (column) => column.parts.reduce((sum, { value }) => sum + value, 0);
  const top = ceiling(Math.max(1, ...columns.map(total)));
  const room = HEIGHT - FOOT - 8;
  const y = (value) => 8 + room - (value / top) * room;
  const step = (whole - LEFT) / Math.max(1, columns.length);
  const width = Math.max(2, Math.min(30, step * 0.7));
  const every = Math.ceil(columns.length / (whole / 80));
  return h("figure", { class: "chart" },
    h("figcaption", {}, h("h2", {}, label), legend(names)),
    s("svg", { viewBox: `0 0 ${whole} ${HEIGHT}`, role: "group", "aria-label": `${label}${say("colon")}${columns.map((column) => `${column.name} ${total(column)}`).join(say("comma"))}` },
      [0, top / 2, top].map((value) => [
        s("line", { x1: LEFT, x2: whole, y1: y(value), y2: y(value), class: "grid" }),
        s("text", { x: LEFT - 6, y: y(value) + 4, class: "axis", "text-anchor": "end" }, number(value))]),
      columns.map((column, place) => {
        const x = LEFT + place * step + (step - width) / 2;
        let below = 0;
        return s("g", {}, s("title", {}, `${column.name} · ${column.parts.map(({ key, value }) => `${names[key]} ${value}`).join(say("comma"))}`),
          s("rect", { x: LEFT + place * step, y: 8, width: step, height: room, class: "hit" }),
          column.parts.filter(({ value }) => value > 0).map(({ key, value, href }) => {
            below += value;
            const bar = s("rect", { x, y: y(below), width, height: Math.max(1, y(below - value) - y(below) - (below > value ? 1 : 0)), class: `bar bar-${key}` });
            return href ? s("a", { href, tabindex: -1, "aria-label": `${column.name} ${names[key]} ${value}` }, bar) : bar;
          }),
          place % every === 0 && s("text", { x: x + width / 2, y: HEIGHT - 6, class: "axis", "text-anchor": "middle" }, column.name));
      })));
}

const legend = (names) => h("ul", { class: "legend" }, Object.entries(names).map(([key, name]) => h("li", {}, h("i", { class: `swatch bar-${key}`, "aria-hidden": "true" }), name)));

/**
 * Lengths beside their names, longest first.
 * @param {{name: string, value: number, href: string}[]} rows
 */
export function bars(rows) {
  const most = Math.max(1, ...rows.map(({ value }) => value));
  return h("ul", { class: "bars" }, rows.map(({ name, value, href }) => h("li", {},
    h("a", { href }, h("span", { class: "bar-name" }, name),
      s("svg", { viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true", class: "bar-line" }, s("rect", { x: 0, y: 0, width: (value / most) * 100, height: 8, class: "bar-first" })),
      h("span", { class: "figure" }, number(value))))));
}

/** One part of a whole. @param {number} share  0 to 1 */
export const meter = (share) => s("svg", { viewBox: "0 0 100 6", preserveAspectRatio: "none", "aria-hidden": "true", class: "meter" },
  s("rect", { x: 0, y: 0, width: 100, height: 6, class: "meter-ground" }), s("rect", { x: 0, y: 0, width: Math.max(0, Math.min(1, share)) * 100, height: 6, class: "bar-first" }));
