from bot.factory import Kefu
from connectors.base import Message
from tests.conftest import NOW


async def test_a_policy_question_is_answered_with_its_source(kefu: Kefu) -> None:
    message = Message("web", "visitor:1", "m1", "退货运费谁出？", NOW)
    accepted = await kefu.desk.submit(message)
    (reply,) = await kefu.desk.replies_to(accepted, wait_seconds=10)
    assert reply.sources[0].title == "退货运费与上门取件"
    assert reply.sources[0].quote in reply.text
