"""Step 2: who speaks. The floor is a state, changed here only: bot, waiting, agent, closed.

    bot ⇄ waiting ─▶ agent ─▶ bot | waiting | closed ─▶ bot

A person who writes takes the floor at once, from whoever has it.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.conversation import Floor, Identity, State


def hand_over(state: State, *, reason: str, now: datetime) -> State:
    """The shopper waits for a person; the open form is dropped, the person takes it from here."""
    return replace(state, floor=Floor("waiting", now, reason), form=None, agenda=(), offer=None, failures=0)


def take(state: State, agent_id: str, *, now: datetime) -> State:
    """An agent speaks. An open card stays known: it may have been confirmed at this very moment."""
    if state.floor.name == "agent":
        return replace(state, floor=replace(state.floor, agent_id=agent_id))
    return replace(state, floor=Floor("agent", now, state.floor.reason, agent_id))


def wait_again(state: State, *, now: datetime) -> State:
    """The agent is gone, or passed the conversation on: the shopper waits for the next one."""
    return replace(state, floor=Floor("waiting", now, state.floor.reason))


def take_back(state: State, *, now: datetime) -> State:
    """The bot speaks again."""
    return replace(_settled(state), floor=Floor("bot", now))


def close(state: State, *, now: datetime) -> State:
    """Nobody speaks; the shopper's next word begins anew, also who they are, where no token says so."""
    proved = state.identity
    identity = Identity() if proved.until is not None else proved
    return replace(_settled(state), floor=Floor("closed", now), identity=identity)


def deadline(now: datetime, minutes: int) -> datetime:
    return now + timedelta(minutes=minutes)


def _settled(state: State) -> State:
    """What was open before a person came is no longer."""
    return replace(state, form=None, confirmation=None, agenda=(), offer=None, failures=0)
