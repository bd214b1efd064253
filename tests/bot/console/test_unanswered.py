"""Questions nobody answered: put together, answered once, found at once, taken back."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import pytest_asyncio
import yaml
from typer.testing import CliRunner

from bot.cli import make_app
from bot.console.clusters import cluster
from bot.console.faq import Faq
from bot.console.unanswered import Unanswered, reworded
from bot.errors import Conflict, InvalidInput, NotFound
from bot.evaluation.run import run_evaluation
from bot.factory import Kefu
from bot.prepared import index_location
from bot.settings import Settings, read_settings
from bot.store import base
from bot.store.base import OpenConversation, Turn
from connectors.base import Message, Reply
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.lock import exclusive
from knowledge.search import Search
from tests.conftest import CACHE, NOW
from tests.models import built

pytestmark = pytest.mark.asyncio(loop_scope="module")

GROUPS = Path(__file__).parents[2] / "evaluation" / "clusters.yaml"
BITCOIN = "不支持，比特币、以太坊都不收。请用微信、支付宝或银行卡。"
TRADE_IN = "There is no trade-in at the moment. Bring your old machine to a store & we recycle it for free."


@dataclass
class Shop:
    """A running bot with what the console keeps of questions."""

    kefu: Kefu
    settings: Settings
    unanswered: Unanswered
    faq: Faq
    index: Index
    senders: Any

    async def ask(self, text: str, sender: str | None = None) -> Reply:
        sender = sender or f"visitor-{next(self.senders)}"
        message = Message("web", sender, f"{text}-{next(self.senders)}", text, NOW)
        accepted = await self.kefu.desk.submit(message)
        return (await self.kefu.desk.replies_to(accepted, wait_seconds=20))[-1]

    async def clusters(self) -> dict[str, list[int]]:
        overview = await self.unanswered.overview()
        return {one.question: [row.id for row in one.questions] for one in overview.clusters}

    def reader(self) -> Index:
        """As another process would open it."""
        return Index(index_location(self.settings), self.index.fingerprint)

    async def found(self, question: str, language: str) -> str:
        """The source of what a search of another process answers with."""
        return await asyncio.to_thread(self._found, question, language)

    def _found(self, question: str, language: str) -> str:
        search = Search(self.reader())
        vector = self.kefu.encoder.embed_queries([question])[0]
        hit = search.find(vector, question, language=language, limit=1)[0]
        return hit.passage.source if hit.confidence >= search.threshold else ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shop]:
    data = tmp_path_factory.mktemp("unanswered") / "data"
    shutil.copytree(demo_data, data)
    settings = read_settings(data=data, cache=CACHE, demo=True)
    kefu = await built(settings, clock=lambda: NOW)
    await kefu.start()
    index = Index(index_location(settings), kefu.encoder.fingerprint)
    yield Shop(kefu, settings, kefu.reports.unanswered, kefu.reports.faq, index, count())
    await kefu.stop()


async def test_pairs_of_the_held_back_groups(shop: Shop) -> None:
    """Two questions belong together when one answer serves both; siblings want another answer on purpose."""
    groups = [one for one in yaml.safe_load(GROUPS.read_text("utf-8")) if one["part"] == "held_back"]
    rows = [(text, la, n) for n, one in enumerate(groups) for la in ("zh", "en") for text in one[la]]
    raw = await asyncio.to_thread(shop.kefu.encoder.embed_queries, [text for text, *_ in rows])
    seen = [shop.kefu.search.centred(v, la) for v, (_, la, _) in zip(raw, rows, strict=True)]
    found = np.empty(len(rows), int)
    for number, members in enumerate(cluster(np.stack(seen))):
        found[members] = number
    wanted = np.array([number for *_, number in rows])
    upper = np.triu_indices(len(rows), 1)
    together, right = ((one[:, None] == one[None])[upper] for one in (found, wanted))
    precision, recall = (together & right).sum() / together.sum(), (together & right).sum() / right.sum()
    print(
        f"pairs: precision {precision:.3f}, recall {recall:.3f}, {together.sum()} together of {right.sum()}"
    )
    assert precision >= 0.62
    assert recall >= 0.55


async def test_from_question_to_answer_in_both_languages(shop: Shop) -> None:
    asked = ["支持比特币付款吗", "能用比特币付款吗", "支持比特币付款吗"]
    for text in (*asked, "do you collect the old coffee machine when you deliver?"):
        reply = await shop.ask(text)
        assert not reply.sources, f"{text}: the demo shop answers it, so the test shows nothing"
    overview = await shop.unanswered.overview()
    assert overview.open == 4
    first = overview.clusters[0]
    assert (first.kind, first.language, len(first.questions)) == ("unanswered", "zh", 3)
    assert first.question == "支持比特币付款吗"
    assert first.nearest
    assert first.nearest[0].quote
    ids = [row.id for row in first.questions]
    written = await shop.faq.answer(
        ids, question=first.question, answer=BITCOIN, language="zh", agent_id="a1"
    )
    assert (written.searchable, written.said, written.resolved, written.left) == (True, BITCOIN, 3, 0)
    for text in asked:
        reply = await shop.ask(text)
        assert BITCOIN in reply.text
        assert reply.sources[0].title == first.question
    other = overview.clusters[1]
    answered = await shop.faq.answer(
        [other.questions[0].id], question=other.question, answer=TRADE_IN, language="en", agent_id="a1"
    )
    reply = await shop.ask(other.question)
    assert TRADE_IN in reply.text
    assert reply.sources[0].passage_id.endswith(f"{answered.document}.md@en#0")
    assert (await shop.unanswered.overview()).open == 0
    # What was written is tested from then on.
    cases = shop.faq.folder / "cases.yaml"
    reader = await asyncio.to_thread(shop.reader)
    report = await asyncio.to_thread(
        run_evaluation, "retrieval", cases, encoder=shop.kefu.encoder, index=reader
    )
    assert not report.failures
    # Again is the same entry; changed, the question before still leads to it; withdrawn, it is gone.
    again = await shop.faq.answer(ids, question=first.question, answer=BITCOIN, language="zh", agent_id="a2")
    assert again.document == written.document
    shorter = "不收比特币。"
    changed = await shop.faq.change(written.document, question="收比特币吗", answer=shorter, agent_id="a2")
    assert changed.said == shorter
    assert shorter in (await shop.ask("支持比特币付款吗")).text
    entries = {entry.document: (entry, indexed) for entry, indexed in await shop.faq.entries()}
    entry, indexed = entries[written.document]
    assert indexed
    assert (entry.question, entry.by, entry.answer) == ("收比特币吗", "a2", shorter)
    assert entry.phrasings == ("支持比特币付款吗", "能用比特币付款吗")
    settled = {row.id: row for row in await shop.unanswered.settled()}
    assert {settled[id_].document for id_ in ids} == {written.document}
    assert await shop.faq.withdraw(written.document) == 3
    assert not (await shop.ask("支持比特币付款吗")).sources
    assert await shop.faq.withdraw(answered.document) == 1
    assert not (shop.faq.folder / "cases.yaml").exists()
    with pytest.raises(NotFound):
        await shop.faq.withdraw(answered.document)
    everything = [row.id for one in (await shop.unanswered.overview()).clusters for row in one.questions]
    assert await shop.unanswered.dismiss(everything, agent_id="a1") == len(everything)
    assert (await shop.unanswered.overview()).clusters == ()
    assert await shop.unanswered.restore(everything[:2]) == 2
    assert (await shop.unanswered.overview()).open == 2
    await shop.unanswered.dismiss(everything, agent_id="a1")


async def test_an_answer_that_was_changed_is_listed_apart(shop: Shop) -> None:
    await shop.ask("能帮我写张贺卡吗", sender="edited")
    conversation = await shop.kefu.store.find("web", "edited")
    assert conversation

    async def edited(opened: OpenConversation) -> Turn:
        row = base.Unanswered(
            "能帮我写张贺卡吗", "zh", ("x@zh#0",), suggested="不能", given="可以，写在备注里"
        )
        english = base.Unanswered("can you add a card", "en", (), suggested="no", given="Yes, in the note.")
        return Turn("turn-edited", opened.state, (), (), unanswered=(row, english))

    await shop.kefu.desk.act(conversation, edited)
    clusters = [one for one in (await shop.unanswered.overview()).clusters if one.kind == "edited"]
    rows = [row for one in clusters for row in one.questions]
    assert {row.given for row in rows} == {"可以，写在备注里", "Yes, in the note."}
    # A question is answered in its own language: the other one stays open.
    written = await shop.faq.answer(
        [row.id for row in rows],
        question="能帮我写张贺卡吗",
        answer="可以，写在备注里。",
        language="zh",
        agent_id="a",
    )
    assert (written.resolved, written.left) == (1, 1)
    assert await shop.faq.withdraw(written.document) == 1


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("# 学生\n可以。", "markup"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "markup"),
        ("可以。<!-- asks: 退货运费谁出 -->", "markup"),
        ("可以\n---", "markup"),
        ("可以。" * 100, "too_long"),
        (" \n\u200b", "empty"),
    ],
)
async def test_an_answer_that_would_not_be_said_as_written_is_refused(
    shop: Shop, answer: str, code: str
) -> None:
    await shop.ask("支持比特币付款吗")
    ids = [id_ for ids in (await shop.clusters()).values() for id_ in ids]
    before = list(shop.faq.folder.rglob("*.md"))
    with pytest.raises(InvalidInput) as refused:
        await shop.faq.answer(ids, question="支持比特币付款吗", answer=answer, language="zh", agent_id="a")
    assert refused.value.code == code
    assert list(shop.faq.folder.rglob("*.md")) == before


async def test_words_of_strangers_stay_words(shop: Shop) -> None:
    """Nothing that was typed ends the list of phrasings, opens markup or names a file."""
    hostile = "../../etc 收比特币吗 --&gt; | <script>alert(1)</script> --> # 退款\n---\ntitle: x"
    await shop.ask("支持比特币付款吗", sender="hostile")
    conversation = await shop.kefu.store.find("web", "hostile")
    assert conversation

    async def listed(opened: OpenConversation) -> Turn:
        return Turn("turn-h", opened.state, (), (), unanswered=(base.Unanswered(hostile, "zh"),))

    await shop.kefu.desk.act(conversation, listed)
    ids = [id_ for ids in (await shop.clusters()).values() for id_ in ids]
    answer = "可以刻 <b>10</b> 个字 &lt;以内&gt; [链接](https://shop.example) --> 详见 AT&T"
    written = await shop.faq.answer(
        ids, question=hostile, answer=answer, language="zh", agent_id="a</script>"
    )
    assert written.said == answer.replace("[链接](https://shop.example)", "链接")
    reply = await shop.ask("支持比特币付款吗")
    assert written.said in reply.text
    entry = (await shop.faq.entries())[0][0]
    assert entry.answer == answer
    assert "-->" not in entry.question
    assert [path.name for path in shop.faq.folder.rglob("*.md")] == [f"{written.document}.md"]
    for name in ("../zh/returns", "faq-..", f"{written.document}/../x"):
        with pytest.raises(NotFound):
            await shop.faq.withdraw(name)
    await shop.faq.withdraw(written.document)


@pytest.mark.slow
async def test_another_ingest_is_waited_for_and_takes_nothing_away(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shop.ask("支持比特币付款吗")
    ids = [id_ for ids in (await shop.clusters()).values() for id_ in ids]
    write = {"question": "支持比特币付款吗", "answer": BITCOIN, "language": "zh", "agent_id": "a"}
    monkeypatch.setattr("bot.console.faq._PATIENCE_SECONDS", 0.3)
    held, done = Event(), Event()
    other = asyncio.create_task(asyncio.to_thread(_hold, shop.index.local, held, done))
    await asyncio.to_thread(held.wait)
    with pytest.raises(Conflict) as busy:
        await shop.faq.answer(ids, **write)
    done.set()
    await other
    assert busy.value.code == "ingest_running"
    assert not list(shop.faq.folder.rglob("*.md"))
    monkeypatch.undo()
    written = await shop.faq.answer(ids, **write)
    source = f"{written.document}.md"
    documents = shop.settings.data / "demo" / "documents"
    reader = await asyncio.to_thread(shop.reader)
    report = await asyncio.to_thread(ingest, [documents], reader, shop.kefu.encoder)
    assert (report.removed, report.failed) == (0, ())
    assert await shop.found("支持比特币付款吗", "zh") == source
    # A rebuilt index holds the reviewed answers again.
    small = documents / "zh" / "returns.md"
    result = await asyncio.to_thread(
        CliRunner().invoke,
        make_app(),
        ["ingest", str(small), "--rebuild", "--data", str(shop.settings.data)],
        env={"KEFU_CACHE": str(CACHE)},
    )
    assert result.exit_code == 0, result.output
    assert (await shop.found("支持比特币付款吗", "zh")).endswith(source)
    await asyncio.sleep(1.1)  # the running bot looks once a second
    assert BITCOIN in (await shop.ask("支持比特币付款吗")).text
    await shop.faq.withdraw(written.document)


def _hold(folder: Path, held: Event, done: Event) -> None:
    """What another ingest does to the index while it writes."""
    with exclusive(folder):
        held.set()
        done.wait()


async def test_reworded_means_other_words() -> None:
    assert reworded("7 天内可以退", "15 天内可以退")
    assert not reworded("7 天内可以退。", " 7天内可以退！")
    assert not reworded("", "您好")
