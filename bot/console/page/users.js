/** People who answer: who they are, what they may do, how much they take. Admins only. */

import { get, patch, post } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { REASONS } from "./filters.js";
import { moment } from "./format.js";
import { chosen, languageBoxes } from "./profile.js";
import { initials } from "./shell.js";
import { agentBy, isMe, on } from "./state.js";
import { failure, reasonOf, toast, trouble } from "./toasts.js";
import { languageName, say, sayOf } from "./words.js";

const ROLES = ["agent", "lead", "admin"];

/** @param {import("./pages.js").Frame} frame */
export function build({ body, tools }) {
  const page = new Users(body);
  fill(tools, button(say("addUser"), () => page.edit(null), { class: "button first" }, "plus"));
  const off = on("agents", () => page.draw());
  page.read();
  return { leave: off };
}

class Users {
  /** @param {HTMLElement} body */
  constructor(body) {
    this.form = h("div", { class: "user-form", hidden: true });
    this.table = h("div", { class: "wide" });
    this.users = [];
    fill(body, this.form, this.table);
  }

  async read() {
    try {
      this.users = (await get("/users")).users;
      this.draw();
    } catch (error) {
      fill(this.table, failure(error, () => this.read()));
    }
  }

  draw() {
    if (!this.users.length) return;
    const head = ["person", "role", "iAnswerIn", "capacity", "lastHere", "actions"];
    fill(this.table, h("table", { class: "table" },
      h("thead", {}, h("tr", {}, head.map((word) => h("th", { scope: "col" }, say(/** @type {any} */ (`col.${word}`)))))),
      h("tbody", {}, this.users.map((user) => this.row(user)))));
  }

  row(user) {
    const live = agentBy(user.id);
    const online = live && "online" in live && live.online;
    return h("tr", { class: user.disabled ? "off" : "" },
      h("th", { scope: "row" }, h("span", { class: "person" }, h("span", { class: "face", "aria-hidden": "true" }, initials(user.name)), h("span", {}, h("strong", {}, user.name), h("small", {}, `@${user.login}`)))),
      h("td", {}, say(`role.${user.role}`)),
      h("td", {}, user.languages.map(languageName).join(say("comma"))),
      h("td", { class: "figure" }, user.capacity),
      h("td", {}, user.disabled ? h("span", { class: "badge" }, say("switchedOff")) : online ? h("span", { class: "mark done" }, icon("check"), say("online")) : user.seen_at ? moment(user.seen_at) : say("never")),
      h("td", {}, h("span", { class: "row-actions" },
        button(say("edit"), () => this.edit(user)),
        !isMe(user.id) && button(say(user.disabled ? "switchOn" : "switchOff"), () => this.change(user, { disabled: !user.disabled }), { class: user.disabled ? "button" : "button quiet danger" }))));
  }

  async change(user, what) {
    try {
      await patch(`/users/${encodeURIComponent(user.id)}`, what);
      if ("disabled" in what) toast(say(what.disabled ? "wasSwitchedOff" : "wasSwitchedOn", { name: user.name }), { undo: () => this.change(user, { disabled: !what.disabled }) });
      await this.read();
      return true;
    } catch (error) {
      trouble(error);
      return false;
    }
  }

  /** A new person, or what is known of one. @param {any} user */
  edit(user) {
    const field = (name, type, more = {}) => h("input", { name, type, value: user?.[name] ?? "", required: true, ...more });
    const login = field("login", "text", { autocomplete: "off", autocapitalize: "none", disabled: Boolean(user) });
    const name = field("name", "text", { maxlength: 60 });
    const capacity = field("capacity", "number", { min: 0, max: 200, value: user?.capacity ?? 8 });
    const password = field("password", "password", { value: "", required: !user, minlength: 8, autocomplete: "new-password", placeholder: user ? say("unchanged") : "" });
    const role = h("select", { name: "role" }, ROLES.map((one) => h("option", { value: one, selected: (user?.role ?? "agent") === one }, say(/** @type {any} */ (`role.${one}`)))));
    const boxes = languageBoxes(user?.languages ?? ["zh", "en"]);
    const skills = REASONS.map((reason) => h("label", { class: "box" }, h("input", { type: "checkbox", value: reason, checked: user?.skills.includes(reason) ?? false }), sayOf("reason", reason)));
    const problem = h("p", { class: "problem", role: "alert" });
    const close = () => (this.form.hidden = true);
    const save = async (event) => {
      event.preventDefault();
      const what = { name: name.value.trim(), role: role.value, languages: chosen(boxes), skills: chosen(skills), capacity: Number(capacity.value), ...(password.value && { password: password.value }) };
      try {
        if (user) await patch(`/users/${encodeURIComponent(user.id)}`, what);
        else await post("/users", { login: login.value.trim(), ...what });
        close();
        toast(say("saved"));
        this.read();
      } catch (error) {
        fill(problem, icon("alert"), reasonOf(error));
      }
    };
    fill(this.form, h("form", { class: "stacked card-form", onsubmit: save },
      h("h2", {}, user ? user.name : say("addUser")),
      h("div", { class: "form-grid" },
        h("label", {}, say("login"), login), h("label", {}, say("nameShown"), name),
        h("label", {}, say("col.role"), role), h("label", {}, say("col.capacity"), capacity),
        h("label", {}, say("password"), password),
        h("fieldset", { class: "inline-boxes" }, h("legend", {}, say("col.iAnswerIn")), boxes)),
      h("fieldset", { class: "inline-boxes" }, h("legend", {}, say("skills")), skills),
      problem,
      h("div", { class: "actions" }, h("button", { type: "submit", class: "button first" }, h("span", {}, say("save"))), button(say("cancel"), close))));
    this.form.hidden = false;
    (user ? name : login).focus();
  }
}
