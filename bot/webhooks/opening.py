"""Webhooks, wired."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.shop.adapters import RECEIPT
from bot.shop.changes.plan import Receipt
from bot.shop.changing import OnChange
from bot.store.database import Database
from bot.store.events import Events
from bot.webhooks.delivering import Deliverer
from bot.webhooks.hooks import Hooks
from bot.webhooks.posting import Poster
from bot.webhooks.secrets import Secrets


def open_hooks(
    database: Database,
    events: Events,
    *,
    key: bytes,
    allow_private: bool,
    keep_days: int,
    clock: Callable[[], datetime],
) -> Hooks:
    """`events` is what the store and the shop on this database write with."""
    secrets = Secrets(key)
    poster = Poster(allow_private=allow_private)
    deliverer = Deliverer(database, poster, secrets, clock=clock, keep=timedelta(days=keep_days))
    return Hooks(database, events, secrets, deliverer, allow_private=allow_private, clock=clock)


def telling(events: Events) -> OnChange:
    """Orders that change are told of in the transaction of the change."""

    def told(connection: Connection, receipt: Receipt, version: int) -> None:
        assert receipt.order_number is not None
        document = RECEIPT.dump_python(receipt, mode="json")
        events.order_changed(
            connection,
            number=receipt.order_number,
            customer_id=receipt.customer_id,
            kind=receipt.kind,
            receipt=receipt.number,
            version=version,
            details={name: document[name] for name in ("request", "movements", "facts")},
            at=receipt.at,
        )

    return told
