/** What shoppers asked and the bot could not answer, put together; a reviewed answer is found at once. */

import { get, post } from "./api.js";
import { button, fill, h, icon, keep } from "./dom.js";
import { answerForm, answeredList, dismissedList } from "./faq.js";
import { moment } from "./format.js";
import { addressOf } from "./router.js";
import { sourceChips } from "./sources.js";
import { failure, toast, trouble } from "./toasts.js";
import { segments } from "./switches.js";
import { say, sayOf } from "./words.js";

const SHOWN = 3;

/** @param {import("./pages.js").Frame} frame */
export function build({ body, tools }) {
  const page = new Unanswered(body, tools);
  page.read();
  return {};
}

class Unanswered {
  constructor(body, tools) {
    this.clusters = null;
    this.kind = "unanswered";
    /** @type {any[]} */
    this.done = [];
    this.list = h("ul", { class: "clusters" });
    this.note = h("div", {});
    this.body = body;
    this.tools = tools;
    fill(body, h("p", { class: "page-intro" }, say("unansweredIntro")), this.note, this.list);
  }

  async read() {
    try {
      const answer = await get("/unanswered");
      this.clusters = answer.clusters;
      this.done = answer.done ?? [];
      this.draw();
    } catch (error) {
      fill(this.note, failure(error, () => this.read()));
    }
  }

  draw() {
    const count = (kind) => this.clusters.filter((one) => one.kind === kind).length;
    const kinds = [["unanswered", `${say("notKnown")} ${count("unanswered")}`], ["edited", `${say("reworded")} ${count("edited")}`], ["answered", say("answered")], ["aside", say("aside")]];
    fill(this.tools, segments(say("kind"), /** @type {any} */ (kinds), this.kind, (kind) => ((this.kind = kind), this.draw())));
    this.list.hidden = this.kind === "answered" || this.kind === "aside";
    const again = () => this.read();
    if (this.kind === "answered") return fill(this.note, answeredList(again));
    if (this.kind === "aside") return fill(this.note, dismissedList(this.done, again));
    const shown = this.clusters.filter((one) => one.kind === this.kind);
    fill(this.note, !shown.length && h("div", { class: "empty" }, icon("check"), h("h2", {}, say("allAnswered")), h("p", {}, say("allAnsweredHint"))));
    keep(this.list, shown.map((cluster) => ({ key: cluster.id, version: JSON.stringify(cluster), build: () => this.node(cluster) })));
  }

  node(cluster) {
    const ids = cluster.questions.map(({ id }) => id);
    const form = h("div", { class: "answer-form" });
    const others = h("ul", { class: "bullets asked-list" }, cluster.questions.map((one, place) => h("li", { hidden: place >= SHOWN },
      h("span", { dir: "auto" }, one.text), " ", one.conversation_id && h("a", { href: addressOf({ view: "all", c: one.conversation_id }) }, moment(one.at)),
      one.suggested && h("div", { class: "reworded" }, h("p", {}, h("strong", {}, say("wasSuggested")), one.suggested), h("p", {}, h("strong", {}, say("wasSent")), one.given)))));
    const all = button(say("allQuestions", { n: cluster.questions.length }), () => {
      for (const item of others.children) item.hidden = false;
      all.remove();
    }, { class: "button quiet" });
    return h("li", { class: "cluster" },
      h("header", {},
        h("span", { class: "size", title: say("timesAsked", { n: cluster.size ?? ids.length }) }, `${cluster.size ?? ids.length}×`),
        h("h2", { dir: "auto" }, cluster.question),
        h("span", { class: "mark lang" }, sayOf("lang", cluster.language)),
        cluster.kind === "edited" && h("span", { class: "badge" }, say("reworded"))),
      others, cluster.questions.length > SHOWN && all,
      cluster.nearest?.length > 0 && h("div", { class: "near" }, h("span", { class: "quiet-text" }, say("nearest")), sourceChips(cluster.nearest)),
      h("div", { class: "actions" }, button(say("writeAnswer"), () => this.write(cluster, ids, form), { class: "button first" }, "note"), button(say("setAside"), () => this.dismiss(cluster, ids))),
      form);
  }

  write(cluster, ids, area) {
    if (area.childElementCount) return fill(area);
    const given = cluster.questions.find((one) => one.given)?.given ?? "";
    fill(area, answerForm(cluster.question, given, cluster.language, async (question, answer) => {
      const done = await post("/unanswered/answer", { ids, question, answer, language: cluster.language });
      toast(say(done.searchable ? "published" : "publishedSoon"));
      if (done.left) await this.read();
      else this.take(cluster);
    }, () => fill(area)));
    area.querySelector("textarea")?.focus();
  }

  async dismiss(cluster, ids) {
    this.take(cluster);
    try {
      await post("/unanswered/dismiss", { ids });
      toast(say("wasSetAside"), { undo: () => this.restore(ids) });
    } catch (error) {
      this.read();
      trouble(error);
    }
  }

  async restore(ids) {
    await post("/unanswered/restore", { ids });
    await this.read();
  }

  take(cluster) {
    this.clusters = this.clusters.filter((one) => one.id !== cluster.id);
    this.draw();
  }
}
