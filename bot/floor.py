"""Step 2: who speaks. The floor is a state, changed here only: bot, waiting, agent, closed."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation import Floor, State


def hand_over(state: State, *, reason: str, now: datetime) -> State:
    """The shopper waits for a person; the open form is dropped, the person takes it from here."""
    return replace(state, floor=Floor("waiting", now, reason), form=None, agenda=(), offer=None, failures=0)


def take_back(state: State, *, now: datetime) -> State:
    """The bot speaks again."""
    return replace(state, floor=Floor("bot", now))


def deadline(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)
