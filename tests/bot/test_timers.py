"""What comes due: one that breaks holds up no other."""

from datetime import timedelta
from typing import Any

from bot.store.base import Timer
from bot.timers import Timers
from tests.conftest import NOW


class Due:
    """Two timers, of which the first cannot be settled; the store and the desk of them."""

    def __init__(self) -> None:
        self.fired: list[str] = []

    async def take_timers(self, *, now: object) -> list[Timer]:
        del now
        return [Timer("broken", "handover_timeout", NOW), Timer("whole", "handover_timeout", NOW)]

    async def time_out(self, timer: Timer) -> None:
        if timer.conversation_id == "broken":
            raise ValueError("a row of another version")
        self.fired.append(timer.conversation_id)


async def test_a_timer_that_breaks_holds_up_no_other() -> None:
    due: Any = Due()
    timers = Timers(due, due, due, due, clock=lambda: NOW, away=timedelta(minutes=5))
    await timers.fire_due()
    assert due.fired == ["whole"]
