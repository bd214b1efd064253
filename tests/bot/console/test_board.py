"""Consoles that are too slow, and who looks and types: in memory, by a clock of the test's own."""

import json

from bot.console.board import Console
from bot.console.presence import Presence
from bot.staff.agents import Agent

AMY = Agent("a1", "amy", "Amy", "agent", ("en",))


def test_a_console_that_is_too_slow_reads_everything_again() -> None:
    console = Console(AMY, "d" * 64)
    for number in range(console.frames.maxsize):
        console.put(str(number))
    console.put("one too many")
    assert json.loads(console.frames.get_nowait()) == {"type": "resync"}
    assert console.frames.empty()
    console.put("goes on")
    assert console.frames.get_nowait() == "goes on"


def test_who_looks_and_who_types() -> None:
    now = [100.0]
    presence = Presence(lambda: now[0])
    for _ in range(2):  # two windows
        presence.connect("a1")
        presence.look("a1", "c1")
    presence.look("a2", "c1")
    assert presence.viewers("c1") == ("a1", "a2")
    presence.look_away("a1", "c1")
    presence.disconnect("a1")
    assert presence.viewers("c1") == ("a1", "a2")
    assert presence.online() == {"a1"}
    assert presence.type("a1", "c1")
    assert not presence.type("a1", "c1")  # No news.
    now[0] += 3
    assert presence.typing("c1") == ("a1",)
    assert presence.stopped() == ()
    now[0] += 2
    assert presence.typing("c1") == ()
    assert presence.stopped() == ("c1",)
    assert presence.stopped() == ()
    assert presence.type("a1", "c1")
    presence.look_away("a1", "c1")
    assert presence.typing("c1") == ()
    presence.look_away("a2", "c1")
    presence.disconnect("a1")
    assert (presence.viewers("c1"), presence.online()) == ((), frozenset())
