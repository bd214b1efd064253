"""News of what is back is told once, whatever is cut short or runs twice."""

import asyncio
from typing import Any

import pytest

from bot.restock import Restock
from bot.store.base import StoredMessage
from tests.dialogues.stage import Played, Stage

pytestmark = pytest.mark.asyncio(loop_scope="package")

_ASKS = [{"say": "碳纤维登山杖到货提醒我"}, {"say": "确认"}]


@pytest.fixture
def dialogue() -> dict[str, Any]:
    """The usual bot."""
    return {}


class _Killed(BaseException):
    """Nothing catches it."""


async def _asked(stage: Stage, name: str, customer: str) -> Played:
    """Somebody asked to be told, and it came back."""
    played = await stage.play(name, {})
    for turn in _ASKS:
        await stage.turn(played, turn, customer)
    await stage.turn(played, {"meanwhile": {"stock": {"P059": 1}}}, customer)
    return played


async def _lines(stage: Stage, played: Played) -> list[StoredMessage]:
    lines = await stage.kefu.store.history(played.conversation_id, limit=500)
    return [line for line in lines if "您等的" in line.text]


async def test_a_crash_between_saying_and_noting_it(stage: Stage) -> None:
    played = await _asked(stage, "restock crash", "C022")
    try:
        kefu = stage.kefu
        (notice,) = await kefu.shop.due_notices(now=stage.clock.now)

        class Dies(Restock):
            async def _noted(self, notice: object) -> None:
                raise _Killed

        dying = Dies(kefu.shop, kefu.store, kefu.desk, clock=kefu.clock)
        with pytest.raises(_Killed):
            await dying.tell_due()
        assert len(await _lines(stage, played)) == 1
        assert await kefu.shop.due_notices(now=stage.clock.now) == [notice]
        await kefu.restock.tell_due()
        assert len(await _lines(stage, played)) == 1
        assert await kefu.shop.due_notices(now=stage.clock.now) == []
    finally:
        stage.shop.restore()
        stage.expire()


async def test_two_that_look_at_once(stage: Stage) -> None:
    played = await _asked(stage, "restock race", "C029")
    try:
        kefu = stage.kefu
        other = Restock(kefu.shop, kefu.store, kefu.desk, clock=kefu.clock)
        await asyncio.gather(kefu.restock.tell_due(), other.tell_due(), kefu.restock.tell_due())
        assert len(await _lines(stage, played)) == 1
    finally:
        stage.shop.restore()
        stage.expire()
