/** Above the stream: who it is, how it stands, and what can be done with it. */

import * as actions from "./actions.js";
import { button, fill, h, icon, tool } from "./dom.js";
import { menu } from "./menu.js";
import { mergeForm, moreItems, priorityItems, snoozeForm, tagForm, transferForm } from "./header_forms.js";
import { go } from "./router.js";
import { nameOf, priorityMark, promiseMark, standing, standingWord } from "./row.js";
import { agentName, isMe, on } from "./state.js";
import { languageName, say, sayOf } from "./words.js";

export class Header {
  /** @param {() => void} toggleContext */
  constructor(toggleContext) {
    /** @type {import("./conversation.js").Conversation|null} */
    this.conversation = null;
    this.who = h("div", { class: "who" });
    this.buttons = h("div", { class: "head-actions" });
    this.facts = h("div", { class: "head-facts" });
    this.contextButton = tool("panel", say("toggleContext"), toggleContext, { class: "tool context-toggle" });
    this.node = h("header", { class: "thread-head" },
      h("div", { class: "head-top" },
        tool("back", say("backToList"), () => go({ c: null }), { class: "tool only-phone" }),
        this.who, this.buttons, this.contextButton),
      this.facts);
    on("conversation", (conversation) => conversation === this.conversation && this.update());
    on("agents", () => this.update());
    setInterval(() => this.update(), 10_000);
  }

  /** @param {import("./conversation.js").Conversation|null} conversation */
  show(conversation) {
    this.conversation = conversation;
    this.version = "";
    fill(this.who);
    fill(this.buttons);
    fill(this.facts);
    this.update();
  }

  update() {
    const { conversation } = this;
    const row = conversation?.row;
    if (!row) return;
    const mark = promiseMark(row);
    const version = JSON.stringify([row, conversation.can, conversation.viewers, conversation.merged, conversation.lost, mark && mark.textContent, agentName(row.handover?.agent_id)]);
    if (version === this.version) return;
    this.version = version;
    const kept = this.node.contains(document.activeElement) ? /** @type {any} */ (document.activeElement).dataset.do : null;
    fill(this.who, h("h1", { title: nameOf(row) }, nameOf(row)));
    fill(this.buttons, this.actionButtons(row));
    const stands = conversation.lost ? "other" : standing(row);
    fill(this.facts,
      h("span", { class: `mark strong standing-${stands}` }, icon(stands === "other" ? "person" : stands), conversation.lost ? say("notYours") : standingWord(row)),
      !conversation.lost && [mark, priorityMark(row)],
      h("span", { class: "mark quiet-mark" }, [sayOf("channel", row.channel), languageName(row.language)].filter(Boolean).join(" · ")),
      this.others(),
      this.tagChips(row),
      conversation.merged?.into && h("button", { type: "button", class: "chip", onclick: () => go({ c: conversation.merged.into }) }, icon("merge"), say("mergedInto")),
      (conversation.merged?.from ?? []).map((id) => h("button", { type: "button", class: "chip", onclick: () => go({ c: id }) }, icon("merge"), say("mergedFrom"))));
    if (kept) /** @type {any} */ (this.node.querySelector(`[data-do=${kept}]`))?.focus();
  }

  others() {
    const names = this.conversation.viewers.filter((id) => !isMe(id)).map(agentName).filter(Boolean);
    return names.length > 0 && h("span", { class: "mark viewers", title: say("viewing", { names: names.join(say("comma")) }) }, icon("eye"), h("span", { class: "clip" }, names.join(say("comma"))));
  }

  actionButtons(row) {
    const { can, isMine, holder } = this.conversation;
    const kept = row.floor === "waiting" && isMe(holder);
    const does = (name, label, run, key, first = false) => (can[name] !== false || (name === "take" && kept)) && button(label, (event) => run(event.currentTarget), { class: `button${first ? " first" : ""} do-${name}`, "data-do": name, "aria-keyshortcuts": key, title: `${label} (${key.toUpperCase()})` }, ICON[name]);
    return [
      !isMine && does("take", say("take"), () => this.run("take"), "t", row.floor === "waiting"),
      row.floor === "agent" && does("hand_back", say("handBack"), () => this.run("hand_back"), "b"),
      row.floor !== "closed" && row.floor !== "bot" && does("close", say("closeIt"), () => this.run("close"), "e"),
      tool("more", say("moreActions"), (event) => this.more(event.currentTarget), { "aria-haspopup": "menu", "aria-expanded": "false", "data-do": "more" }),
    ];
  }

  tagChips(row) {
    const may = this.conversation.can.tags !== false;
    return [
      row.tags.map((tag) => h("span", { class: "tag" }, tag, may && h("button", { type: "button", "aria-label": say("removeTag", { tag }), onclick: () => actions.tagWith(this.conversation, row.tags.filter((other) => other !== tag)) }, icon("close")))),
      may && h("button", { type: "button", class: "tag-add", "data-do": "tag", "aria-haspopup": "dialog", onclick: () => this.run("tag") }, icon("plus"), say("tag")),
    ];
  }

  more(anchor) {
    menu(anchor, say("moreActions"), moreItems(this.conversation, (what) => this.run(what)));
  }

  /** What a key or a menu asks for; small forms open beside their button. @param {string} what */
  run(what) {
    const { conversation } = this;
    if (!conversation) return;
    // A key may be quicker than the line: what it asks for is done once it is known what it is about.
    if (!conversation.loaded) return conversation.loading?.then(() => conversation.loaded && conversation === this.conversation && this.run(what));
    const can = conversation.can;
    const anchor = /** @type {HTMLElement} */ (this.node.querySelector("[data-do=more]"));
    if (can[what] === false && what !== "take") return;
    switch (what) {
      case "take": return conversation.isMine || (can.take === false && !isMe(conversation.holder)) ? undefined : actions.take(conversation);
      case "hand_back": return conversation.row.floor === "agent" && actions.handBack(conversation);
      case "close": return conversation.row.floor !== "closed" && actions.close(conversation);
      case "snooze": return snoozeForm(anchor, conversation);
      case "transfer": return transferForm(anchor, conversation);
      case "priority": return menu(anchor, say("priority"), priorityItems(conversation));
      case "merge": return mergeForm(anchor, conversation);
      case "tag": return tagForm(/** @type {HTMLElement} */ (this.node.querySelector("[data-do=tag]") ?? anchor), conversation);
    }
  }
}

const ICON = { take: "mine", hand_back: "bot", close: "check" };
