/** The frame around every page: where one can go, who I am, how the line is. */

import { patch } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { menu } from "./menu.js";
import { PAGES } from "./pages.js";
import { addressOf, go, route } from "./router.js";
import { isAtLeast, learn, on, state } from "./state.js";
import { chooseTheme, isDark } from "./switches.js";
import { trouble } from "./toasts.js";
import { showKeys } from "./keys.js";
import { setSound, wantsSound } from "./notify.js";
import { chooseLanguage, language, localized, say } from "./words.js";

const VIEWS = ["waiting", "mine", "open", "callback", "snoozed", "mentions", "closed", "bot", "all"];
const LEADS = new Set(["bot"]);

/** @returns {string[]} the views that my role has */
export const myViews = () => VIEWS.filter((view) => !LEADS.has(view) || isAtLeast("lead"));

export class Shell {
  /** @param {{signOut: () => void}} does */
  constructor(does) {
    this.does = does;
    this.views = h("ul", { class: "nav-list" });
    this.pages = h("ul", { class: "nav-list" });
    this.line = h("p", { class: "line-state", role: "status" });
    this.me = h("button", { type: "button", class: "me", "aria-haspopup": "menu", "aria-expanded": "false", onclick: (event) => this.myMenu(event.currentTarget) });
    this.nav = h("nav", { class: "nav", "aria-label": say("navigation") },
      h("a", { class: "nav-brand", href: "/console/inbox" }, h("img", { src: "/console/page/icon.svg", alt: "", width: 28, height: 28 }), h("span", { class: "clip" }, localized(state.shop?.name) || say("console"))),
      this.views, this.pages, h("span", { class: "grow" }), this.line,
      this.me);
    this.scrim = h("div", { class: "nav-scrim", onclick: () => this.openNavigation(false) });
    this.main = h("div", { class: "main" });
    this.node = h("div", { class: "shell" }, this.nav, this.scrim, this.main);
    for (const name of ["counts", "me", "connection", "agents", "shop", "route"]) on(name, () => this.update());
    this.nav.addEventListener("click", (event) => event.target instanceof Element && event.target.closest("a") && this.openNavigation(false));
    this.nav.addEventListener("keydown", (event) => event.key === "Escape" && this.openNavigation(false));
    this.update();
  }

  openNavigation(open = true) {
    this.node.classList.toggle("nav-open", open);
    if (open) /** @type {any} */ (this.nav.querySelector("[aria-current]") ?? this.nav.querySelector("a"))?.focus();
  }

  update() {
    const version = JSON.stringify([state.counts, state.me, state.connection, route.page, route.view]);
    if (version === this.version) return;
    this.version = version;
    fill(this.views, myViews().map((view) => this.link(view, say(`view.${view}`), addressOf({ view }), route.page === "inbox" && route.view === view, state.counts[view])));
    fill(this.pages, Object.keys(PAGES).filter((page) => page !== "profile" && isAtLeast(PAGES[page].role)).map((page) => this.link(page, say(`page.${page}`), `/console/${page}`, route.page === page)));
    this.pages.hidden = !this.pages.childElementCount;
    this.drawLine();
    this.drawMe();
  }

  link(name, label, href, current, n = 0) {
    const loud = name === "waiting" || name === "mentions" || name === "callback";
    const shown = n > 0 && !["closed", "bot", "all"].includes(name);
    return h("li", {}, h("a", { class: `nav-link${loud && n ? " loud" : ""}`, href, "aria-current": current ? "page" : null, title: label },
      icon(name), h("span", { class: "nav-word" }, label), shown && h("span", { class: "nav-count" }, n > 99 ? "99+" : n)));
  }

  /** The line is spoken of only when it is not there. */
  drawLine() {
    const { connection } = state;
    fill(this.line, connection !== "online" && [icon("offline"), h("span", { class: "nav-word" }, say(connection === "offline" ? "lineOffline" : "lineConnecting"))]);
    this.line.title = connection === "online" ? "" : say("lineHint");
    this.node.classList.toggle("is-offline", connection === "offline");
  }

  drawMe() {
    const { me } = state;
    if (!me) return;
    fill(this.me, h("span", { class: `face${me.available ? " available" : ""}`, "aria-hidden": "true" }, initials(me.name)),
      h("span", { class: "nav-word" }, h("strong", {}, me.name), h("small", {}, say(me.available ? "free" : "pausing"))));
    this.me.setAttribute("aria-label", `${me.name} · ${say(me.available ? "free" : "pausing")}`);
  }

  myMenu(anchor) {
    const { me } = state;
    const setAvailable = (available) => patch("/me", { available }).then(() => learn({ me: { ...me, available } })).catch(trouble);
    menu(anchor, me.name, [
      { label: say("free"), detail: say("freeHint"), checked: me.available, run: () => setAvailable(true) },
      { label: say("pausing"), detail: say("pausingHint"), checked: !me.available, run: () => setAvailable(false) },
      PAGES.profile && { label: say("page.profile"), icon: "profile", run: () => go({ page: "profile" }) },
      { label: say(isDark() ? "toLight" : "toDark"), icon: isDark() ? "sun" : "moon", run: () => chooseTheme(isDark() ? "light" : "dark") },
      { label: say(wantsSound() ? "soundOff" : "soundOn"), icon: "sound", run: () => setSound(!wantsSound()) },
      { label: language === "zh" ? "English" : "中文", icon: "globe", run: () => chooseLanguage(language === "zh" ? "en" : "zh") },
      { label: say("keyboard"), icon: "keyboard", hint: "?", run: () => setTimeout(showKeys) },
      { label: say("signOut"), icon: "out", run: this.does.signOut },
    ]);
  }
}

/** @param {string} name */
export const initials = (name) => (/^[\x20-\x7e\u00c0-\u024f]+$/.test(name) ? name.split(/\s+/).map((part) => part[0]).slice(0, 2).join("").toUpperCase() : [...name].slice(-2).join(""));
