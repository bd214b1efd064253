"""The outbox at the end of a process: what is being sent is sent, and nothing is begun that might be cut off."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bot.outbox import Outbox
from bot.store.sql import SqlStore
from connectors.base import Reply
from tests.contracts.build import later
from tests.contracts.test_store_queues import say


class Slow:
    """A channel whose platform takes its time."""

    per_second = 100.0
    knows_again = timedelta()

    def __init__(self) -> None:
        self.begun, self.taken = list[str](), list[str]()
        self.asked, self.go_on = asyncio.Event(), asyncio.Event()

    def render(self, reply: Reply, _to: object) -> Sequence[str]:
        return (reply.text,)

    async def send(self, payload: Any, _to: object, *, key: str) -> None:
        del key
        self.begun.append(payload)
        self.asked.set()
        await self.go_on.wait()
        self.taken.append(payload)


async def test_what_is_being_sent_is_sent_before_the_end(store: SqlStore) -> None:
    channel = Slow()
    outbox = Outbox(store, {"web": channel}, clock=lambda: later(1))  # type: ignore[dict-item]
    await say(store, "s1", "one", "two")
    running = asyncio.create_task(outbox.run())
    async with asyncio.timeout(10):
        await channel.asked.wait()
        finishing = asyncio.create_task(outbox.finish(grace_seconds=8))
        await asyncio.sleep(0.05)
        assert not finishing.done()
        channel.go_on.set()
        await finishing
        await running
    assert channel.begun == channel.taken == ["one"]
    # The next start finds what was not begun, at once, and nothing else.
    assert [one.reply.text for one in await store.take_deliveries(now=later(2), limit=9)] == ["two"]


async def test_a_platform_that_hangs_does_not_hold_up_the_end(store: SqlStore) -> None:
    channel = Slow()
    outbox = Outbox(store, {"web": channel}, clock=lambda: later(1))  # type: ignore[dict-item]
    await say(store, "s1", "one")
    running = asyncio.create_task(outbox.run())
    async with asyncio.timeout(10):
        await channel.asked.wait()
        await outbox.finish(grace_seconds=0.1)
    assert not running.done()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await outbox.finish(grace_seconds=5)  # nothing runs any more: no waiting
