"""kefu demo: the demo shop through the same doors as a real one: built, imported, ingested."""

from datetime import UTC, datetime

from bot.commands.knowledge import with_progress
from bot.commands.options import Data, out, settings_for
from bot.commands.shop import import_shop
from bot.prepared import open_index
from bot.shop.demo.build import build


def demo(data: Data = None) -> None:
    """Build the demo shop, import it and read its pages, as you would with your own shop."""
    settings = settings_for(data)
    folder = settings.data / "demo"
    now = datetime.now(UTC)
    stamp = folder / ".built"
    build(folder, now=now)
    import_shop(settings, folder, fresh=True)  # its orders are dated anew, under the same numbers
    encoder, index = open_index(settings)
    with_progress([folder / "documents", folder / "products.jsonl"], index, encoder)
    stamp.write_text(str(now.date()))
    out.print("The demo shop is ready: kefu serve --demo")
