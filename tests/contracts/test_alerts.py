"""What the shop's people are told of hand-overs: whose turn it is, on both databases."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

from bot.conversation import State
from bot.floor import hand_over
from bot.store import alerts
from bot.store.alerts import Alert
from bot.store.base import Handover, HandoverChange
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from tests.contracts.build import NOON, later, message, turn

MINUTE = 60
WAITING = hand_over(State(), reason="asked", now=NOON)


async def test_each_telling_has_one_worker_and_comes_back_when_that_one_dies(database_url: str) -> None:
    database = open_database(database_url)
    store = SqlStore(database, clock=lambda: NOON)
    handover = Handover("asked", {"problem": "吹风机坏了"}, "zh", respond_by=later(5 * MINUTE))
    for sender, channel, reason in (
        ("s1", "web", "asked"),
        ("s2", "chatwoot", "asked"),
        ("s3", "web", "agent"),
    ):
        accepted = await store.accept(message("m1", sender=sender, channel=channel))
        async with store.conversation(accepted.conversation_id) as conversation:
            opened = replace(handover, reason=reason)
            await conversation.save(turn(WAITING, conversation.pending, handover=opened))

    async def due(seconds: float, *places: str) -> list[tuple[str, str]]:
        look = partial(
            alerts.due, channel="slack", places=places or ("C1", "C2"), now=later(seconds),
            elsewhere=["chatwoot"], limit=10,
        )  # fmt: skip
        return [(one.kind, one.place) for one in await database.read(look)]

    async def claim(kind: alerts.Kind, place: str, seconds: float) -> int | None:
        return await database.write(partial(alerts.claim, alert=alert(kind, place), now=later(seconds)))

    conversation_id = await store.find("web", "s1")
    assert conversation_id is not None
    look = partial(alerts.due, channel="slack", places=["C1"], now=NOON, elsewhere=["chatwoot"], limit=10)
    (first,) = await database.read(look)
    assert (first.conversation_id, first.reason, first.problem) == (conversation_id, "asked", "吹风机坏了")

    def alert(kind: alerts.Kind, place: str) -> Alert:
        return replace(first, kind=kind, place=place)

    async def settle(kind: alerts.Kind, place: str, seconds: float | None) -> None:
        again = None if seconds is None else later(seconds)
        await database.write(partial(alerts.settle, alert=alert(kind, place), retry_at=again, error="no"))

    assert await due(0) == [("opened", "C1"), ("opened", "C2")]
    assert [await claim("opened", "C1", 0) for _ in range(2)] == [1, None]
    assert await due(59, "C1") == []
    assert await claim("opened", "C1", 60) == 2  # who had it is gone
    await settle("opened", "C1", None)
    assert await due(299) == [("opened", "C2")]
    assert await claim("opened", "C1", 299) is None
    assert await claim("opened", "C2", 100) == 1
    await settle("opened", "C2", 130)
    assert (await due(129), await due(130)) == ([], [("opened", "C2")])
    # What was not told in time is told as late, once.
    assert await due(5 * MINUTE) == [("late", "C1"), ("late", "C2")]
    async with store.conversation(conversation_id) as conversation:
        away = HandoverChange(snoozed_until=later(10 * MINUTE))
        await conversation.save(turn(conversation.state, (), (), handover_change=away))
    assert (await due(9 * MINUTE), len(await due(10 * MINUTE))) == ([], 2)
    assert await due(timedelta(days=1).total_seconds()) == []
    async with store.conversation(conversation_id) as conversation:
        answered = HandoverChange(first_reply_at=later(11 * MINUTE))
        await conversation.save(turn(conversation.state, (), (), handover_change=answered))
    assert await due(12 * MINUTE) == []
    await store.close()
