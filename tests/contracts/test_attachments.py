"""The store's contract: whose a photo is, which conversation names it, and which customer spoke last where."""

from dataclasses import replace

import pytest

from bot.errors import InvalidInput
from bot.store.base import Attachment, Attempt
from bot.store.sql import SqlStore
from tests.contracts.build import NOON, later, message


def photo(name: str, *, sender: str = "s1", seconds: float = 0) -> Attachment:
    return Attachment(name, "web", sender, None, "image/png", 7, "digest", later(seconds))


async def test_a_message_names_its_sender_s_photos(store: SqlStore) -> None:
    for one in ("a", "b"):
        await store.put_attachment(photo(one))
    said = replace(message("m1", sender="s1"), text="", attachments=("a", "b"))
    accepted = await store.accept(said)
    assert (await store.accept(said)).duplicate
    found = await store.attachment("a")
    assert found == replace(photo("a"), conversation_id=accepted.conversation_id)
    (line,) = await store.history(accepted.conversation_id)
    assert line.attachments == ("a", "b")
    async with store.conversation(accepted.conversation_id) as conversation:
        assert conversation.pending[0].message.attachments == ("a", "b")


@pytest.mark.parametrize("named", [("theirs",), ("mine", "theirs"), ("nothing",)])
async def test_nobody_else_s_photo_and_then_nothing_is_written(
    store: SqlStore, named: tuple[str, ...]
) -> None:
    await store.put_attachment(photo("mine"))
    await store.put_attachment(photo("theirs", sender="s2"))
    with pytest.raises(InvalidInput) as refused:
        await store.accept(replace(message("m1", sender="s1"), attachments=named))
    assert refused.value.code == "unknown_attachment"
    assert await store.find("web", "s1") is None
    mine = await store.attachment("mine")
    assert mine is not None
    assert mine.conversation_id is None


async def test_orphans_are_forgotten_once(store: SqlStore) -> None:
    for number, one in enumerate(("old", "named", "young")):
        await store.put_attachment(photo(one, seconds=number))
    await store.accept(replace(message("m1", sender="s1"), attachments=("named",)))
    assert [one.id for one in await store.take_orphans(before=later(2))] == ["old"]
    assert await store.take_orphans(before=later(2)) == []
    assert await store.attachment("old") is None
    assert await store.attachment("young") is not None


async def test_where_a_customer_last_spoke(store: SqlStore) -> None:
    early = await store.accept(replace(message("m1", sender="s1"), customer_id="C1", received_at=later(1)))
    late = await store.accept(replace(message("m1", sender="s2"), customer_id="C1", received_at=later(2)))
    await store.accept(replace(message("m1", sender="s3"), customer_id="C2", received_at=later(3)))
    assert await store.latest_conversation("C1") == late.conversation_id
    await store.accept(replace(message("m2", sender="s1"), customer_id="C1", received_at=later(4)))
    assert await store.latest_conversation("C1") == early.conversation_id
    assert await store.latest_conversation("nobody") is None


async def test_where_a_customer_without_a_token_last_acted(store: SqlStore) -> None:
    accepted = await store.accept(message("m1", sender="s1"))
    done = Attempt(NOON, "notify_restock", {}, "signed_in", "C1", "done")
    await store.record_attempts([replace(done, conversation_id=accepted.conversation_id)])
    assert await store.latest_conversation("C1") == accepted.conversation_id
