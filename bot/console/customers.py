"""Who the shopper is, beside the chat: profile, orders, receipts, coupons, earlier conversations."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.console.acting_for import ActingFor
from bot.console.noting import Noting
from bot.console.rows import Rows
from bot.conversation import Identity
from bot.shop.adapters import CUSTOMER, ORDER, RECEIPT
from bot.shop.base import Shop
from bot.shop.domain import Coupon, Customer
from bot.staff.agents import Agent
from bot.staff.base import Deed, StaffStore
from bot.tool_calls import ToolCalls
from bot.tools.order_cards import order_card

_TOOL = "list_orders"
"""Whose words the orders' cards are in."""

_FOUND = ("id", "name", "emails", "phones")
"""What tells one customer from another; where they live is no part of that."""

Json = dict[str, Any]


class Customers:
    def __init__(
        self,
        *,
        acting_for: ActingFor,
        shop: Shop,
        staff: StaffStore,
        rows: Rows,
        calls: ToolCalls,
        noting: Noting,
        clock: Callable[[], datetime],
    ) -> None:
        self._acting_for, self._shop, self._staff = acting_for, shop, staff
        self._rows, self._calls, self._noting, self._clock = rows, calls, noting, clock

    async def of_conversation(self, agent: Agent, conversation_id: str, *, language: str) -> Json:
        """Nothing but `customer: null` where nobody was proved; else a line in the audit.

        Raises:
            NotFound: the agent may not see the conversation.
        """
        identity, now = await self._acting_for.identity(agent, conversation_id), self._clock()
        customer = await self._shop.customer(identity.customer_id) if identity.customer_id else None
        if customer is None:
            return {"customer": None, "orders": [], "conversations": [], "receipts": [], "coupons": []}
        await self._noting.viewed("view_customer", agent, conversation_id, customer.id)
        earlier = await self._staff.conversations_of(customer.id, agent)
        receipts = await self._shop.receipts(customer.id)
        return {
            "customer": profile(customer),
            "orders": await self._orders(customer.id, language, now),
            "conversations": await self._rows.rows(earlier, now),
            "receipts": [RECEIPT.dump_python(one, mode="json") for one in receipts],
            "coupons": [_coupon(one) for one in customer.coupons if not one.used],
        }

    async def search(self, agent: Agent, text: str) -> list[Json]:
        """Who it may be; every one that is shown stands in the audit."""
        found = await self._shop.find_customers(text, limit=10)
        shown = ",".join(one.id for one in found)
        await self._staff.record(Deed(self._clock(), agent.id, "search_customers", None, shown))
        return [{name: profile(one)[name] for name in _FOUND} for one in found]

    async def _orders(self, customer_id: str, language: str, now: datetime) -> list[Json]:
        identity = Identity("signed_in", customer_id)
        context = await self._calls.context(_TOOL, identity, language=language, now=now)
        return [
            {
                "number": order.number,
                "status": order.status.value,
                "placed_at": order.placed_at.isoformat(),
                "total": context.money(order.total),
                "items": ORDER.dump_python(order, mode="json")["items"],
                "card": asdict(await order_card(context, order)),
            }
            for order in await self._shop.orders(customer_id)
        ]


def profile(customer: Customer) -> Json:
    """Without how they pay: nobody needs that to help."""
    shown: Json = CUSTOMER.dump_python(customer, mode="json")
    kept = ("id", "name", "emails", "phones", "addresses", "language")
    return {name: shown[name] for name in kept} | {"since": shown["created_at"]}


def _coupon(coupon: Coupon) -> Json:
    until = coupon.ends_at.isoformat() if coupon.ends_at else None
    return {"code": coupon.code, "title": dict(coupon.label), "until": until}
