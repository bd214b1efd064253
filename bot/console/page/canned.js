/** The canned answers, in both languages, for leads to write. */

import { get, put, remove } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { learn, state } from "./state.js";
import { reasonOf, toast, trouble } from "./toasts.js";
import { say } from "./words.js";

const path = (shortcut) => `/canned/${encodeURIComponent(shortcut)}`;

/** @param {import("./pages.js").Frame} frame */
export function build({ body, tools }) {
  const list = h("ul", { class: "canned-list" });
  const search = h("input", { type: "search", placeholder: say("searchCanned"), "aria-label": say("searchCanned"), oninput: () => draw() });
  /** Which is being written; empty: a new one; null: none. @type {string|null} */
  let open = null;

  const known = (answer) => (learn(answer), draw());

  async function save(shortcut, zh, en) {
    known(await put(path(shortcut), { zh, en }));
    toast(say("saved"));
  }

  async function drop(answer) {
    try {
      known(await remove(path(answer.shortcut)) ?? (await get("/canned")));
      toast(say("cannedGone", { shortcut: answer.shortcut }), { undo: () => save(answer.shortcut, answer.zh, answer.en) });
    } catch (error) {
      trouble(error);
    }
  }

  function draw() {
    const wanted = search.value.trim().toLowerCase();
    const found = state.canned.filter(({ shortcut, zh, en }) => `${shortcut} ${zh} ${en}`.toLowerCase().includes(wanted));
    fill(list, open === "" && h("li", {}, editor({ shortcut: "", zh: "", en: "" })),
      found.map((answer) => h("li", {}, answer.shortcut === open ? editor(answer) : shown(answer))),
      !found.length && open !== "" && h("li", { class: "empty" }, icon("canned"), h("p", {}, say("nothingFound"))));
  }

  const write = (shortcut) => {
    open = shortcut;
    draw();
    /** @type {any} */ (list.querySelector("form input:not(:disabled), form textarea"))?.focus();
  };

  const shown = (answer) => h("div", { class: "canned-row" },
    h("kbd", {}, `/${answer.shortcut}`),
    h("div", { class: "grow" }, h("p", { lang: "zh-CN" }, answer.zh || h("em", {}, say("noText"))), h("p", { lang: "en" }, answer.en || h("em", {}, say("noText")))),
    h("span", { class: "row-actions" }, button(say("edit"), () => write(answer.shortcut)), button(say("remove"), () => drop(answer), { class: "button quiet danger" })));

  function editor(answer) {
    const shortcut = h("input", { value: answer.shortcut, required: true, pattern: "[A-Za-z0-9_\\-]{1,40}", maxlength: 40, disabled: Boolean(answer.shortcut), title: say("shortcutHint") });
    const zh = h("textarea", { rows: 3, lang: "zh-CN", maxlength: 4000 }, answer.zh);
    const en = h("textarea", { rows: 3, lang: "en", maxlength: 4000 }, answer.en);
    const problem = h("p", { class: "problem", role: "alert" });
    const submit = async (event) => {
      event.preventDefault();
      try {
        const name = shortcut.value.trim();
        if (!zh.value.trim() && !en.value.trim()) return fill(problem, icon("alert"), say("textNeeded"));
        open = null;
        await save(name, zh.value.trim(), en.value.trim());
      } catch (error) {
        open = answer.shortcut;
        fill(problem, icon("alert"), reasonOf(error));
      }
    };
    return h("form", { class: "stacked card-form", onsubmit: submit },
      h("label", {}, say("shortcut"), shortcut),
      h("div", { class: "form-grid" }, h("label", {}, "中文", zh), h("label", {}, "English", en)),
      h("p", { class: "quiet-text" }, say("variables"), " ", ["{customer}", "{order}", "{agent}", "{shop}"].map((name) => [h("code", {}, name), " "])),
      problem,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button first" }, h("span", {}, say("save"))), button(say("cancel"), () => ((open = null), draw()))));
  }

  fill(tools, search, button(say("addCanned"), () => write(""), { class: "button first" }, "plus"));
  fill(body, list);
  draw();
  get("/canned").then(known, () => {});
  return {};
}
