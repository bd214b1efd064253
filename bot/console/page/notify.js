/** Word of what is new, when nobody is looking: a desktop notification, a short sound, the count in the title. */

import { read, write } from "./shelf.js";
import { on, state } from "./state.js";
import { say } from "./words.js";

export const wantsSound = () => read("sound", true);
export const wantsDesktop = () => read("desktop", false) && desktopState() === "granted";
export const desktopState = () => (typeof Notification === "undefined" ? "denied" : Notification.permission);

/** @param {boolean} wanted */
export function setSound(wanted) {
  write("sound", wanted);
  if (wanted) ring("waiting");
}

/** Asks the browser when it must. @param {boolean} wanted @returns {Promise<boolean>} whether it is on now */
export async function setDesktop(wanted) {
  if (wanted && desktopState() === "default") await Notification.requestPermission().catch(() => {});
  write("desktop", wanted);
  return wantsDesktop();
}

/** @type {AudioContext|null} */
let audio = null;

const TUNES = { waiting: [660, 880], assigned: [523, 659, 784], mention: [880, 1175], message: [740] };
const NOTE_SECONDS = 0.11;

/** A few soft notes. A browser that has not been touched yet stays silent. @param {keyof typeof TUNES} tune */
function ring(tune) {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
    TUNES[tune].forEach((pitch, place) => note(audio, pitch, audio.currentTime + place * NOTE_SECONDS));
  } catch { /* No sound here. */ }
}

function note(context, pitch, start) {
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.12, start + 0.015);
  volume.gain.exponentialRampToValueAtTime(0.001, start + NOTE_SECONDS * 2.2);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS * 2.4);
}

const rung = new Map();
const SAME_AGAIN = 8000;

/**
 * @param {keyof typeof TUNES} what @param {{title: string, text: string, tag: string, open: () => void}} news
 */
export function notify(what, { title, text, tag, open }) {
  const key = `${what} ${tag}`;
  if (Date.now() - (rung.get(key) ?? 0) < SAME_AGAIN) return;
  rung.set(key, Date.now());
  if (rung.size > 500) rung.clear();
  if (wantsSound()) ring(what);
  if (!wantsDesktop() || document.hasFocus()) return;
  try {
    const shown = new Notification(title, { body: text, tag, icon: "/console/page/icon.svg" });
    shown.onclick = () => (window.focus(), open(), shown.close());
  } catch { /* Some browsers show them from service workers only. */ }
}

/** How many wait and how many of mine are open, where a tab among tabs can be seen. */
export function titleCounts() {
  const draw = () => {
    const n = (state.counts.waiting ?? 0) + (state.counts.mentions ?? 0);
    document.title = `${n ? `(${n}) ` : ""}${say("console")}`;
  };
  on("counts", draw);
  draw();
}
