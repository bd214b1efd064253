"""kefu demo: the demo shop through the same doors as a real one: built, imported, ingested."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.commands.knowledge import with_progress
from bot.commands.options import Data, out, settings_for
from bot.commands.shop import import_shop
from bot.factory import open_index
from bot.shop.demo.build import build


def demo(
    data: Data = None,
    if_older: Annotated[bool, typer.Option("--if-older", help="Only when it was not built today.")] = False,
) -> None:
    """Build the demo shop, import it and read its pages, as you would with your own shop."""
    settings = settings_for(data)
    folder = settings.data / "demo"
    now = datetime.now(UTC)
    stamp = folder / ".built"
    # Its orders are dated from today; a demo of yesterday looks stale.
    if if_older and stamp.exists() and stamp.read_text() == str(now.date()):
        return
    build(folder, now=now)
    import_shop(settings, folder)
    encoder, index = open_index(settings)
    with_progress([folder / "documents", folder / "products.jsonl"], index, encoder)
    stamp.write_text(str(now.date()))
    out.print("The demo shop is ready: kefu serve --demo")
