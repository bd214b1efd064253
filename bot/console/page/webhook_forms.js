/** The forms of a webhook: what it is told, its secret, and what is asked before something is lost. */

import { copyable } from "./copy.js";
import { button, fill, h, icon, tool } from "./dom.js";
import { within } from "./format.js";
import { popover, sheet } from "./menu.js";
import { segments, toggle } from "./switches.js";
import { reasonOf } from "./toasts.js";
import { say, sayOf } from "./words.js";

const HOUR = 3_600_000;
const OVERLAPS = [0, 1, 24, 168];
const SINCES = [["hour", HOUR], ["day", 24 * HOUR], ["week", 168 * HOUR], ["all", Infinity]];

/**
 * @param {any} hook  null: a new one @param {string[]} types  all there are
 * @param {(values: any) => Promise<void>} save @param {() => void} close
 */
export function webhookForm(hook, types, save, close) {
  const url = h("input", { name: "url", type: "url", required: true, maxlength: 2000, value: hook?.url ?? "", placeholder: "https://", autocomplete: "off", spellcheck: "false", "aria-describedby": "hook-url-hint" });
  const name = h("input", { name: "description", maxlength: 200, value: hook?.description ?? "", placeholder: say("hookNameHint") });
  let some = Boolean(hook?.types.length);
  let personal = Boolean(hook?.with_personal);
  const boxes = types.map((type) => h("label", { class: "box event-box" }, h("input", { type: "checkbox", value: type, checked: hook?.types.includes(type) ?? false }), h("span", {}, sayOf("event", type), h("small", {}, type))));
  const chosen = () => boxes.map((box) => /** @type {any} */ (box.querySelector("input"))).filter((input) => input.checked).map((input) => input.value);
  const list = h("div", { class: "event-boxes", hidden: !some }, boxes);
  const which = segments(say("whichEvents"), [["all", say("allEvents")], ["some", say("someEvents")]], some ? "some" : "all", (value) => {
    some = value === "some";
    list.hidden = !some;
  });
  const problem = h("p", { class: "problem", role: "alert" });
  const submit = async (event) => {
    event.preventDefault();
    fill(problem);
    if (some && !chosen().length) return fill(problem, icon("alert"), say("chooseEvents"));
    try {
      await save({ url: url.value.trim(), description: name.value.trim(), types: some ? chosen() : [], with_personal: personal });
    } catch (error) {
      const wrongUrl = error.code === "invalid_field" && /^url\b/.test(error.message);
      fill(problem, icon("alert"), wrongUrl ? say("badUrl") : reasonOf(error));
      if (wrongUrl || error.code === "private_address" || error.code === "not_https") url.focus();
    }
  };
  return h("form", { class: "stacked card-form", onsubmit: submit, onkeydown: (event) => event.key === "Escape" && close() },
    h("h2", {}, say(hook ? "changeHook" : "addHook")),
    h("div", { class: "hinted" }, h("label", {}, say("hookUrl"), url), h("small", { id: "hook-url-hint" }, say("hookUrlHint"))),
    h("label", {}, say("hookName"), name),
    h("fieldset", { class: "which-events" }, h("legend", {}, say("whichEvents")), which, list),
    toggle(say("withPersonal"), personal, (on) => (personal = on), say("withPersonalHint")),
    problem,
    h("div", { class: "actions" }, h("button", { type: "submit", class: "button first" }, h("span", {}, say(hook ? "save" : "addHook"))), button(say("cancel"), close)));
}

/** The only time that it can be read. @param {any} hook  with its `secret` @param {string} url */
export function showSecret({ secret, previous_secret_until: until }, url) {
  const overlaps = until && new Date(until) > new Date();
  sheet(say("secret"), (close) => [
    h("header", { class: "sheet-head" }, h("h2", {}, say("secret")), tool("close", say("close"), close)),
    h("div", { class: "secret-body" },
      h("p", { class: "quiet-text whole" }, url),
      copyable(secret, say("secret")),
      h("p", {}, say("secretOnce")),
      until && h("p", {}, overlaps ? say("secretOverlap", { at: within(until) }) : say("secretAtOnce")),
      h("div", { class: "actions" }, button(say("secretKept"), close, { class: "button first", autofocus: true }))),
  ], "secret-sheet");
}

/** @param {HTMLElement} anchor @param {(hours: number) => void} rotate */
export function rotateForm(anchor, rotate) {
  popover(anchor, say("rotateSecret"), (close) => {
    const hours = h("select", {}, OVERLAPS.map((one) => h("option", { value: one, selected: one === 24 }, say(/** @type {any} */ (`overlap.${one}`)))));
    return little((event) => (event.preventDefault(), close(), rotate(Number(hours.value))),
      h("label", {}, say("rotateHint"), hours), h("button", { type: "submit", class: "button first" }, h("span", {}, say("rotate"))));
  });
}

/** @param {HTMLElement} anchor @param {(since: string) => void} redeliver */
export function redeliverForm(anchor, redeliver) {
  popover(anchor, say("redeliverDead"), (close) => {
    const since = h("select", { "aria-label": say("redeliverSince") }, SINCES.map(([name]) => h("option", { value: name, selected: name === "day" }, say(/** @type {any} */ (`since.${name}`)))));
    const submit = (event) => {
      event.preventDefault();
      const ago = Number(SINCES.find(([name]) => name === since.value)?.[1]);
      close();
      redeliver(new Date(Math.max(0, Date.now() - ago)).toISOString());
    };
    return little(submit, h("p", { class: "quiet-text" }, say("redeliverDeadHint")), since, h("button", { type: "submit", class: "button first" }, h("span", {}, say("redeliver"))));
  });
}

/** @param {HTMLElement} anchor @param {any} hook @param {() => void} remove */
export function removeForm(anchor, hook, remove) {
  popover(anchor, say("removeHook"), (close) => little((event) => (event.preventDefault(), close(false), remove()),
    h("p", {}, say("removeHookSure", { n: hook.waiting })),
    h("div", { class: "actions" }, button(say("cancel"), () => close(), { autofocus: true }), h("button", { type: "submit", class: "button danger" }, icon("bin"), h("span", {}, say("confirmRemove"))))));
}

const little = (onsubmit, ...content) => h("form", { class: "little-form", onsubmit }, content);
