"""kefu shop import, kefu shop check; sync and status are in `linked.py`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.linked import status, sync
from bot.commands.options import Data, out, settings_for
from bot.errors import SettingsError
from bot.factory import media_folder
from bot.settings import Settings
from bot.shop.domain import ShopData
from bot.shop.images import copy_images
from bot.shop.importer import read_folder
from bot.shop.replacing import ImportSummary
from bot.shop.sql import SqlShop
from bot.store.migrate import upgrade
from bot.store.opening import open_database

app = typer.Typer(help="The shop's products, customers and orders.", no_args_is_help=True)
Folder = Annotated[Path, typer.Argument(help="Folder with profile.json and the JSON Lines files.")]


Fresh = Annotated[
    bool, typer.Option("--fresh", help="Forget what was changed in Kefu since, and the receipts.")
]


@app.command("import")
def import_folder(folder: Folder, data: Data = None, fresh: Fresh = False) -> None:
    """Check the whole folder, then replace the shop in one step; nothing is written when anything is wrong."""
    settings = settings_for(data)
    if settings.shop is not None:
        raise SettingsError("Setting KEFU_SHOP names the shop's own system, which is read by: kefu shop sync")
    summary = import_shop(settings, folder, fresh=fresh)
    for name in ("products", "customers", "orders"):
        counts = getattr(summary, name)
        out.print(f"{name}: {counts}")


@app.command("check")
def check(folder: Folder) -> None:
    """Check the folder and write nothing."""
    found = read_folder(folder)
    out.print(
        f"Fine: {len(found.products)} products, {len(found.customers)} customers, {len(found.orders)} orders."
    )


app.command("sync")(sync)
app.command("status")(status)


def import_shop(settings: Settings, folder: Path, *, fresh: bool = False) -> ImportSummary:
    found = read_folder(folder)
    copy_images(folder, media_folder(settings), found)
    return asyncio.run(_replace(settings, found, fresh))


async def _replace(settings: Settings, found: ShopData, fresh: bool) -> ImportSummary:
    settings.data.mkdir(parents=True, exist_ok=True)
    await upgrade(settings.database)
    database = open_database(settings.database)
    try:
        return await SqlShop(database).replace(found, fresh=fresh)
    finally:
        await database.close()
