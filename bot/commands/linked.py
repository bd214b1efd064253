"""kefu shop sync, kefu shop status: the shop's own system, and the copy that Kefu keeps of it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.markup import escape
from rich.progress import Progress, TextColumn

from bot.commands.knowledge import with_progress
from bot.commands.options import Data, out, settings_for
from bot.errors import NotPrepared, SettingsError
from bot.factory import media_folder
from bot.prepared import open_index
from bot.served_shop import open_shop
from bot.settings import Settings
from bot.shop.adapters import PRODUCT
from bot.shop.domain import Product
from bot.shop.linked.link import Link
from bot.shop.linked.status import Status
from bot.shop.linked.syncing import Looked
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from connectors.shop_system import KINDS, Kind
from knowledge.errors import KnowledgeError


def sync(data: Data = None) -> None:
    """Read what changed in the shop's own system, all of it the first time, and put the products into the index.

    Stopped half-way, it goes on from there.
    """
    settings = _linked(settings_for(data))
    looked, products = asyncio.run(_sync(settings))
    for one in looked:
        odd = f", [red]{one.odd} that do not fit: kefu shop status[/red]" if one.odd else ""
        out.print(f"{one.kind}s: {one.read} read{odd}")
    for kind in sorted({*KINDS} - {one.kind for one in looked}):
        out.print(f"{kind}s: another process is reading them")
    feed = settings.data / "shop" / "products.jsonl"
    _write_feed(feed, products)
    try:
        encoder, index = open_index(settings)
    except (NotPrepared, KnowledgeError) as error:
        out.print(f"{error} Then: kefu ingest {feed}")
        return
    with_progress([feed], index, encoder)


def status(data: Data = None) -> None:
    """Say how fresh the copy of the shop's own system is, what could not be read, which changes are not settled."""
    settings = _linked(settings_for(data))
    _show(asyncio.run(_status(settings)), datetime.now(UTC))


def _linked(settings: Settings) -> Settings:
    if settings.shop is None:
        raise SettingsError("Setting KEFU_SHOP: names no system, so the shop is the one that was imported.")
    return settings


@asynccontextmanager
async def _open(settings: Settings) -> AsyncIterator[Link]:
    await upgrade(settings.database)
    database = open_database(settings.database)
    try:
        served = await open_shop(
            settings,
            database,
            SqlStore(database),
            media=media_folder(settings),
            clock=lambda: datetime.now(UTC),
        )
        assert served.link is not None
        try:
            yield served.link
        finally:
            await served.close()
    finally:
        await database.close()


async def _sync(settings: Settings) -> tuple[Sequence[Looked], Sequence[Product]]:
    """What was read, and the products that there are now."""
    bar = Progress(TextColumn("{task.description}"), TextColumn("{task.completed}"), console=out)
    async with _open(settings) as link:
        with bar:
            tasks = {kind: bar.add_task(f"{kind}s", total=None) for kind in KINDS}

            def show(kind: Kind, count: int) -> None:
                bar.update(tasks[kind], completed=count)

            looked = await link.syncing.look(early=True, on_progress=show)
            named = bar.add_task("one by one", total=None)
            while fetched := await link.syncing.fetch_touched():
                bar.advance(named, fetched)
        return looked, await link.shop.catalogue()


async def _status(settings: Settings) -> Status:
    async with _open(settings) as link:
        return await link.status()


def _write_feed(path: Path, products: Sequence[Product]) -> None:
    """Whole or not at all: the index is made from it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".incoming")
    draft.write_bytes(b"".join(PRODUCT.dump_json(one, exclude_none=True) + b"\n" for one in products))
    draft.replace(path)


def _show(status: Status, now: datetime) -> None:
    for one in status.kinds:
        read = "not yet read to the end" if not one.complete else f"looked at {_ago(one.looked_at, now)}"
        odd = f", {one.odd} that do not fit" if one.odd else ""
        out.print(f"{one.kind}s: {one.there} in the copy{odd}; {read}")
        if one.problem:
            out.print(f"  [red]the last look failed: {escape(one.problem)}[/red]")
    if status.waiting:
        out.print(f"{status.waiting} named by webhooks are waiting to be fetched")
    for row in status.odd:
        out.print(f"[red]{row.kind} {escape(row.id)}[/red]: {escape(row.problem)}")
    for change in status.unsettled:
        about = f" of order {escape(change.order_number)}" if change.order_number else ""
        why = f": {escape(change.problem)}" if change.problem else ""
        out.print(
            f"[yellow]not settled[/yellow]: {change.kind}{about}, confirmed {_ago(change.made_at, now)},"
            f" tried {change.attempts} times{why}"
        )


def _ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "never"
    minutes = int((now - moment).total_seconds()) // 60
    return (
        "just now"
        if minutes < 1
        else f"{minutes} minutes ago"
        if minutes < 120
        else f"{minutes // 60} hours ago"
    )
