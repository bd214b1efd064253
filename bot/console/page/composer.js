/** Where an agent writes: a reply to the shopper or a note for colleagues. What is typed is kept until it is sent. */

import { Attachments } from "./attachments.js";
import { CannedPicker } from "./canned_picker.js";
import { fill, h, icon, lengthOf, tool } from "./dom.js";
import { MentionPicker } from "./mention_picker.js";
import { modKey } from "./keys.js";
import { send } from "./outbox.js";
import { draftOf, keepDraft } from "./shelf.js";
import { agentName, on, state, tell } from "./state.js";
import { SuggestionBar } from "./suggestion.js";
import { languageName, say } from "./words.js";
import { take } from "./actions.js";

const TYPING_EVERY = 2000;

export class Composer {
  /** @param {(frame: object) => void} signal  to the live line */
  constructor(signal) {
    this.signal = signal;
    /** @type {import("./conversation.js").Conversation|null} */
    this.conversation = null;
    this.draft = draftOf("");
    /** Colleagues who write here and were warned of once. */
    this.warned = false;
    this.translating = true;
    this.input = h("textarea", { rows: 2, autocomplete: "off", id: "composer", oninput: () => this.typed(), onkeydown: (event) => this.key(event), onblur: () => setTimeout(() => document.activeElement === this.input || this.hidePickers(), 150) });
    this.attachments = new Attachments(() => this.changed());
    this.input.addEventListener("paste", (event) => this.attachments.add(event.clipboardData?.files ?? []));
    this.canned = new CannedPicker(this.input, (text) => this.put(text));
    this.mentions = new MentionPicker(this.input);
    this.suggestion = new SuggestionBar((text) => this.insertSuggestion(text), () => this.conversation?.forgetSuggestion());
    this.modes = h("div", { class: "modes", role: "tablist", "aria-label": say("writeWhat") });
    this.warning = h("p", { class: "soft-lock", role: "status", hidden: true });
    this.count = h("span", { class: "count-left", role: "status" });
    this.sendButton = h("button", { type: "button", class: "button first send", onclick: () => this.send() });
    this.sendClose = h("button", { type: "button", class: "button send-close", title: `${say("sendAndClose")} (${modKey()}+Enter)`, "aria-label": say("sendAndClose"), onclick: () => this.send({ close: true }) }, icon("check"), h("span", {}, say("sendAndClose")));
    this.slash = h("button", { type: "button", class: "tool", "aria-label": say("cannedAnswers"), title: `${say("cannedAnswers")} ( / )`, onclick: () => this.openCanned() }, icon("canned"));
    this.translate = h("button", { type: "button", class: "link small", "aria-pressed": "true", hidden: true, onclick: () => this.turnTranslation() });
    this.field = h("div", { class: "field" },
      this.canned.node, this.mentions.node,
      this.attachments.tray,
      this.input,
      h("div", { class: "field-foot" }, this.attachments.button, this.slash, this.translate, this.count, h("span", { class: "grow" }), this.sendClose, this.sendButton));
    this.blocked = h("div", { class: "blocked" });
    this.node = h("section", { class: "composer", "aria-label": say("write") }, this.suggestion.node, this.warning, this.modes, this.field, this.blocked);
    this.attachments.acceptDrops(this.node);
    on("conversation", (conversation) => conversation === this.conversation && this.update());
    on("suggestion", (conversation) => conversation === this.conversation && this.drawSuggestion());
  }

  /** @param {import("./conversation.js").Conversation|null} conversation */
  show(conversation) {
    this.keep();
    this.conversation = conversation;
    this.warned = false;
    this.translating = true;
    this.hidePickers();
    this.draft = draftOf(conversation?.id ?? "");
    this.input.value = this.draft[this.draft.mode];
    this.attachments.restore(this.draft.attachments);
    this.drawModes();
    this.update();
    this.measure();
  }

