"""What can be filled into a tool's form for this customer: their orders, items, reasons, addresses, ways to pay."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.conversation import Identity
from bot.shop.base import Shop
from bot.shop.changes.allowed import Choice, ItemChoices, OrderChoices
from bot.shop.changes.plan import Refused
from bot.shop.domain import Customer, Order, OrderItem, Product
from bot.shop.policy import Policy
from bot.texts.formatting import money
from bot.tools.base import Tool, ToolContext, localized

WORDS_OF = "return_items"
"""The tool whose words name ways to pay."""
_MOST_ORDERS = 12

Json = dict[str, Any]
_OF_ITEM: Mapping[str, Callable[[ItemChoices], Choice]] = {
    "cancel_order": lambda one: one.cancel,
    "change_items": lambda one: one.change,
    "return_items": lambda one: one.give_back,
    "exchange_items": lambda one: one.exchange,
    "protect_price": lambda one: one.protect_price,
    "report_problem": lambda one: next(
        (each for each in one.report.values() if each.open), Choice(Refused("closed"))
    ),
}
_OF_ORDER: Mapping[str, Callable[[OrderChoices], Choice]] = {
    "change_address": lambda one: one.address,
    "change_payment": lambda one: one.payment,
    "request_invoice": lambda one: one.invoice,
}
_SWAPS = ("change_items", "exchange_items")
_METHODS = ("refund_to", "settle_with", "pay_with")


class ToolChoices:
    """For one customer, as things are now."""

    def __init__(self, context: ToolContext, customer: Customer | None, orders: Sequence[Order]) -> None:
        self._context, self._customer = context, customer
        self._orders = {order.number: order for order in orders[:_MOST_ORDERS]}
        self._open: dict[str, OrderChoices] = {}
        self._products: dict[str, Product] = {}
        self._undoable: list[Json] = []

    @classmethod
    async def of(cls, context: ToolContext) -> "ToolChoices":
        """Of whom the context's identity says."""
        shop, identity = context.shop, context.identity
        customer = await shop.customer(identity.customer_id) if identity.customer_id else None
        made = cls(context, customer, await context.own_orders())
        await made._read(shop, identity, context.now)
        return made

    async def _read(self, shop: Shop, identity: Identity, now: datetime) -> None:
        if identity.customer_id is None:
            return
        for number, order in self._orders.items():
            self._open[number] = await shop.choices(number, customer_id=identity.customer_id, now=now)
            for item in order.items:
                product = await shop.product(item.product_id)
                if product is not None:
                    self._products[item.product_id] = product
        for receipt in await shop.receipts(identity.customer_id):
            undoable = receipt.undone_by is None and receipt.undo_until is not None
            mine = identity.level == "signed_in" or receipt.order_number in self._orders
            if undoable and receipt.undo_until and receipt.undo_until > now and mine:
                label = f"{receipt.number} · {receipt.order_number or receipt.kind}"
                self._undoable.append({"value": receipt.number, "label": label})

    def of_tool(self, tool: Tool, policy: Policy) -> Json:
        """Argument to what it may be; those of items by their order. `available` is false where nothing is."""
        given: Json = {}
        numbers = [number for number in self._orders if self._is_open(tool.name, number)]
        given["order_number"] = [self._order(self._orders[number]) for number in numbers]
        if tool.name in _OF_ITEM:
            given["items"] = {number: list(self._items(tool.name, number)) for number in numbers}
        rules: Any = getattr(policy, tool.name, None)
        if reasons := getattr(rules, "reasons", None):
            given["reason"] = [
                {"value": key, "label": {language: words[0] for language, words in one.names.items()}}
                for key, one in reasons.items()
            ]
        methods = self._methods()
        given |= dict.fromkeys(_METHODS, methods)
        given["address"] = self._addresses()
        given["receipt"] = self._undoable
        needs_order = tool.name in _OF_ITEM or tool.name in _OF_ORDER
        needs = numbers if needs_order else self._undoable if tool.name == "undo" else [tool]
        return {"choices": given, "available": bool(needs)}

    def _is_open(self, tool: str, number: str) -> bool:
        if tool in _OF_ITEM:
            return any(_OF_ITEM[tool](item).open for item in self._open[number].items)
        return tool not in _OF_ORDER or _OF_ORDER[tool](self._open[number]).open

    def _order(self, order: Order) -> Json:
        names = [localized(self._context, item.name) for item in order.items]
        return {"value": order.number, "label": order.number, "detail": self._context.listing(names[:3])}

    def _items(self, tool: str, number: str) -> Iterable[Json]:
        for one in self._open[number].items:
            choice = _OF_ITEM[tool](one)
            if choice.open:
                yield self._item(one.item, choice.quantity, swaps=tool in _SWAPS)

    def _item(self, item: OrderItem, quantity: int, *, swaps: bool) -> Json:
        product = self._products.get(item.product_id)
        shown: Json = {
            "value": item.id,
            "label": dict(item.name),
            "detail": self._options(product, item.options),
            "max": quantity or item.quantity,
        }
        if swaps and product is not None:
            shown["choices"] = [
                {
                    "value": variant.sku,
                    "label": self._options(product, variant.options) or variant.sku,
                    "detail": money(variant.price, self._context.profile.currency),
                }
                for variant in product.variants
                if variant.sku != item.sku and variant.stock >= item.quantity
            ]
        return shown

    def _options(self, product: Product | None, chosen: Mapping[str, str]) -> str:
        labels = []
        for option in product.options if product else ():
            value = next((one for one in option.values if one.value == chosen.get(option.name)), None)
            labels += [localized(self._context, value.label)] if value else []
        return " / ".join(labels or chosen.values())

    def _methods(self) -> list[Json]:
        methods = self._customer.payment_methods if self._customer else ()
        return [
            {"value": one.id, "label": self._context.say(f"pay.{one.kind}"), "detail": one.label}
            for one in methods
        ]

    def _addresses(self) -> list[Json]:
        addresses = self._customer.addresses if self._customer else ()
        return [
            {"value": one.id, "label": f"{one.name} · {one.city} {one.street}", "fields": asdict(one)}
            for one in addresses
        ]
