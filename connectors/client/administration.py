"""Webhooks and what they were told, as methods; with an API key of the scopes `webhooks` and `events`."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from connectors.client.calls import Calls
from connectors.client.models import (
    Deliveries,
    Delivery,
    Events,
    Redelivered,
    Webhook,
    Webhooks,
    WebhookWithSecret,
    WholeDelivery,
)


class Administration:
    _calls: Calls

    async def list_webhooks(self) -> Webhooks:
        return Webhooks.model_validate(await self._calls.json("GET", "/v1/webhooks"))

    async def add_webhook(
        self, url: str, *, types: Sequence[str] = (), with_personal: bool = False, description: str = ""
    ) -> WebhookWithSecret:
        """No `types`: all. Keep its `secret`: it is shown only now."""
        body = {
            "url": url,
            "types": list(types),
            "with_personal": with_personal,
            "description": description,
        }
        return WebhookWithSecret.model_validate(await self._calls.json("POST", "/v1/webhooks", body=body))

    async def get_webhook(self, webhook_id: str) -> Webhook:
        return Webhook.model_validate(await self._calls.json("GET", _webhook(webhook_id)))

    async def change_webhook(
        self,
        webhook_id: str,
        *,
        url: str | None = None,
        types: Sequence[str] | None = None,
        with_personal: bool | None = None,
        description: str | None = None,
        enabled: bool | None = None,
    ) -> Webhook:
        """What is None stays as it is."""
        body = {
            "url": url,
            "types": None if types is None else list(types),
            "with_personal": with_personal,
            "description": description,
            "enabled": enabled,
        }
        return Webhook.model_validate(await self._calls.json("PATCH", _webhook(webhook_id), body=body))

    async def remove_webhook(self, webhook_id: str) -> None:
        await self._calls.json("DELETE", _webhook(webhook_id))

    async def rotate_secret(self, webhook_id: str, *, overlap_hours: int = 24) -> WebhookWithSecret:
        """A new secret; the one before signs, too, for `overlap_hours`."""
        body = {"overlap_hours": overlap_hours}
        told = await self._calls.json("POST", _webhook(webhook_id, "/secret"), body=body)
        return WebhookWithSecret.model_validate(told)

    async def test_webhook(self, webhook_id: str) -> Delivery:
        return Delivery.model_validate(await self._calls.json("POST", _webhook(webhook_id, "/test")))

    async def list_deliveries(
        self,
        webhook_id: str,
        *,
        state: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Deliveries:
        """The newest first; `state`: `waiting`, `delivered` or `dead`."""
        query = {"state": state, "cursor": cursor, "limit": limit}
        told = await self._calls.json("GET", _webhook(webhook_id, "/deliveries"), query=query)
        return Deliveries.model_validate(told)

    async def redeliver_dead(self, webhook_id: str, since: datetime) -> Redelivered:
        """Send again, in its order, all that was given up of what happened since then."""
        body = {"since": since.isoformat()}
        told = await self._calls.json("POST", _webhook(webhook_id, "/redeliver"), body=body)
        return Redelivered.model_validate(told)

    async def get_delivery(self, delivery_id: int) -> WholeDelivery:
        return WholeDelivery.model_validate(await self._calls.json("GET", f"/v1/deliveries/{delivery_id}"))

    async def redeliver(self, delivery_id: int) -> Delivery:
        told = await self._calls.json("POST", f"/v1/deliveries/{delivery_id}/redeliver")
        return Delivery.model_validate(told)

    async def list_events(
        self,
        *,
        type: str | None = None,
        conversation_id: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> Events:
        """What webhooks were told of, the newest first."""
        query = {"type": type, "conversation_id": conversation_id, "cursor": cursor, "limit": limit}
        return Events.model_validate(await self._calls.json("GET", "/v1/webhook-events", query=query))


def _webhook(webhook_id: str, more: str = "") -> str:
    return f"/v1/webhooks/{quote(webhook_id, safe='')}{more}"
