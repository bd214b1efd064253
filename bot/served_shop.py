"""The shop that the bot serves: the embedded one, or somebody else's, as KEFU_SHOP says."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import ClientSession

from bot.settings import Settings
from bot.shop.changing import OnChange
from bot.shop.sql import SqlShop
from bot.store.base import Store
from bot.store.database import Database
from connectors.shop_system import ShopSystem

if TYPE_CHECKING:
    from bot.shop.linked.link import Link

HOOKS = "/shop/hooks"
"""Where the system tells of changes."""


@dataclass(frozen=True, slots=True)
class ServedShop:
    shop: SqlShop
    link: "Link | None" = None
    """None: the shop is the embedded one."""
    http: ClientSession | None = None

    async def run(self, public_url: str | None) -> None:
        """Until cancelled, where there is anything to do; `public_url` is the one under which we are reached."""
        if self.link is not None:
            await self.link.run(public_url and public_url.rstrip("/") + HOOKS)

    async def close(self) -> None:
        if self.http is not None:
            await self.http.close()


async def open_shop(
    settings: Settings,
    database: Database,
    store: Store,
    *,
    media: Path,
    clock: Callable[[], datetime],
    on_change: OnChange | None = None,
    system: ShopSystem | None = None,
) -> ServedShop:
    """Not running yet. `system` is linked in place of the one that the settings name, to the shop that is there.

    Raises:
        NotPrepared: no shop was imported yet.
        SettingsError: what KEFU_SHOP names does not fit.
    """
    if system is None and settings.shop is None:
        shop = SqlShop(database, on_change=on_change)
        await shop.profile()
        return ServedShop(shop)
    # Here, so that no start waits for it whose shop is the embedded one.
    from bot.linked_shop import open_linked
    from bot.shop.linked.link import Link

    if system is not None:
        link = Link(database, system, on_change=on_change)
        return ServedShop(link.shop, link)
    assert settings.shop is not None
    link, http = await open_linked(
        settings.shop, database, store, media=media, clock=clock, on_change=on_change
    )
    return ServedShop(link.shop, link, http)
