/** What the page says, in the language of the person who reads it. */

import { read, write } from "./shelf.js";
import { EN } from "./words.en.js";
import { ZH } from "./words.zh.js";
import { ADMIN_EN } from "./words_admin.en.js";
import { ADMIN_ZH } from "./words_admin.zh.js";
import { PAGES_EN } from "./words_pages.en.js";
import { PAGES_ZH } from "./words_pages.zh.js";

/** @typedef {"zh"|"en"} Language */

const first = () => (/^zh\b/i.test(navigator.language ?? "") ? "zh" : "en");

/** @type {Language} */
export const language = read("language", first()) === "zh" ? "zh" : "en";

export const locale = language === "zh" ? "zh-CN" : "en-GB";

const WORDS = language === "zh" ? { ...ZH, ...PAGES_ZH, ...ADMIN_ZH } : { ...EN, ...PAGES_EN, ...ADMIN_EN };

/**
 * A sentence; `{n}` and the like are filled in. One of several by number is written "one thing|{n} things".
 * @param {keyof typeof ZH | keyof typeof PAGES_ZH | keyof typeof ADMIN_ZH} key @param {Record<string, unknown>} [facts]
 */
export function say(key, facts = {}) {
  const [one, many] = (WORDS[key] ?? key).split("|");
  const sentence = many !== undefined && Number(facts.n) !== 1 ? many : one;
  return sentence.replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));
}

/** A word of a family (`floor.waiting`), or what stands in its place when it is new to us. */
export function sayOf(family, name, missing = name) {
  return WORDS[`${family}.${name}`] ?? missing;
}

/** Takes hold when the page is read again. @param {Language} chosen */
export function chooseLanguage(chosen) {
  write("language", chosen);
  location.reload();
}

/** One text in our language, of a text or of one per language. @param {string|Record<string, string>|null|undefined} text */
export const localized = (text) => (typeof text === "object" && text ? (text[language] ?? text.zh ?? text.en ?? "") : (text ?? ""));

/** How a language is called here. @param {string|null|undefined} code */
export const languageName = (code) => sayOf("language", code ?? "", code ?? "");
