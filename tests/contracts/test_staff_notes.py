"""What people add to conversations, and the texts they keep ready."""

import asyncio
from string import Formatter

import pytest

from bot.errors import Conflict, InvalidInput, NotFound
from bot.staff.base import CannedAnswer, InboxQuery, Note
from bot.staff.sql import SqlStaffStore
from bot.store.sql import SqlStore
from tests.contracts.build import NOON, later
from tests.contracts.conftest import MakeStaff
from tests.contracts.staff import hired, talk, turn


async def test_notes_stand_behind_a_line_and_name_colleagues(store: SqlStore, staff: SqlStaffStore) -> None:
    lin, amy, bo = [await hired(staff, login) for login in ("lin", "amy", "bo")]
    talked = await talk(store, "s1")
    first = await staff.add_note(talked, lin.id, "先别退\0款", mentions=(), at=NOON)
    await turn(store, talked)
    second = await staff.add_note(
        talked, lin.id, "@amy @bo 看下", mentions=(bo.id, amy.id, bo.id), at=later(1)
    )
    assert first == Note(first.id, talked, lin.id, "先别退款", 2, NOON)
    assert (second.after_seq, set(second.mentions)) == (3, {amy.id, bo.id})
    assert await staff.notes(talked) == (
        first,
        Note(second.id, talked, lin.id, "@amy @bo 看下", 3, later(1), (amy.id, bo.id)),
    )
    # A conversation of the bot's alone: only who is named may see it, before and after they read it.
    mentioned = InboxQuery(amy, "mentions")
    assert [row.conversation_id for row in (await staff.inbox(mentioned, now=NOON)).rows] == [talked]
    await staff.read_mentions(talked, amy.id, at=NOON)
    assert (await staff.inbox(mentioned, now=NOON)).rows == ()
    assert await staff.row(talked, amy) is not None
    assert await staff.row(talked, lin) is None
    assert (await staff.counts(bo, now=NOON))["mentions"] == 1
    for conversation_id, writer, named in [
        ("nothing", lin.id, ()),
        (talked, "A-x", ()),
        (talked, lin.id, ("A-x",)),
    ]:
        with pytest.raises(NotFound):
            await staff.add_note(conversation_id, writer, "x", mentions=named, at=NOON)
    assert len(await staff.notes(talked)) == 2


async def test_tags_are_those_that_were_set_last(store: SqlStore, make_staff: MakeStaff) -> None:
    staff = make_staff()
    talked, other = await talk(store, "s1"), await talk(store, "s2")
    await staff.set_tags(talked, [" vip ", "退货", "vip", " ", "a\0", "a"])
    await staff.set_tags(other, ["vip"])
    assert await staff.all_tags() == ("vip", "a", "退货")
    sets = [[f"t{number}", "both"] for number in range(10)]
    stores = [staff, make_staff()]
    await asyncio.gather(*(stores[place % 2].set_tags(talked, tags) for place, tags in enumerate(sets)))
    row = await staff.row(talked, await hired(staff, "lead", role="lead"))
    assert row is not None
    assert sorted(row.tags, reverse=True) in sets
    await staff.set_tags(talked, [])
    assert await staff.all_tags() == ("vip",)
    with pytest.raises(NotFound):
        await staff.set_tags("nothing", ["vip"])


async def test_merges_never_go_in_a_circle(store: SqlStore, make_staff: MakeStaff) -> None:
    stores = [make_staff(), make_staff()]
    lin = await hired(stores[0], "lin")
    ring = [await talk(store, f"s{number}") for number in range(6)]
    pairs = list(zip(ring, [*ring[1:], ring[0]], strict=True))
    ends = await asyncio.gather(
        *(
            stores[place % 2].merge(one, into, lin.id, at=later(place))
            for place, (one, into) in enumerate(pairs)
        ),
        return_exceptions=True,
    )
    assert ends.count(None) == 5
    assert [end.code for end in ends if isinstance(end, Conflict)] == ["circle"]
    (open_at,) = (place for place, end in enumerate(ends) if end is not None)
    one, into = pairs[open_at - 1]
    assert (await stores[0].merged(one))[0] == into
    assert one in (await stores[0].merged(into))[1]
    await stores[0].merge(one, into, lin.id, at=NOON)  # Again is no other.
    with pytest.raises(Conflict) as refused:
        await stores[0].merge(one, await talk(store, "new"), lin.id, at=NOON)
    assert refused.value.code == "merged"
    with pytest.raises(Conflict):
        await stores[0].merge(into, into, lin.id, at=NOON)
    with pytest.raises(NotFound):
        await stores[0].merge(into, "nothing", lin.id, at=NOON)
    assert await stores[0].merged("nothing") == (None, ())


async def test_canned_answers_are_kefus_own_until_somebody_changes_them(staff: SqlStaffStore) -> None:
    own = await staff.canned_answers()
    assert len(own) >= 12
    assert [answer.shortcut for answer in own] == sorted(answer.shortcut for answer in own)
    known = {"customer", "order", "agent", "shop", None}
    for answer in own:
        assert answer.zh
        assert answer.en
        for text in (answer.zh, answer.en):
            assert {name for _, name, _, _ in Formatter().parse(text)} <= known
    hello = CannedAnswer("hello", "在的", "")
    await staff.put_canned_answer(hello, "A1", at=NOON)
    await staff.put_canned_answer(CannedAnswer(" zz ", " 您好 ", "Hi"), "A1", at=NOON)
    await staff.drop_canned_answer("bye", "A1", at=NOON)
    await staff.drop_canned_answer("nothing", "A1", at=NOON)
    changed = {answer.shortcut: answer for answer in await staff.canned_answers()}
    assert changed["hello"] == hello
    assert changed["zz"] == CannedAnswer("zz", "您好", "Hi")
    assert set(changed) == {answer.shortcut for answer in own} - {"bye"} | {"zz"}
    await staff.drop_canned_answer("zz", "A1", at=NOON)
    await staff.put_canned_answer(CannedAnswer("bye", "", "Bye"), "A1", at=NOON)
    again = {answer.shortcut: answer for answer in await staff.canned_answers()}
    assert set(again) == {answer.shortcut for answer in own}
    assert again["bye"].en == "Bye"
    for empty in (CannedAnswer("x", " ", ""), CannedAnswer(" ", "好", "ok")):
        with pytest.raises(InvalidInput):
            await staff.put_canned_answer(empty, "A1", at=NOON)


async def test_translations_are_kept_by_line_and_language(store: SqlStore, staff: SqlStaffStore) -> None:
    talked, other = await talk(store, "s1"), await talk(store, "s2")
    first, second = await store.history(talked)
    await staff.put_translation(first.id, "en", "Are you", at=NOON)
    await staff.put_translation(first.id, "en", "Are you there?", at=NOON)
    await staff.put_translation(second.id, "de", "Gut", at=NOON)
    assert await staff.translations(talked, "en") == {first.id: "Are you there?"}
    assert await staff.translations(talked, "fr") == {}
    assert await staff.translations(other, "en") == {}
