"""One change that is being carried out: what it is about, and the marks that it leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from connectors.shop_system import Change, Refusal
from connectors.shopify import mutations
from connectors.shopify.api import Api, Data
from connectors.shopify.ids import gid, mark_of
from connectors.shopify.parcels import is_sent


class _Marked:
    """A mark is a metafield of the order or customer, named after the change's key."""

    api: Api
    key: str

    @property
    def gid(self) -> str:
        raise NotImplementedError

    @property
    def mark(self) -> str:
        return mark_of(self.key)

    async def is_marked(self) -> bool:
        found = await self.api.ask(
            mutations.MARKED, id=self.gid, namespace=mutations.NAMESPACE, mark=self.mark
        )
        return bool((found["node"] or {}).get("metafield"))

    async def leave_mark(self) -> None:
        await self.api.do(
            "metafieldsSet", mutations.SET_MARK, marks=[{"ownerId": self.gid, **self.metafield()}]
        )

    def metafield(self) -> dict[str, str]:
        return {
            "namespace": mutations.NAMESPACE,
            "key": self.mark,
            "type": "single_line_text_field",
            "value": "done",
        }


@dataclass
class OrderWork(_Marked):
    api: Api
    change: Change
    key: str
    order: Data
    begun: bool = field(default=False)
    """Something was changed: it can no longer be refused."""

    @property
    def gid(self) -> str:
        return str(self.order["id"])

    def refunds(self) -> Sequence[Mapping[str, Any]]:
        """The money that goes back.

        Raises:
            Refusal: money is to be taken, which Shopify does not do without the customer.
        """
        if any(move["kind"] != "refund" for move in self.change.movements):
            raise Refusal("Shopify cannot charge a customer again")
        return [move for move in self.change.movements if move["amount"]]

    def has_refund(self) -> bool:
        """The refund of this very change."""
        return any(self.mark in (one["note"] or "") for one in self.order["refunds"])

    def require_unsent(self) -> None:
        if self.order["cancelledAt"]:
            raise Refusal("the order was cancelled")
        if any(is_sent(parcel) for parcel in self.order["fulfillments"]):
            raise Refusal("something was sent already")


@dataclass
class CustomerWork(_Marked):
    api: Api
    change: Change
    key: str

    @property
    def gid(self) -> str:
        found = gid("Customer", self.change.customer_id)
        if found is None:
            raise Refusal("there is no such customer")
        return found
