"""Changes made in WooCommerce. Each begins by reading what is there, so that it goes on where it was left.

What is done is marked, by the change's key, in the meta data of what it was done to. A refund carries the mark in its
reason, too: WooCommerce writes the reason before it asks the bank, and the meta data only afterwards.
"""

import asyncio
import hashlib
import re

from connectors.asking import patiently
from connectors.channel import Payload, RetryLater
from connectors.shop_system import Change, Refusal
from connectors.woocommerce.addresses import Places, same, to_woo
from connectors.woocommerce.api import Api, Failed
from connectors.woocommerce.config import Config
from connectors.woocommerce.customers import customer_id
from connectors.woocommerce.finding import Finder
from connectors.woocommerce.orders import REASON
from connectors.woocommerce.statuses import NOT_SENT, is_paid, payment_kind, tracked
from connectors.woocommerce.values import amount, cents, meta, part, text

_SECONDS_OF_A_REFUND = 60.0
_CANCELLED = {"zh": "顾客取消了订单", "*": "Cancelled by the customer"}
"""The customer reads it, too, beside the amount."""
_GATEWAY = re.compile(r"[A-Za-z0-9_-]+")
_MARK = "_kefu_"
"""WordPress hides meta data whose name begins so."""
_TAXED_BY_POSTCODE = ("US", "CA")


