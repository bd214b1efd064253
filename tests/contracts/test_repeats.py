"""Answers kept for requests that come twice."""

import asyncio

from sqlalchemy import select

from bot.store.event_tables import api_answers
from bot.store.opening import open_database
from bot.store.repeats import KEPT, LEASE, Begun, Repeats
from tests.contracts.build import NOON


async def test_one_of_many_makes_the_answer(database_url: str) -> None:
    now = NOON
    databases = [open_database(database_url) for _ in range(2)]
    repeats = [Repeats(database, b"k" * 32, clock=lambda: now) for database in databases]
    begun = await asyncio.gather(*(one.begin("key", "request") for one in repeats * 5))
    assert sorted(one.state for one in begun) == ["new", *["running"] * 9]
    assert (await repeats[1].begin("key", "another")).state == "other"
    await repeats[0].keep("key", 201, b'{"secret": "whsec_x"}')
    assert await repeats[1].begin("key", "request") == Begun("done", 201, b'{"secret": "whsec_x"}')
    assert (await repeats[1].begin("key", "another")).state == "other"
    row = await databases[0].read(lambda connection: connection.execute(select(api_answers)).one())
    assert "whsec" not in row.body
    await repeats[0].drop("key")
    assert (await repeats[0].begin("key", "request")).state == "done", "what was done stays done"
    changed = Repeats(databases[0], b"x" * 32, clock=lambda: now)
    assert (await changed.begin("key", "request")).state == "other"
    # Refused, or cut short by a crash: it may be made again.
    assert (await repeats[0].begin("second", "request")).state == "new"
    await repeats[0].drop("second")
    assert (await repeats[0].begin("second", "request")).state == "new"
    now += LEASE
    assert (await repeats[0].begin("second", "request")).state == "new"
    now += KEPT
    assert (await repeats[0].begin("key", "another")).state == "new"
    for database in databases:
        await database.close()
