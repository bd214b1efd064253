/**
 * Going on on another channel, and from another channel here. The widget loads this for those who ask for it.
 */

const WORDS = {
  zh: {
    failed: "现在取不了码，请过一会儿再试。",
    how: "在要换过去的渠道里，把这个码发给我们。两边各点一次确认，就能接着聊。",
    open: "打开{name}",
    send: "在{name}里发这个码",
    life: "{time} 前有效，只能用一次，别告诉别人。",
    soon: "取码太频繁了，过一刻钟再试。",
    copy: "复制",
    copied: "已复制",
    joined: "{name}已接上",
    disconnect: "断开",
    disconnectSay: "断开{name}",
    here: "在这里接着聊",
    ask: "要在这里接着聊另一个渠道上的对话吗？接上以后，两边看到的是同一段对话。链接如果是别人给您的，请点“不是我”。",
    yes: "接着聊",
    no: "不是我",
    wait: "还差一步：回{name}那边点一下“是我”，这里就接上了。",
    gone: "这个链接用不了了，可能已经过期，或者用过了。",
    other: "两边登录的不是同一个账号，接不到一起。",
  },
  en: {
    failed: "No code right now. Please try again in a while.",
    how: "Send us this code on the channel you want to move to. Confirm once on each side, and the conversation goes on there.",
    open: "Open {name}",
    send: "Send this code on {name}",
    life: "Good until {time}, once. Don't share it.",
    soon: "That's a lot of codes. Please try again in 15 minutes.",
    copy: "Copy",
    copied: "Copied",
    joined: "Connected: {name}",
    disconnect: "Disconnect",
    disconnectSay: "Disconnect {name}",
    here: "Continue here",
    ask: "Pick up the conversation from the other channel here? Both places then show the same conversation. If somebody else gave you this link, choose “Not me”.",
    yes: "Continue here",
    no: "Not me",
    wait: "One more step: go back to {name} and choose “It's me”. Then it goes on here.",
    gone: "This link no longer works: it has expired or was already used.",
    other: "The two are signed in to different accounts, so they can't be connected.",
  },
};

const STYLE = `
.code { display: flex; align-items: center; justify-content: space-between; gap: 12px; padding: 12px 12px 12px 16px; border-radius: 14px; background: var(--tint); }
.code output { font: 650 22px/1.3 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; letter-spacing: .04em; user-select: all; }
.code.joined { background: var(--soft); }
.ways { display: grid; gap: 8px; }
`;

const LOOK_AGAIN = 2000;

export class Elsewhere {
  /** @param tools  the widget's own: `adopt`, `h`, `locale`, `pause`, `safeLink` */
  constructor(app, tools) {
    this.app = app;
    this.tools = tools;
    tools.adopt(app.shadowRoot, STYLE);
  }

  /** With a channel's name apart from the Chinese around it, where it is a Latin one. */
  word(key, { name = "", time = "" } = {}) {
    const chinese = this.app.chat.language === "zh";
    const apart = chinese ? name.replace(/^(?=[A-Za-z])|(?<=[A-Za-z])$/g, " ") : name;
    return WORDS[chinese ? "zh" : "en"][key].replace("{name}", apart).replace("{time}", time).trim();
  }

  /** A code to be sent from the other channel, and what is connected already. */
  async offer(opener) {
    const { app, tools: { h } } = this;
    const title = app.word("elsewhere");
    app.sheet.open(opener, title, "");
    try {
      const [offer, { joined }] = await Promise.all([app.chat.api.post("/v1/links", { language: app.chat.language }), this.links()]);
      if (!app.sheet.isOpen || app.sheet.opener !== opener) return;
      app.sheet.fill(title, "", ...this.code(offer), ...joined.map((one) => this.joined(one)));
    } catch (error) {
      app.sheet.fill(title, "", h("p", {}, this.word(error.code === "too_many" ? "soon" : "failed")));
    }
  }

  code({ code, expires_at, channels }) {
    const { app, tools: { h, locale } } = this;
    const copy = h("button", { type: "button", class: "action", onclick: async () => {
      await navigator.clipboard?.writeText(code);
      copy.textContent = this.word("copied");
    } }, this.word("copy"));
    const time = new Date(expires_at).toLocaleTimeString(locale(app.chat.language), { hour: "2-digit", minute: "2-digit" });
    return [
      h("p", {}, this.word("how")),
      h("div", { class: "code" }, h("output", { lang: "en" }, code), navigator.clipboard && copy),
      h("p", { class: "note" }, this.word("life", { time })),
      h("div", { class: "ways" }, channels.map((one) => this.way(one))),
    ];
  }

  way({ name, url }) {
    const { h, safeLink } = this.tools;
    const link = url && safeLink(url);
    if (!link) return h("p", {}, this.word("send", { name }));
    return h("a", { class: "action", href: link.href, target: "_blank", rel: "noopener noreferrer" }, this.word("open", { name }));
  }

  joined({ channel, name }) {
    const { app, tools: { h } } = this;
    const leave = () => {
      app.sheet.close();
      app.chat.say(this.word("disconnectSay", { name }), `disconnect ${channel}`);
    };
    return h("div", { class: "code joined" },
      h("span", {}, this.word("joined", { name })),
      h("button", { type: "button", class: "action", onclick: leave }, this.word("disconnect")));
  }

  /** The page was opened by a link from another channel: nothing happens before a yes. */
  ask(token) {
    const { app, tools: { h } } = this;
    app.open({ focus: false });
    app.sheet.open(app.launcher, this.word("here"), "", this.word("ask"));
    app.sheet.node.querySelector("article").append(h("div", { class: "ways" },
      h("button", { type: "button", class: "action first", onclick: () => this.follow(token) }, this.word("yes")),
      h("button", { type: "button", class: "action", onclick: () => app.sheet.close() }, this.word("no"))));
  }

  async follow(token) {
    const { app, tools: { h, pause } } = this;
    const told = (text) => app.sheet.fill(this.word("here"), "", h("p", { role: "status" }, text));
    try {
      await app.chat.session();
      const { name, expires_at } = await app.chat.api.post("/v1/links/follow", { token, language: app.chat.language });
      told(this.word("wait", { name }));
      while (Date.now() < Date.parse(expires_at)) {
        await pause(LOOK_AGAIN);
        if (await this.hasMoved().catch(() => false)) return app.sheet.close();
      }
      told(this.word("gone"));
    } catch (error) {
      const word = { link_gone: "gone", other_customer: "other" }[error.code];
      told(word ? this.word(word) : app.word("failedReason"));
    }
  }

  /** Whether the conversation is another one by now; then that one is shown. */
  async hasMoved() {
    const { chat } = this.app;
    const { conversation_id } = await this.links();
    if (conversation_id === chat.conversationId) return false;
    chat.went(conversation_id);
    chat.changed();
    return true;
  }

  links() {
    return this.app.chat.api.get("/v1/links");
  }
}
