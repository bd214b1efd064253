/** A receipt: what was changed, when, for which order. */

import { h, icon } from "./dom.js";
import { moment, money } from "./format.js";
import { say, sayOf } from "./words.js";

/** @param {any} receipt @param {string} [currency] */
export function sayReceipt(receipt, currency = "CNY") {
  return h("div", { class: "receipt-line" },
    icon("receipt"),
    h("div", { class: "grow" },
      h("strong", {}, sayOf("tool", receipt.kind ?? receipt.tool)),
      h("small", {}, [receipt.number, receipt.order_number && say("orderNumber", { n: receipt.order_number }), moment(receipt.at)].filter(Boolean).join(" · ")),
      (receipt.movements ?? []).map((one) => h("small", {}, `${sayOf("movement", one.kind)} ${money(one.amount, receipt.currency ?? currency)}`)),
      receipt.undone_by && h("small", {}, say("undone"))));
}
