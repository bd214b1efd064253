"""One change that is being carried out: what it is about, and the marks that it leaves."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.shop_system import Change, Refusal
from connectors.shopify import mutations
from connectors.shopify.api import Api, Data
from connectors.shopify.ids import gid, mark_of
from connectors.shopify.parcels import is_sent

DONE, ASKED = "done", "asked"
"""What a mark says; of what Shopify does in the background, that it was asked to."""


class _Marked(ABC):
    """A mark is a metafield of the order or customer, named after the change's key."""

    api: Api
    key: str

    @property
    @abstractmethod
    def gid(self) -> str:
        """Whose metafield it is."""

    @property
    def mark(self) -> str:
        return mark_of(self.key)

    async def read_mark(self) -> str | None:
        found = await self.api.ask(
            mutations.MARKED, id=self.gid, namespace=mutations.NAMESPACE, mark=self.mark
        )
        metafield = (found["node"] or {}).get("metafield")
        return str(metafield["value"]) if metafield else None

    async def leave_mark(self, value: str = DONE) -> None:
        marks = [{"ownerId": self.gid, **self.metafield(value)}]
        await self.api.do("metafieldsSet", mutations.SET_MARK, marks=marks)

    def metafield(self, value: str = DONE) -> dict[str, str]:
        return {
            "namespace": mutations.NAMESPACE,
            "key": self.mark,
            "type": "single_line_text_field",
            "value": value,
        }


@dataclass
class OrderWork(_Marked):
    api: Api
    change: Change
    key: str
    order: Data
    asked: bool = False
    """An earlier call may have asked Shopify for it."""
    begun: bool = False
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