  /** @param {"reply"|"note"} mode */
  switchTo(mode, { focus = true } = {}) {
    if (this.draft.mode !== mode) {
      this.draft[this.draft.mode] = this.input.value;
      this.draft.mode = mode;
      this.input.value = this.draft[mode];
      this.hidePickers();
      this.drawModes();
      this.update();
      this.changed();
    }
    if (focus) this.input.focus();
  }

  drawModes() {
    const { mode } = this.draft;
    const tab = (name, hint) => h("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(mode === name), tabindex: mode === name ? 0 : -1, onclick: () => this.switchTo(name), onkeydown: (event) => this.tabKey(event) },
      icon(name), say(`mode.${name}`), h("kbd", {}, hint));
    fill(this.modes, tab("reply", "R"), tab("note", "N"));
    this.node.classList.toggle("noting", mode === "note");
    this.input.placeholder = say(mode === "note" ? "placeholderNote" : "placeholderReply");
    this.input.setAttribute("aria-label", say(`mode.${mode}`));
  }

  tabKey(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    this.switchTo(this.draft.mode === "note" ? "reply" : "note", { focus: false });
    /** @type {any} */ (this.modes.querySelector("[aria-selected=true]"))?.focus();
  }

  /** What the state of the conversation allows. */
  update() {
    const { conversation, draft } = this;
    const noting = draft.mode === "note";
    const row = conversation?.row;
    const blocked = conversation?.loaded && (conversation.lost || (!noting && conversation.can.reply === false));
    this.field.hidden = Boolean(blocked);
    this.blocked.hidden = !blocked;
    if (blocked) this.drawBlocked(row);
    this.slash.hidden = noting;
    this.sendClose.hidden = noting || row?.floor === "closed";
    this.attachments.button.hidden = noting;
    this.attachments.tray.classList.toggle("off", noting);
    this.drawTranslation();
    this.drawWarning();
    this.drawSuggestion();
    this.measure();
  }

  /** Whether the shopper reads another language than I write, and somebody translates. */
  get isForeign() {
    return state.settings.translate && this.conversation?.loaded && !state.me?.languages.includes(this.conversation.language);
  }

  turnTranslation() {
    this.translating = !this.translating;
    this.drawTranslation();
    this.input.focus();
  }

  drawTranslation() {
    this.translate.hidden = this.draft.mode === "note" || !this.isForeign;
    if (this.translate.hidden) return;
    this.translate.setAttribute("aria-pressed", String(this.translating));
    fill(this.translate, icon(this.translating ? "check" : "globe"), say(this.translating ? "translatesTo" : "sendsAsIs", { language: languageName(this.conversation?.language) }));
  }

  drawBlocked(row) {
    const other = row?.handover?.agent_id;
    const text = !this.conversation.lost && row?.floor === "agent" && other ? say("hasIt", { name: agentName(other) || say("someone") }) : say("cannotReply");
    fill(this.blocked, h("p", {}, text), this.conversation.can.take && h("button", { type: "button", class: "button", onclick: () => take(this.conversation, { force: true }) }, h("span", {}, say("take"))));
  }

  /** A colleague writes here too: the button asks once. */
  drawWarning() {
    const names = (this.conversation?.writers ?? []).map(agentName).filter(Boolean);
    const locked = names.length > 0 && this.draft.mode === "reply";
    if (!locked) this.warned = false;
    this.warning.hidden = !locked;
    if (locked) fill(this.warning, icon("alert"), say(this.warned ? "sendAnyway" : "alsoTyping", { names: names.join(say("comma")) }));
    this.locked = locked;
    fill(this.sendButton, h("span", {}, say(this.draft.mode === "note" ? "saveNote" : this.warned ? "sendNow" : "send")), icon(this.draft.mode === "note" ? "note" : "send"));
  }

  drawSuggestion() {
    const { conversation } = this;
    this.suggestion.show(this.draft.mode === "reply" && this.field.hidden === false ? (conversation?.suggestion ?? null) : null, this.input.value === "");
  }

