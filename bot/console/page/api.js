/** The console's HTTP API. */

export class ApiError extends Error {
  /** @param {number} status @param {Record<string, any>} error  what the door says */
  constructor(status, error) {
    super(error.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = error.code ?? "internal";
    this.facts = error;
  }
}

/** Whether the request never came back: no network, or a server that is gone. @param {unknown} error */
export const isOffline = (error) => !(error instanceof ApiError) && /** @type {any} */ (error)?.name !== "AbortError";

const BASE = "/console/api";
const HAND_RESTS = 300_000;

let touched = Date.now();
for (const name of ["pointerdown", "pointermove", "keydown", "wheel"]) addEventListener(name, () => (touched = Date.now()), { passive: true, capture: true });

const hooks = { signedOut: () => {}, language: "en" };

/** @param {{signedOut: () => void, language: string}} given  what happens when the session has ended */
export const configure = (given) => Object.assign(hooks, given);

/**
 * @param {string} method @param {string} path @param {unknown} [body] @param {{signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the JSON answered, null without one; throws ApiError, or TypeError without a network
 */
async function call(method, path, body, { signal } = {}) {
  const headers = { "Accept-Language": hooks.language, Accept: "application/json" };
  if (method !== "GET") headers["X-Kefu-Console"] = "1";
  // What the page asks by itself does not keep a forgotten one signed in.
  if (Date.now() - touched > HAND_RESTS) headers["X-Kefu-Idle"] = "1";
  const raw = body instanceof Blob;
  if (body !== undefined && !raw) headers["Content-Type"] = "application/json";
  const response = await fetch(BASE + path, { method, headers, signal, body: raw ? body : JSON.stringify(body), credentials: "same-origin" });
  if (response.ok) return response.status === 204 ? null : response.json().catch(() => null);
  const { error = {} } = await response.json().catch(() => ({}));
  if (response.status === 401 && path !== "/login") hooks.signedOut();
  throw new ApiError(response.status, error);
}

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body = {}) => call("POST", path, body);
export const put = (path, body) => call("PUT", path, body);
export const patch = (path, body) => call("PATCH", path, body);
export const remove = (path) => call("DELETE", path);

/** Addresses below one conversation. @param {string} id @param {string} [rest] */
export const at = (id, rest = "") => `/conversations/${encodeURIComponent(id)}${rest && `/${rest}`}`;

/** A query without what is empty. @param {Record<string, any>} facts */
export function query(facts) {
  const given = Object.entries(facts).filter(([, value]) => value !== "" && value != null && value !== false);
  const text = new URLSearchParams(given.map(([name, value]) => [name, value === true ? "1" : String(value)])).toString();
  return text && `?${text}`;
}

/** Where a photo is. @param {string} id */
export const photo = (id) => `${BASE}/attachments/${encodeURIComponent(id)}`;

/** Where a table for spreadsheets is. @param {string} path */
export const download = (path) => BASE + path;
