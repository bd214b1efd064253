/** Photos that go with a reply: by button, by paste, by drop; sent ahead while the words are written. */

import { photo, post } from "./api.js";
import { fill, h, icon, tool } from "./dom.js";
import { state } from "./state.js";
import { toast, trouble } from "./toasts.js";
import { say } from "./words.js";

const MOST = 9;

/** @typedef {{url: string, id: string}} Photo  `id` is empty until it has arrived */

export class Attachments {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** @type {Photo[]} */
    this.photos = [];
    this.file = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, onchange: () => (this.add(this.file.files), (this.file.value = "")) });
    this.button = h("span", { class: "attach" }, tool("attach", say("attach"), () => this.file.click()), this.file);
    this.tray = h("div", { class: "tray" });
  }

  get ids() {
    return this.photos.map(({ id }) => id).filter(Boolean);
  }

  get busy() {
    return this.photos.some(({ id }) => !id);
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) {
      if (!file.type.startsWith("image/")) toast(say("onlyPhotos"), { bad: true });
      else if (this.photos.length === MOST) return toast(say("tooManyPhotos", { n: MOST }), { bad: true });
      else this.upload(file);
    }
  }

  async upload(file) {
    /** @type {Photo} */
    const one = { url: URL.createObjectURL(file), id: "" };
    this.photos.push(one);
    this.draw();
    try {
      const content = await smaller(file);
      if (content.size > state.settings.max_attachment_bytes) throw Object.assign(new Error(), { large: true });
      one.id = (await post("/attachments", content)).id;
      this.draw();
    } catch (error) {
      if (/** @type {any} */ (error).large) toast(say("photoTooLarge"), { bad: true });
      else trouble(error);
      this.remove(one);
    }
  }

  /** @param {Photo} one */
  remove(one) {
    this.photos = this.photos.filter((other) => other !== one);
    this.draw();
  }

  /** Photos of a draft that was begun before. @param {string[]} ids */
  restore(ids) {
    this.photos = ids.map((id) => ({ id, url: photo(id) }));
    this.draw(false);
  }

  clear() {
    this.photos = [];
    this.draw();
  }

  draw(tell = true) {
    fill(this.tray, this.photos.map((one) => h("span", { class: one.id ? "" : "busy", "aria-busy": String(!one.id) },
      h("img", { src: one.url, alt: say("photo") }),
      h("button", { type: "button", "aria-label": say("removePhoto"), onclick: () => this.remove(one) }, icon("close")))));
    if (tell) this.changed();
  }

  /** @param {HTMLElement} area */
  acceptDrops(area) {
    const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    area.addEventListener("dragover", (event) => carries(event) && (event.preventDefault(), area.classList.add("dropping")));
    area.addEventListener("dragleave", () => area.classList.remove("dropping"));
    area.addEventListener("drop", (event) => {
      area.classList.remove("dropping");
      if (!carries(event)) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }
}

const LONGEST_EDGE = 2000;

/** A photo of a size that is seen and sent well; as it is where we cannot tell. @param {File} file @returns {Promise<Blob>} */
async function smaller(file) {
  try {
    const drawn = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_EDGE / Math.max(drawn.width, drawn.height));
    if (scale === 1 && file.size < 1_500_000 && /jpeg|png|webp/.test(file.type)) return file;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [drawn.width, drawn.height].map((edge) => Math.max(1, Math.round(edge * scale)));
    canvas.getContext("2d").drawImage(drawn, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.85));
  } catch {
    return file;
  }
}