  typed() {
    this.changed();
    if (this.draft.mode === "reply") this.canned.follow(this.conversation);
    else this.mentions.follow();
    if (!this.input.value.trim() || !this.conversation || Date.now() - (this.told ?? 0) < TYPING_EVERY) return;
    this.told = Date.now();
    if (this.draft.mode === "reply") this.signal({ type: "typing", conversation_id: this.conversation.id });
  }

  changed() {
    this.measure();
    this.keep();
    this.suggestion.fold(this.input.value !== "");
  }

  keep() {
    if (!this.conversation) return;
    const had = Boolean(this.draft.reply || this.draft.note);
    this.draft[this.draft.mode] = this.input.value;
    this.draft.attachments = this.attachments.ids;
    keepDraft(this.conversation.id, this.draft);
    if (had !== Boolean(this.draft.reply || this.draft.note)) tell("draft", this.conversation.id);
  }

  measure() {
    const { input } = this;
    const left = state.settings.max_chars - lengthOf(input.value);
    input.style.height = "auto";
    input.style.height = `${Math.min(260, Math.max(48, input.scrollHeight))}px`;
    this.count.textContent = left < 200 ? say(left < 0 ? "charsOver" : "charsLeft", { n: Math.abs(left) }) : "";
    this.count.classList.toggle("over", left < 0);
    const photos = this.draft.mode === "reply" ? this.attachments : null;
    const able = (input.value.trim() || photos?.ids.length) && left >= 0 && !photos?.busy;
    this.sendButton.disabled = this.sendClose.disabled = !able;
  }

  /** Enter sends, but never the Enter that picks a word in an input method. */
  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.canned.key(event) || this.mentions.key(event)) return;
    const mod = event.metaKey || event.ctrlKey;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.send({ close: mod && this.draft.mode === "reply" && !this.sendClose.hidden });
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.input.blur();
      tell("leftField");
    }
  }

  send({ close = false } = {}) {
    const { conversation, draft, input } = this;
    if (!conversation || this.sendButton.disabled) return;
    if (this.locked && !this.warned) {
      this.warned = true;
      this.drawWarning();
      return;
    }
    const text = input.value.trim();
    const noting = draft.mode === "note";
    send(conversation.id, noting ? { kind: "note", text } : { kind: "reply", text, attachments: this.attachments.ids, suggestion: draft.suggestion, close, translate: this.translating });
    input.value = "";
    if (!noting) {
      this.attachments.clear();
      draft.suggestion = "";
      conversation.forgetSuggestion();
    }
    this.warned = false;
    this.changed();
    this.hidePickers();
    input.focus();
  }

  /** Puts words where the cursor is, so that undo takes them out again. @param {string} text */
  put(text) {
    this.input.focus();
    if (!document.execCommand("insertText", false, text)) this.input.setRangeText(text, this.input.selectionStart, this.input.selectionEnd, "end");
    this.changed();
  }

  insertSuggestion(text) {
    this.switchTo("reply");
    this.draft.suggestion = text;
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
    this.put(this.input.value.trim() ? `\n${text}` : text);
  }

  /** A reply that failed comes back to be mended. @param {import("./outbox.js").Outgoing} item */
  edit(item) {
    this.switchTo(item.kind);
    if (!this.input.value.trim()) this.input.value = "";
    this.put(this.input.value ? `\n${item.text}` : item.text);
    if (item.attachments.length) this.attachments.restore([...this.attachments.ids, ...item.attachments]);
    this.draft.suggestion = item.suggestion;
    this.changed();
  }

  openCanned() {
    this.input.focus();
    if (!this.input.value.startsWith("/")) {
      this.input.setSelectionRange(0, 0);
      this.put("/");
    }
    this.canned.follow(this.conversation);
  }

  hidePickers() {
    this.canned.hide();
    this.mentions.hide();
  }
}
