import shutil
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import pytest_asyncio

from bot.conversation import State
from bot.factory import Kefu
from bot.prepared import classifier_file
from bot.settings import read_settings
from bot.understanding import Understander
from intents.classifier import IntentClassifier
from knowledge.encoder import Encoder, Vectors
from tests.conftest import CACHE, NOW
from tests.models import built

pytestmark = pytest.mark.asyncio(loop_scope="module")

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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kefu(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kefu]:
    data = tmp_path_factory.mktemp("understanding") / "data"
    shutil.copytree(demo_data, data)
    running = await built(read_settings(data=data, cache=CACHE), clock=lambda: NOW)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture(scope="module")
def classifier(kefu: Kefu, demo_data: Path) -> IntentClassifier:
    settings = read_settings(data=demo_data, cache=CACHE)
    return IntentClassifier.load(classifier_file(settings), kefu.encoder.fingerprint)


@pytest.fixture
def encoder(kefu: Kefu) -> Counting:
    return Counting(kefu.encoder)


@pytest.fixture
def understander(kefu: Kefu, encoder: Counting, classifier: IntentClassifier) -> Understander:
    return Understander(encoder, classifier, kefu.shop, kefu.executor, ["zh", "en"], kefu.search.prepare)


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
