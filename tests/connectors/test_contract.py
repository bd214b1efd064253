"""What holds for every channel, over its simulated platform."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict, CIMultiDictProxy

from connectors.base import Reply
from connectors.channel import Connector, Denied, Inbound, Malformed, Recipient, RetryLater, Undeliverable
from tests.connectors.case import Case, cases
from tests.connectors.sample import AGENT, LONG, MANY, PLAIN, RICH
from tests.contracts.platform import NOW, Platform, open_kit, open_platform


@dataclass
class Stage:
    name: str
    case: Case
    platform: Platform
    address: str
    connector: Connector

    @property
    def to(self) -> Recipient:
        return Recipient(self.case.sender, NOW, 0)

    async def show(self, reply: Reply) -> list[str]:
        """Everything that the person is shown, call by call."""
        before = len(self.platform.calls)
        for number, payload in enumerate(self.connector.render(reply, self.to)):
            await self.connector.send(payload, self.to, key=f"{reply.id}:{number}")
        return [words for call in self.platform.calls[before:] for words in self.case.shown(call)]


@pytest.fixture(params=cases().items(), ids=lambda item: item[0])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    name, case = request.param
    async with open_platform() as platform, case.serve(platform) as address, open_kit() as kit:
        platform.answer = case.answer
        yield Stage(name, case, platform, address, case.open(address, kit))


async def _brought(stage: Stage, text: str, id: str) -> list[Inbound]:
    """What a request comes to, at once or when the connector has looked for it."""
    found, look = list[Inbound](), True
    if stage.case.bring is not None:
        await stage.case.bring(stage.address, text, stage.case.sender, id)
    else:
        received = stage.connector.receive(stage.case.say(text, stage.case.sender, id))
        found, look = list(received.messages), received.pull
    if look:
        stage.connector.pull()
        there = asyncio.Event()

        async def submit(inbound: Inbound) -> None:
            found.append(inbound)
            there.set()

        looking = asyncio.create_task(stage.connector.run(submit))
        await asyncio.wait_for(there.wait(), 5)
        looking.cancel()
    return found


async def test_a_message_arrives_with_all_its_keys(stage: Stage) -> None:
    (one,) = await _brought(stage, "退货运费谁出？ 😀", "101")
    message = one.message
    assert (message.channel, message.sender, message.text) == (
        stage.name,
        stage.case.sender,
        "退货运费谁出？ 😀",
    )
    assert message.external_id
    assert message.customer_id is None


async def test_the_same_delivery_again_has_the_same_key_and_another_has_not(stage: Stage) -> None:
    if stage.case.bring is not None:
        pytest.skip("looks for its messages itself")
    first, again = (stage.connector.receive(stage.case.say("hi", stage.case.sender, "102")) for _ in range(2))
    other = stage.connector.receive(stage.case.say("hi", stage.case.sender, "103"))
    keys = [[one.message.external_id for one in each.messages] for each in (first, again, other)]
    assert keys[0] == keys[1]
    assert keys[0] != keys[2] or first.pull


async def test_what_is_not_signed_is_turned_away(stage: Stage) -> None:
    signed = stage.case.say("hi", stage.case.sender, "104")
    for altered in (
        replace(signed, headers=CIMultiDictProxy(CIMultiDict()), query={}),
        replace(
            signed,
            headers=CIMultiDictProxy(
                CIMultiDict({name: value[:-2] + "zz" for name, value in signed.headers.items()})
            ),
            query={name: value[:-2] + "zz" for name, value in signed.query.items()},
        ),
    ):
        with pytest.raises(Denied):
            stage.connector.receive(altered)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(
    content=st.one_of(
        st.binary(max_size=300),
        st.text(max_size=200).map(str.encode),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=20),
            lambda inner: (
                st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=5)
            ),
            max_leaves=20,
        ).map(lambda value: json.dumps(value).encode()),
    )
)
@example(content=b"[" * 100_000)
async def test_whatever_is_in_it_is_read_or_refused(stage: Stage, content: bytes) -> None:
    try:
        received = stage.connector.receive(stage.case.signed(content))
    except (Denied, Malformed):
        return
    assert received.response.status < 500


async def test_a_reply_is_shown_with_its_buttons_and_cards(stage: Stage) -> None:
    shown = "\n".join(await stage.show(RICH))
    for words in (
        "Shall I go ahead?",
        "Cancel order 118606",
        "¥899.00",
        "Grey hoodie",
        "Confirm",
        "Talk to a person",
        "Returns",
    ):
        assert words in shown, words


async def test_long_text_arrives_whole_in_pieces_that_fit(stage: Stage) -> None:
    shown = await stage.show(LONG)
    assert all(len(words) <= stage.case.longest for words in shown)
    arrived = "".join("".join(shown).split()).removesuffix("…")
    assert LONG.text.startswith(arrived)
    assert len(arrived) >= min(len(LONG.text), stage.case.whole)


async def test_many_cards_and_an_agents_words(stage: Stage) -> None:
    assert await stage.show(MANY)
    assert "小林" in "".join(await stage.show(AGENT))


async def test_the_same_reply_makes_the_same_payloads(stage: Stage) -> None:
    assert stage.connector.render(RICH, stage.to) == stage.connector.render(RICH, stage.to)


async def test_moods_of_the_platform_are_told_apart(stage: Stage) -> None:
    await stage.show(PLAIN)  # whatever token it needs is there now
    payload = stage.connector.render(PLAIN, stage.to)[0]
    stage.platform.moods, stage.platform.retry_after = [429], "7"
    with pytest.raises(RetryLater) as later:
        await stage.connector.send(payload, stage.to, key="k:0")
    assert later.value.seconds == 7 or not stage.case.tells_when
    stage.platform.moods = [503]
    with pytest.raises(RetryLater):
        await stage.connector.send(payload, stage.to, key="k:0")
    stage.platform.moods = [400]
    with pytest.raises(Undeliverable):
        await stage.connector.send(payload, stage.to, key="k:0")
