"""The shop that the bot serves: the embedded one, or somebody else's, as KEFU_SHOP says."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from bot.channels import StoreMemory
from bot.errors import SettingsError
from bot.settings import Settings
from bot.shop.changing import OnChange
from bot.shop.domain import ShopData
from bot.shop.images import copy_images
from bot.shop.linked.link import Link
from bot.shop.sql import SqlShop
from bot.shop_file import ShopFile, read_shop_file
from bot.store.base import Store
from bot.store.database import Database
from connectors.channel import Kit
from connectors.registry import BadConfig, open_shop_system
from connectors.shop_system import ShopSystem

HOOKS = "/shop/hooks"
"""Where the system tells of changes."""
_CALL_SECONDS, _CONNECT_SECONDS = 20.0, 5.0


@dataclass(frozen=True, slots=True)
class ServedShop:
    shop: SqlShop
    link: Link | None = None
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
    if system is not None:
        link = Link(database, system, on_change=on_change)
        return ServedShop(link.shop, link)
    if settings.shop is None:
        shop = SqlShop(database, on_change=on_change)
        await shop.profile()
        return ServedShop(shop)
    file = await asyncio.to_thread(read_shop_file, settings.shop)
    await asyncio.to_thread(copy_images, file.folder, media, ShopData(file.profile, (), (), ()))
    times = ClientTimeout(total=_CALL_SECONDS, sock_connect=_CONNECT_SECONDS)
    http = ClientSession(cookie_jar=DummyCookieJar(), timeout=times)
    try:
        system = _open_system(file, Kit(http, StoreMemory(store, f"shop {file.system}"), clock))
        link = Link(database, system, on_change=on_change)
        await link.prepare(file.profile, file.policy)
    except BaseException:
        await http.close()
        raise
    return ServedShop(link.shop, link, http)


def _open_system(file: ShopFile, kit: Kit) -> ShopSystem:
    try:
        return open_shop_system(file.system, file.config, kit)
    except BadConfig as error:
        raise SettingsError(f"Setting KEFU_SHOP: {error}.") from error
