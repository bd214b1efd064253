/** The right column: what was handed over, then who it is; or a tool at work. */

import { ApiError, at, get } from "./api.js";
import { couponsNode, earlierNode, identifyNode, ordersNode, profileNode, receiptsNode } from "./customer.js";
import { button, fill, h, icon, tool } from "./dom.js";
import { moment } from "./format.js";
import { packetNode } from "./packet.js";
import { nameOf } from "./row.js";
import { read, write } from "./shelf.js";
import { agentName, on } from "./state.js";
import { failure } from "./toasts.js";
import { Tools } from "./tools.js";
import { say, sayOf } from "./words.js";

export class Context {
  /** @param {() => void} close @param {(text: string) => void} insert */
  constructor(close, insert) {
    /** @type {import("./conversation.js").Conversation|null} */
    this.conversation = null;
    this.tools = new Tools(() => this.backFromTools(), (text) => (close(), insert(text)));
    this.tools.node.hidden = true;
    this.unfolded = new Set();
    this.parts = Object.fromEntries(["packet", "channels", "customer", "orders", "earlier", "receipts", "coupons", "handovers"].map((name) => [name, this.section(name)]));
    this.run = button(say("runTool"), () => this.openTools(), { class: "button wide", "aria-keyshortcuts": "o" }, "tools");
    this.all = h("div", { class: "context-parts" }, this.parts.packet.node, this.run, this.parts.channels.node, this.parts.customer.node, this.parts.orders.node, this.parts.receipts.node, this.parts.coupons.node, this.parts.earlier.node, this.parts.handovers.node);
    this.node = h("aside", { class: "context", "aria-label": say("context"), tabindex: -1 },
      h("header", { class: "context-head" }, h("h2", {}, say("context")), tool("close", say("close"), close, { class: "tool only-over" })),
      h("div", { class: "context-scroll" }, this.tools.node, this.all));
    on("conversation", (conversation) => conversation === this.conversation && this.update());
  }

  section(name) {
    const body = h("div", { class: "section-body" });
    const node = h("details", { class: `section section-${name}`, open: read(`section:${name}`, name !== "coupons" && name !== "handovers"), ontoggle: () => write(`section:${name}`, node.open) },
      h("summary", {}, icon("right"), h("h3", {}, say(`section.${name}`)), h("span", { class: "count" })), body);
    node.hidden = true;
    return { node, body, count: node.querySelector(".count") };
  }

  /** @param {import("./conversation.js").Conversation|null} conversation */
  show(conversation) {
    this.conversation = conversation;
    this.customerKey = this.version = null;
    this.unfolded.clear();
    this.tools.node.hidden = true;
    this.all.hidden = false;
    for (const { node } of Object.values(this.parts)) node.hidden = true;
    this.run.hidden = true;
  }

  update() {
    const { conversation, parts } = this;
    if (!conversation?.loaded) return;
    const { packet, identity, handovers, channels, can, row } = conversation;
    const version = JSON.stringify([packet, identity, handovers, channels, can, row?.handover, row?.customer]);
    if (version !== this.version) {
      this.version = version;
      fill(parts.packet.body, packetNode(conversation));
      parts.packet.node.hidden = !handovers.length;
      this.run.hidden = can.run_tools === false;
      this.drawHandovers();
      parts.channels.node.hidden = channels.length < 2;
      fill(parts.channels.body, h("ul", { class: "plain-list" }, channels.map((one) => h("li", {}, sayOf("channel", one.channel), one.joined_at && h("span", { class: "quiet-text" }, ` · ${say("joinedAt", { time: moment(one.joined_at) })}`)))));
    }
    const key = JSON.stringify([conversation.id, row?.customer?.id, identity, conversation.lines.filter(({ cards }) => cards?.some(({ kind }) => kind === "receipt")).length, can.identify]);
    if (key !== this.customerKey) {
      this.customerKey = key;
      this.readCustomer();
    }
  }

  async readCustomer() {
    const { conversation, parts } = this;
    parts.customer.node.hidden = false;
    try {
      const answer = await get(at(conversation.id, "customer"));
      if (this.conversation !== conversation) return;
      conversation.customer = answer;
      this.drawCustomer(answer);
    } catch (error) {
      if (this.conversation !== conversation) return;
      if (error instanceof ApiError && error.status === 404) return this.drawCustomer({ customer: null });
      this.customerKey = null;
      fill(parts.customer.body, failure(error, () => this.update()));
    }
  }

  drawCustomer({ customer, orders = [], conversations = [], receipts = [], coupons = [] }) {
    const { conversation, parts } = this;
    const again = () => ((this.customerKey = null), this.update());
    const may = conversation.can.identify !== false;
    fill(parts.customer.body,
      customer ? [h("p", { class: "customer-name" }, customer.name || nameOf(conversation.row), h("span", { class: "badge" }, sayOf("identity", conversation.identity?.level ?? "anonymous"))), profileNode(customer)]
        : may ? identifyNode(conversation, again) : h("p", { class: "quiet-text" }, say("anonymousShopper")));
    this.put("orders", customer || orders.length ? orders : null, () => ordersNode(orders, (start) => this.openTools(start), this.unfolded));
    this.put("receipts", receipts.length ? receipts : null, () => receiptsNode(receipts));
    const vouchers = Array.isArray(coupons) ? coupons : [];
    this.put("coupons", vouchers.length ? vouchers : null, () => couponsNode(vouchers));
    const others = conversations.filter((row) => row.conversation_id !== conversation.id);
    this.put("earlier", customer || others.length ? others : null, () => earlierNode(others, conversation.id));
  }

  put(name, items, build) {
    const { node, body, count } = this.parts[name];
    node.hidden = !items;
    fill(count, items?.length ? items.length : "");
    if (items) fill(body, build());
  }

  drawHandovers() {
    const { handovers } = this.conversation;
    const earlier = handovers.filter((one) => one.closed_at);
    this.put("handovers", earlier.length ? earlier : null, () => h("ul", { class: "earlier" }, earlier.map((one) => h("li", {},
      h("span", { class: "row-top" }, h("strong", {}, sayOf("reason", one.reason)), h("time", {}, moment(one.opened_at))),
      h("small", {}, [sayOf("ended", one.outcome), agentName(one.agent_id)].filter(Boolean).join(" · "), one.rating && [" · ", icon("star"), `${one.rating}/5`], one.rating_comment && ` “${one.rating_comment}”`)))));
  }

  /** @param {{tool?: string, values?: Record<string, any>}} [start] */
  openTools(start = {}) {
    const { conversation } = this;
    if (!conversation?.loaded || conversation.can.run_tools === false) return;
    this.tools.node.hidden = false;
    this.all.hidden = true;
    const order = conversation.orderNumber;
    this.tools.show(conversation, { ...start, values: start.values ?? (order ? { order_number: order } : {}) });
  }

  backFromTools() {
    this.tools.node.hidden = true;
    this.all.hidden = false;
    this.run.focus();
  }
}
