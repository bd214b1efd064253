"""A shop whose API is described, as Kefu sees every shop system."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.channel import Denied, Kit, Request, RetryLater
from connectors.restshop import hooks
from connectors.restshop.api import Api, named
from connectors.restshop.config import Config
from connectors.restshop.fields import FIELDS
from connectors.restshop.pointers import MISSING, resolve
from connectors.restshop.templates import Node, compile_template
from connectors.restshop.values import Odd
from connectors.shop_system import KINDS, Change, Heard, Kind, Refusal, Thing

_NEVER = datetime(1990, 1, 1, tzinfo=UTC)


class RestShop:
    name = "restshop"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._api = config, Api(config, kit.http)
        self._rows: Mapping[Kind, Node] = {
            kind: compile_template(config.things[kind].row, f"{kind}s.row", FIELDS[kind]) for kind in KINDS
        }
        self.changes = frozenset(config.changes)

    async def read(self, kind: Kind, *, since: datetime | None = None) -> AsyncIterator[Thing]:
        things = self._listed(kind, since)
        if not self._config.things[kind].list.sorted:
            things = _sorted([thing async for thing in things])
        async for thing in things:
            if since is None or thing.updated_at >= since:
                yield thing

    async def ids(self, kind: Kind) -> frozenset[str]:
        listed = self._api.every(self._config.things[kind].list, None)
        return frozenset({id async for one in listed if (id := self._id(kind, one))})

    async def find(self, kind: Kind, id: str) -> Thing | None:
        single = self._config.things[kind].one
        if id in ("", ".", ".."):
            return None
        found = await self._api.one(named(single.path, id), single.at)
        # Some systems find what is only written alike: that is not what was asked for.
        return None if found is MISSING or self._id(kind, found) != id else self._thing(kind, found)

    async def carry_out(self, change: Change, *, key: str) -> None:
        call = self._config.changes.get(change.kind)
        if call is None:
            raise Refusal(f"{change.kind} is not described")
        told = {
            "kind": change.kind,
            "request": change.request,
            "customer_id": change.customer_id,
            "at": change.at.isoformat(),
            "before": change.before,
            "after": change.after,
            "movements": [dict(one) for one in change.movements],
        }
        await self._api.change(call, told, key)

    def receive(self, request: Request) -> Heard:
        if self._config.webhook is None:
            raise Denied("no webhook is described")
        return hooks.heard(request, self._config.webhook)

    async def subscribe(self, url: str) -> None:
        if self._config.subscribe is not None:
            try:
                await self._api.change(self._config.subscribe, {"url": url}, f"kefu {url}")
            except Refusal as refusal:
                raise RetryLater(str(refusal)) from refusal

    async def _listed(self, kind: Kind, since: datetime | None) -> AsyncIterator[Thing]:
        listing = self._config.things[kind].list
        after = self._config.spelling.written(since) if since else None
        async for one in self._api.every(listing, after):
            id = self._id(kind, one)
            if id:
                thing = self._thing(kind, one) if listing.whole else await self.find(kind, id)
                if thing:
                    yield thing

    def _id(self, kind: Kind, one: Any) -> str | None:
        field = "number" if kind == "order" else "id"
        row = self._rows[kind]
        node = row.fields.get(field) if hasattr(row, "fields") else None
        found = node.fill((one,), field, self._convert) if node else MISSING
        return found if isinstance(found, str) and found else None

    def _thing(self, kind: Kind, one: Any) -> Thing:
        """A row that cannot be made is told as far as it could be: who keeps the copy sees what is wrong with it."""
        id = self._id(kind, one) or ""
        try:
            row = self._rows[kind].fill((one,), "", self._convert)
        except Odd as odd:
            row = {"id": id, str(odd): "is none"}
        try:
            updated_at = self._config.spelling.moment(resolve(self._config.things[kind].updated_at, (one,)))
        except (ValueError, TypeError, OverflowError, OSError):
            updated_at = _NEVER
        return Thing(kind, id, row, updated_at)

    def _convert(self, field: str, last: str, value: Any) -> Any:
        return self._config.spelling.convert(field, value)


def open(config: Config, kit: Kit) -> RestShop:
    return RestShop(config, kit)


async def _sorted(things: list[Thing]) -> AsyncIterator[Thing]:
    for thing in sorted(things, key=lambda thing: thing.updated_at):
        yield thing
