/** Colleagues' names in a note: `@` and a few letters. */

import { h } from "./dom.js";
import { Picker } from "./picker.js";
import { isMe, state } from "./state.js";
import { say } from "./words.js";

export class MentionPicker {
  /** @param {HTMLTextAreaElement} input */
  constructor(input) {
    this.input = input;
    this.picker = new Picker(input, say("colleagues"), {
      draw: (agent) => [h("strong", {}, agent.name), h("span", {}, `@${agent.login}`)],
      choose: (agent) => {
        const end = input.selectionStart;
        input.setRangeText(`@${agent.login} `, end - this.wanted.length - 1, end, "end");
        input.dispatchEvent(new Event("input"));
      },
    });
    this.node = this.picker.node;
  }

  follow() {
    const words = /(?:^|[\s,，。:：(（])@([\w.-]*)$/.exec(this.input.value.slice(0, this.input.selectionStart));
    if (!words) return this.hide();
    this.wanted = words[1];
    const wanted = words[1].toLowerCase();
    this.picker.open(state.agents.filter((agent) => !isMe(agent.id) && `${agent.login} ${agent.name}`.toLowerCase().includes(wanted)).slice(0, 8));
  }

  hide() {
    this.picker.hide();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    return this.picker.key(event);
  }
}
