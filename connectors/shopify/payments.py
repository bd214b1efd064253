"""Shopify's transactions as the history of an order's money; what can still be paid back, and on which of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.channel import Payload
from connectors.shopify.ids import number_of
from connectors.shopify.money import of_bag

Share = tuple[Mapping[str, Any], int]
"""A transaction, and how much of it."""

_METHODS = (
    ("gift", "gift_card"),
    ("paypal", "paypal"),
    ("alipay", "alipay"),
    ("wechat", "wechat_pay"),
    ("微信", "wechat_pay"),
    ("支付宝", "alipay"),
    ("cash on delivery", "cash_on_delivery"),
    ("货到付款", "cash_on_delivery"),
    ("bank deposit", "bank_transfer"),
    ("transfer", "bank_transfer"),
    ("money order", "bank_transfer"),
    ("manual", "bank_transfer"),
    ("转账", "bank_transfer"),
)
_STATUS = {"SUCCESS": "done", "PENDING": "pending", "AWAITING_RESPONSE": "pending"}
UNPAID = ("PENDING", "EXPIRED", "VOIDED", "PARTIALLY_PAID")
_CHARGES = ("SALE", "CAPTURE", "AUTHORIZATION")


def method_of(gateway: str | None) -> str:
    """The kind of payment that a gateway stands for; cards come under many names."""
    name = (gateway or "").replace("_", " ").lower()
    return next((kind for word, kind in _METHODS if word in name), "card")


def payment_rows(order: Mapping[str, Any], placed: datetime) -> list[Payload]:
    """Charges and refunds; what was only held, or waited for, until it was taken is there once."""
    rows = []
    followed = {_parent(one) for one in order["transactions"] if one["status"] != "FAILURE"}
    for one in order["transactions"]:
        waits = one["kind"] == "AUTHORIZATION" or one["status"] in ("PENDING", "AWAITING_RESPONSE")
        if one["kind"] not in (*_CHARGES, "REFUND") or not of_bag(one["amountSet"]):
            continue
        if waits and one["id"] in followed:
            continue
        status = _STATUS.get(one["status"], "failed")
        if one["kind"] == "AUTHORIZATION" and status == "done":
            status = "pending"
        at = max(datetime.fromisoformat(one["processedAt"] or one["createdAt"]), placed)
        row: Payload = {
            "id": number_of(one["id"]),
            "kind": "refund" if one["kind"] == "REFUND" else "charge",
            "method": method_of(one["gateway"]),
            "amount": of_bag(one["amountSet"]),
            "at": at.isoformat(),
            "status": status,
        }
        rows.append(row)
    return rows


def balance(order: Mapping[str, Any]) -> int:
    """Paid or held, and not paid back; of an order that waits for its money, only what has come."""
    counted = ("done",) if order["displayFinancialStatus"] in UNPAID else ("done", "pending")
    total = 0
    for one in payment_rows(order, datetime.fromisoformat(order["createdAt"])):
        if one["kind"] == "charge" and one["status"] in counted:
            total += one["amount"]
        elif one["kind"] == "refund" and one["status"] != "failed":
            total -= one["amount"]
    return total


def shares(order: Mapping[str, Any], movements: Sequence[Mapping[str, Any]]) -> list[Share] | None:
    """The payments that the refunds go back to, and how much to each; None where they do not hold as much."""
    left = {}
    for one in order["transactions"]:
        if one["kind"] in ("SALE", "CAPTURE") and one["status"] == "SUCCESS":
            left[one["id"]] = of_bag(one["amountSet"])
    for one in order["transactions"]:
        if one["kind"] == "REFUND" and one["status"] != "FAILURE" and _parent(one) in left:
            left[_parent(one)] -= of_bag(one["amountSet"])
    found = []
    for move in movements:
        missing = int(move["amount"])
        for one in order["transactions"]:
            if left.get(one["id"], 0) > 0 and method_of(one["gateway"]) == move["method"] and missing:
                part = min(left[one["id"]], missing)
                left[one["id"]] -= part
                missing -= part
                found.append((one, part))
        if missing:
            return None
    return found


def _parent(transaction: Mapping[str, Any]) -> str:
    return str((transaction["parentTransaction"] or {}).get("id") or "")
