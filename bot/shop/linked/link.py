"""The link to somebody else's shop: what it says is kept, what was begun is finished, until the process ends."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import Connection, select

from bot.shop import tables
from bot.shop.changing import OnChange, take_turn
from bot.shop.database import Database
from bot.shop.domain import ShopProfile
from bot.shop.keys import storable
from bot.shop.linked import moments, queue
from bot.shop.linked.carrying import Carrying
from bot.shop.linked.fetching import Fetching
from bot.shop.linked.merging import forget
from bot.shop.linked.shop import LinkedShop
from bot.shop.linked.status import Status, read_status
from bot.shop.linked.syncing import Syncing
from bot.shop.replacing import SET_STATE
from bot.shop.rows import profile_document
from connectors.channel import Request
from connectors.shop_system import Heard, ShopSystem, Touched

_LOOK_SECONDS = 2.0
"""Between two looks at what is due."""
_SUBSCRIBE_SECONDS = 60.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds."""

    patience: float = 20.0
    """How long a shopper who confirmed waits for the system."""
    insist: float = 8.0
    """How long it is asked for the order that is to be changed."""
    lease: float = 20.0
    """How long a change is one process' own: longer than a call, a look and the writing. After a crash, as long as
    the next one waits."""
    recheck: float = 1.0
    """After which another process' writing is noticed."""


class Link:
    def __init__(
        self,
        database: Database,
        system: ShopSystem,
        *,
        on_change: OnChange | None = None,
        times: Times | None = None,
    ) -> None:
        times = times or Times()
        self._database, self.system = database, system
        fetching = Fetching(database, system, insist_seconds=times.insist)
        self.carrying = Carrying(database, system, fetching, on_change=on_change, lease_seconds=times.lease)
        self.syncing = Syncing(database, system, fetching)
        self.shop = LinkedShop(
            database,
            system,
            fetching,
            self.carrying,
            on_change=on_change,
            recheck_seconds=times.recheck,
            patience_seconds=times.patience,
        )
        self._told = asyncio.Event()

    async def prepare(self, profile: ShopProfile, policy: str | None) -> None:
        """Who the shop is, and what it allows: no system says that."""
        await self._database.write(partial(_set_state, profile=profile_document(profile), policy=policy))

    async def status(self) -> Status:
        return await self._database.read(read_status)

    async def receive(self, request: Request) -> Heard:
        """All that it names is on disk when this returns.

        Raises:
            Denied, Malformed: as the system says.
            Unavailable: it is not on disk; the system is to send it again.
        """
        heard = self.system.receive(request)
        asked_at = moments.now()

        def write(connection: Connection) -> None:
            for customer_id in heard.forget:
                forget(connection, storable(customer_id), asked_at)
            queue.put(connection, [(one.kind, one.id) for one in heard.touched])

        if heard.touched or heard.forget:
            await self._database.write(write)
            self._told.set()
        return heard

    async def look_at(self, things: Sequence[Touched]) -> None:
        """They changed, somebody says: the system is asked for them soon. On disk when this returns."""
        named = [(one.kind, one.id) for one in things]
        await self._database.write(partial(queue.put, things=named))
        self._told.set()

    async def run(self, hooks_url: str | None) -> None:
        """Until cancelled; `hooks_url` is where the system may tell us of changes."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fetch())
            group.create_task(self._repeat(self.syncing.look, "shop_look_failed"))
            group.create_task(self._repeat(self.carrying.settle_due, "shop_changes_failed"))
            if hooks_url is not None:
                group.create_task(self._subscribe(hooks_url))

    async def _fetch(self) -> None:
        while True:
            self._told.clear()
            try:
                fetched = await self.syncing.fetch_touched()
            except Exception as error:
                log.warning("shop_fetches_failed", kind=type(error).__name__, why=str(error))
                fetched = 0
            if not fetched:
                try:
                    await asyncio.wait_for(self._told.wait(), _LOOK_SECONDS)
                except TimeoutError:
                    continue

    async def _repeat(self, work: Callable[[], Awaitable[object]], event: str) -> None:
        while True:
            try:
                await work()
            except Exception as error:
                log.warning(event, kind=type(error).__name__, why=str(error))
            await asyncio.sleep(_LOOK_SECONDS)

    async def _subscribe(self, url: str) -> None:
        while True:
            try:
                await self.system.subscribe(url)
                return
            except Exception as error:
                log.warning("shop_subscription_failed", kind=type(error).__name__, why=str(error))
                await asyncio.sleep(_SUBSCRIBE_SECONDS)


def _set_state(connection: Connection, profile: str, policy: str | None) -> None:
    """Where it differs: what was read with the old one is read again."""
    take_turn(connection)
    state = connection.execute(select(tables.state.c.profile, tables.state.c.policy)).first()
    if state is None or (state.profile, state.policy) != (profile, policy):
        connection.execute(SET_STATE, {"profile": profile, "policy": policy})
