/** Short news in a corner, with a way back where there is one. Nothing to click away. */

import { button, h, icon, tool } from "./dom.js";
import { say } from "./words.js";
import { ApiError, isOffline } from "./api.js";

const region = h("div", { class: "toasts", role: "status", "aria-live": "polite" });

export const toastRegion = region;

/**
 * @param {string} text
 * @param {{undo?: () => any, action?: {label: string, run: () => any}, bad?: boolean}} [more]
 */
export function toast(text, { undo, action = undo && { label: say("undo"), run: undo }, bad = false } = {}) {
  const leave = () => (clearTimeout(timer), node.remove());
  const press = async () => {
    leave();
    try {
      await action?.run();
    } catch (error) {
      trouble(error);
    }
  };
  const node = h("div", { class: `toast${bad ? " bad" : ""}` },
    h("p", {}, text),
    action && button(action.label, press, { class: "button quiet" }),
    tool("close", say("dismiss"), leave));
  let timer = setTimeout(leave, action || bad ? 9000 : 4500);
  node.addEventListener("pointerenter", () => clearTimeout(timer));
  node.addEventListener("focusin", () => clearTimeout(timer));
  node.addEventListener("pointerleave", () => (timer = setTimeout(leave, 3000)));
  region.append(node);
  while (region.children.length > 4) region.firstElementChild?.remove();
}

/** For whoever turns to something that they would lie over. */
export const clearToasts = () => region.replaceChildren();

/** What went wrong, in words a person can act on. @param {unknown} error */
export function reasonOf(error) {
  if (isOffline(error)) return say("offlineAction");
  if (error instanceof ApiError) return WORDS_OF[error.code]?.(error) ?? (error.message || say("failed"));
  return say("failed");
}

/** In place of what could not be read. @param {unknown} error @param {() => any} again */
export const failure = (error, again) => [h("p", { class: "problem", role: "alert" }, icon("alert"), reasonOf(error)), button(say("retry"), again)];

const WORDS_OF = {
  internal: () => say("failed"),
  rate_limited: () => say("tooOften"),
  forbidden: () => say("notAllowed"),
  role: () => say("notAllowed"),
  not_found: () => say("notFound"),
  moved: () => say("goesOnElsewhere"),
  private_address: () => say("privateAddress"),
  not_https: () => say("notHttps"),
  too_many_webhooks: () => say("tooManyHooks"),
  disabled: () => say("hookIsOff"),
};

/** @param {unknown} error */
export function trouble(error) {
  if (/** @type {any} */ (error)?.status === 401) return;
  toast(reasonOf(error), { bad: true });
}
