"""The audit of changes: saved with the turn or not at all, and found again by conversation and by customer."""

from dataclasses import replace
from typing import Any

import pytest

from bot.errors import Stale
from bot.store.base import Attempt
from bot.store.sql import SqlStore
from tests.contracts.build import NOON, later, message, next_turn


def attempt(**fields: Any) -> Attempt:
    values = {
        "at": NOON,
        "tool": "cancel_order",
        "arguments": {"order_number": "1042", "items": {}, "reason": "拍错了"},
        "identity": "signed_in",
        "customer_id": "C1",
        "outcome": "refused",
        "reason": "cancel.shipped",
    }
    return Attempt(**{**values, **fields})


async def test_attempts_of_a_turn_are_saved_with_it(store: SqlStore) -> None:
    accepted = await store.accept(message("m1"))
    done = attempt(at=later(1), outcome="done", reason="", receipt="KF-7Q2M4D")
    async with store.conversation(accepted.conversation_id) as conversation:
        saved = replace(next_turn(conversation), attempts=(attempt(), done))
        await conversation.save(saved)
    place = {"conversation_id": accepted.conversation_id, "turn_id": saved.id}
    assert await store.attempts(conversation_id=accepted.conversation_id) == (
        replace(done, **place),
        replace(attempt(), **place),
    )


async def test_a_turn_that_is_not_saved_leaves_no_attempts(store: SqlStore) -> None:
    accepted = await store.accept(message("m1"))
    async with store.conversation(accepted.conversation_id) as conversation:
        turn = replace(next_turn(conversation), attempts=(attempt(),))
        await conversation.save(turn)
        with pytest.raises(Stale):
            await conversation.save(replace(turn, id="again", attempts=(attempt(tool="return_items"),)))
    assert [found.tool for found in await store.attempts()] == ["cancel_order"]


async def test_attempts_outside_of_conversations_are_found_by_customer(store: SqlStore) -> None:
    await store.record_attempts([attempt(identity="api"), attempt(customer_id="C2", arguments={})])
    await store.record_attempts([attempt(tool="return_items")])
    await store.record_attempts([])
    assert [found.tool for found in await store.attempts(customer_id="C1")] == [
        "return_items",
        "cancel_order",
    ]
    assert await store.attempts(customer_id="C2") == (attempt(customer_id="C2", arguments={}),)
    assert len(await store.attempts(limit=2)) == 2
    assert await store.attempts(conversation_id="nobody's") == ()


async def test_what_no_database_keeps_is_kept_as_far_as_it_goes(store: SqlStore) -> None:
    await store.record_attempts([attempt(arguments={"reason": "a\0b \ud800 ¥ 😀"}, reason="\0")])
    (found,) = await store.attempts()
    assert found.arguments == {"reason": "a\0b \ufffd ¥ 😀"}
    assert found.reason == ""
