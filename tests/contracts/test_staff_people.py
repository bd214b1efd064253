"""Agents and their sessions: one login each, an admin always left, sessions that end when they must."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest

from bot.errors import Conflict, NotFound
from bot.staff.base import Deed
from bot.staff.sql import SqlStaffStore
from tests.contracts.build import NOON, later
from tests.contracts.conftest import MakeStaff
from tests.contracts.staff import agent, hired

IDLE = 100


async def open_session(staff: SqlStaffStore, digest: str, login: str, at: datetime = NOON) -> bool:
    return await staff.open_session(
        digest,
        f"A-{login}",
        f"hash of {login}",
        at=at,
        expires_at=later(1000),
        address="192.0.2.7",
        browser="Firefox",
    )


async def alive(staff: SqlStaffStore, at: datetime) -> Sequence[str]:
    return sorted(one.digest for one in await staff.sessions(None, at=at, idle_seconds=IDLE))


async def test_agent_is_kept_as_they_are_and_changed_where_told(staff: SqlStaffStore) -> None:
    lin = agent("lin", name="林小满", skills=("refund", "angry"), capacity=3, role="admin")
    await staff.add_agent(lin, "hash", at=NOON)
    assert await staff.agent(lin.id) == lin
    assert await staff.agent_by_login("lin") == (lin, "hash")
    assert await staff.agent("A-nobody") is None
    assert await staff.agent_by_login("nobody") is None
    await staff.change_agent(lin.id, at=later(1), name="林", skills=(), available=True)
    await staff.seen(lin.id, at=later(2))
    changed = replace(lin, name="林", skills=(), available=True, seen_at=later(2))
    assert await staff.agent(lin.id) == changed
    await staff.change_agent(lin.id, at=later(3))
    amy = await hired(staff, "amy")
    assert await staff.agents() == (amy, changed)
    with pytest.raises(NotFound):
        await staff.change_agent("A-nobody", at=NOON, name="x")
    with pytest.raises(NotFound):
        await staff.change_agent("A-nobody", at=NOON)


async def test_of_many_who_take_a_login_one_gets_it(make_staff: MakeStaff) -> None:
    stores = [make_staff(), make_staff()]
    outcomes = await asyncio.gather(
        *(
            stores[number % 2].add_agent(agent("lin", id=f"A{number}"), "hash", at=NOON)
            for number in range(20)
        ),
        return_exceptions=True,
    )
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in outcomes) == 19
    assert len(await stores[0].agents()) == 1


async def test_an_admin_is_always_left(make_staff: MakeStaff) -> None:
    stores = [make_staff(), make_staff()]
    admins = [await hired(stores[0], login, role="admin") for login in ("a", "b", "c", "d")]
    await hired(stores[0], "gone", role="admin", disabled_at=NOON)
    outcomes = await asyncio.gather(
        *(
            stores[place % 2].change_agent(
                one.id, at=NOON, disabled=True if place < 2 else None, role="lead" if place >= 2 else None
            )
            for place, one in enumerate(admins)
        ),
        return_exceptions=True,
    )
    assert outcomes.count(None) == 3
    assert [outcome.code for outcome in outcomes if isinstance(outcome, Conflict)] == ["last_admin"]
    everybody = await stores[0].agents()
    (left,) = (one for one in everybody if one.role == "admin" and one.disabled_at is None)
    await stores[0].change_agent(left.id, at=NOON, name="Still here", role="admin", disabled=False)
    # Somebody who is no admin may go at any time.
    lead = await hired(stores[0], "lead", role="lead")
    await stores[0].change_agent(lead.id, at=NOON, role="agent", disabled=True)


async def test_disabled_agent_is_not_available_and_may_come_back(staff: SqlStaffStore) -> None:
    lin = await hired(staff, "lin", available=True)
    await staff.change_agent(lin.id, at=later(1), disabled=True)
    await staff.change_agent(lin.id, at=later(2), disabled=True)
    assert await staff.agent(lin.id) == replace(lin, available=False, disabled_at=later(1))
    await staff.change_agent(lin.id, at=later(3), disabled=False)
    assert await staff.agent(lin.id) == replace(lin, available=False)


async def test_session_lives_while_it_is_used_and_no_longer_than_told(staff: SqlStaffStore) -> None:
    lin = await hired(staff, "lin")
    assert await open_session(staff, "used", "lin")
    assert await open_session(staff, "idle", "lin")
    for second in range(90, 1000, 90):
        session = await staff.session("used", at=later(second), idle_seconds=IDLE)
        assert session is not None
        assert (session.agent, session.expires_at, session.address) == (lin, later(1000), "192.0.2.7")
    assert await staff.session("idle", at=later(100), idle_seconds=IDLE) is None
    assert await staff.session("used", at=later(1000), idle_seconds=IDLE) is None
    assert await staff.session("unknown", at=NOON, idle_seconds=IDLE) is None
    assert await alive(staff, NOON) == ["idle", "used"]
    await open_session(staff, "new", "lin", at=later(2000))
    # The next one forgets what has expired, whatever the clock says.
    assert await alive(staff, NOON) == ["new"]


async def test_sessions_end_one_by_one_all_but_one_and_with_password_or_agent(staff: SqlStaffStore) -> None:
    lin, amy = await hired(staff, "lin"), await hired(staff, "amy")
    for digest in ("a", "b", "c", "d"):
        await open_session(staff, digest, "lin")
    await open_session(staff, "amy's", "amy")
    await staff.end_session("a")
    assert await alive(staff, NOON) == ["amy's", "b", "c", "d"]
    assert await staff.end_sessions(lin.id, but="b") == 2
    assert [one.digest for one in await staff.sessions(lin.id, at=NOON, idle_seconds=IDLE)] == ["b"]
    await open_session(staff, "e", "lin")
    await staff.change_agent(lin.id, at=NOON, name="Lin", role="lead")
    await staff.rehash(lin.id, old="hash of lin", new="better")
    await staff.rehash(lin.id, old="hash of lin", new="too late")
    assert await alive(staff, NOON) == ["amy's", "b", "e"]
    session = await staff.session("e", at=NOON, idle_seconds=IDLE)
    assert session is not None
    assert session.agent.role == "lead"
    await staff.change_agent(lin.id, at=NOON, password="new", but="e")
    assert await alive(staff, NOON) == ["amy's", "e"]
    await staff.change_agent(lin.id, at=NOON, disabled=True)
    assert await alive(staff, NOON) == ["amy's"]
    assert await staff.end_sessions(amy.id) == 1
    assert await alive(staff, NOON) == []


async def test_no_session_for_who_was_disabled_or_given_another_password_meanwhile(
    staff: SqlStaffStore,
) -> None:
    lin = await hired(staff, "lin")
    await staff.change_agent(lin.id, at=NOON, password="changed")
    assert not await open_session(staff, "late", "lin")
    await staff.change_agent(lin.id, at=NOON, password="hash of lin", disabled=True)
    assert not await open_session(staff, "late", "lin")
    assert not await open_session(staff, "late", "nobody")
    await staff.change_agent(lin.id, at=NOON, disabled=False)
    assert await alive(staff, NOON) == []
    assert await open_session(staff, "late", "lin")


async def test_deeds_newest_first_by_whom_and_where(staff: SqlStaffStore) -> None:
    deeds = [
        Deed(NOON, None, "login_failed", subject="lin", detail="a\0b"),
        Deed(later(1), "A1", "view_conversation", "C1"),
        Deed(later(2), "A1", "view_customer", "C2", "K7", "林小满"),
        Deed(later(3), "A2", "take", "C1"),
    ]
    for deed in deeds:
        await staff.record(deed)
    kept = [replace(deeds[0], detail="ab"), *deeds[1:]]
    found = await staff.deeds()
    assert [deed for _, deed in found] == kept[::-1]
    assert [deed for _, deed in await staff.deeds(agent_id="A1")] == [kept[2], kept[1]]
    assert [deed for _, deed in await staff.deeds(conversation_id="C1", limit=1)] == [kept[3]]
    assert [deed for _, deed in await staff.deeds(before=found[1][0])] == [kept[1], kept[0]]
