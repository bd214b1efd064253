/** A form made from a tool's JSON schema and the choices this customer has. */

import { h } from "./dom.js";
import { localized, say, sayOf } from "./words.js";

/**
 * @typedef {{value: string, label?: any, detail?: any, max?: number, choices?: Choice[]}} Choice
 * @typedef {{name: string, arguments: any, choices?: Record<string, Choice[]|Record<string, Choice[]>>}} Tool
 */

/** Arguments of the search inside a tool; nobody fills them in by hand. */
const INTERNAL = new Set(["exclude", "earlier", "photos"]);

/**
 * @param {Tool} tool @param {Record<string, any>} values  filled in already, changed by the form
 * @param {() => void} redraw  when one field's choice makes others
 * @returns {HTMLElement[]}
 */
export function fields(tool, values, redraw) {
  const schema = tool.arguments ?? {};
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {})
    .filter(([name]) => !INTERNAL.has(name))
    .map(([name, property]) => {
      const kind = resolved(property, schema);
      if (values[name] === undefined && kind.default !== undefined && kind.default !== null) values[name] = kind.default;
      const input = control(name, kind, choicesOf(tool, name, values), values, required.has(name), redraw);
      return input.group ? input.group : h("label", { class: "form-field" }, h("span", {}, labelOf(name), !required.has(name) && h("small", {}, say("optional"))), input);
    });
}

/** @param {Tool} tool @returns {Choice[]} */
function choicesOf(tool, name, values) {
  const given = tool.choices?.[name];
  if (Array.isArray(given)) return given.map(choice);
  return (given?.[values.order_number] ?? []).map(choice);
}

const choice = (given) => (typeof given === "object" ? { ...given, value: given.value ?? given.key ?? given.id, label: given.label ?? given.name ?? given.title } : { value: given, label: given });

/** Without its references and its "or nothing". */
function resolved(property, schema) {
  const ref = property.$ref && schema.$defs?.[property.$ref.split("/").at(-1)];
  const real = property.anyOf?.find(({ type }) => type !== "null");
  return { ...property, ...ref, ...real };
}

export const labelOf = (name) => sayOf("field", name, name.replace(/_/g, " "));

function control(name, kind, choices, values, required, redraw) {
  if (kind.patternProperties || (kind.type === "object" && choices.length && !kind.properties)) return items(name, kind, choices, values);
  if (kind.type === "object" && kind.properties) return group(name, kind, choices, values, redraw);
  if (kind.type === "array") return choices.length ? checks(name, choices, values) : words(name, values, required);
  if (kind.enum) return select(name, kind.enum.map((value) => ({ value, label: sayOf("value", value) })), values, required, redraw);
  if (choices.length) return select(name, choices, values, required, redraw);
  if (kind.type === "integer" || kind.type === "number") return h("input", { type: "number", name, required, value: values[name] ?? "", oninput: (event) => put(values, name, event.target.value === "" ? null : Number(event.target.value)) });
  const type = name === "email" ? "email" : name === "phone" ? "tel" : "text";
  return h("input", { type, name, required, maxlength: kind.maxLength ?? 200, value: values[name] ?? "", oninput: (event) => put(values, name, event.target.value.trim()) });
}

function put(values, name, value) {
  if (value === null || value === "") delete values[name];
  else values[name] = value;
}

function select(name, choices, values, required, redraw) {
  if (required && choices.length === 1) values[name] ??= choices[0].value;
  return h("select", { name, required, onchange: (event) => (put(values, name, event.target.value), redraw()) },
    h("option", { value: "" }, say(required ? "choose" : "noChoice")),
    choices.map(({ value, label, detail }) => h("option", { value, selected: values[name] === value }, [localized(label) || value, localized(detail)].filter(Boolean).join(" · "))));
}

/** Which of an order's items, and how many, or what instead. */
function items(name, kind, choices, values) {
  const chosen = (values[name] ??= {});
  const perItem = Object.values(kind.patternProperties ?? {})[0] ?? { type: "integer" };
  if (!choices.length) return h("input", { type: "text", name, placeholder: "SKU", value: Object.keys(chosen).join(" "), oninput: (event) => (values[name] = Object.fromEntries(event.target.value.split(/[\s,，]+/).filter(Boolean).map((sku) => [sku, 1]))) });
  const row = ({ value, label, detail, max = 1, choices: instead = [] }) => {
    const swap = perItem.type === "string";
    const amount = swap
      ? h("select", { "aria-label": say("instead"), disabled: !(value in chosen), onchange: (event) => (chosen[value] = event.target.value) }, h("option", { value: "" }, say("choose")), instead.map(choice).map((one) => h("option", { value: one.value, selected: chosen[value] === one.value }, [localized(one.label), localized(one.detail)].filter(Boolean).join(" · "))))
      : h("input", { type: "number", min: 1, max, value: chosen[value] ?? max, "aria-label": say("howMany"), disabled: !(value in chosen), oninput: (event) => (chosen[value] = Number(event.target.value) || 1) });
    const box = h("input", { type: "checkbox", checked: value in chosen, onchange: () => {
      if (box.checked) chosen[value] = swap ? amount.value : Number(amount.value);
      else delete chosen[value];
      amount.disabled = !box.checked;
    } });
    return h("li", {}, h("label", {}, box, h("span", {}, localized(label) || value, detail && h("small", {}, localized(detail)))), (swap || max > 1) && amount);
  };
  return { group: h("fieldset", { class: "form-field" }, h("legend", {}, labelOf(name)), h("ul", { class: "item-rows" }, choices.map(row))) };
}

/** Several of a few. */
function checks(name, choices, values) {
  const chosen = new Set(values[name] ?? []);
  const turn = (value, on) => {
    if (on) chosen.add(value);
    else chosen.delete(value);
    values[name] = [...chosen];
  };
  return { group: h("fieldset", { class: "form-field" }, h("legend", {}, labelOf(name)), h("ul", { class: "item-rows" }, choices.map(({ value, label, detail }) =>
    h("li", {}, h("label", {}, h("input", { type: "checkbox", checked: chosen.has(value), onchange: (event) => turn(value, event.target.checked) }), h("span", {}, localized(label) || value, detail && h("small", {}, localized(detail)))))))) };
}

const words = (name, values, required) => h("input", { type: "text", name, required, value: (values[name] ?? []).join(" "), oninput: (event) => put(values, name, event.target.value.trim() ? event.target.value.trim().split(/[\s,，]+/) : null) });

/** An address and the like: one that is known, or field by field. */
function group(name, kind, choices, values, redraw) {
  const inner = (values[name] ??= {});
  const required = new Set(kind.required ?? []);
  if (kind.properties.id) inner.id ??= "new";
  const known = choices.length > 0 && h("select", { "aria-label": labelOf(name), onchange: (event) => {
    const found = choices.find(({ value }) => value === event.target.value);
    if (found?.fields) Object.assign(inner, found.fields);
    redraw();
  } }, h("option", { value: "" }, say("newOne")), choices.map(({ value, label }) => h("option", { value, selected: inner.id === value }, localized(label))));
  return { group: h("fieldset", { class: "form-field form-group" }, h("legend", {}, labelOf(name)), known,
    Object.entries(kind.properties).filter(([part]) => part !== "id").map(([part, property]) =>
      h("label", {}, h("span", {}, labelOf(part)), control(part, property, [], inner, required.has(part), redraw)))) };
}

/** What is sent: without empty choices. @param {Record<string, any>} values */
export function given(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value != null && !(typeof value === "object" && !Array.isArray(value) && !Object.keys(value).length)));
}
