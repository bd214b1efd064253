"""Webhooks as who runs the shop sees them: set up, changed, tested, looked into."""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypedDict, TypeVar

from bot.store.database import Database, Work
from bot.store.events import Events
from bot.webhooks import endpoints, queue, records
from bot.webhooks.base import Shown, StoredDelivery, StoredEvent, Webhook
from bot.webhooks.delivering import Deliverer
from bot.webhooks.posting import check_url
from bot.webhooks.secrets import Secrets

T = TypeVar("T")


class Change(TypedDict, total=False):
    url: str
    description: str
    types: tuple[str, ...]
    with_personal: bool
    enabled: bool


class Hooks:
    def __init__(
        self,
        database: Database,
        events: Events,
        secrets: Secrets,
        deliverer: Deliverer,
        *,
        allow_private: bool,
        clock: Callable[[], datetime],
    ) -> None:
        self._database, self._events, self._secrets = database, events, secrets
        self.deliverer, self._allow_private, self._clock = deliverer, allow_private, clock

    async def listed(self) -> Sequence[Webhook]:
        return await self._database.read(endpoints.listed)

    async def get(self, webhook_id: str) -> Webhook:
        """Raises NotFound."""
        return await self._database.read(partial(endpoints.get, webhook_id=webhook_id))

    async def add(
        self, url: str, *, types: Sequence[str] = (), with_personal: bool = False, description: str = ""
    ) -> tuple[Webhook, str]:
        """The webhook and its secret, which is told only here.

        Raises:
            InvalidInput: nobody may be told at this address.
            Conflict: there are too many.
        """
        check_url(url, allow_private=self._allow_private)
        now = self._clock()
        row = {
            "id": f"wh_{secrets.token_hex(12)}",
            "url": url,
            "description": description,
            "types": _joined(types),
            "with_personal": with_personal,
            "enabled": True,
            "generation": 1,
            "created_at": now,
            "updated_at": now,
        }
        webhook = await self._changing(partial(endpoints.add, row=row))
        return webhook, self._secrets.of(webhook.id, webhook.generation)

    async def change(self, webhook_id: str, change: Change) -> Webhook:
        """
        Raises:
            NotFound: there is none.
            InvalidInput: nobody may be told at this address.
        """
        values = dict(change)
        if "url" in change:
            check_url(change["url"], allow_private=self._allow_private)
        if "types" in change:
            values["types"] = _joined(change["types"])
        return await self._changing(
            partial(endpoints.change, webhook_id=webhook_id, values=values, now=self._clock())
        )

    async def rotate(self, webhook_id: str, *, overlap: timedelta) -> tuple[Webhook, str]:
        """A new secret; the one before signs, too, for as long as `overlap`. Raises NotFound."""
        now = self._clock()
        rotate = partial(endpoints.rotate, webhook_id=webhook_id, previous_until=now + overlap, now=now)
        webhook = await self._changing(rotate)
        return webhook, self._secrets.of(webhook.id, webhook.generation)

    async def remove(self, webhook_id: str) -> None:
        """Raises NotFound."""
        await self._changing(partial(endpoints.remove, webhook_id=webhook_id))

    async def test(self, webhook_id: str) -> StoredDelivery:
        """Raises NotFound, or Conflict where it is switched off."""
        return await self._sending(partial(records.test, webhook_id=webhook_id, now=self._clock()))

    async def redeliver(self, delivery_id: int) -> StoredDelivery:
        """Raises NotFound, or Conflict where the webhook is switched off."""
        return await self._sending(partial(records.again, delivery_id=delivery_id, now=self._clock()))

    async def redeliver_dead(self, webhook_id: str, *, since: datetime) -> int:
        """How many are on their way. Raises NotFound, or Conflict where the webhook is switched off."""
        return await self._sending(partial(records.dead_again, webhook_id=webhook_id, since=since))

    async def deliveries(
        self, webhook_id: str, *, state: Shown | None, before: int | None, limit: int
    ) -> Sequence[StoredDelivery]:
        """The newest first. Raises NotFound."""
        return await self._database.read(
            partial(records.sent, webhook_id=webhook_id, state=state, before=before, limit=limit)
        )

    async def delivery(self, delivery_id: int) -> StoredDelivery:
        """Raises NotFound."""
        return await self._database.read(partial(records.get, delivery_id=delivery_id))

    async def events(
        self, *, type_: str | None, conversation_id: str | None, before: int | None, limit: int
    ) -> Sequence[StoredEvent]:
        """The newest first."""
        return await self._database.read(
            partial(
                records.happened, type_=type_, conversation_id=conversation_id, before=before, limit=limit
            )
        )

    async def depths(self) -> dict[str, int]:
        """Rows waiting, for the metrics: webhooks, webhooks_dead."""
        return await self._database.read(queue.depths)

    async def _changing(self, work: Work[T]) -> T:
        changed = await self._database.write(work)
        self._events.changed()
        self.deliverer.wake()
        return changed

    async def _sending(self, work: Work[T]) -> T:
        sent = await self._database.write(work)
        self.deliverer.wake()
        return sent


def _joined(types: Sequence[str]) -> str:
    return ",".join(dict.fromkeys(types))
