"""kefu demo: the demo shop through the same doors as a real one: built, imported, ingested."""

from datetime import UTC, datetime

from bot.commands.knowledge import with_progress
from bot.commands.options import Data, out, settings_for
from bot.commands.shop import import_shop
from bot.console.faq import faq_folder
from bot.prepared import index_location, open_index
from bot.settings import Settings
from bot.shop.demo.build import build
from knowledge.clearing import clear
from knowledge.encoder import Encoder
from knowledge.errors import EncoderMismatch
from knowledge.index import Index


def demo(data: Data = None) -> None:
    """Build the demo shop, import it and read its pages, as you would with your own shop."""
    settings = settings_for(data)
    folder = settings.data / "demo"
    now = datetime.now(UTC)
    stamp = folder / ".built"
    build(folder, now=now)
    import_shop(settings, folder, fresh=True)  # its orders are dated anew, under the same numbers
    encoder, index = open_or_remake(settings)
    reviewed = faq_folder(settings)
    pages = [folder / "documents", folder / "products.jsonl", *([reviewed] if reviewed.is_dir() else [])]
    with_progress(pages, index, encoder)
    stamp.write_text(str(now.date()))
    out.print("The demo shop is ready: kefu serve --demo")


def open_or_remake(settings: Settings) -> tuple[Encoder, Index]:
    """An index that another encoder made is made anew: an update of Kefu may bring one."""
    try:
        return open_index(settings)
    except EncoderMismatch:
        out.print(
            "The index was made with another encoder and is made anew. Pages of your own: kefu ingest PATH…"
        )
        clear(index_location(settings))
        return open_index(settings)
