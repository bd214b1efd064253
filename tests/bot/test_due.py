"""What comes due — timers, notices, photos to fetch: one that breaks holds up no other."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bot.channels import Channels
from bot.restock import Restock
from bot.shop.notices import Notice
from bot.store.base import Fetch, Timer
from bot.timers import Timers
from connectors.base import Message
from connectors.channel import Inbound
from tests.conftest import NOW


class Due:
    """Two of each kind, of which the first cannot be settled; the store, the shop and the desk of them."""

    def __init__(self) -> None:
        self.settled: list[str] = []
        self.looks = 0

    def _settle(self, name: str) -> None:
        if name == "broken":
            raise ValueError("a row of another version")
        self.settled.append(name)

    async def take_timers(self, *, now: object) -> Sequence[Timer]:
        del now
        return [Timer(name, "handover_timeout", NOW) for name in ("broken", "whole")]

    async def time_out(self, timer: Timer) -> None:
        self._settle(timer.conversation_id)

    async def due_notices(self, *, now: object) -> Sequence[Notice]:
        del now
        return [
            Notice(number, name, "P001", "P001-S", 0, True) for number, name in enumerate(("broken", "whole"))
        ]

    async def latest_conversation(self, customer_id: str) -> str:
        return customer_id

    async def message(self, message_id: str) -> None:
        del message_id

    async def tell(self, conversation_id: str, notice: Notice, reply_id: str) -> bool:
        del notice, reply_id
        self._settle(conversation_id)
        return True

    async def told(self, notice: Notice, *, at: object) -> None:
        del notice, at

    async def take_fetches(self, *, now: object) -> Sequence[Fetch]:
        del now
        self.looks += 1
        if self.looks > 1:
            await asyncio.Event().wait()
        texts = enumerate(("broken", "whole"))
        return [Fetch(n, Inbound(Message("telegram", "ann", str(n), text, NOW)), 0) for n, text in texts]

    async def find(self, channel: str, sender: str) -> None:
        del channel, sender

    async def submit(self, message: Message) -> None:
        self._settle(message.text)

    async def fetched(self, fetch_id: int) -> None:
        del fetch_id


async def test_timers() -> None:
    due: Any = Due()
    timers = Timers(due, due, due, due, clock=lambda: NOW, away=timedelta(minutes=5))
    await timers.fire_due()
    assert due.settled == ["whole"]


async def test_notices() -> None:
    due: Any = Due()
    await Restock(due, due, due, clock=lambda: NOW).tell_due()
    assert due.settled == ["whole"]


async def test_photos_to_fetch() -> None:
    due: Any = Due()
    channels = Channels({}, (), due, due, due, due, clock=lambda: NOW, max_chars=100)
    with suppress(TimeoutError):
        await asyncio.wait_for(channels.run(), 0.2)
    # Looked for more at once, as after any that went well.
    assert (due.settled, due.looks) == (["whole"], 2)
