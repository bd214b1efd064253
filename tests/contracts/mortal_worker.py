"""Delivers webhooks until it is killed; run by test_webhooks.py."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from bot.store.opening import open_database
from bot.webhooks.delivering import Deliverer
from bot.webhooks.posting import Poster
from bot.webhooks.secrets import Secrets


async def main(url: str) -> None:
    deliverer = Deliverer(
        open_database(url),
        Poster(allow_private=True),
        Secrets(b"k" * 32),
        clock=lambda: datetime.now(UTC),
        keep=timedelta(days=30),
    )
    await deliverer.run()


asyncio.run(main(sys.argv[1]))
