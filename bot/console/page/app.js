/** Where the page begins: who is here, which page, and the line to the server. */

import { configure, get, post } from "./api.js";
import { Desk } from "./desk.js";
import { h } from "./dom.js";
import { listen, showKeys } from "./keys.js";
import { Live } from "./live.js";
import { loginPage } from "./login.js";
import { news } from "./news.js";
import { titleCounts } from "./notify.js";
import { PAGES, pageOf } from "./pages.js";
import { follow, go, route } from "./router.js";
import { keepFor } from "./shelf.js";
import { Shell } from "./shell.js";
import { isAtLeast, learn, on, state, tell } from "./state.js";
import { toastRegion, trouble } from "./toasts.js";
import { language, say } from "./words.js";

document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
document.title = say("console");
document.body.append(toastRegion);
document.addEventListener("click", follow);

class App {
  constructor() {
    this.live = new Live({
      frame: (frame) => this.hear(frame),
      status: (connection) => connection !== state.connection && learn({ connection }),
      resync: () => this.resync(),
      signedOut: () => this.signedOut(),
    });
    configure({ language, signedOut: () => this.signedOut() });
    this.login = null;
    this.leaving = false;
  }

  /** @param {any} known  what GET /me says */
  build(known) {
    keepFor(known.me.id);
    learn(known);
    this.shell = new Shell({ signOut: () => this.signOut() });
    this.desk = new Desk(this.live, () => this.shell.openNavigation());
    this.shell.main.append(this.desk.node);
    document.body.prepend(this.shell.node);
    this.page = null;
    on("route", () => this.arrive());
    titleCounts();
    this.keys();
    this.arrive();
    this.live.start();
  }

  async enter() {
    try {
      const known = await get("/me");
      this.login?.remove();
      this.login = null;
      if (!this.shell) return this.build(known);
      if (known.me.id !== state.me?.id) return location.reload();
      learn(known);
      this.live.start();
      this.shell.node.inert = false;
    } catch (error) {
      if (error.status !== 401) this.unreachable(error);
    }
  }

  /** Over the page: what was typed below stays. */
  signedOut() {
    if (this.login || this.leaving) return;
    this.live.stop();
    const ended = Boolean(this.shell);
    if (this.shell) this.shell.node.inert = true;
    this.login = h("div", { class: "login-over" }, loginPage(() => this.enter(), { login: state.me?.login ?? "", ended }));
    document.body.prepend(this.login);
    /** @type {any} */ (this.login.querySelector("[autofocus]"))?.focus();
  }

  /** @param {unknown} error */
  unreachable(error) {
    trouble(error);
    setTimeout(() => this.enter(), 4000);
  }

  async signOut() {
    this.leaving = true;
    this.live.stop();
    await post("/logout").catch(() => {});
    location.assign("/console");
  }

  arrive() {
    if (route.page !== "inbox" && !(PAGES[route.page] && isAtLeast(PAGES[route.page].role))) return go({ page: "inbox" }, { replace: true });
    const atDesk = route.page === "inbox";
    this.desk.node.hidden = !atDesk;
    if (atDesk) this.desk.arrive();
    if (this.page?.name === route.page) return this.page.arrive?.();
    this.page?.node.remove();
    this.page?.leave?.();
    this.page = atDesk ? null : pageOf(route.page, () => this.shell.openNavigation());
    if (this.page) {
      this.shell.main.append(this.page.node);
      this.page.arrive?.();
    }
    if (!atDesk) this.live.show(null);
    else if (this.desk.conversation) this.live.show(this.desk.conversation.id);
  }

  hear(frame) {
    if (frame.type === "agents") learn({ agents: frame.agents });
    this.desk.hear(frame);
    news(frame, () => (document.hasFocus() && !this.desk.node.hidden ? (this.desk.conversation?.id ?? null) : null));
    tell("frame", frame);
  }

  resync() {
    this.desk.resync();
    get("/me").then(learn, () => {});
  }

  keys() {
    const { desk } = this;
    const here = (run) => (event) => (desk.node.hidden ? false : run(event));
    const does = (what) => here(() => (desk.conversation ? desk.header.run(what) : false));
    const view = (name) => () => go({ page: "inbox", view: name, c: null, facts: {} });
    listen({
      j: here(() => desk.step(1)), k: here(() => desk.step(-1)), ArrowDown: here((event) => this.inList(event, 1)), ArrowUp: here((event) => this.inList(event, -1)),
      "[": here(() => desk.beside(-1)), "]": here(() => desk.beside(1)), u: here(() => go({ c: null })),
      "/": here(() => desk.list.focusSearch()), r: here(() => desk.write("reply")), n: here(() => desk.write("note")),
      t: does("take"), e: does("close"), b: does("hand_back"), s: does("snooze"), T: does("transfer"), p: does("priority"), l: does("tag"),
      i: here(() => desk.toggleContext()), o: here(() => (desk.conversation ? (desk.toggleContext(true), desk.context.openTools()) : false)),
      "mod+j": here(() => desk.composer.suggestion.take()),
      "g w": view("waiting"), "g m": view("mine"), "g o": view("open"),
      "?": () => showKeys(),
      Escape: here(() => (desk.node.classList.contains("with-context") && innerWidth < 1180 ? desk.toggleContext(false) : false)),
    });
  }

  /** Arrows walk the list only from within it: elsewhere they scroll. */
  inList(event, by) {
    if (!this.desk.list.node.contains(event.target)) return false;
    this.desk.step(by);
  }
}

new App().enter();
