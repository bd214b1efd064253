/** One's own page: name and languages, what rings, how it looks, password, where one is signed in. */

import { get, patch, post, remove } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { moment } from "./format.js";
import { desktopState, setDesktop, setSound, wantsDesktop, wantsSound } from "./notify.js";
import { learn, state } from "./state.js";
import { chooseTheme, segments, theme, THEMES, themeName, toggle } from "./switches.js";
import { reasonOf, toast, trouble } from "./toasts.js";
import { chooseLanguage, language, languageName, say } from "./words.js";

const LANGUAGES = ["zh", "en"];

/** @param {import("./pages.js").Frame} frame */
export function build({ body }) {
  const sessions = h("div", {});
  fill(body, h("div", { class: "settings" }, aboutMe(), ringing(), looks(), passwordForm(), section("mySessions", sessions)));
  readSessions(sessions);
  return {};
}

/** @param {Parameters<typeof say>[0]} title @param {...any} content */
export const section = (title, ...content) => h("section", { class: "setting" }, h("h2", {}, say(title)), content);

function aboutMe() {
  const { me } = state;
  const name = h("input", { name: "name", value: me.name, required: true, maxlength: 60 });
  const boxes = languageBoxes(me.languages);
  const save = async (event) => {
    event.preventDefault();
    try {
      learn(await patch("/me", { name: name.value.trim(), languages: chosen(boxes) }));
      toast(say("saved"));
    } catch (error) {
      trouble(error);
    }
  };
  return section("aboutMe",
    toggle(say("free"), me.available, (available) => patch("/me", { available }).then(learn).catch(trouble), say("freeHint")),
    h("form", { class: "stacked", onsubmit: save },
      h("label", {}, say("nameShown"), name),
      h("fieldset", { class: "inline-boxes" }, h("legend", {}, say("iAnswerIn")), boxes),
      h("button", { type: "submit", class: "button" }, h("span", {}, say("save")))));
}

/** @param {string[]} known @returns {HTMLElement[]} */
export const languageBoxes = (known) => LANGUAGES.map((code) => h("label", { class: "box" }, h("input", { type: "checkbox", value: code, checked: known.includes(code) }), languageName(code)));

/** @param {HTMLElement[]} boxes @returns {string[]} */
export const chosen = (boxes) => boxes.map((box) => /** @type {any} */ (box.querySelector("input"))).filter((input) => input.checked).map((input) => input.value);

function ringing() {
  const desktop = toggle(say("desktop"), wantsDesktop(), async (wanted) => {
    const on = await setDesktop(wanted);
    /** @type {any} */ (desktop.querySelector("input")).checked = on;
    if (wanted && !on) toast(say("desktopRefused"), { bad: true });
  }, say("desktopHint"));
  /** @type {any} */ (desktop.querySelector("input")).disabled = desktopState() === "denied";
  return section("ringing", toggle(say("sound"), wantsSound(), setSound, say("soundHint")), desktop, desktopState() === "denied" && h("p", { class: "quiet-text" }, say("desktopDenied")));
}

const looks = () => section("looks",
  h("div", { class: "setting-row" }, h("span", {}, say("theme")), segments(say("theme"), THEMES.map((name) => [name, themeName(name)]), theme(), chooseTheme)),
  h("div", { class: "setting-row" }, h("span", {}, say("language")), segments(say("language"), [["zh", "中文"], ["en", "English"]], language, (chosen) => chooseLanguage(chosen === "zh" ? "zh" : "en"))));

function passwordForm() {
  const old = h("input", { type: "password", autocomplete: "current-password", required: true });
  const fresh = h("input", { type: "password", autocomplete: "new-password", required: true, minlength: 8 });
  const problem = h("p", { class: "problem", role: "alert" });
  const change = async (event) => {
    event.preventDefault();
    fill(problem);
    try {
      await patch("/me", { password: { old: old.value, new: fresh.value } });
      old.value = fresh.value = "";
      toast(say("passwordChanged"));
    } catch (error) {
      fill(problem, icon("alert"), reasonOf(error));
    }
  };
  return section("password", h("form", { class: "stacked", onsubmit: change },
    h("input", { type: "text", autocomplete: "username", value: state.me.login, hidden: true, readonly: true, "aria-label": say("login") }),
    h("label", {}, say("oldPassword"), old),
    h("label", {}, say("newPassword"), fresh),
    problem,
    h("button", { type: "submit", class: "button" }, h("span", {}, say("changePassword")))));
}

async function readSessions(area) {
  try {
    const { sessions } = await get("/sessions");
    const end = async (session) => {
      try {
        await remove(`/sessions/${encodeURIComponent(session.id)}`);
        readSessions(area);
      } catch (error) {
        trouble(error);
      }
    };
    fill(area,
      h("ul", { class: "plain-rows" }, sessions.map((session) => h("li", {},
        h("div", { class: "grow" }, h("strong", {}, browserOf(session.browser)), h("small", {}, [session.address, say("lastSeen", { at: moment(session.seen_at ?? session.created_at) })].filter(Boolean).join(" · "))),
        session.current ? h("span", { class: "badge" }, say("thisOne")) : button(say("endSession"), () => end(session))))),
      sessions.length > 1 && button(say("endAll"), () => post("/logout_everywhere").then(() => location.assign("/console"), trouble), { class: "button danger" }));
  } catch (error) {
    fill(area, h("p", { class: "problem" }, icon("alert"), reasonOf(error)));
  }
}

/** A browser and a system, out of what it calls itself. @param {string} agent */
function browserOf(agent = "") {
  const browser = [["Edg/", "Edge"], ["Firefox/", "Firefox"], ["Chrome/", "Chrome"], ["Safari/", "Safari"]].find(([mark]) => agent.includes(mark))?.[1];
  const system = [["Windows", "Windows"], ["iPhone", "iPhone"], ["iPad", "iPad"], ["Mac OS", "macOS"], ["Android", "Android"], ["Linux", "Linux"]].find(([mark]) => agent.includes(mark))?.[1];
  return [browser, system].filter(Boolean).join(" · ") || agent.slice(0, 40) || say("unknownBrowser");
}
