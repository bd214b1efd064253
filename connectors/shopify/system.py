"""Shopify's GraphQL Admin API: https://shopify.dev/docs/api/admin-graphql."""

from collections.abc import AsyncIterator
from datetime import datetime

from connectors.channel import Kit, Request
from connectors.shop_system import Change, Heard, Kind, Thing
from connectors.shopify import queries, webhooks
from connectors.shopify.api import Api
from connectors.shopify.changing import CHANGES, Changer
from connectors.shopify.config import Config
from connectors.shopify.reading import Reader


class Shopify:
    name = "shopify"
    changes = CHANGES

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config = config
        self._api = Api(config, kit)
        self._reader = Reader(self._api, config)
        self._changer = Changer(self._api, self._reader)

    def read(self, kind: Kind, *, since: datetime | None = None) -> AsyncIterator[Thing]:
        return self._reader.read(kind, since)

    async def ids(self, kind: Kind) -> frozenset[str]:
        return await self._reader.ids(kind)

    async def find(self, kind: Kind, id: str) -> Thing | None:
        return await self._reader.find(kind, id)

    async def carry_out(self, change: Change, *, key: str) -> None:
        await self._changer.carry_out(change, key)

    def receive(self, request: Request) -> Heard:
        return webhooks.receive(request, self._config)

    async def subscribe(self, url: str) -> None:
        """Subscriptions that Shopify ended after eight deliveries in vain are made anew."""
        there: set[str] = set()
        async for page in self._api.pages("webhookSubscriptions", queries.HOOKS):
            there |= {one["topic"] for one in page["webhookSubscriptions"]["nodes"] if one["uri"] == url}
        for topic in webhooks.TOPICS:
            if topic not in there:
                hook = {"uri": url, "format": "JSON"}
                await self._api.do("webhookSubscriptionCreate", queries.ADD_HOOK, topic=topic, hook=hook)


def open(config: Config, kit: Kit) -> Shopify:
    return Shopify(config, kit)
