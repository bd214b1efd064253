/** Reviewed answers that the bot gives, to change or take back; and questions that were set aside. */

import { get, patch, post, remove } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { moment } from "./format.js";
import { agentName } from "./state.js";
import { failure, reasonOf, toast, trouble } from "./toasts.js";
import { languageName, say, sayOf } from "./words.js";

const path = (document_) => `/faq/${encodeURIComponent(document_)}`;

/** @param {() => void} changed  the open questions are others now */
export function answeredList(changed) {
  const list = h("ul", { class: "clusters" });
  const read = async () => {
    try {
      const { entries } = await get("/faq");
      fill(list, entries.length ? entries.map((entry) => h("li", { class: "cluster" }, shown(entry))) : h("li", { class: "empty" }, icon("page"), h("p", {}, say("noFaq"))));
    } catch (error) {
      fill(list, h("li", {}, failure(error, read)));
    }
  };

  const shown = (entry) => {
    const node = h("div", { class: "faq" },
      h("header", {}, h("h2", { dir: "auto" }, entry.question), h("span", { class: "mark lang" }, sayOf("lang", entry.language)),
        h("span", { class: `mark ${entry.searchable ? "done" : "standing-waiting"}` }, icon(entry.searchable ? "check" : "clock"), say(entry.searchable ? "isLive" : "notLive"))),
      h("p", { class: "faq-answer", dir: "auto" }, entry.answer),
      entry.phrasings?.length > 0 && h("p", { class: "quiet-text" }, say("alsoAsked"), entry.phrasings.join(say("comma"))),
      h("div", { class: "actions" },
        button(say("edit"), () => node.replaceChildren(editor(entry))), button(say("withdraw"), () => withdraw(entry), { class: "button quiet danger" }),
        h("span", { class: "quiet-text" }, [agentName(entry.by), moment(entry.at)].filter(Boolean).join(" · "))));
    return node;
  };

  async function withdraw(entry) {
    try {
      await remove(path(entry.document));
      toast(say("withdrawn"));
      changed();
      read();
    } catch (error) {
      trouble(error);
    }
  }

  const editor = (entry) => answerForm(entry.question, entry.answer, entry.language, async (question, answer) => {
    const done = await patch(path(entry.document), { question, answer });
    toast(say(done.searchable ? "published" : "publishedSoon"));
    read();
  }, read);

  read();
  return list;
}

/** @param {any[]} done  settled rows @param {() => void} changed */
export function dismissedList(done, changed) {
  const aside = done.filter((row) => !row.document);
  if (!aside.length) return h("p", { class: "quiet-text" }, say("noneAside"));
  const back = async (row) => {
    try {
      await post("/unanswered/restore", { ids: [row.id] });
      changed();
    } catch (error) {
      trouble(error);
    }
  };
  return h("ul", { class: "plain-rows" }, aside.map((row) => h("li", {}, h("div", { class: "grow" }, h("span", { dir: "auto" }, row.text), h("small", {}, [agentName(row.resolved_by), moment(row.resolved_at)].filter(Boolean).join(" · "))), button(say("restore"), () => back(row), {}, "undo"))));
}

/**
 * A question and its answer, to be reviewed and published.
 * @param {string} asked @param {string} given @param {string} language
 * @param {(question: string, answer: string) => Promise<void>} publish @param {() => void} leave
 */
export function answerForm(asked, given, language, publish, leave) {
  const question = h("input", { value: asked, required: true, maxlength: 300 });
  const answer = h("textarea", { rows: 5, required: true, maxlength: 4000, placeholder: say("answerHint"), autofocus: true }, given);
  const problem = h("p", { class: "problem", role: "alert" });
  const save = h("button", { type: "submit", class: "button first" }, h("span", {}, say("publish")));
  const submit = async (event) => {
    event.preventDefault();
    save.disabled = true;
    fill(problem);
    try {
      await publish(question.value.trim(), answer.value.trim());
    } catch (error) {
      save.disabled = false;
      fill(problem, icon("alert"), reasonOf(error));
    }
  };
  return h("form", { class: "stacked card-form", onsubmit: submit },
    h("label", {}, say("faqQuestion"), question),
    h("label", {}, say("faqAnswer", { language: languageName(language) }), answer),
    problem,
    h("div", { class: "actions" }, save, button(say("cancel"), leave)));
}
