"""Photos that shoppers send: a row in the store that says whose they are, and a file in the data folder."""

import asyncio
import hashlib
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import structlog

from bot.errors import InvalidInput, NotFound
from bot.photos import NotAPhoto, stripped
from bot.store.base import Attachment, Store

_ORPHANED = timedelta(days=1)
"""A photo that no message names for so long is forgotten."""
_EVERY_SECONDS = 3600.0

log = structlog.get_logger()


class Attachments:
    def __init__(self, store: Store, folder: Path, *, clock: Callable[[], datetime]) -> None:
        self._store, self._folder, self._clock = store, folder, clock

    async def keep(self, content: bytes, *, channel: str, sender: str, customer_id: str | None) -> Attachment:
        """The photo, without what it need not tell, under an id that nobody can guess.

        Raises:
            InvalidInput: it is no photo (`not_a_photo`).
        """
        try:
            media_type, picture = await asyncio.to_thread(stripped, content)
        except NotAPhoto as error:
            raise InvalidInput(f"Not a photo: {error}.", code="not_a_photo", status=415) from error
        attachment = Attachment(
            id=uuid4().hex,
            channel=channel,
            sender=sender,
            customer_id=customer_id,
            media_type=media_type,
            size=len(picture),
            sha256=hashlib.sha256(picture).hexdigest(),
            at=self._clock(),
        )
        # The row first: a crash leaves an orphan, which is tidied away, and no file that nobody knows of.
        await self._store.put_attachment(attachment)
        await asyncio.to_thread(_write, self._path(attachment.id), picture)
        return attachment

    async def content(self, attachment: Attachment) -> bytes:
        """
        Raises:
            NotFound: the file is gone.
        """
        try:
            return await asyncio.to_thread(self._path(attachment.id).read_bytes)
        except FileNotFoundError as error:
            raise NotFound("There is no such attachment.") from error

    async def run(self) -> None:
        """Tidy up until cancelled."""
        while True:
            try:
                await self.tidy()
            except Exception:
                log.exception("attachments_not_tidied")
            await asyncio.sleep(_EVERY_SECONDS)

    async def tidy(self) -> int:
        """Forget what no message names; returns how many."""
        count = 0
        while orphans := await self._store.take_orphans(before=self._clock() - _ORPHANED):
            for orphan in orphans:
                await asyncio.to_thread(self._path(orphan.id).unlink, missing_ok=True)
            count += len(orphans)
        return count

    def _path(self, attachment_id: str) -> Path:
        """Of an id that is ours: 32 hexadecimal digits."""
        return self._folder / attachment_id[:2] / attachment_id


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
