from uuid import uuid4

from bot.factory import Kefu
from connectors.base import Message
from tests.conftest import NOW


async def test_a_policy_question_is_answered_with_its_source(kefu: Kefu) -> None:
    message = Message("web", "visitor:1", "m1", "退货运费谁出？", NOW)
    accepted = await kefu.desk.submit(message)
    (reply,) = await kefu.desk.replies_to(accepted, wait_seconds=10)
    assert reply.sources[0].title == "退货运费与上门取件"
    assert reply.sources[0].quote in reply.text


async def test_a_message_to_a_desk_that_closes_is_still_put_on_disk(kefu: Kefu) -> None:
    await kefu.desk.close(grace_seconds=1)
    kefu.executor.shutdown()
    accepted = await kefu.desk.submit(Message("web", "late", uuid4().hex, "退货运费谁出？", kefu.clock()))
    assert not accepted.duplicate
    assert accepted.conversation_id in await kefu.store.unfinished()
