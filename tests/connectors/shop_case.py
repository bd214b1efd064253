"""What the contract suites need to know of a shop system: a simulated one. Each is `CASE` of a `NAME_shop.py`."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from typing import Any, Literal, Protocol

from pydantic import TypeAdapter

from bot.shop.domain import Customer, Order, Product, ShopData
from connectors.channel import Request
from connectors.registry import SHOP_SYSTEMS
from connectors.shop_system import Kind, ShopSystem

Mood = int | float | Literal["drop"]
"""What the next call to the server meets: an HTTP status, seconds to wait for the answer, or the work done
and the connection dropped before the answer. An answer of 429 asks to wait for less than a second."""


class Simulated(Protocol):
    """A shop system that runs, with people of its own who change things there."""

    system: ShopSystem
    """Opened on it, as KEFU_SHOP's file would."""
    moods: list[Mood]
    """Used up one per call; none left: all is well."""

    def ship(self, number: str) -> None:
        """All of a paid order leaves in a parcel; its `updated_at` moves on, as with all that follows."""
        ...

    def restock(self, sku: str, stock: int) -> None: ...

    def remove(self, kind: Kind, id: str) -> None:
        """It is gone for good."""
        ...

    def done(self, number: str) -> Sequence[str]:
        """What was done to the order over the API, a word for each effect, in order: `cancel`, `refund`, `address`.

        What is done twice is there twice; what the system recognised as said again, once.
        """
        ...

    def webhook(self, kind: Kind, id: str) -> Request:
        """The signed request that tells of its last change, or of its removal."""
        ...

    def erasure(self, customer_id: str) -> Request | None:
        """The signed request to erase a customer's data; None where the system knows none."""
        ...


@dataclass(frozen=True)
class ShopCase:
    open: Callable[[ShopData, datetime], AbstractAsyncContextManager[Simulated]]
    """A server that holds `data`, all of it last changed before that moment, which is also the kit's clock."""
    signed: Callable[[bytes], Request]
    """Any body, signed as a webhook of the system is: what the parser must stand."""
    loses: Mapping[Kind, Sequence[str]] = field(default_factory=dict)
    """Fields of the import format that the system has no place for, or keeps in other words: `name`,
    `items.options`, `fulfilments.events`. They are left out where rows are compared."""
    prefixed: bool = True
    """An order's number may have letters: `SG-1004`."""


def shop_cases() -> dict[str, ShopCase]:
    return {name: import_module(f"tests.connectors.{name}_shop").CASE for name in ("plain", *SHOP_SYSTEMS)}


_ADAPTERS: Mapping[Kind, TypeAdapter[Any]] = {
    "product": TypeAdapter(Product),
    "customer": TypeAdapter(Customer),
    "order": TypeAdapter(Order),
}


def row_of(kind: Kind, value: Product | Customer | Order) -> dict[str, Any]:
    """The row that an import would read it from."""
    row: dict[str, Any] = _ADAPTERS[kind].dump_python(value, mode="json", exclude_none=True)
    return row


def kept(case: ShopCase | None, kind: Kind, value: Product | Customer | Order | None) -> Any:
    """As JSON, without what the case's system loses; moments in one time zone."""
    if value is None:
        return None
    row = _ADAPTERS[kind].dump_python(value)
    for path in case.loses.get(kind, ()) if case else ():
        _drop(row, path.split("."))
    return row


def _drop(value: Any, path: Sequence[str]) -> None:
    if isinstance(value, list | tuple):
        for one in value:
            _drop(one, path)
    elif isinstance(value, dict) and path[1:]:
        _drop(value.get(path[0]), path[1:])
    elif isinstance(value, dict):
        value.pop(path[0], None)
