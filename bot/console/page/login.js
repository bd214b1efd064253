/** Signing in; also over the page, when a session has ended, with everything typed kept below. */

import { get, post } from "./api.js";
import { fill, h, icon } from "./dom.js";
import { reasonOf } from "./toasts.js";
import { language, say } from "./words.js";
import { languageSwitch } from "./switches.js";

const PASSWORD_WORDS = { unauthorized: "wrongPassword", wrong_password: "wrongPassword", signed_out: "wrongPassword", rate_limited: "tooManyLogins", disabled: "accountOff" };

/**
 * @param {(me: any) => void} entered @param {{login?: string, ended?: boolean}} [known]
 * @returns {HTMLElement}
 */
export function loginPage(entered, { login = "", ended = false } = {}) {
  const name = h("input", { name: "login", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: true, value: login, autofocus: !login });
  const password = h("input", { name: "password", type: "password", autocomplete: "current-password", required: true, autofocus: Boolean(login) });
  const problem = h("p", { class: "problem", role: "alert" });
  const enter = h("button", { type: "submit", class: "button first wide" }, h("span", {}, say("signIn")));
  const demo = h("div", { class: "demo-agents" });

  async function submit(event) {
    event?.preventDefault();
    enter.disabled = true;
    fill(problem);
    try {
      const { me } = await post("/login", { login: name.value.trim(), password: password.value });
      entered(me);
    } catch (error) {
      const word = PASSWORD_WORDS[error.code] ?? (error.status === 401 ? "wrongPassword" : null);
      fill(problem, icon("alert"), word ? say(word) : reasonOf(error));
      password.select();
    } finally {
      enter.disabled = false;
    }
  }

  demoAgents().then((agents) => agents.length && fill(demo,
    h("h2", {}, say("demoAgents")),
    h("ul", {}, agents.map((agent) => h("li", {}, h("button", {
      type: "button", class: "demo-agent",
      onclick: () => ((name.value = agent.login), (password.value = agent.password), submit()),
    }, h("strong", {}, agent.name), h("span", {}, agent.role ? say(`role.${agent.role}`) : `@${agent.login}`)))))));

  return h("main", { class: "login" },
    h("div", { class: "login-card" },
      h("div", { class: "brand" }, h("img", { src: "/console/page/icon.svg", alt: "", width: 40, height: 40 }), h("h1", {}, say("console"))),
      ended && h("p", { class: "ended" }, icon("clock"), say("sessionEnded")),
      h("form", { onsubmit: submit },
        h("label", {}, say("login"), name),
        h("label", {}, say("password"), password),
        problem,
        enter),
      demo),
    h("p", { class: "login-foot", lang: language === "zh" ? "en" : "zh-CN" }, languageSwitch()));
}

/** Whom anybody may be in the demo shop; nobody elsewhere. */
const demoAgents = () => get("/login").then((answer) => answer?.demo ?? [], () => []);