class Changes:
    def __init__(self, api: Api, config: Config, places: Places, finder: Finder) -> None:
        self._api, self._config, self._places, self._finder = api, config, places, finder
        self._kinds = {
            "cancel_order": self._cancel,
            "change_address": self._send_elsewhere,
            "change_default_address": self._live_elsewhere,
        }
        self._one_at_a_time = asyncio.Lock()

    @property
    def kinds(self) -> frozenset[str]:
        return frozenset(self._kinds)

    async def carry_out(self, change: Change, key: str) -> None:
        if change.kind not in self._kinds:
            raise Refusal(f"{change.kind} is not for WooCommerce's API")
        mark = f"{_MARK}{hashlib.sha256(key.encode()).hexdigest()[:16]}"
        async with self._one_at_a_time:
            await patiently(lambda: self._kinds[change.kind](change, mark))

    async def _cancel(self, change: Change, mark: str) -> None:
        """The money first: where it cannot be paid back, nothing has changed; once it is, nobody sends the order."""
        order = await self._order(change)
        if meta(order, mark) is not None:
            return
        path, due = f"orders/{order['id']}", _due(change, order)
        refunds = await self._refunds(order)
        ours = [
            one for one in refunds if _said(mark) in text(one.get("reason")) or meta(one, mark) is not None
        ]
        if not ours:
            _check_own(change, order)
            left = self._left(order, refunds)
            if order.get("status") in ("cancelled", "refunded") and left == 0:
                return  # a colleague was quicker
            _check_not_sent(order)
            if due != left:
                raise Refusal(f"{left} can be paid back, not {due}")
            if due:
                await self._check_gateway(order)
                ours = [await self._refund(path, due, mark)]
        if ours and not ours[0].get("refunded_payment"):
            raise RetryLater("the bank has not answered WooCommerce yet", seconds=_SECONDS_OF_A_REFUND)
        marks = {mark: "cancelled", REASON: text(change.request.get("reason"))}
        body = {"status": "cancelled", "meta_data": _meta(marks)}
        try:
            await self._api.write("PUT", path, body)
        except Failed as failed:
            if ours:
                raise RetryLater(f"paid back and not cancelled: {failed}") from failed
            raise Refusal(str(failed)) from failed

    async def _refund(self, path: str, due: int, mark: str) -> Payload:
        said = _CANCELLED.get(self._config.language, _CANCELLED["*"])
        body = {
            "amount": amount(due, self._config.decimals),
            "reason": f"{said} ({_said(mark)})",
            "api_refund": True,
            "meta_data": _meta({mark: "refund"}),
        }
        return await self._write("POST", f"{path}/refunds", body)

    async def _send_elsewhere(self, change: Change, mark: str) -> None:
        order = await self._order(change)
        if meta(order, mark) is not None:
            return
        _check_own(change, order)
        _check_not_sent(order)
        if change.movements:
            raise Refusal("the delivery fee would be another one")
        wanted = await to_woo(part(change.request.get("address")), self._places)
        if same(order.get("shipping"), wanted):
            return
        await self._check_taxes(part(order.get("shipping")), wanted)
        body = {"shipping": wanted, "meta_data": _meta({mark: "address"})}
        await self._write("PUT", f"orders/{order['id']}", body)

    async def _live_elsewhere(self, change: Change, mark: str) -> None:
        if not change.customer_id.isdecimal():
            raise Refusal("whoever orders without an account has no default address")
        path = f"customers/{change.customer_id}"
        customer = await self._read(path)
        if customer is None:
            raise Refusal("there is no such customer")
        if meta(customer, mark) is not None:
            return
        wanted = await to_woo(part(change.request.get("address")), self._places)
        if not same(customer.get("shipping"), wanted):
            await self._write("PUT", path, {"shipping": wanted, "meta_data": _meta({mark: "address"})})

    async def _order(self, change: Change) -> Payload:
        try:
            order = await self._finder.order(text(change.request.get("order_number")))
        except Failed as failed:
            raise RetryLater(str(failed)) from failed
        if order is None:
            raise Refusal("there is no such order")
        return order

    async def _refunds(self, order: Payload) -> list[Payload]:
        """As they are now: the order may have been read a moment before one was made."""
        try:
            return await self._api.some(f"orders/{order['id']}/refunds")
        except Failed as failed:
            raise RetryLater(str(failed)) from failed

    def _left(self, order: Payload, refunds: list[Payload]) -> int:
        """What was paid and has not been paid back."""
        if not is_paid(order):
            return 0
        back = sum(cents(one.get("amount"), self._config.decimals) for one in refunds)
        return cents(order.get("total"), self._config.decimals) - back

    async def _check_gateway(self, order: Payload) -> None:
        gateway = text(order.get("payment_method"))
        found = await self._read(f"payment_gateways/{gateway}") if _GATEWAY.fullmatch(gateway) else None
        supports = part(found).get("method_supports")
        if not isinstance(supports, list) or "refunds" not in supports:
            raise Refusal(f"{gateway or 'no gateway'} pays nothing back by itself")

    async def _check_taxes(self, old: Payload, new: Payload) -> None:
        """WooCommerce works an order's taxes out again when its address changes: the total must not."""
        compared = ["country", "state"]
        if old.get("country") in _TAXED_BY_POSTCODE:
            compared += ["postcode", "city"]
        if all(text(old.get(key)) == new[key] for key in compared):
            return
        setting = await self._read("settings/general/woocommerce_calc_taxes")
        if part(setting).get("value") != "no":
            raise Refusal("another region has other taxes")

    async def _read(self, path: str) -> Payload | None:
        try:
            return await self._api.one(path)
        except Failed as failed:
            raise Refusal(str(failed)) from failed

    async def _write(self, method: str, path: str, body: Payload) -> Payload:
        try:
            return await self._api.write(method, path, body)
        except Failed as failed:
            raise Refusal(str(failed)) from failed


def _due(change: Change, order: Payload) -> int:
    """What the customer was told that they get back, in cents, the way they paid."""
    if part(change.after).get("status") != "cancelled":
        raise Refusal("only some of the items")
    if any(one["kind"] != "refund" or one["method"] != payment_kind(order) for one in change.movements):
        raise Refusal("the money would go another way than it came")
    return sum(int(one["amount"]) for one in change.movements)


def _said(mark: str) -> str:
    return mark.removeprefix("_")


def _check_own(change: Change, order: Payload) -> None:
    """Before anything is done; what was begun is ended, whoever it belongs to since."""
    if customer_id(order) != change.customer_id:
        raise Refusal("the customer has no such order")


def _check_not_sent(order: Payload) -> None:
    if order.get("status") not in NOT_SENT or tracked(order):
        raise Refusal(f"the order is {text(order.get('status'))} already")


def _meta(values: dict[str, str]) -> list[Payload]:
    return [{"key": key, "value": value} for key, value in values.items()]
