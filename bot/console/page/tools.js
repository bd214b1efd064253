/** Running a tool on the shopper's behalf: pick, fill in, look at what would happen, confirm, receipt. */

import { at, get, post } from "./api.js";
import { cardNode, cardNodes } from "./cards.js";
import { button, fill, h, icon, tool as iconButton } from "./dom.js";
import { fields, given } from "./forms.js";
import { clock } from "./format.js";
import { sayReceipt } from "./receipts.js";
import { failure, reasonOf, toast } from "./toasts.js";
import { language, localized, say, sayOf } from "./words.js";

export class Tools {
  /** @param {() => void} leave @param {(text: string) => void} insert  into the reply */
  constructor(leave, insert) {
    this.leave = leave;
    this.insert = insert;
    this.node = h("div", { class: "tools" });
    /** @type {import("./conversation.js").Conversation|null} */
    this.conversation = null;
  }

  /** @param {import("./conversation.js").Conversation} conversation @param {{tool?: string, values?: Record<string, any>}} [start] */
  async show(conversation, { tool = "", values = {} } = {}) {
    this.conversation = conversation;
    this.known = values;
    fill(this.node, this.head(say("runTool"), this.leave), h("p", { class: "quiet-text", role: "status" }, say("loading")));
    try {
      const { tools } = await get(at(conversation.id, "tools"));
      if (this.conversation !== conversation) return;
      this.tools = tools;
      const wanted = tools.find(({ name }) => name === tool);
      if (wanted) this.form(wanted);
      else this.pick();
    } catch (error) {
      fill(this.node, this.head(say("runTool"), this.leave), failure(error, () => this.show(conversation, { tool, values })));
    }
  }

  head(title, back) {
    return h("header", { class: "tools-head" }, iconButton("back", say("back"), back), h("h3", {}, title));
  }

  /** Those that change something first: they are why one comes here. */
  pick() {
    const group = (word, tools) => tools.length > 0 && [h("h4", {}, say(word)), h("ul", { class: "tool-list" }, tools.map((one) =>
      h("li", {}, h("button", { type: "button", class: "menu-item", disabled: one.available === false, onclick: () => this.form(one) },
        icon(one.writes ? "tools" : "search"), h("span", { class: "grow" }, nameOf(one), one.reason && h("small", {}, localized(one.reason))), icon("right")))))];
    fill(this.node, this.head(say("runTool"), this.leave),
      this.tools.length ? [group("changes", this.tools.filter(({ writes }) => writes)), group("looksUp", this.tools.filter(({ writes }) => !writes))] : h("p", { class: "quiet-text" }, say("noTools")));
    /** @type {any} */ (this.node.querySelector(".tool-list button"))?.focus();
  }

  /** What of the given is known already. */
  begun(one) {
    const asked = one.arguments?.properties ?? {};
    return Object.fromEntries(Object.entries(this.known).filter(([name]) => name in asked));
  }

  /** @param {any} one @param {Record<string, any>} [values] */
  form(one, values = this.begun(one)) {
    const problem = h("p", { class: "problem", role: "alert" });
    const area = h("div", { class: "form-fields" });
    const draw = () => {
      const focused = /** @type {any} */ (document.activeElement)?.name;
      fill(area, fields(one, values, draw));
      if (focused) /** @type {any} */ (area.querySelector(`[name="${focused}"]`))?.focus();
    };
    draw();
    const go = h("button", { type: "submit", class: "button first" }, h("span", {}, say(one.writes ? "preview" : "lookUp")));
    const submit = async (event) => {
      event.preventDefault();
      go.disabled = true;
      fill(problem);
      const { conversation } = this;
      try {
        const answer = await post(at(conversation.id, `tools/${encodeURIComponent(one.name)}`), { arguments: given(values), language });
        // What is one shopper's is not shown beside another.
        if (conversation === this.conversation) this.answered(one, values, answer);
      } catch (error) {
        fill(problem, icon("alert"), reasonOf(error));
      } finally {
        go.disabled = false;
      }
    };
    fill(this.node, this.head(nameOf(one), () => this.pick()), h("form", { class: "tool-form", onsubmit: submit }, area, problem, go));
    /** @type {any} */ (area.querySelector("input, select, textarea"))?.focus();
  }

  answered(one, values, answer) {
    if (answer.outcome === "proposed") return this.proposed(one, values, answer);
    const refused = answer.outcome !== "ok";
    fill(this.node, this.head(nameOf(one), () => this.form(one, values)),
      h("div", { class: `answer${refused ? " refused" : ""}`, role: "status" },
        h("p", { class: "mark strong" }, icon(refused ? "alert" : "check"), sayOf("outcome", answer.outcome)),
        answer.text && h("p", { dir: "auto" }, answer.text),
        answer.cards?.length > 0 && cardNodes(answer.cards),
        answer.text && button(say("insertIntoReply"), () => this.insert(answer.text), {}, "reply")));
  }

  /** What would change, and the money; nothing has happened yet. */
  proposed(one, values, answer) {
    const problem = h("p", { class: "problem", role: "alert" });
    const confirm = h("button", { type: "button", class: "button first", onclick: () => this.confirm(one, values, answer, confirm, problem) }, h("span", {}, sayOf("confirm", one.name, say("confirm"))));
    fill(this.node, this.head(nameOf(one), () => this.form(one, values)),
      h("p", { class: "quiet-text" }, say("nothingYet")),
      answer.card ? cardNode({ ...answer.card, buttons: [] }) : h("p", { dir: "auto" }, answer.text ?? ""),
      problem,
      h("div", { class: "actions" }, confirm, button(say("goBack"), () => this.form(one, values))),
      answer.expires_at && h("p", { class: "quiet-text" }, say("validUntil", { at: clock(answer.expires_at) })));
    confirm.focus();
  }

  async confirm(one, values, answer, pressed, problem) {
    pressed.disabled = true;
    fill(problem);
    const { conversation } = this;
    try {
      const done = await post(at(conversation.id, `tools/${encodeURIComponent(one.name)}`), { confirm: answer.confirm, language });
      for (const line of done.lines ?? []) conversation.put(line);
      conversation.refreshSoon();
      if (conversation === this.conversation) this.done(one, done);
    } catch (error) {
      pressed.disabled = false;
      fill(problem, icon("alert"), error.code === "outdated" ? say("outdated") : reasonOf(error));
      if (error.code === "outdated") pressed.disabled = true;
    }
  }

  done(one, { receipt, cards = [], text = "" }) {
    toast(say("toolDone", { tool: nameOf(one) }));
    fill(this.node, this.head(nameOf(one), this.leave),
      h("div", { class: "answer", role: "status" },
        h("p", { class: "mark strong done" }, icon("check"), say("done")),
        cards.length ? cardNodes(cards.map((card) => ({ ...card, buttons: [] }))) : text ? h("p", {}, text) : receipt && sayReceipt(receipt),
        h("p", { class: "quiet-text" }, say("receiptShown"))),
      button(say("backToContext"), this.leave));
  }
}

const nameOf = (one) => localized(one.label) || sayOf("tool", one.name, one.name.replace(/_/g, " "));
