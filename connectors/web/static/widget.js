/**
 * Kefu's chat widget: one custom element, <kefu-chat>, without dependencies or a build step.
 *
 *   <script src="https://kefu.shop.example/widget.js" defer></script>
 *
 * Optional attributes of the script: data-server, data-language (zh, en), data-position (left, right),
 * data-theme (light, dark), data-shopper-token. The page talks to it through window.Kefu, and may listen
 * for the window events kefu:ready and kefu:language (detail: zh or en).
 *
 * In this order: words, small tools, storage, transport, state, view, element, embedding.
 * Whatever comes from outside is written as text; nothing is ever parsed as HTML.
 */
(() => {
  "use strict";
  if (customElements.get("kefu-chat")) return;

  /**
   * `Button`, `Source`, `Card` and `Message` are those of /openapi.json.
   * @typedef {{id: string, text: string, action: string|null, attachments?: string[], language: string, at: string,
   *   state: "queued"|"sending"|"limited"|"failed", reason?: string}} Outgoing  A message the server has not taken yet.
   */

  // Words

  const WORDS = {
    zh: {
      launch: "打开客服", unread: "{n} 条新消息", close: "收起", more: "更多", back: "返回",
      placeholder: "输入消息…", write: "消息内容", send: "发送", chars: "还能写 {n} 个字", over: "超出 {n} 个字",
      person: "转人工", cancelPerson: "不用转人工了",
      waiting: "已转给同事，接手后会在这里回您。", agent: "现在是同事在和您说话。", closed: "这次对话已经结束，继续写就会重新开始。",
      offline: "没有网络。您写的会留在这里，连上后自动发出。",
      unreachable: "暂时连不上，正在重试。您写的会留在这里，连上后自动发出。",
      limited: "消息有点密，{n} 秒后自动发出。",
      sending: "发送中", soon: "稍后自动发出", queued: "连上后自动发出", failed: "没发出去", retry: "重发", edit: "修改",
      too_long: "太长了，一次最多 {max} 个字。", empty: "消息是空的。", failedReason: "店里没能收下这条，请再试一次。",
      you: "您", colleague: "客服同事", typing: "正在输入", newest: "新消息",
      helpful: "有帮助", notHelpful: "没帮助", rate: "这个回答有帮助吗？", thanks: "谢谢，记下了。",
      comment: "哪里不对？（选填）", commentSend: "提交", skip: "不说了", feedbackFailed: "没记上，请再点一次。",
      source: "出处", updated: "更新于 {date}", openPage: "查看原网页", passageGone: "这段内容打不开了，请稍后再试。", loading: "正在打开…",
      photo: "发照片", photoSent: "照片", photoRemove: "去掉这张照片", photoMany: "一次最多 {n} 张照片。", photoFailed: "照片没传上，请再试一次。",
      older: "正在读取更早的消息", today: "今天", yesterday: "昨天", allSteps: "全部 {n} 条", fewerSteps: "收起",
      switchLanguage: "English", peopleNow: "人工在线", peopleHours: "人工 {hours}", openers: "大家常问",
      elsewhere: "换个渠道接着聊",
      signedIn: "已登录：{name}", scroll: "商品，可左右滑动", compare: "商品对比，可左右滑动", was: "原价",
    },
    en: {
      launch: "Open chat", unread: "{n} new", close: "Close chat", more: "More", back: "Back",
      placeholder: "Write a message…", write: "Message", send: "Send", chars: "{n} characters left", over: "{n} characters too many",
      person: "Talk to a person", cancelPerson: "I don't need a person any more",
      waiting: "A colleague will take over and answer here.", agent: "You're talking to a person now.",
      closed: "This conversation is closed. Write to start again.",
      offline: "You're offline. What you write stays here and is sent once you're back.",
      unreachable: "Can't connect; trying again. What you write stays here and is sent once we're connected.",
      limited: "That was quick. It sends itself in {n} s.",
      sending: "Sending", soon: "Sends in a moment", queued: "Sends once you're connected", failed: "Not sent", retry: "Retry", edit: "Edit",
      too_long: "Too long: at most {max} characters.", empty: "The message is empty.", failedReason: "The shop couldn't take this one. Please try again.",
      you: "You", colleague: "Support", typing: "is typing", newest: "New messages",
      helpful: "Helpful", notHelpful: "Not helpful", rate: "Was this helpful?", thanks: "Thanks, noted.",
      comment: "What was wrong? (optional)", commentSend: "Submit", skip: "No thanks", feedbackFailed: "That didn't save. Please try again.",
      source: "Source", updated: "Updated {date}", openPage: "Open the page", passageGone: "This passage can't be opened. Please try again later.", loading: "Opening…",
      photo: "Send a photo", photoSent: "Photo", photoRemove: "Remove this photo", photoMany: "At most {n} photos at a time.", photoFailed: "The photo didn't go through. Please try again.",
      older: "Loading earlier messages", today: "Today", yesterday: "Yesterday", allSteps: "All {n} updates", fewerSteps: "Show fewer",
      switchLanguage: "中文", peopleNow: "Team online", peopleHours: "People: {hours}", openers: "People often ask",
      elsewhere: "Continue on another channel",
      signedIn: "Signed in as {name}", scroll: "Products, scrolls sideways", compare: "Comparison, scrolls sideways", was: "was",
    },
  };

  const say = (language, key, facts = {}) =>
    (WORDS[language] ?? WORDS.en)[key].replace(/\{(\w+)\}/g, (_, name) => String(facts[name] ?? ""));

  const languageOf = (tag) => (/^zh\b/i.test(tag ?? "") ? "zh" : "en");

  // Small tools

  /**
   * An element. Strings among the children become text nodes; booleans, null and undefined are left out.
   * @param {string} tag @param {Record<string, any>} [props] @param {...any} children
   */
  function h(tag, props = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (value === false || value == null) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (value === true) node.setAttribute(name, "");
      else node.setAttribute(name, String(value));
    }
    node.append(...children.flat(3).filter((child) => child != null && typeof child !== "boolean"));
    return node;
  }

  const ICONS = {
    chat: "M12 3.5c-5 0-9 3.4-9 7.7 0 2.4 1.3 4.6 3.3 6L5.6 20.5 9.4 18.6a10.6 10.6 0 0 0 2.6.3c5 0 9-3.4 9-7.7s-4-7.7-9-7.7Z",
    down: "m6 9.5 6 6 6-6",
    close: "M6 6l12 12M18 6L6 18",
    send: "M12 19V5.5M6 11l6-6 6 6",
    photo: "M4 7.5h3.5l1.5-2.5h6l1.5 2.5H20v11.5H4v-11.5ZM12 16a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.4Z",
    more: "M5.5 12h.01M12 12h.01M18.5 12h.01",
    person: "M12 11.5a3.7 3.7 0 1 0 0-7.4 3.7 3.7 0 0 0 0 7.4ZM4.8 20c.6-3.6 3.5-5.5 7.2-5.5s6.6 1.9 7.2 5.5",
    up: "M7 10.5v9H4.5v-9H7Zm0 0 4-7c1.5 0 2.5 1.1 2.3 2.6L12.8 9.5h5.4a1.9 1.9 0 0 1 1.8 2.3l-1.3 6a2.1 2.1 0 0 1-2.1 1.7H7",
    page: "M6.5 3.5h7.5l4.5 4.5v12.5h-12v-17ZM14 3.5v4.5h4.5M9.5 12.5h5.5M9.5 16h5.5",
    elsewhere: "M4 8h13.5M14 4.5l3.5 3.5-3.5 3.5M20 16H6.5M10 12.5 6.5 16l3.5 3.5",
    globe: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17ZM3.5 12h17M12 3.5c2.5 2.5 3.5 5.3 3.5 8.5s-1 6-3.5 8.5c-2.5-2.5-3.5-5.3-3.5-8.5s1-6 3.5-8.5Z",
    phone: "M6.5 3.5h3l1.5 4-2 1.5a11 11 0 0 0 6 6l1.5-2 4 1.5v3a2 2 0 0 1-2.2 2A16.5 16.5 0 0 1 4.5 5.7a2 2 0 0 1 2-2.2Z",
    mail: "M3.5 6.5a1 1 0 0 1 1-1h15a1 1 0 0 1 1 1v11a1 1 0 0 1-1 1h-15a1 1 0 0 1-1-1v-11Zm.3.3 8.2 6.2 8.2-6.2",
    out: "M9 5.5H5.5v13h13V15M13 4.5h6.5V11M19 5l-8.5 8.5",
  };

  function icon(name) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS(svg.namespaceURI, "path");
    path.setAttribute("d", ICONS[name]);
    for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", `icon icon-${name}`]]) svg.setAttribute(key, value);
    svg.append(path);
    return svg;
  }

  /** crypto.randomUUID exists on secure pages only. */
  function uuid() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /** Length as the server counts it: in code points. */
  const lengthOf = (text) => [...text].length;

  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

  /** An address that is safe to open: https, or the page's own origin. @returns {URL|null} */
  function safeLink(text) {
    try {
      const url = new URL(text, location.href);
      return url.protocol === "https:" || url.origin === location.origin ? url : null;
    } catch {
      return null;
    }
  }

  const LINKS = new RegExp(
    [
      "https:\\/\\/[^\\s<>\"'`\\u3000-\\u303f\\u4e00-\\u9fff\\uff00-\\uffef]+",
      "[\\w.+-]+@[\\w-]+(?:\\.[\\w-]+)+",
      "(?<![\\d-])(?:\\+\\d{1,3}[ -]\\d[\\d -]{5,12}\\d|1[3-9]\\d{9}|0\\d{2,3}-\\d{7,8}|400-?\\d{3}-?\\d{4})(?![\\d-])",
    ].join("|"),
    "g",
  );

  /** Text with its web, mail and phone addresses as anchors. @returns {(string|HTMLElement)[]} */
  function linked(text) {
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(LINKS)) {
      const found = match[0].replace(/[.,;:!?)\]}>]+$/, "");
      parts.push(text.slice(end, match.index), anchor(found));
      end = match.index + found.length;
    }
    return [...parts, text.slice(end)];
  }

  function anchor(found) {
    if (found.startsWith("https:")) return h("a", { href: found, target: "_blank", rel: "noopener noreferrer nofollow" }, found);
    return h("a", { href: found.includes("@") ? `mailto:${found}` : `tel:${found.replace(/[^\d+]/g, "")}` }, found);
  }

  /** A quoted document's text: its lists and tables drawn, the rest as paragraphs. */
  function prose(text) {
    const plain = (line) => linked(line.replace(/\*\*(.+?)\*\*/g, "$1"));
    const cells = (line) => line.replace(/^\||\|$/g, "").split("|").map((cell) => cell.trim());
    return text.trim().split(/\n{2,}/).map((block) => {
      const lines = block.split("\n");
      if (lines.every((line) => /^\s*([-*]|\d+\.) /.test(line))) {
        return h("ul", {}, lines.map((line) => h("li", {}, plain(line.replace(/^\s*([-*]|\d+\.) /, "")))));
      }
      if (lines.length > 1 && /^\|[\s:|-]+\|$/.test(lines[1])) {
        const row = (line, tag) => h("tr", {}, cells(line).map((cell) => h(tag, {}, plain(cell))));
        return h("div", { class: "wide", tabindex: 0 }, h("table", {}, row(lines[0], "th"), lines.slice(2).map((line) => row(line, "td"))));
      }
      return h("p", {}, plain(block));
    });
  }

  const locale = (language) => (language === "zh" ? "zh-CN" : "en-GB");

  /** When it was, as short as it can be said today. */
  function moment(at, language) {
    const date = new Date(at);
    const clock = date.toLocaleTimeString(locale(language), { hour: "2-digit", minute: "2-digit" });
    const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 864e5);
    if (days === 0) return clock;
    if (days === 1) return `${say(language, "yesterday")} ${clock}`;
    const shape = days < 7 ? { weekday: "short" } : { day: "numeric", month: "short", weekday: "short" };
    return `${date.toLocaleDateString(locale(language), shape)} ${clock}`;
  }

  const day = (at, language) =>
    new Date(at).toLocaleDateString(locale(language), { year: "numeric", month: "short", day: "numeric" });

  // Storage

  /** localStorage, or memory where the browser keeps us out. */
  class Shelf {
    constructor(prefix) {
      this.prefix = prefix;
      this.memory = new Map();
    }

    read(name, missing) {
      try {
        const text = localStorage.getItem(this.prefix + name);
        if (text !== null) return JSON.parse(text);
      } catch { /* Blocked or damaged: what we remember ourselves is as good as it gets. */ }
      return this.memory.has(name) ? this.memory.get(name) : missing;
    }

    write(name, value) {
      this.memory.delete(name);
      try {
        if (value == null) localStorage.removeItem(this.prefix + name);
        else localStorage.setItem(this.prefix + name, JSON.stringify(value));
      } catch {
        if (value != null) this.memory.set(name, value);
      }
    }
  }

  /** Messages the server has not taken yet, kept over a reload or a crash. */
  class Outbox {
    constructor(shelf) {
      this.shelf = shelf;
    }

    all() {
      return this.shelf.read("unsent", []);
    }

    put(item) {
      const others = this.all();
      const place = others.findIndex((other) => other.id === item.id);
      others.splice(place < 0 ? others.length : place, 1, item);
      this.shelf.write("unsent", others);
    }

    update(id, change) {
      const item = this.all().find((one) => one.id === id);
      if (item) this.put({ ...item, ...change });
    }

    take(id) {
      const items = this.all();
      const rest = items.filter((item) => item.id !== id);
      if (rest.length < items.length) this.shelf.write("unsent", rest.length ? rest : null);
      return items.find((item) => item.id === id);
    }

    clear() {
      this.shelf.write("unsent", null);
    }
  }

  // Transport

  class ApiError extends Error {
    constructor(status, error) {
      super(error.message ?? `HTTP ${status}`);
      this.status = status;
      this.code = error.code ?? "internal";
      this.retryAfter = error.retry_after ?? 0;
    }
  }

  /** The REST half of the protocol. */
  class Api {
    /** @param {string} server  origin of the Kefu server */
    constructor(server) {
      this.server = server;
      this.token = null;
      this.language = "en";
    }

    get(path, options) {
      return this.call("GET", path, undefined, options);
    }

    post(path, body, options) {
      return this.call("POST", path, body, options);
    }

    /** @returns {Promise<any>} the JSON answered, null without one; throws ApiError, or TypeError without a network */
    async call(method, path, body, options) {
      const response = await this.fetch(method, path, body, options);
      return response.status === 204 ? null : response.json();
    }

    async fetch(method, path, body, { signal, anonymous = false } = {}) {
      const headers = { "Accept-Language": this.language };
      if (this.token && !anonymous) headers.Authorization = `Bearer ${this.token}`;
      const raw = body instanceof Blob;
      if (body !== undefined && !raw) headers["Content-Type"] = "application/json";
      const response = await fetch(this.server + path, {
        method, headers, signal, body: raw ? body : JSON.stringify(body), credentials: "omit",
      });
      if (response.ok) return response;
      const answer = await response.json().catch(() => ({}));
      throw new ApiError(response.status, answer.error ?? {});
    }
  }

  const PING_EVERY = 25_000;
  const PONG_WITHIN = 10_000;
  const SILENT_STREAM = 60_000;
  const LONGEST_REST = 30_000;

  /**
   * One live line to the server, opened again whenever it breaks: a WebSocket, or server-sent events
   * where none can be opened. Frames come in through `on.frame`; the state of the line through `on.status`.
   */
  class Line {
    /**
     * @param {Api} api
     * @param {{session: () => Promise<void>, expired: () => void, after: () => number,
     *   frame: (frame: any) => void, status: (status: "connecting"|"online"|"offline") => void}} on
     */
    constructor(api, on) {
      this.api = api;
      this.on = on;
      this.failures = 0;
      this.socketFailures = 0;
      this.socket = null;
      this.abort = null;
      this.wake = this.leave = () => {};
      this.running = this.hurried = false;
      addEventListener("online", () => ((this.socketFailures = 0), this.restart()));
      addEventListener("offline", () => (this.drop(), this.on.status("offline")));
      document.addEventListener("visibilitychange", () => document.hidden || this.check());
    }

    start() {
      if (!this.running) this.run();
    }

    /** Connects anew at once, with the present token. */
    restart() {
      this.failures = 0;
      this.hurried = true;
      this.drop();
      this.wake();
    }

    /** Whether frames can be sent right now. */
    get open() {
      return this.socket?.readyState === WebSocket.OPEN && this.greeted;
    }

    /** Whether messages go by POST, with answers coming as events. */
    get posting() {
      return this.abort !== null;
    }

    send(frame) {
      if (this.open) this.socket.send(JSON.stringify(frame));
    }

    drop() {
      this.leave();
      this.abort?.abort();
    }

    async run() {
      this.running = true;
      for (;;) {
        this.hurried = false;
        let wait = 0;
        try {
          await this.on.session();
          await (this.socketFailures < 2 ? this.overSocket() : this.overEvents());
        } catch (error) {
          if (error.status === 401) this.on.expired();
          wait = (error.retryAfter ?? 0) * 1000;
        }
        if (!this.hurried) this.failures += 1;
        this.on.status(navigator.onLine && this.failures < 2 ? "connecting" : "offline");
        await this.rest(wait);
      }
    }

    /** Backoff with jitter; the first attempt after a good connection follows quickly. */
    rest(atLeast) {
      if (this.hurried) return Promise.resolve();
      const backoff = Math.min(LONGEST_REST, 500 * 2 ** Math.min(this.failures, 8));
      return new Promise((resolve) => {
        const timer = setTimeout(resolve, Math.max(atLeast, backoff * (0.5 + Math.random() / 2)));
        this.wake = () => (clearTimeout(timer), resolve());
      });
    }

    connected() {
      this.failures = 0;
      if (this.socket) [this.greeted, this.socketFailures] = [true, 0];
      this.on.status("online");
    }

    /** Settles when the socket is closed or dropped. */
    overSocket() {
      const socket = new WebSocket(this.api.server.replace(/^http/, "ws") + "/v1/ws");
      let heard = Date.now();
      this.socket = socket;
      this.greeted = false;
      const pulse = setInterval(() => {
        if (Date.now() - heard > PING_EVERY + PONG_WITHIN) this.drop();
        else this.send({ type: "ping" });
      }, PING_EVERY);
      const late = setTimeout(() => this.greeted || socket.onclose({}), PONG_WITHIN);
      socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token: this.api.token, after: this.on.after() }));
      socket.onmessage = ({ data }) => {
        heard = Date.now();
        const frame = JSON.parse(data);
        if (frame.type === "ready") this.connected();
        this.on.frame(frame);
      };
      return new Promise((resolve) => {
        socket.onclose = ({ code }) => {
          clearInterval(pulse);
          clearTimeout(late);
          if (code === 4401) this.on.expired();
          else if (!this.greeted && navigator.onLine) this.socketFailures += 1;
          this.leave();
        };
        // A socket may take a minute to close; nobody waits for it.
        this.leave = () => {
          clearInterval(pulse);
          clearTimeout(late);
          socket.onopen = socket.onmessage = socket.onclose = null;
          socket.close();
          if (this.socket === socket) this.socket = null;
          resolve();
        };
      });
    }

    /** Reads server-sent events until they end; a conversation that has not begun has none yet. */
    async overEvents() {
      this.abort = new AbortController();
      const silence = () => setTimeout(() => this.drop(), SILENT_STREAM);
      let watch = silence();
      try {
        const reader = await this.openEvents();
        this.connected();
        this.on.frame({ type: "stream" });
        let buffer = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done) return;
          clearTimeout(watch);
          watch = silence();
          const events = (buffer + value).split("\n\n");
          buffer = events.pop();
          events.forEach((event) => this.event(event));
        }
      } finally {
        clearTimeout(watch);
        this.abort = null;
      }
    }

    /** @returns {Promise<{read(): Promise<{value?: string, done: boolean}>}>} */
    async openEvents() {
      const { signal } = this.abort;
      try {
        const response = await this.api.fetch("GET", `/v1/events?after=${this.on.after()}`, undefined, { signal });
        return response.body.pipeThrough(new TextDecoderStream()).getReader();
      } catch (error) {
        if (error.status !== 404) {
          this.socketFailures = 0; // Not the socket's fault, it seems.
          throw error;
        }
        return { read: () => new Promise((resolve) => signal.addEventListener("abort", () => resolve({ done: true }))) };
      }
    }

    event(text) {
      const data = text.split("\n").filter((line) => line.startsWith("data:")).map((line) => line.slice(5)).join("\n");
      if (data) this.on.frame(JSON.parse(data));
    }

    /** After sleep a dead socket looks alive: ask, and give up on it when nothing comes back. */
    async check() {
      if (!this.open) return this.running && navigator.onLine && !this.posting ? this.wake() : undefined;
      const socket = this.socket;
      let alive = false;
      socket.addEventListener("message", () => (alive = true), { once: true });
      this.send({ type: "ping" });
      await pause(PONG_WITHIN / 2);
      if (!alive && socket === this.socket) this.restart();
    }
  }

  // State

  const WORKING_AT_MOST = 90_000;
  const MOST_PHOTOS = 9;
  const PHOTO_EDGE = 2048;
  const PHOTO_BYTES = 1e6;

  /** What is known of the conversation. `onchange` is called after every change. */
  class Chat {
    constructor({ server, language, shopperToken }) {
      this.api = new Api(server);
      this.shelf = new Shelf(`kefu:${server}:`);
      this.outbox = new Outbox(this.shelf);
      this.language = this.shelf.read("language", null) ?? languageOf(language ?? (document.documentElement.lang || navigator.language));
      this.api.language = this.language;
      this.shopperToken = shopperToken;
      this.onchange = () => {};
      this.info = null;
      this.opening = null;
      /** Counts who is at this device: what was asked for one is not for the next. */
      this.person = 0;
      this.status = "connecting";
      this.limitedUntil = 0;
      this.sent = new Set();
      this.forget();
      const known = this.shelf.read("session", null);
      this.api.token = known?.token ?? null;
      this.conversationId = known?.conversation ?? null;
      this.line = new Line(this.api, {
        session: () => this.session(),
        expired: () => (this.info = null),
        after: () => this.lastSeq,
        frame: (frame) => this.receive(frame),
        status: (status) => this.connection(status),
      });
      this.tabs = openChannel(`kefu:${server}`, (note) => this.hear(note));
    }

    forget() {
      this.messages = new Map();
      this.drafts = new Map();
      /** @type {Map<string, Promise<string>>} photos by id, as addresses an image can show */
      this.photos = new Map();
      this.sorted = null;
      this.conversationId = null;
      this.working = false;
      this.hasOlder = false;
      this.loaded = false;
    }

    changed() {
      this.onchange();
    }

    // Session

    /** Whether this browser has talked to the shop before. */
    get known() {
      return this.api.token !== null || this.shopperToken !== null || this.outbox.all().length > 0;
    }

    /** Resolves when there is a session; opened once, however many ask. */
    session() {
      if (this.info) return Promise.resolve();
      return this.opening ?? this.opens(this.openSession());
    }

    opens(session) {
      const opening = session.finally(() => this.opening === opening && (this.opening = null));
      return (this.opening = opening);
    }

    async openSession() {
      const { shopperToken: shopper_token, person } = this;
      try {
        await this.renew(shopper_token ? { shopper_token } : {});
      } catch (error) {
        if (person !== this.person) return this.session();
        if (error.code !== "bad_token") throw error;
        console.warn("Kefu: the shopper token was refused; going on as a guest.");
        this.shopperToken = null;
        await this.renew({});
      }
      if (person !== this.person) return this.session();
    }

    /** Opens or refreshes the session and takes over whatever the server says about it. */
    async renew(credentials) {
      const body = { language: this.language, ...credentials };
      if (!credentials.shopper_token && this.api.token) body.session_token = this.api.token;
      const { person } = this;
      const info = await this.api.post("/v1/session", body, { anonymous: true });
      if (person !== this.person) return;
      if (info.conversation_id !== this.conversationId) this.forget();
      this.info = info;
      this.api.token = info.session_token;
      this.conversationId = info.conversation_id;
      this.saveSession();
      this.changed();
    }

    saveSession() {
      this.shelf.write("session", { token: this.api.token, conversation: this.conversationId });
    }

    /** What was typed as a guest goes along: it is the same person. */
    async signIn(token) {
      const person = ++this.person;
      await this.opens(this.renew({ shopper_token: token }));
      if (person !== this.person) return;
      this.shopperToken = token;
      this.moved();
    }

    /** The next person at this device must not send what the last one typed. */
    async signOut() {
      const person = ++this.person;
      this.opening = null;
      this.line.drop();
      this.shopperToken = this.api.token = null;
      this.shelf.write("session", null);
      this.shelf.write("draft", null);
      this.outbox.clear();
      this.info = null;
      this.forget();
      this.changed();
      await this.session();
      if (person === this.person) this.moved();
    }

    moved() {
      this.sent.clear();
      this.tabs.postMessage({ kind: "session" });
      this.line.restart();
    }

    async setLanguage(language) {
      const same = languageOf(language) === this.language;
      this.language = this.api.language = languageOf(language);
      this.shelf.write("language", this.language);
      if (same) return;
      this.tabs.postMessage({ kind: "language", language: this.language });
      window.dispatchEvent(new CustomEvent("kefu:language", { detail: this.language }));
      this.changed();
      if (this.info) await this.renew({}).catch(() => {});
    }

    // Saying

    /** @param {string} text @param {string|null} [action] @param {string[]} [attachments]  ids of photos */
    say(text, action = null, attachments = []) {
      const item = { id: uuid(), text, action, attachments, language: this.language, at: new Date().toISOString(), state: "queued" };
      this.outbox.put(item);
      this.line.start();
      this.flush();
      this.changed();
      setTimeout(() => this.changed(), 1600); // By then it has arrived, or it is said that it has not.
    }

    retry(id) {
      this.outbox.update(id, { state: "queued", reason: undefined });
      this.sent.delete(id);
      if (this.status !== "online") this.line.restart();
      this.flush();
      this.changed();
    }

    /** Takes a message that was not sent back, for editing. */
    discard(id) {
      const item = this.outbox.take(id);
      this.changed();
      return item?.text ?? "";
    }

    typing() {
      const now = Date.now();
      if (now - (this.typed ?? 0) < 2000) return;
      this.typed = now;
      this.line.send({ type: "typing" });
    }

    /** Hands every waiting message to the line, each once per connection and in order. */
    flush() {
      if (this.limitedUntil > Date.now()) return;
      if (this.line.posting) this.postAll();
      if (!this.line.open) return;
      for (const { state, ...item } of this.outbox.all()) {
        const { id } = item;
        if (state === "failed" || this.sent.has(id)) continue;
        this.sent.add(id);
        this.outbox.update(id, { state: "sending" });
        this.line.send({ type: "message", ...wire(item) });
      }
    }

    async postAll() {
      if (this.postingNow) return;
      this.postingNow = true;
      try {
        for (let item; (item = this.outbox.all().find(({ state }) => state !== "failed" && state !== "limited")); ) await this.post(item);
      } catch { /* The line notices that the network is gone and comes back to this. */ }
      this.postingNow = false;
    }

    async post(item) {
      const { id } = item;
      this.outbox.update(id, { state: "sending" });
      try {
        const answer = await this.api.post("/v1/messages", { ...wire(item), wait: 0 });
        const first = this.conversationId === null;
        this.conversationId = answer.conversation_id;
        this.accepted(answer.accepted);
        if (first) this.line.drop(); // Only now there is a conversation whose events can be read.
        this.lookLater(answer.accepted.seq);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.refused({ id, code: error.code, message: error.message, retry_after: error.retryAfter });
      }
    }

    /** A proxy may hold events back: when the answer is late, read the history. */
    async lookLater(seq) {
      for (const wait of [4000, 6000, 10_000]) {
        await pause(wait);
        if (this.lastSeq > seq || !this.line.posting) return;
        await this.fetchAfter(this.lastSeq);
      }
    }

    // Receiving

    receive(frame) {
      switch (frame.type) {
        case "ready":
          this.ready(frame);
          break;
        case "stream":
          this.loaded = true;
          this.sent.clear();
          this.fill();
          this.flush();
          break;
        case "accepted":
          this.accepted(frame);
          break;
        case "working":
          this.setWorking(true);
          break;
        case "floor":
          this.place = frame.text;
          break;
        case "delta":
          this.setWorking(false);
          this.drafts.set(frame.id, (this.drafts.get(frame.id) ?? "") + frame.text);
          break;
        case "message":
          this.merge([frame.message]);
          break;
        case "error":
          this.refused(frame);
          break;
      }
      this.changed();
    }

    ready({ conversation_id, messages, working }) {
      if (this.conversationId !== null && conversation_id !== this.conversationId) return this.went(conversation_id);
      const first = this.messages.size === 0;
      if (conversation_id !== this.conversationId) {
        this.conversationId = conversation_id;
        this.saveSession();
      }
      this.loaded = true;
      this.drafts.clear();
      this.merge(messages);
      if (first && this.shelf.read("seen", {}).conversation !== conversation_id) this.see();
      this.setWorking(working);
      this.sent.clear();
      this.flush();
    }

    /** On in another conversation: all of it is read, nothing of this one stays. */
    went(conversation_id) {
      this.forget();
      this.conversationId = conversation_id;
      this.saveSession();
      this.moved();
    }

    /** @param {Message[]} messages  those we have are dropped */
    merge(messages) {
      for (const message of messages) {
        if (message.external_id) this.outbox.take(message.external_id);
        this.drafts.delete(message.id);
        if (this.messages.has(message.seq)) continue;
        this.messages.set(message.seq, message);
        if (message.author !== "shopper") this.setWorking(false);
        if (message.floor && message.floor !== "waiting") this.place = "";
      }
      this.sorted = null;
      this.hasOlder = this.firstSeq > 1;
      if (this.gap()) setTimeout(() => this.fill(), 300);
    }

    accepted({ id, seq }) {
      const item = this.outbox.take(id);
      if (!item) return;
      const message = { id: `own:${id}`, seq, author: "shopper", text: item.text, attachments: item.attachments, at: item.at, external_id: id };
      this.merge([message]);
      this.tabs.postMessage({ kind: "message", conversation: this.conversationId, message });
      const answered = this.lines().some(({ in_reply_to }) => in_reply_to?.includes(id));
      if (this.floor === "bot" && !answered) this.setWorking(true);
    }

    /** An error of the line, or of the one message it names. */
    refused({ id, code, message, retry_after }) {
      if (code === "too_many" && retry_after) this.limit(retry_after, id);
      else if (id) this.outbox.update(id, { state: "failed", reason: this.reason(code, message) });
    }

    reason(code, message) {
      if (code === "too_long" || code === "empty") return say(this.language, code, { max: this.maxChars });
      return code === "internal" || code === "unavailable" || !message ? say(this.language, "failedReason") : message;
    }

    limit(seconds, id) {
      this.limitedUntil = Math.max(this.limitedUntil, Date.now() + seconds * 1000);
      if (id) this.outbox.update(id, { state: "limited" });
      clearTimeout(this.limitTimer);
      this.limitTimer = setTimeout(() => {
        for (const { id: waiting, state } of this.outbox.all()) if (state === "limited") this.retry(waiting);
        this.changed();
      }, this.limitedUntil - Date.now() + 200);
    }

    setWorking(working) {
      this.working = working;
      clearTimeout(this.workingTimer);
      if (working) this.workingTimer = setTimeout(() => ((this.working = false), this.changed()), this.floor === "agent" ? 8000 : WORKING_AT_MOST);
    }

    connection(status) {
      this.status = status;
      if (status !== "online") {
        this.working = false;
        for (const { id, state } of this.outbox.all()) if (state === "sending") this.outbox.update(id, { state: "queued" });
      }
      this.changed();
    }

    /** What another tab of this browser has to say. */
    hear(note) {
      if (note.kind === "session") {
        this.person += 1;
        this.opening = this.info = null;
        this.api.token = this.shelf.read("session", null)?.token ?? null;
        this.shopperToken = null;
        this.sent.clear();
        this.line.restart();
      } else if (note.kind === "language" && note.language !== this.language) {
        this.language = this.api.language = note.language;
        if (this.info) this.renew({}).catch(() => {});
      } else if (note.kind === "message") {
        if (note.conversation && note.conversation === this.conversationId) this.merge([note.message]);
        else if (this.conversationId === null) this.line.restart();
      }
      this.changed();
    }

    // History

    lines() {
      this.sorted ??= [...this.messages.values()].sort((one, other) => one.seq - other.seq);
      return this.sorted;
    }

    get firstSeq() {
      return this.lines()[0]?.seq ?? 0;
    }

    get lastSeq() {
      return this.lines().at(-1)?.seq ?? 0;
    }

    /** The first number missing between the first and the last line, 0 when none is. */
    gap() {
      const lines = this.lines();
      const missing = lines.findIndex((line, place) => line.seq !== lines[0].seq + place);
      return missing < 0 ? 0 : lines[0].seq + missing;
    }

    /** Asks for what is missing, until nothing is or nothing more comes. */
    async fill() {
      const missing = this.gap();
      if (!missing || this.filling) return;
      this.filling = true;
      await this.fetchAfter(missing - 1);
      this.filling = false;
      if (this.gap() > missing) this.fill();
    }

    async fetchAfter(seq) {
      if (!this.conversationId) return;
      const page = await this.history(`after=${seq}&limit=100`);
      if (page) this.merge(page.messages);
      this.changed();
    }

    /** The lines before the first one we have. */
    async older() {
      if (!this.hasOlder || this.loadingOlder || !this.conversationId) return;
      this.loadingOlder = true;
      this.changed();
      const page = await this.history(`before=${this.firstSeq}&limit=40`);
      this.loadingOlder = false;
      if (page) this.merge(page.messages);
      this.changed();
    }

    history(query) {
      return this.api.get(`/v1/conversations/${encodeURIComponent(this.conversationId)}/messages?${query}`).catch(() => null);
    }

    // What the view asks

    /** Whether it is known that nothing was said yet. */
    get fresh() {
      return this.info !== null && (this.loaded || this.conversationId === null);
    }

    get shop() {
      return this.info?.shop ?? null;
    }

    get maxChars() {
      return this.info?.limits.max_chars ?? 2000;
    }

    /** Who speaks, as the newest line that says so. */
    get floor() {
      const line = this.lines().findLast(({ floor, author }) => floor || author === "agent");
      return line ? (line.floor ?? "agent") : "bot";
    }

    get unread() {
      const { seq } = this.shelf.read("seen", { seq: 0 });
      return this.lines().filter((line) => line.seq > seq && line.author !== "shopper").length;
    }

    /** Everything shown so far was seen. */
    see() {
      if (this.shelf.read("seen", {}).seq === this.lastSeq || !this.conversationId) return;
      this.shelf.write("seen", { conversation: this.conversationId, seq: this.lastSeq });
      this.tabs.postMessage({ kind: "seen" });
    }

    async rate(message, helpful, comment = "") {
      await this.api.post(`/v1/messages/${encodeURIComponent(message.id)}/feedback`, comment ? { helpful, comment } : { helpful });
      message.helpful = helpful;
      this.changed();
    }

    passage(id) {
      return this.api.get(`/v1/passages/${encodeURIComponent(id)}`);
    }

    /** Sends a photo ahead of its message. @returns {Promise<string>} its id */
    async upload(file, url) {
      await this.session();
      const { id } = await this.api.post("/v1/attachments", await smaller(file));
      this.photos.set(id, Promise.resolve(url));
      return id;
    }

    /** Only with our token is it to be had, so an image cannot fetch it by itself. */
    photo(id) {
      if (!this.photos.has(id)) this.photos.set(id, this.api.fetch("GET", `/v1/attachments/${id}`).then((response) => response.blob()).then((blob) => URL.createObjectURL(blob)));
      return this.photos.get(id);
    }

    /** Where a picture is: an https address as it is, a path at the server. */
    picture(path) {
      const url = new URL(path, `${this.api.server}/media/`);
      return url.protocol === "https:" || url.origin === this.api.server ? url.href : null;
    }
  }

  /** A message as the server reads it. */
  const wire = ({ id, text, action, attachments, language }) =>
    ({ id, text, language, ...(action && { action }), ...(attachments?.length && { attachments }) });

  /** A photo of a size that is seen and sent well, as JPEG where it was another kind; as it is where we cannot tell. */
  async function smaller(file) {
    try {
      const picture = await createImageBitmap(file);
      const scale = Math.min(1, PHOTO_EDGE / Math.max(picture.width, picture.height));
      if (scale === 1 && file.size < PHOTO_BYTES && /jpeg|png|webp/.test(file.type)) return file;
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [picture.width, picture.height].map((edge) => Math.max(1, Math.round(edge * scale)));
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), "image/jpeg", 0.85));
    } catch {
      return file;
    }
  }

  function openChannel(name, listen) {
    try {
      const channel = new BroadcastChannel(name);
      channel.onmessage = (event) => listen(event.data);
      return channel;
    } catch {
      return { postMessage() {} };
    }
  }

  // Look

  const STYLE = `
:host { all: initial; }
.root {
  --accent: var(--kefu-accent, #0b6b5b);
  --on-accent: var(--kefu-on-accent, #fff);
  --radius: var(--kefu-radius, 18px);
  --font: var(--kefu-font, system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif);
  --ground: #fff; --raised: #fff; --soft: #f2f3f4; --line: #e3e5e8; --edge: #868d97;
  --ink: #1b1e23; --quiet: #5b626d; --link: var(--accent);
  --tint: #eef4f2; --bad: #b3261e; --mark: #fff0b8; --good: #1c7a4b;
  --tint: color-mix(in srgb, var(--accent) 8%, #fff); --hint: #a9c9c2;
  --hint: color-mix(in srgb, var(--accent) 34%, #e3e5e8);
  --shadow: 0 1px 2px rgb(0 0 0 / .06), 0 8px 24px rgb(0 0 0 / .12), 0 24px 64px rgb(0 0 0 / .14);
  position: fixed; inset: auto 0 0 auto; z-index: var(--kefu-z-index, 2147483000);
  color: var(--ink); color-scheme: light; font: 16px/1.5 var(--font); text-align: start;
  -webkit-font-smoothing: antialiased; -webkit-text-size-adjust: 100%; -webkit-tap-highlight-color: transparent;
}
.root.dark {
  --ground: #17191d; --raised: #1f2227; --soft: #262a30; --line: #343941; --edge: #7d8590;
  --ink: #eceef1; --quiet: #a8afba; --link: #8fd0c2; --tint: #20302d; --bad: #ff9a90; --mark: #5a4a12; --good: #7fd6a4;
  --link: color-mix(in srgb, var(--accent) 45%, #fff); --hint: #4d6b64;
  --hint: color-mix(in srgb, var(--accent) 55%, #444b55);
  --tint: color-mix(in srgb, var(--accent) 22%, #17191d);
  --shadow: 0 0 0 1px rgb(255 255 255 / .07), 0 12px 40px rgb(0 0 0 / .55);
  color-scheme: dark;
}
*, ::before, ::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; margin: 0; }
button { cursor: pointer; border: 0; background: none; padding: 0; text-align: inherit; touch-action: manipulation; }
button:disabled { cursor: default; }
a { color: var(--link); text-underline-offset: 2px; overflow-wrap: anywhere; }
h2, h3, p, ul, dl, dd, ol { margin: 0; padding: 0; }
ul, ol { list-style: none; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.icon { width: 22px; height: 22px; flex: none; fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; display: block; }
.icon-more { stroke-width: 2.6; }
.aside { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher { position: fixed; right: calc(20px + env(safe-area-inset-right)); bottom: calc(20px + env(safe-area-inset-bottom)); width: 58px; height: 58px; border-radius: 50%;
  display: grid; place-items: center; background: var(--accent); color: var(--on-accent); box-shadow: 0 2px 6px rgb(0 0 0 / .16), 0 8px 24px rgb(0 0 0 / .2); transition: transform .18s; }
.launcher:hover { transform: translateY(-2px); }
.launcher:active { transform: scale(.96); }
.launcher .icon { width: 28px; height: 28px; }
.left .launcher, .left .panel { right: auto; left: calc(20px + env(safe-area-inset-left)); }
.badge { position: absolute; top: -3px; right: -3px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px; background: #c62828; color: #fff; font-size: 13px; font-weight: 600; line-height: 22px; text-align: center; box-shadow: 0 0 0 2px var(--ground); }

.panel { position: fixed; right: calc(20px + env(safe-area-inset-right)); bottom: calc(92px + env(safe-area-inset-bottom)); width: 400px; height: 640px; max-height: calc(100vh - 112px);
  display: flex; flex-direction: column; overflow: hidden; background: var(--ground); border-radius: var(--radius); box-shadow: var(--shadow); animation: rise .22s cubic-bezier(.2, .8, .3, 1); transform-origin: bottom right; }
.panel:focus { outline: none; }
@keyframes rise { from { opacity: 0; transform: translateY(12px) scale(.98); } }

.header { display: flex; align-items: center; gap: 2px; padding: 12px 10px 12px 16px; border-bottom: 1px solid var(--line); position: relative; z-index: 2; }
.logo { width: 38px; height: 38px; flex: none; border-radius: 50%; object-fit: cover; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; font-weight: 600; }
.who { flex: 1; min-width: 0; padding: 0 6px 0 8px; line-height: 1.3; }
.who h2 { font-size: 16px; font-weight: 650; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.who p { font-size: 13px; color: var(--quiet); line-height: 1.25; overflow: hidden; overflow-wrap: anywhere; max-height: 2.5em; text-wrap: balance; }
.tool { height: 40px; min-width: 40px; border-radius: 20px; display: inline-flex; align-items: center; justify-content: center; gap: 5px; color: var(--quiet); flex: none; }
.tool:hover, .tool[aria-expanded=true] { background: var(--soft); color: var(--ink); }
.tool.word { padding: 0 11px 0 8px; gap: 4px; font-size: 13.5px; color: var(--ink); border: 1px solid var(--line); height: 36px; margin-right: 2px; }
.tool.word .icon { width: 17px; height: 17px; }
.menu { position: absolute; top: calc(100% - 4px); right: 12px; min-width: 236px; max-width: calc(100% - 24px); padding: 6px; background: var(--raised); border: 1px solid var(--line); border-radius: 14px; box-shadow: var(--shadow); animation: rise .14s; }
.menu > * { display: flex; align-items: center; gap: 10px; width: 100%; min-height: 44px; padding: 8px 12px; border-radius: 9px; font-size: 15px; color: var(--ink); text-decoration: none; }
.menu > p { color: var(--quiet); font-size: 13px; min-height: 0; padding-bottom: 4px; overflow-wrap: anywhere; }
.menu > :is(a, button):hover { background: var(--soft); }
.menu .icon { width: 20px; height: 20px; color: var(--quiet); }

.strip { display: flex; align-items: center; gap: 12px; padding: 9px 16px; font-size: 14px; line-height: 1.4; background: var(--tint); border-bottom: 1px solid var(--line); }
.strip p { flex: 1; }
.strip::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--link); flex: none; }
.strip.warn { background: var(--soft); }
.strip.warn::before { background: #b77400; border-radius: 2px; }
.strip button { flex: none; max-width: 45%; padding: 6px 12px; border: 1px solid var(--edge); border-radius: 16px; background: var(--ground); font-size: 13px; line-height: 1.3; }

.middle { position: relative; flex: 1; min-height: 0; display: flex; }
.log { flex: 1; min-width: 0; overflow: hidden auto; overscroll-behavior: contain; padding: 16px; display: flex; flex-direction: column; gap: 6px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.log > :first-child { margin-top: auto; }
.log.live > .new { animation: arrive .24s cubic-bezier(.2, .8, .3, 1); }
@keyframes arrive { from { opacity: 0; transform: translateY(8px); } }
.newest { position: absolute; bottom: 10px; left: 50%; transform: translateX(-50%); display: flex; align-items: center; gap: 4px; padding: 7px 14px 7px 10px; border-radius: 18px; font-size: 14px; background: var(--raised); border: 1px solid var(--line); box-shadow: var(--shadow); }
.newest .icon { width: 18px; height: 18px; }

.welcome { margin: auto 0 0; padding: 4px 2px; }
.welcome .logo { width: 56px; height: 56px; font-size: 22px; margin-bottom: 14px; }
.welcome h3 { font-size: 21px; line-height: 1.4; font-weight: 650; text-wrap: pretty; }
.welcome > p { color: var(--quiet); font-size: 14px; margin-top: 6px; }
.welcome h4 { margin: 24px 0 8px; font-size: 13px; font-weight: 500; color: var(--quiet); }
.openers { display: grid; gap: 8px; }
.openers > * { display: flex; justify-content: space-between; align-items: center; gap: 8px; min-height: 46px; padding: 9px 14px; border: 1px solid var(--line); border-radius: 13px; background: var(--raised); line-height: 1.4; text-decoration: none; color: var(--ink); overflow-wrap: anywhere; transition: border-color .15s, background .15s; }
.openers > *::after { content: "›"; color: var(--quiet); font-size: 20px; line-height: 1; }
.openers > *:hover { border-color: var(--edge); background: var(--tint); }
.bone { border-radius: 8px; background: var(--soft); animation: breathe 1.4s ease-in-out infinite alternate; }
@keyframes breathe { to { opacity: .5; } }

.stamp { align-self: center; font-size: 12.5px; color: var(--quiet); padding: 10px 0 6px; }
.entry { display: flex; flex-direction: column; align-items: flex-start; gap: 7px; max-width: 100%; min-width: 0; }
.entry.own { align-items: flex-end; }
.author { display: flex; align-items: center; gap: 7px; font-size: 13px; color: var(--quiet); margin-top: 8px; }
.author .logo { width: 20px; height: 20px; font-size: 11px; }
.bubble { max-width: 86%; padding: 9px 14px; border-radius: 18px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere; text-wrap: pretty; }
.bot .bubble, .agent .bubble { border-top-left-radius: 6px; }
.agent .bubble { background: var(--tint); }
.own .bubble { background: var(--accent); color: var(--on-accent); border-bottom-right-radius: 6px; }
.own .bubble a { color: inherit; }
.own + .own .bubble { border-top-right-radius: 6px; }
.own.failed .bubble { background: var(--ground); color: var(--ink); box-shadow: inset 0 0 0 1.5px var(--bad); }
.system { align-items: center; }
.system .bubble { background: none; color: var(--quiet); font-size: 14px; text-align: center; }
.note { font-size: 13px; color: var(--quiet); }
.failed .note { color: var(--bad); text-align: end; max-width: 86%; }
.note span { white-space: nowrap; }
.note button { color: var(--link); font-weight: 600; padding: 4px 2px 4px 8px; text-decoration: underline; text-underline-offset: 2px; }
.dots { display: flex; gap: 5px; padding: 15px 16px; }
.dots i { width: 7px; height: 7px; border-radius: 50%; background: var(--quiet); animation: hop 1.2s infinite; }
.dots i:nth-child(2) { animation-delay: .15s; } .dots i:nth-child(3) { animation-delay: .3s; }
@keyframes hop { 0%, 60%, 100% { opacity: .35; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }

.chips { display: flex; flex-wrap: wrap; gap: 6px; max-width: 100%; }
.chip { display: inline-flex; align-items: center; gap: 5px; max-width: 100%; padding: 4px 11px 4px 8px; border: 1px solid var(--line); border-radius: 14px; font-size: 13px; color: var(--quiet); line-height: 1.4; }
.chip:hover { border-color: var(--edge); color: var(--ink); }
.chip .icon { width: 15px; height: 15px; }
.chip span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.quick { display: flex; flex-wrap: wrap; gap: 8px; padding-top: 8px; }
.quick > * { min-height: 38px; max-width: 100%; padding: 7px 15px; border: 1px solid var(--hint); border-radius: 20px; background: var(--raised); font-size: 15px; line-height: 1.4; color: var(--link); text-decoration: none; overflow-wrap: anywhere; transition: background .15s; }
.quick > *:hover { background: var(--tint); border-color: var(--link); }

.rate { display: flex; align-items: center; gap: 2px; margin: -3px 0 0 -6px; font-size: 13px; color: var(--quiet); }
.entry:not(.last) .rate:not(.kept) { display: none; }
.rate button { width: 32px; height: 32px; display: grid; place-items: center; border-radius: 50%; color: var(--quiet); }
.rate button:hover { background: var(--soft); color: var(--ink); }
.rate button[aria-pressed=true] { color: var(--link); }
.rate button[aria-pressed=true] .icon { fill: var(--tint); }
.rate .icon { width: 17px; height: 17px; }
.rate button:nth-of-type(2) .icon { transform: scaleY(-1); }
.remark { align-self: stretch; display: grid; gap: 8px; padding: 12px; border: 1px solid var(--line); border-radius: 14px; background: var(--raised); font-size: 14px; }
.remark textarea { width: 100%; min-height: 60px; resize: vertical; padding: 8px 10px; border: 1px solid var(--edge); border-radius: 9px; background: var(--ground); font-size: 16px; }
.remark div { display: flex; gap: 8px; justify-content: flex-end; }

.action { display: inline-flex; align-items: center; justify-content: center; min-height: 38px; padding: 6px 15px; border-radius: 11px; border: 1px solid var(--hint); background: var(--raised); font-size: 15px; line-height: 1.35; color: var(--link); text-align: center; text-decoration: none; overflow-wrap: anywhere; }
.action:hover:not(:disabled) { background: var(--tint); border-color: var(--link); }
.action.first { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.action.first:hover:not(:disabled) { background: var(--accent); filter: brightness(1.08); }
.action:disabled { opacity: .5; }
.card { width: 100%; max-width: 340px; border: 1px solid var(--line); border-radius: 16px; background: var(--raised); overflow: hidden; overflow-wrap: anywhere; }
.card h3 { font-size: 16px; line-height: 1.4; font-weight: 600; }
.card .sub { font-size: 14px; color: var(--quiet); line-height: 1.45; }
.card .body { padding: 14px; display: grid; gap: 10px; }
.card .head { display: flex; gap: 12px; align-items: center; }
.card .head > div { flex: 1; min-width: 0; }
.card .thumb { width: 56px; height: 56px; border-radius: 11px; object-fit: cover; background: var(--soft); flex: none; }
.pill { flex: none; max-width: 50%; padding: 2px 10px; border-radius: 11px; background: var(--tint); color: var(--ink); font-size: 13px; line-height: 1.5; font-weight: 500; }
.rows { display: grid; grid-template-columns: max-content 1fr; gap: 5px 14px; font-size: 14.5px; line-height: 1.5; }
.rows dt { color: var(--quiet); max-width: 120px; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; }
.actions > * { flex: 1 1 auto; }
.choice .actions { flex-direction: column; }
.choice .actions > * { min-height: 44px; }

.shelf { align-self: stretch; display: flex; gap: 10px; margin: 0 -16px; padding: 2px 16px 8px; overflow-x: auto; scroll-snap-type: x proximity; scroll-padding: 16px; scrollbar-width: thin; scrollbar-color: var(--line) transparent; overscroll-behavior-x: contain; }
.shelf .product { width: 166px; flex: none; scroll-snap-align: start; }
.product { display: flex; flex-direction: column; position: relative; max-width: 214px; }
.product .picture { width: 100%; aspect-ratio: 1; object-fit: cover; background: var(--soft); display: block; }
.product .body { flex: 1; padding: 11px 12px 12px; grid-template-rows: auto auto 1fr auto; gap: 4px; }
.product h3 { font-size: 15px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.product .sub { font-size: 13px; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.product .pill { position: absolute; top: 8px; left: 8px; max-width: calc(100% - 16px); background: var(--raised); box-shadow: 0 1px 3px rgb(0 0 0 / .18); }
.cost { font-weight: 650; font-variant-numeric: tabular-nums; align-self: end; padding-top: 2px; }
.cost s { margin-inline-start: 6px; font-size: 13px; font-weight: 400; color: var(--quiet); white-space: nowrap; }
.product .action { margin-top: 6px; }

.trail { display: grid; font-size: 14px; line-height: 1.45; }
.trail li { position: relative; padding: 0 0 12px 20px; }
.trail li:last-child { padding-bottom: 0; }
.trail li::before { content: ""; position: absolute; left: 3px; top: 7px; width: 7px; height: 7px; border-radius: 50%; background: var(--edge); }
.trail li::after { content: ""; position: absolute; left: 6px; top: 18px; bottom: -3px; width: 1px; background: var(--line); }
.trail li:last-child::after { display: none; }
.trail li:first-child { font-weight: 600; }
.trail li:first-child::before { left: 1px; top: 5px; width: 11px; height: 11px; background: var(--link); box-shadow: 0 0 0 3px var(--tint); }
.trail time { display: block; font-size: 13px; font-weight: 400; color: var(--quiet); font-variant-numeric: tabular-nums; }
.fold { font-size: 14px; color: var(--link); justify-self: start; padding: 4px 0; text-decoration: underline; text-underline-offset: 2px; }

.wide { max-width: 100%; overflow-x: auto; scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.comparison { max-width: 100%; }
table { border-collapse: collapse; font-size: 14.5px; line-height: 1.45; min-width: 100%; }
th, td { padding: 9px 12px; text-align: start; vertical-align: top; border-bottom: 1px solid var(--line); min-width: 104px; max-width: 190px; overflow-wrap: break-word; }
tr:last-child > * { border-bottom: 0; }
thead th { font-weight: 600; background: var(--soft); }
tbody th { font-weight: 400; color: var(--quiet); position: sticky; left: 0; background: var(--raised); min-width: 76px; max-width: 110px; }
.comparison thead th:first-child { position: sticky; left: 0; min-width: 76px; }

.composer { padding: 10px 12px calc(12px + env(safe-area-inset-bottom)); border-top: 1px solid var(--line); background: var(--ground); }
.field { display: flex; align-items: flex-end; gap: 6px; padding: 4px 4px 4px 15px; border: 1px solid var(--edge); border-radius: 24px; background: var(--raised); transition: border-color .15s, box-shadow .15s; }
.field:focus-within { border-color: var(--link); box-shadow: 0 0 0 1px var(--link); }
.field textarea { flex: 1; min-width: 0; height: 40px; max-height: 136px; padding: 8px 0; border: 0; outline: 0; background: none; resize: none; font-size: 16px; line-height: 24px; scrollbar-width: thin; }
.field textarea::placeholder { color: var(--quiet); opacity: 1; }
.send { width: 40px; height: 40px; flex: none; border-radius: 50%; display: grid; place-items: center; background: var(--accent); color: var(--on-accent); transition: background .15s, color .15s, transform .1s; }
.tray { display: flex; gap: 8px; overflow-x: auto; }
.tray > * { position: relative; flex: none; margin-bottom: 8px; }
.tray img { display: block; width: 64px; height: 64px; object-fit: cover; border-radius: 12px; }
.tray .busy img { animation: breathe .7s ease-in-out infinite alternate; }
.tray button { position: absolute; top: 3px; right: 3px; width: 26px; height: 26px; border-radius: 50%; display: grid; place-items: center; background: var(--raised); }
.tray .icon { width: 16px; height: 16px; }
.photos { display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 6px; max-width: 86%; }
.photos img { display: block; min-width: 48px; min-height: 48px; max-width: min(180px, 100%); max-height: 180px; border-radius: 14px; background: var(--soft); }
.send:disabled { background: var(--soft); color: var(--quiet); }
.send:not(:disabled):active { transform: scale(.94); }
.count { padding: 5px 14px 0; font-size: 13px; color: var(--quiet); text-align: end; font-variant-numeric: tabular-nums; }
.count.over { color: var(--bad); }

.scrim { position: absolute; inset: 0; z-index: 3; background: rgb(0 0 0 / .38); display: flex; align-items: flex-end; animation: fade .18s; }
@keyframes fade { from { opacity: 0; } }
.sheet { width: 100%; max-height: 88%; display: flex; flex-direction: column; background: var(--ground); border-radius: var(--radius) var(--radius) 0 0; animation: slide .24s cubic-bezier(.2, .8, .3, 1); }
.sheet:focus { outline: none; }
@keyframes slide { from { transform: translateY(40px); opacity: 0; } }
.sheet header { display: flex; gap: 8px; padding: 16px 10px 8px 20px; }
.sheet header > div { flex: 1; min-width: 0; }
.sheet h2 { font-size: 18px; line-height: 1.4; font-weight: 650; overflow-wrap: anywhere; }
.sheet header p { font-size: 13px; color: var(--quiet); overflow-wrap: anywhere; }
.sheet article { overflow-y: auto; overscroll-behavior: contain; padding: 4px 20px calc(22px + env(safe-area-inset-bottom)); display: grid; gap: 12px; line-height: 1.65; overflow-wrap: anywhere; }
.sheet article p { white-space: pre-line; }
.sheet article li { list-style: disc; margin-inline-start: 20px; padding: 2px 0; }
.sheet article td, .sheet article th { min-width: 72px; }
.sheet mark { background: var(--mark); color: inherit; border-radius: 3px; padding: 1px 0; }
.sheet footer { font-size: 13px; color: var(--quiet); display: flex; flex-wrap: wrap; gap: 4px 16px; }

@media (max-width: 480px), (max-height: 500px) {
  .panel, .left .panel { inset: 0 0 auto; width: 100%; height: 100%; max-height: none; border-radius: 0; box-shadow: none; }
  .header { padding-top: calc(10px + env(safe-area-inset-top)); }
  .full .launcher { display: none; }
}
@media (max-width: 360px) { .tool.word span { display: none; } .tool.word { padding: 0 8px; } }
@media (pointer: coarse) { .rate button { width: 40px; height: 40px; } .chip { padding-block: 8px; border-radius: 18px; } .quick > * { min-height: 44px; } }
@media (prefers-reduced-motion: reduce) { *, ::before, ::after { animation: none !important; transition: none !important; scroll-behavior: auto !important; } }
@media (forced-colors: active) { .bubble, .pill { border: 1px solid; } .send, .launcher { border: 2px solid; } }
`;

  function adopt(shadow, style) {
    try {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      shadow.adoptedStyleSheets.push(sheet);
    } catch {
      shadow.append(h("style", {}, style));
    }
  }

  // View
  //
  // Every part has a `node` and an `update()`. `app` is the element below: the chat, the words, what to press.

  const FULL_SCREEN = matchMedia("(max-width: 480px), (max-height: 500px)");
  const DARK = matchMedia("(prefers-color-scheme: dark)");
  const CALM = matchMedia("(prefers-reduced-motion: reduce)");
  const TOUCH = matchMedia("(pointer: coarse)");

  /** The shop's logo, or the first character of its name. */
  function logo(app) {
    const { shop } = app.chat;
    const letter = () => h("span", { class: "logo", "aria-hidden": "true" }, [...(shop?.assistant ?? "")][0] ?? "");
    const source = shop?.logo && app.chat.picture(shop.logo);
    if (!source) return letter();
    const image = h("img", { class: "logo", src: source, alt: "" });
    image.addEventListener("error", () => image.replaceWith(letter()), { once: true });
    return image;
  }

  /** A button of the protocol: a link when it has an address, else something to say. */
  function pressable(app, /** @type {Button} */ button, className) {
    // The second click of a double click is no second wish.
    const onclick = (/** @type {MouseEvent} */ event) => event.detail < 2 && app.press(button);
    if (!button.url) return h("button", { type: "button", class: className, onclick }, button.label);
    const url = safeLink(button.url);
    if (!url) return null;
    const elsewhere = url.origin !== location.origin && { target: "_blank", rel: "noopener noreferrer" };
    return h("a", { class: className, href: url.href, ...elsewhere }, button.label);
  }

  function picture(app, path, className) {
    const source = path && app.chat.picture(path);
    if (!source) return null;
    const image = h("img", { class: className, src: source, alt: "", loading: "lazy", decoding: "async" });
    image.addEventListener("error", () => image.replaceWith(h("div", { class: className })), { once: true });
    return image;
  }

  // Cards

  /** The cards of one message; products that come together stand on a shelf. @param {Card[]} cards */
  function cardNodes(app, cards) {
    const products = cards.filter((card) => card.kind === "product");
    const others = cards.filter((card) => card.kind !== "product").map((card) => (CARDS[card.kind] ?? plainCard)(app, card));
    if (products.length < 2) return [...products.map((card) => productCard(app, card)), ...others];
    const label = app.word("scroll");
    return [h("div", { class: "shelf", role: "group", tabindex: 0, "aria-label": label }, products.map((card) => productCard(app, card))), ...others];
  }

  function productCard(app, card) {
    return h("section", { class: "card product", "aria-label": card.title },
      picture(app, card.image, "picture") ?? h("div", { class: "picture" }),
      card.badge && h("span", { class: "pill" }, card.badge),
      h("div", { class: "body" },
        h("h3", {}, card.title),
        h("p", { class: "sub" }, card.subtitle),
        h("p", { class: "cost" }, card.price ?? "",
          card.price_before && h("s", {}, h("span", { class: "aside" }, `${app.word("was")} `), card.price_before)),
        card.buttons.slice(0, 1).map((button) => pressable(app, button, "action"))));
  }

  /** Orders, parcels, contacts and choices: head, rows, journey, buttons; whichever of them there are. */
  function plainCard(app, card) {
    return h("section", { class: `card ${card.kind}`, "aria-label": card.title },
      h("div", { class: "body" },
        h("div", { class: "head" },
          picture(app, card.image, "thumb"),
          h("div", {}, h("h3", {}, card.title), card.subtitle && h("p", { class: "sub" }, card.subtitle)),
          card.badge && h("span", { class: "pill" }, card.badge)),
        card.price && h("p", { class: "cost" }, card.price, card.price_before && h("s", {}, card.price_before)),
        card.lines.length > 0 && h("dl", { class: "rows" }, card.lines.map(([name, value]) => [h("dt", {}, name), h("dd", {}, linked(value))])),
        card.steps.length > 0 && trail(app, card.steps),
        card.buttons.length > 0 && h("div", { class: "actions" },
          card.buttons.map((button, place) => pressable(app, button, card.kind === "change" && place === 0 ? "action first" : "action")))));
  }

  const STEPS_SHOWN = 3;

  /** A parcel's journey, newest first; the older part is folded. */
  function trail(app, steps) {
    const list = h("ol", { class: "trail" }, steps.map(([time, what], place) =>
      h("li", { hidden: place >= STEPS_SHOWN }, what, h("time", {}, time))));
    if (steps.length <= STEPS_SHOWN) return list;
    const unfold = () => {
      const open = fold.getAttribute("aria-expanded") === "false";
      [...list.children].forEach((step, place) => (step.hidden = !open && place >= STEPS_SHOWN));
      fold.setAttribute("aria-expanded", String(open));
      fold.textContent = open ? app.word("fewerSteps") : app.word("allSteps", { n: steps.length });
    };
    const fold = h("button", { type: "button", class: "fold", "aria-expanded": "false", onclick: unfold }, app.word("allSteps", { n: steps.length }));
    return [list, fold];
  }

  function comparisonCard(app, card) {
    const cells = (value) => value.split(" | ").map((cell) => h("td", {}, cell));
    return h("section", { class: "card comparison", "aria-label": card.title },
      h("div", { class: "wide", tabindex: 0, role: "group", "aria-label": app.word("compare") },
        h("table", {},
          h("thead", {}, h("tr", {}, h("td", {}), card.columns.map((column) => h("th", { scope: "col" }, column)))),
          h("tbody", {}, card.lines.map(([name, value]) => h("tr", {}, h("th", { scope: "row" }, name), cells(value)))))));
  }

  const CARDS = { product: productCard, comparison: comparisonCard };

  // Messages

  function sourceChips(app, /** @type {Source[]} */ sources) {
    const unique = [...new Map(sources.map((source) => [source.passage_id, source])).values()];
    return h("div", { class: "chips" }, unique.map((source) => {
      const name = [source.title, source.section].filter(Boolean).filter((part, place, all) => all.indexOf(part) === place).join(" › ");
      return h("button", { type: "button", class: "chip", onclick: (event) => app.sheet.show(source, event.currentTarget) },
        icon("page"), h("span", {}, h("span", { class: "aside" }, `${app.word("source")}: `), name));
    }));
  }

  /** Thumbs, and what follows a thumb down. `state` is undefined, "asking", "thanks" or "failed". */
  function rating(app, message, state) {
    const rate = (helpful) => async () => {
      const done = await app.chat.rate(message, helpful).then(() => (helpful ? "thanks" : "asking"), () => "failed");
      app.log.rated(message.id, done);
    };
    const thumb = (helpful, word) => h("button",
      { type: "button", "aria-label": app.word(word), title: app.word(word), "aria-pressed": message.helpful === helpful, onclick: rate(helpful) }, icon("up"));
    const note = state === "thanks" ? app.word("thanks") : state === "failed" ? app.word("feedbackFailed") : "";
    const kept = state || message.helpful != null ? " kept" : "";
    return [
      h("div", { class: `rate${kept}`, role: "group", "aria-label": app.word("rate") }, thumb(true, "helpful"), thumb(false, "notHelpful"), h("span", { role: "status" }, note)),
      state === "asking" && remark(app, message),
    ];
  }

  function remark(app, message) {
    const text = h("textarea", { maxlength: 1000, rows: 2 });
    const done = () => app.log.rated(message.id, "thanks");
    const submit = () => app.chat.rate(message, false, text.value.trim()).then(done, () => app.log.rated(message.id, "failed"));
    return h("div", { class: "remark" },
      h("label", {}, app.word("comment"), text),
      h("div", {},
        h("button", { type: "button", class: "action", onclick: done }, app.word("skip")),
        h("button", { type: "button", class: "action first", onclick: submit }, app.word("commentSend"))));
  }

  function speaker(app, { author, agent }) {
    if (author === "shopper") return app.word("you");
    return author === "agent" ? agent || app.word("colleague") : (app.chat.shop?.assistant ?? "");
  }

  function messageNode(app, /** @type {Message} */ message, { labelled, state }) {
    const own = message.author === "shopper";
    const judged = message.author === "bot" && (message.sources?.length || message.tools?.length || message.intent);
    return h("div", { class: `entry ${own ? "own" : message.author}`, lang: message.language ?? null },
      labelled && !own && message.author !== "system"
        ? h("p", { class: "author" }, message.author === "bot" ? logo(app) : icon("person"), speaker(app, message))
        : h("span", { class: "aside" }, `${speaker(app, message)}:`),
      message.text && h("div", { class: "bubble", dir: "auto" }, linked(message.text)),
      photoNodes(app, message.attachments),
      message.cards?.length > 0 && cardNodes(app, message.cards),
      message.sources?.length > 0 && sourceChips(app, message.sources),
      judged && rating(app, message, state));
  }

  function photoNodes(app, ids) {
    return ids?.length > 0 && h("div", { class: "photos" }, ids.map((id) => {
      const image = h("img", { alt: app.word("photoSent") });
      const link = h("a", { target: "_blank" }, image);
      app.chat.photo(id).then((url) => (image.src = link.href = url), () => app.chat.photos.delete(id));
      return link;
    }));
  }

  /** A message on its way; how it fares is said only when it takes long or fails. */
  function outgoingNode(app, /** @type {Outgoing} */ item, late) {
    const failed = item.state === "failed";
    const edit = () => app.composer.put(app.chat.discard(item.id));
    const note = failed
      ? [`${app.word("failed")} · ${item.reason}`, h("span", {},
          h("button", { type: "button", onclick: () => app.chat.retry(item.id) }, app.word("retry")),
          !item.action && !item.attachments?.length && h("button", { type: "button", onclick: edit }, app.word("edit")))]
      : app.word({ sending: "sending", limited: "soon" }[item.state] ?? "queued");
    return h("div", { class: `entry own ${failed ? "failed" : ""}` },
      h("span", { class: "aside" }, `${app.word("you")}:`),
      item.text && h("div", { class: "bubble", dir: "auto" }, linked(item.text)),
      photoNodes(app, item.attachments),
      (failed || late) && h("p", { class: "note" }, note));
  }

  function typingNode(app) {
    return h("div", { class: "entry bot" },
      h("div", { class: "bubble dots" }, h("span", { class: "aside" }, `${app.chat.shop?.assistant ?? ""} ${app.word("typing")}`), h("i"), h("i"), h("i")));
  }

  /** A reply while it grows; screen readers hear it once it is whole. */
  function draftNode(text) {
    return h("div", { class: "entry bot", "aria-hidden": "true" }, h("div", { class: "bubble", dir: "auto" }, text));
  }

  function welcomeNode(app) {
    const { shop, info, fresh } = app.chat;
    if (!fresh) return h("div", { class: "welcome", "aria-hidden": "true" }, [[56, 56], [260, 26], [200, 26]].map(([width, height]) => bone(width, height)));
    const hours = shop.open ? app.word("peopleNow") : app.word("peopleHours", { hours: shop.hours });
    return h("div", { class: "welcome" },
      logo(app),
      h("h3", {}, shop.greeting),
      h("p", {}, [shop.name, hours].filter(Boolean).join(" · ")),
      info.openers.length > 0 && [h("h4", {}, app.word("openers")), h("div", { class: "openers" }, info.openers.map((button) => pressable(app, button)))]);
  }

  function bone(width, height) {
    const node = h("div", { class: "bone" });
    Object.assign(node.style, { width: `${width}px`, height: `${height}px`, marginBottom: "12px" });
    return node;
  }

  // Parts of the panel

  const APART = 10 * 60_000;
  const NEAR = 80;
  const LATE = 1500;

  /** The conversation. Nodes are kept as long as what they show is unchanged, so nothing flickers or loses focus. */
  class Log {
    constructor(app) {
      this.app = app;
      this.held = new Map();
      this.ratings = new Map();
      this.list = h("div", { class: "log", role: "log", "aria-live": "polite", "aria-relevant": "additions", tabindex: 0, onscroll: () => this.scrolled() });
      this.jump = h("button", { type: "button", class: "newest", hidden: true, onclick: () => this.toEnd() });
      this.node = h("div", { class: "middle" }, this.list, this.jump);
      this.atEnd = true;
      new ResizeObserver(() => this.atEnd && this.toEnd("instant")).observe(this.list);
    }

    update() {
      const { list } = this;
      const { scrollHeight: before, scrollTop } = list;
      const first = this.first;
      list.setAttribute("aria-label", this.app.chat.shop?.name ?? "");
      const fresh = this.reconcile(this.entries());
      this.settle();
      if (first && this.first !== first && !fresh) list.scrollTop = scrollTop + list.scrollHeight - before;
      else if (this.atEnd || fresh?.classList.contains("own")) this.follow(fresh);
      else if (fresh) this.showJump();
      list.classList.toggle("live", this.held.size > 0);
    }

    /** What stands in the log, oldest first. */
    entries() {
      const { app } = this;
      const { chat } = app;
      const entries = [];
      const add = (key, version, build) => entries.push({ key, version: `${chat.language} ${version}`, build });
      const lines = chat.lines();
      const outgoing = chat.outbox.all();
      this.first = lines[0]?.id;
      if (!lines.length && !outgoing.length) add("welcome", `${chat.fresh} ${JSON.stringify(chat.info?.openers)}`, () => welcomeNode(app));
      if (chat.hasOlder) add("older", chat.loadingOlder, () => h("p", { class: "stamp" }, chat.loadingOlder ? app.word("older") : "…"));
      lines.forEach((line, place) => {
        const previous = lines[place - 1];
        const apart = !previous || new Date(line.at) - new Date(previous.at) > APART;
        if (apart) add(`at ${line.id}`, new Date().toDateString(), () => h("p", { class: "stamp" }, moment(line.at, chat.language)));
        const labelled = apart || previous.author + previous.agent !== line.author + line.agent;
        const state = this.ratings.get(line.id);
        add(line.external_id ?? line.id, `${labelled} ${state} ${line.helpful} ${chat.shop?.logo}`, () => messageNode(app, line, { labelled, state }));
      });
      for (const item of outgoing) {
        const late = chat.status === "offline" || Date.now() - new Date(item.at) > LATE;
        add(item.id, `${item.state} ${item.reason} ${late}`, () => outgoingNode(app, item, late));
      }
      for (const [id, text] of chat.drafts) add(id, text, () => draftNode(text));
      if (chat.working && !chat.drafts.size) add("typing", "", () => typingNode(app));
      const last = lines.at(-1);
      if (last?.quick_replies?.length && !outgoing.length && !chat.working) add(`quick ${last.id}`, "", () => this.quick(last.quick_replies));
      return entries;
    }

    quick(buttons) {
      return h("div", { class: "quick" }, buttons.slice(0, 5).map((button) => pressable(this.app, button)));
    }

    /** Brings the children in line with the entries; returns the first one that is new at the end, if any. */
    reconcile(entries) {
      const { list } = this;
      const kept = new Map();
      const before = this.held;
      const wasDrawn = before.size > 0;
      const keys = new Set(entries.map(({ key }) => key));
      for (const [key, { node }] of before) if (!keys.has(key)) (node.remove(), before.delete(key));
      let next = list.firstChild;
      let fresh = null;
      for (const { key, version, build } of entries) {
        const old = before.get(key);
        const entry = old?.version === version ? old : { version, node: build() };
        if (entry !== old && old) {
          if (next === old.node) next = entry.node;
          old.node.replaceWith(entry.node);
        }
        if (entry.node === next) next = next.nextSibling;
        else list.insertBefore(entry.node, next);
        if (!old && wasDrawn && isAfterAll(entry.node, before)) {
          entry.node.classList.add("new");
          entry.node.dataset.key = key;
          if (entry.node.classList.contains("entry")) fresh ??= entry.node;
        }
        kept.set(key, entry);
      }
      this.held = kept;
      return fresh;
    }

    /** The last answer shows its thumbs; a choice can be made only while it is the last word. */
    settle() {
      const { chat } = this.app;
      const lines = chat.lines();
      const answer = lines.findLast(({ author }) => author !== "shopper")?.id;
      const open = answer === lines.at(-1)?.id && !chat.outbox.all().length;
      for (const [key, { node }] of this.held) {
        node.classList.toggle("last", key === answer);
        for (const button of node.querySelectorAll(".choice button, .change button")) button.disabled = key !== answer || !open;
      }
    }

    rated(id, state) {
      this.ratings.set(id, state);
      this.update();
      if (state === "asking") this.list.querySelector(".remark textarea")?.focus();
    }

    scrolled() {
      const { list } = this;
      this.atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR;
      if (this.atEnd) this.jump.hidden = true;
      if (list.scrollTop < NEAR && this.app.isOpen) this.app.chat.older();
    }

    /** To the end, but never past the beginning of what just arrived. */
    follow(fresh) {
      const { list } = this;
      if (fresh) this.reading = fresh.classList.contains("own") ? null : fresh.dataset.key;
      const read = this.held.get(this.reading)?.node;
      const end = list.scrollHeight - list.clientHeight;
      const start = read ? read.offsetTop - list.offsetTop - 14 : end;
      list.scrollTo({ top: Math.min(end, start), behavior: fresh && !CALM.matches ? "smooth" : "instant" });
      this.atEnd = start >= end - NEAR;
    }

    toEnd(behavior = CALM.matches ? "instant" : "smooth") {
      this.list.scrollTo({ top: this.list.scrollHeight, behavior });
    }

    showJump() {
      this.jump.replaceChildren(icon("down"), this.app.word("newest"));
      this.jump.hidden = false;
    }
  }

  /** Whether a node stands behind every node held before. */
  function isAfterAll(node, held) {
    for (let next = node.nextSibling; next; next = next.nextSibling) {
      for (const old of held.values()) if (old.node === next && next.classList.contains("entry")) return false;
    }
    return true;
  }

  class Header {
    constructor(app) {
      this.app = app;
      this.node = h("header", { class: "header" });
      this.menu = null;
      app.shadowRoot.addEventListener("pointerdown", (event) => this.menu && !event.composedPath().includes(this.node) && this.toggle(false));
    }

    update() {
      const { app } = this;
      const { chat } = app;
      const version = JSON.stringify([chat.language, chat.shop, chat.floor, chat.info?.customer_name]);
      if (version === this.version) return;
      this.version = version;
      const { shop } = chat;
      this.more = this.tool("more", "more", () => this.toggle(!this.menu), { "aria-expanded": "false" });
      this.menu = null;
      this.node.replaceChildren(
        logo(app),
        h("div", { class: "who" }, h("h2", { id: "title" }, shop?.assistant ?? app.word("launch")), h("p", {}, [shop?.name, shop?.open && app.word("peopleNow")].filter(Boolean).join(" · "))),
        ...(chat.floor === "bot" || chat.floor === "closed" ? [this.person()] : []),
        this.more,
        this.tool("close", "down", () => app.close()),
      );
    }

    tool(word, name, onclick, more = {}) {
      return h("button", { type: "button", class: "tool", "aria-label": this.app.word(word), title: this.app.word(word), onclick, ...more }, icon(name));
    }

    person() {
      const label = this.app.word("person");
      return h("button", { type: "button", class: "tool word", "aria-label": label, title: label, onclick: () => this.app.askForPerson() },
        icon("person"), h("span", {}, label));
    }

    toggle(open) {
      this.menu?.remove();
      this.menu = open ? this.buildMenu() : null;
      this.more.setAttribute("aria-expanded", String(open));
      if (!open) return;
      this.node.append(this.menu);
      this.menu.querySelector("button, a").focus();
    }

    buildMenu() {
      const { app } = this;
      const { shop, info, floor } = app.chat;
      const item = (name, label, onclick) => h("button", { type: "button", onclick: () => (this.toggle(false), onclick()) }, icon(name), label);
      return h("div", { class: "menu" },
        info?.customer_name && h("p", {}, app.word("signedIn", { name: info.customer_name })),
        shop?.hours && h("p", {}, app.word("peopleHours", { hours: shop.hours })),
        floor === "waiting" || floor === "agent" || item("person", app.word("person"), () => app.askForPerson()),
        app.chat.conversationId && info?.channels?.length && item("elsewhere", app.word("elsewhere"), () => app.goElsewhere((panel) => panel.offer(this.more))),
        shop?.phone && h("a", { href: `tel:${shop.phone.replace(/[^\d+]/g, "")}` }, icon("phone"), shop.phone),
        shop?.email && h("a", { href: `mailto:${shop.email}` }, icon("mail"), shop.email),
        item("globe", h("span", { lang: app.chat.language === "zh" ? "en" : "zh-CN" }, app.word("switchLanguage")), () => app.switchLanguage()));
    }
  }

  /** Strips below the header: the network, a limit, who has the floor. */
  class Strips {
    constructor(app) {
      this.app = app;
      this.node = h("div", { role: "status" });
    }

    update() {
      const { app } = this;
      const { chat } = app;
      const seconds = Math.ceil((chat.limitedUntil - Date.now()) / 1000);
      const strips = [];
      if (chat.status === "offline") strips.push(["warn", app.word(navigator.onLine ? "unreachable" : "offline")]);
      else if (seconds > 0) strips.push(["warn", app.word("limited", { n: seconds })]);
      if (chat.floor !== "bot") strips.push([chat.floor, chat.place || app.word(chat.floor)]);
      clearTimeout(this.tick);
      if (seconds > 0) this.tick = setTimeout(() => this.update(), 1000);
      const version = JSON.stringify([chat.language, strips]);
      if (version === this.version) return;
      this.version = version;
      this.node.replaceChildren(...strips.map(([kind, text]) => h("div", { class: `strip ${kind}` }, h("p", {}, text), kind === "waiting" && this.cancel())));
    }

    cancel() {
      const label = this.app.word("cancelPerson");
      return h("button", { type: "button", onclick: () => this.app.press({ label, action: "cancel_handover" }) }, label);
    }
  }

  class Composer {
    constructor(app) {
      this.app = app;
      this.input = h("textarea", { rows: 1, enterkeyhint: "send", autocomplete: "off", oninput: () => this.typed(), onkeydown: (event) => this.key(event), onpaste: (event) => this.add(event.clipboardData.files) });
      this.button = h("button", { type: "button", class: "send", onclick: () => this.send() }, icon("send"));
      this.count = h("p", { class: "count", hidden: true, role: "status" });
      this.photos = [];
      this.trouble = "";
      this.file = h("input", { type: "file", accept: "image/*", multiple: true, hidden: true, onchange: () => (this.add(this.file.files), (this.file.value = "")) });
      this.attach = h("button", { type: "button", class: "tool", onclick: () => this.file.click() }, icon("photo"));
      this.tray = h("div", { class: "tray" });
      this.node = h("div", { class: "composer" }, this.tray, h("div", { class: "field" }, this.input, this.file, this.attach, this.button), this.count);
      this.input.value = app.chat.shelf.read("draft", "");
    }

    update() {
      const { app, input } = this;
      input.placeholder = app.word("placeholder");
      input.setAttribute("aria-label", app.word("write"));
      this.button.setAttribute("aria-label", app.word("send"));
      this.attach.setAttribute("aria-label", (this.attach.title = app.word("photo")));
      this.measure();
    }

    /** Photos go ahead while the words are being written. @param {Iterable<File>} files */
    add(files) {
      this.trouble = "";
      for (const file of files) {
        if (this.photos.length === MOST_PHOTOS) {
          this.trouble = this.app.word("photoMany", { n: MOST_PHOTOS });
          break;
        }
        const photo = { url: URL.createObjectURL(file) };
        this.photos.push(photo);
        this.app.chat.upload(file, photo.url).then((id) => ((photo.id = id), this.draw()), (error) => {
          this.trouble = error instanceof ApiError ? error.message : this.app.word("photoFailed");
          this.remove(photo);
        });
      }
      this.draw();
    }

    remove(photo) {
      this.photos = this.photos.filter((other) => other !== photo);
      this.draw();
    }

    draw() {
      const remove = (photo) => (this.remove(photo), this.app.focusInput());
      this.tray.replaceChildren(...this.photos.map((photo) => h("span", { class: photo.id ? "" : "busy", "aria-busy": String(!photo.id) },
        h("img", { src: photo.url, alt: this.app.word("photoSent") }),
        h("button", { type: "button", "aria-label": this.app.word("photoRemove"), onclick: () => remove(photo) }, icon("close")))));
      this.measure();
    }

    typed() {
      this.measure();
      this.app.chat.shelf.write("draft", this.input.value || null);
      if (this.input.value.trim()) this.app.chat.typing();
    }

    /** Height, counter and button follow the text. */
    measure() {
      const { input, count } = this;
      const left = this.app.chat.maxChars - lengthOf(input.value);
      if (this.measured !== input.value) {
        this.measured = input.value;
        input.style.height = "auto";
        input.style.height = `${Math.max(40, input.scrollHeight)}px`;
      }
      const { photos, trouble } = this;
      this.button.disabled = !(input.value.trim() || photos.length) || left < 0 || photos.some(({ id }) => !id);
      count.hidden = !trouble && left > Math.min(200, this.app.chat.maxChars / 10);
      count.classList.toggle("over", Boolean(trouble) || left < 0);
      count.textContent = count.hidden ? "" : trouble || this.app.word(left < 0 ? "over" : "chars", { n: Math.abs(left) });
    }

    /** Enter sends, but never the Enter that picks a word in an input method. */
    key(event) {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.send();
    }

    send() {
      if (this.button.disabled) return;
      this.app.chat.say(this.input.value.trim(), null, this.photos.map(({ id }) => id));
      this.clear();
      this.app.focusInput();
    }

    clear() {
      this.photos = [];
      this.trouble = "";
      this.write("");
      this.draw();
    }

    /** What the page proposes to ask gives way to what the shopper has written. */
    suggest(text) {
      if (!this.input.value.trim() || this.input.value === this.suggested) this.write((this.suggested = text));
    }

    /** Puts a text into the field, before what stands there already. */
    put(text) {
      const kept = text ? this.input.value : "";
      this.write(kept ? `${text}\n${kept}` : text);
      this.app.focusInput();
    }

    write(text) {
      this.input.value = text;
      this.typed();
    }
  }

  /** The passage behind a source, over the panel. */
  class Sheet {
    constructor(app) {
      this.app = app;
      this.node = h("div", { class: "scrim", hidden: true, onclick: (event) => event.target === this.node && this.close() });
    }

    get isOpen() {
      return !this.node.hidden;
    }

    /** Opens it with a line that says to wait. @param {HTMLElement} opener  gets the focus back */
    open(opener, title, section, text = this.app.word("loading")) {
      this.opener = opener;
      this.fill(title, section, h("p", {}, text));
      this.node.hidden = false;
      this.app.shut(true);
      this.node.querySelector("button").focus();
    }

    /** @param {Source} source @param {HTMLElement} opener  gets the focus back */
    async show(source, opener) {
      this.open(opener, source.title, source.section);
      const passage = await this.app.chat.passage(source.passage_id).catch(() => null);
      if (!this.isOpen || this.opener !== opener) return;
      if (!passage) return this.fill(source.title, source.section, h("p", {}, this.app.word("passageGone")));
      this.fill(passage.title, passage.section, ...marked(prose(passage.text), source.quote), this.footer(passage));
      this.node.querySelector("article").lang = passage.language;
    }

    fill(title, section, ...content) {
      const close = h("button", { type: "button", class: "tool", "aria-label": this.app.word("back"), title: this.app.word("back"), onclick: () => this.close() }, icon("close"));
      const focused = this.node.contains(this.app.shadowRoot.activeElement);
      this.node.replaceChildren(
        h("div", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": "passage" },
          h("header", {}, h("div", {}, section && section !== title && h("p", {}, title), h("h2", { id: "passage" }, section || title)), close),
          h("article", { tabindex: 0 }, content)));
      if (focused) close.focus();
    }

    footer(passage) {
      const url = /^https:/.test(passage.url ?? "") ? safeLink(passage.url) : null;
      return h("footer", {},
        h("span", {}, this.app.word("updated", { date: day(passage.updated_at, this.app.chat.language) })),
        url && h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, this.app.word("openPage")));
    }

    close() {
      this.node.hidden = true;
      this.app.shut(false);
      this.opener?.focus();
    }
  }

  /** Marks the quoted words where a text node holds them whole. */
  function marked(nodes, quote) {
    for (const node of quote ? nodes : []) {
      const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const text = texts.currentNode;
        const place = text.data.indexOf(quote);
        if (place < 0) continue;
        const rest = text.splitText(place);
        rest.splitText(quote.length);
        rest.replaceWith(h("mark", {}, quote));
        return nodes;
      }
    }
    return nodes;
  }

  // Element

  /** <kefu-chat server="…" language="…" position="left" theme="dark">: the launcher and the panel. */
  class KefuChat extends HTMLElement {
    connectedCallback() {
      if (this.chat) return;
      adopt(this.attachShadow({ mode: "open" }), STYLE);
      this.chat = new Chat({
        server: new URL(this.getAttribute("server") || "/", location.href).origin,
        language: this.getAttribute("language"),
        shopperToken: this.shopperToken ?? null,
      });
      this.isOpen = false;
      this.build();
      this.chat.onchange = () => this.changed();
      document.addEventListener("visibilitychange", () => this.changed());
      DARK.addEventListener("change", () => this.paint());
      FULL_SCREEN.addEventListener("change", () => this.fit());
      visualViewport?.addEventListener("resize", () => this.fit());
      visualViewport?.addEventListener("scroll", () => this.fit());
      if (this.chat.known) this.chat.line.start();
      this.paint();
      this.update();
      if (this.wasOpen() && !FULL_SCREEN.matches) this.open({ focus: false });
      const link = location.hash.match(/^#kefu=([\w.-]+)$/);
      if (!link) return;
      history.replaceState(null, "", location.pathname + location.search);
      this.goElsewhere((panel) => panel.ask(link[1]));
    }

    static observedAttributes = ["theme", "position"];

    attributeChangedCallback() {
      if (this.chat) this.paint();
    }

    build() {
      this.log = new Log(this);
      this.sheet = new Sheet(this);
      this.composer = new Composer(this);
      this.header = new Header(this);
      this.strips = new Strips(this);
      this.parts = [this.header, this.strips, this.log, this.composer];
      this.inside = this.parts.map((part) => part.node);
      this.launcher = h("button", { type: "button", class: "launcher", "aria-expanded": "false", "aria-controls": "panel", onclick: () => (this.isOpen ? this.close() : this.open()) });
      for (const event of ["pointerenter", "focus"]) this.launcher.addEventListener(event, () => this.chat.session().catch(() => {}), { once: true });
      this.panel = h("section", { class: "panel", id: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, hidden: true, onkeydown: (event) => this.key(event) }, this.inside, this.sheet.node);
      this.root = h("div", { class: "root" }, this.panel, this.launcher);
      this.shadowRoot.append(this.root);
    }

    word(key, facts) {
      return say(this.chat.language, key, facts);
    }

    /** Most shoppers never go on elsewhere: what shows it is loaded for those who do. */
    async goElsewhere(show) {
      try {
        const { Elsewhere } = await import(new URL("/elsewhere.js", this.chat.api.server));
        this.elsewhere ??= new Elsewhere(this, { adopt, h, locale, pause, safeLink });
      } catch {
        return this.sheet.open(this.launcher, this.word("elsewhere"), "", this.word("failedReason"));
      }
      show(this.elsewhere);
    }

    // What can be done

    open({ focus = true, text = "" } = {}) {
      if (!this.isOpen) {
        this.isOpen = true;
        this.panel.hidden = false;
        this.remember(true);
        this.chat.line.start();
        this.fit();
        this.update();
        this.log.atEnd = true;
        this.log.toEnd("instant");
      }
      if (text && typeof text === "string") this.composer.suggest(text);
      if (focus) this.focusInput(true);
    }

    close() {
      if (!this.isOpen) return;
      this.isOpen = false;
      if (this.sheet.isOpen) this.sheet.close();
      this.panel.hidden = true;
      this.remember(false);
      this.fit();
      this.update();
      this.launcher.focus();
    }

    async signIn(token) {
      await this.chat.signIn(String(token));
      this.chat.line.start();
    }

    signOut() {
      this.composer.clear();
      return this.chat.signOut();
    }

    switchLanguage() {
      return this.chat.setLanguage(this.chat.language === "zh" ? "en" : "zh");
    }

    press(button) {
      if (button.action === "continue_elsewhere") return this.goElsewhere((panel) => panel.offer(this.composer.input));
      this.chat.say(button.label, button.action ?? null);
      this.focusInput();
    }

    askForPerson() {
      this.press({ label: this.word("person"), action: "human" });
    }

    /** Ready to type; on a touch screen the keyboard stays down until it is asked for. */
    focusInput(opening = false) {
      if (!TOUCH.matches) this.composer.input.focus();
      else if (opening) this.panel.focus();
    }

    /** Keeps everything but the sheet out of reach. */
    shut(closed) {
      for (const node of this.inside) node.inert = closed;
    }

    key(event) {
      if (event.key === "Escape" && !event.isComposing) {
        event.stopPropagation();
        if (this.sheet.isOpen) this.sheet.close();
        else if (this.header.menu) (this.header.toggle(false), this.header.more.focus());
        else this.close();
      } else if (event.key === "Tab" && (FULL_SCREEN.matches || this.sheet.isOpen)) this.trap(event);
    }

    trap(event) {
      const within = this.sheet.isOpen ? this.sheet.node : this.panel;
      const stops = [...within.querySelectorAll("button, a[href], textarea, [tabindex='0']")].filter((node) => !node.disabled && node.getClientRects().length);
      const edge = event.shiftKey ? stops[0] : stops.at(-1);
      const here = this.shadowRoot.activeElement;
      if (here !== edge && stops.includes(here)) return;
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }

    // What is shown

    /** Draws once per frame, however much changed. */
    changed() {
      if (this.scheduled) return;
      this.scheduled = true;
      const draw = () => ((this.scheduled = false), this.update());
      if (document.hidden) setTimeout(draw, 100);
      else requestAnimationFrame(draw);
    }

    update() {
      this.root.lang = this.chat.language === "zh" ? "zh-CN" : "en";
      if (this.isOpen) {
        if (!document.hidden) this.chat.see();
        for (const part of this.parts) part.update();
      }
      this.drawLauncher();
    }

    drawLauncher() {
      const unread = this.isOpen ? 0 : this.chat.unread;
      const label = this.isOpen ? this.word("close") : this.word("launch") + (unread ? ` (${this.word("unread", { n: unread })})` : "");
      if (this.launcher.getAttribute("aria-label") === label) return;
      this.launcher.setAttribute("aria-label", label);
      this.launcher.setAttribute("aria-expanded", String(this.isOpen));
      this.launcher.replaceChildren(icon(this.isOpen ? "down" : "chat"), ...(unread ? [h("span", { class: "badge", "aria-hidden": "true" }, unread > 99 ? "99+" : unread)] : []));
    }

    paint() {
      const theme = this.getAttribute("theme");
      this.root.classList.toggle("dark", theme ? theme === "dark" : DARK.matches);
      this.root.classList.toggle("left", this.getAttribute("position") === "left");
    }

    /** On a phone the panel is the screen: as high as the keyboard leaves it, and the page behind stands still. */
    fit() {
      const full = this.isOpen && FULL_SCREEN.matches;
      this.root.classList.toggle("full", full);
      this.panel.setAttribute("aria-modal", String(full));
      this.panel.style.height = full && visualViewport ? `${visualViewport.height}px` : "";
      this.panel.style.top = full && visualViewport ? `${visualViewport.offsetTop}px` : "";
      const page = document.documentElement.style;
      if (full && this.pageOverflow === undefined) {
        this.pageOverflow = page.overflow;
        page.overflow = "hidden";
      } else if (!full && this.pageOverflow !== undefined) {
        page.overflow = this.pageOverflow;
        this.pageOverflow = undefined;
      }
    }

    /** Open stays open from page to page of one visit. */
    remember(open) {
      try {
        sessionStorage.setItem("kefu:open", open ? "1" : "");
      } catch { /* Then it starts closed. */ }
    }

    wasOpen() {
      try {
        return sessionStorage.getItem("kefu:open") === "1";
      } catch {
        return false;
      }
    }
  }

  customElements.define("kefu-chat", KefuChat);

  // Embedding

  const script = document.currentScript ?? document.querySelector("script[src*='/widget.js']");

  /** The element of this page: the one written into it, or one made from the script's attributes. */
  function embed() {
    const written = document.querySelector("kefu-chat");
    if (written) return written;
    const { server, language, position, theme, shopperToken } = script?.dataset ?? {};
    const element = /** @type {KefuChat} */ (document.createElement("kefu-chat"));
    element.shopperToken = shopperToken || null;
    element.setAttribute("server", server || (script ? new URL(script.src).origin : "/"));
    for (const [name, value] of Object.entries({ language, position, theme })) if (value) element.setAttribute(name, value);
    document.body.append(element);
    return element;
  }

  const start = () => {
    const element = embed();
    window.Kefu = {
      /** @param {string} [text]  put into the field, not sent: "About the travel mug: " */
      open: (text) => element.open({ text }),
      close: () => element.close(),
      /** @param {string} token  signed by the shop's server */
      signIn: (token) => element.signIn(token),
      signOut: () => element.signOut(),
      setLanguage: (language) => element.chat.setLanguage(language),
    };
    window.dispatchEvent(new Event("kefu:ready"));
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start, { once: true });
})();
