"""The shop that KEFU_SHOP names: its system asked over HTTP, and the copy that Kefu keeps of it."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from bot.channels import StoreMemory
from bot.errors import SettingsError
from bot.shop.changing import OnChange
from bot.shop.domain import ShopData
from bot.shop.images import copy_images
from bot.shop.linked.link import Link
from bot.shop_file import ShopFile, read_shop_file
from bot.store.base import Store
from bot.store.database import Database
from connectors.channel import Kit
from connectors.registry import BadConfig, open_shop_system
from connectors.shop_system import ShopSystem

_CALL_SECONDS, _CONNECT_SECONDS = 20.0, 5.0


async def open_linked(
    named: Path,
    database: Database,
    store: Store,
    *,
    media: Path,
    clock: Callable[[], datetime],
    on_change: OnChange | None,
) -> tuple[Link, ClientSession]:
    """Not running yet; whoever closes the shop closes the session.

    Raises:
        SettingsError: the file or what it names does not fit.
    """
    file = await asyncio.to_thread(read_shop_file, named)
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
    return link, http


def _open_system(file: ShopFile, kit: Kit) -> ShopSystem:
    try:
        return open_shop_system(file.system, file.config, kit)
    except BadConfig as error:
        raise SettingsError(f"Setting KEFU_SHOP: {error}.") from error
