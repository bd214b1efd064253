/** Webhooks: who of the shop's programs is told what happens, and how that goes. Admins only. */

import { get, patch, post, remove } from "./api.js";
import { DeliveryLog } from "./delivery_log.js";
import { button, fill, h, icon } from "./dom.js";
import { isMenuOpen } from "./menu.js";
import { addressOf, go, route } from "./router.js";
import { failure, toast, trouble } from "./toasts.js";
import { shownWebhook } from "./webhook_card.js";
import { redeliverForm, removeForm, rotateForm, showSecret, webhookForm } from "./webhook_forms.js";
import { say } from "./words.js";

const REFRESH = 10_000;

/** @param {import("./pages.js").Frame} frame */
export function build({ body, tools }) {
  const page = new Webhooks(body, tools);
  const timer = setInterval(() => document.hidden || page.read(), REFRESH);
  return { arrive: () => page.arrive(), leave: () => (clearInterval(timer), page.log?.leave()) };
}

class Webhooks {
  constructor(body, tools) {
    this.tools = tools;
    this.form = h("div", { class: "user-form", hidden: true });
    this.shown = h("div", {});
    this.below = h("div", {});
    /** @type {any[]|null} */
    this.hooks = null;
    /** @type {string[]} */
    this.types = [];
    /** @type {DeliveryLog|null} */
    this.log = null;
    /** @type {any} */
    this.add = null;
    fill(body, this.form, this.shown, this.below);
  }

  /** The address says which one is open. */
  arrive() {
    this.form.hidden = true;
    this.version = "";
    this.log?.leave();
    this.log = null;
    fill(this.below);
    // Which events there are comes with the list.
    this.add = button(say("addHook"), () => this.edit(null), { class: "button first", disabled: !this.hooks }, "plus");
    fill(this.tools, !route.facts.id && this.add);
    this.read();
  }

  async read() {
    try {
      const { items, types } = await get("/webhooks");
      this.hooks = items;
      this.types = types;
      this.add.disabled = false;
      this.draw();
    } catch (error) {
      if (!this.hooks) fill(this.shown, failure(error, () => this.read()));
    }
  }

  /** Only what has changed is drawn again, and not below an open menu, so that nobody loses their place. */
  draw() {
    if (isMenuOpen()) return;
    const { id } = route.facts;
    const hook = this.hooks?.find((one) => one.id === id);
    const version = JSON.stringify([id, id ? hook : this.hooks]);
    if (version === this.version) return;
    this.version = version;
    const again = this.shown.contains(document.activeElement) ? /** @type {any} */ (document.activeElement).dataset.does : "";
    if (!id) this.drawList();
    else if (hook) this.drawOne(hook);
    else fill(this.shown, h("div", { class: "empty" }, icon("webhooks"), h("p", {}, say("notFound")), h("a", { class: "button", href: addressOf({ page: "webhooks" }) }, say("backToHooks"))));
    if (again) /** @type {any} */ (this.shown.querySelector(`[data-does=${again}]`))?.focus({ preventScroll: true });
  }

  drawList() {
    if (!this.hooks?.length) return fill(this.shown, h("div", { class: "empty" }, icon("webhooks"), h("h2", {}, say("noHooks")), h("p", {}, say("noHooksHint"))));
    fill(this.shown, h("p", { class: "page-intro" }, say("hooksIntro")),
      h("ul", { class: "hook-list" }, this.hooks.map((hook) => h("li", {}, shownWebhook(hook, { link: addressOf({ page: "webhooks", facts: { id: hook.id } }) })))));
  }

  drawOne(hook) {
    const does = (name, label, run, more = {}, mark = "") => button(label, (event) => run(event.currentTarget), { "data-does": name, ...more }, mark);
    fill(this.shown,
      h("a", { class: "link back-link", href: addressOf({ page: "webhooks" }) }, icon("back"), say("backToHooks")),
      shownWebhook(hook, {
        actions: h("div", { class: "actions" },
          does("test", say("sendTest"), () => this.test(hook), { class: "button first", disabled: !hook.enabled }, "send"),
          does("edit", say("edit"), () => this.edit(hook), {}, "note"),
          does("pause", say(hook.enabled ? "pauseHook" : "resumeHook"), () => this.pause(hook, !hook.enabled), {}, hook.enabled ? "pause" : "play"),
          does("rotate", say("rotateSecret"), (anchor) => rotateForm(anchor, (hours) => this.rotate(hook, hours)), { "aria-haspopup": "dialog" }, "key"),
          hook.dead > 0 && hook.enabled && does("dead", say("redeliverDead"), (anchor) => redeliverForm(anchor, (since) => this.redeliver(hook, since)), { "aria-haspopup": "dialog" }, "again"),
          does("remove", say("removeHook"), (anchor) => removeForm(anchor, hook, () => this.remove(hook)), { class: "button quiet danger", "aria-haspopup": "dialog" }, "bin")),
      }));
    if (!this.log) {
      this.log = new DeliveryLog(hook.id, () => this.read());
      fill(this.below, this.log.node);
    }
    this.log.refresh();
  }

  /** A new one, or what is known of one. @param {any} hook */
  edit(hook) {
    const close = () => {
      this.form.hidden = true;
      /** @type {any} */ (hook ? this.shown.querySelector("[data-does=edit]") : this.tools.querySelector("button"))?.focus();
    };
    fill(this.form, webhookForm(hook, this.types, async (values) => {
      const saved = hook ? await patch(`/webhooks/${hook.id}`, values) : await post("/webhooks", values);
      close();
      toast(say("saved"));
      if (!hook) showSecret(saved, saved.url);
      await this.read();
    }, close));
    this.form.hidden = false;
    this.form.scrollIntoView({ block: "nearest" });
    /** @type {any} */ (this.form.querySelector("input"))?.focus();
  }

  /** @param {() => Promise<any>} run */
  async try(run) {
    try {
      await run();
    } catch (error) {
      trouble(error);
    }
    await this.read();
  }

  test = (hook) => this.try(async () => this.log?.follow(await post(`/webhooks/${hook.id}/test`), "test"));

  pause = (hook, enabled) => this.try(async () => {
    await patch(`/webhooks/${hook.id}`, { enabled });
    toast(say(enabled ? "wasResumed" : "wasPaused"));
  });

  rotate = (hook, hours) => this.try(async () => showSecret(await post(`/webhooks/${hook.id}/secret`, { overlap_hours: hours }), hook.url));

  redeliver = (hook, since) => this.try(async () => {
    const { redelivered } = await post(`/webhooks/${hook.id}/redeliver`, { since });
    toast(redelivered ? say("deadAgain", { n: redelivered }) : say("noDeadSince"));
    this.log?.watch();
  });

  remove = (hook) => this.try(async () => {
    await remove(`/webhooks/${hook.id}`);
    toast(say("hookGone"));
    go({ page: "webhooks", facts: {} });
  });
}
