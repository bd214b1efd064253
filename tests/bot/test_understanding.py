from collections.abc import Sequence
from uuid import uuid4

import numpy as np
import pytest

from bot.conversation import State
from bot.factory import Kefu
from bot.prepared import classifier_file
from bot.settings import Settings
from bot.understanding import Understander
from connectors.base import Message
from intents.classifier import IntentClassifier
from knowledge.encoder import Encoder, Vectors
from tests.conftest import NOW

ONE = "退货运费谁出？"
SEVERAL = "退货运费谁出？另外怎么开电子发票？"


class Counting:
    """The real encoder, and what it was asked."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint, self.dimension = encoder.fingerprint, encoder.dimension
        self.asked: list[str] = []

    def warm_up(self) -> None:
        self._encoder.warm_up()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return self._encoder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encoder.embed_passages(texts)


@pytest.fixture
def encoder(kefu: Kefu) -> Counting:
    return Counting(kefu.encoder)


@pytest.fixture
def understander(kefu: Kefu, encoder: Counting, settings: Settings) -> Understander:
    classifier = IntentClassifier.load(classifier_file(settings), encoder.fingerprint)
    return Understander(encoder, classifier, kefu.shop, kefu.executor, ["zh", "en"])


@pytest.mark.parametrize("text", [ONE, SEVERAL])
async def test_a_head_start_changes_nothing_and_costs_nothing(
    understander: Understander, encoder: Counting, text: str
) -> None:
    plain = await understander.understand(text, State(), now=NOW)
    asked, encoder.asked = encoder.asked, []
    understander.anticipate(text)
    ahead = await understander.understand(text, State(), now=NOW)
    assert sorted(encoder.asked) == sorted(asked)
    assert np.array_equal(ahead.vectors, plain.vectors)
    assert ahead.requests == plain.requests


async def test_a_head_start_is_used_once(understander: Understander, encoder: Counting) -> None:
    understander.anticipate(ONE)
    for _ in range(2):
        await understander.understand(ONE, State(), now=NOW)
    assert encoder.asked == [ONE, ONE]


async def test_head_starts_that_nobody_takes_up_are_forgotten(
    understander: Understander, encoder: Counting
) -> None:
    understander.anticipate(ONE)
    for number in range(300):
        understander.anticipate(f"{number}")
    await understander.understand(ONE, State(), now=NOW)
    assert encoder.asked.count(ONE) == 2


async def test_our_own_words_are_embedded_once(understander: Understander, encoder: Counting) -> None:
    first = await understander.embed_topic("运费")
    assert await understander.embed_topic("运费") is first
    assert encoder.asked == ["运费"]


async def test_a_message_to_a_desk_that_closes_is_still_put_on_disk(kefu: Kefu) -> None:
    await kefu.desk.close(grace_seconds=1)
    kefu.executor.shutdown()
    accepted = await kefu.desk.submit(Message("web", "late", uuid4().hex, ONE, kefu.clock()))
    assert not accepted.duplicate
    assert accepted.conversation_id in await kefu.store.unfinished()
