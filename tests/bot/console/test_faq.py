"""A reviewed answer whose writer is killed, or whose index is on a server."""

import asyncio
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import yaml
from sqlalchemy import Connection, insert

from bot.console import questions
from bot.console.faq import Faq, Written
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from bot.store.tables import conversations, unanswered
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.search import Search
from tests.conftest import NOW
from tests.knowledge.hashed import HashedEncoder
from tests.knowledge.test_server import server

__all__ = ["server"]

pytestmark = pytest.mark.slow

QUESTION, ANSWER = "有学生优惠吗", "在读学生认证后享 95 折。"
MOMENTS: dict[str, tuple[object, str]] = {
    "the file stands": (Faq, "_ingest_now"),
    "the index is half written": (Index, "put_questions"),
    "the index is not published": (Index, "publish"),
    "no case yet": (Faq, "_write_cases"),
    "the question is still open": (questions, "settle"),
}


def _die(*_: object, **__: object) -> None:
    os._exit(9)


async def write(data: Path, location: str | Path, *, dies: str | None = None) -> tuple[Written, Faq, int]:
    """Answer the question in a process of its own or in this one; what was written, and how many rows are open."""
    encoder = HashedEncoder()
    open_index: Callable[[], Index] = partial(Index, location, encoder.fingerprint, cache=data / "index")
    search = await asyncio.to_thread(lambda: Search(open_index()))
    await asyncio.to_thread(search.warm_up)
    database = open_database(f"sqlite:///{data / 'kefu.db'}")
    faq = Faq(data / "faq", database, open_index, search, encoder, clock=lambda: NOW)
    if dies is not None:
        holder, name = MOMENTS[dies]
        setattr(holder, name, _die)
    written = await faq.answer([1], question=QUESTION, answer=ANSWER, language="zh", agent_id="a1")
    left = (await database.read(questions.signature)).count
    await database.close()
    return written, faq, left


async def make(data: Path, location: str | Path) -> None:
    """A database with one open question, and a page in the index."""
    await asyncio.to_thread(data.mkdir)
    url = f"sqlite:///{data / 'kefu.db'}"
    await upgrade(url)

    def fill(connection: Connection) -> None:
        talk = {"id": "c", "channel": "web", "sender": "v", "state": "{}", "version": 1, "next_seq": 2}
        connection.execute(
            insert(conversations), talk | {"floor": "bot", "created_at": NOW, "updated_at": NOW}
        )
        row = {
            "conversation_id": "c",
            "turn_id": "t",
            "question": QUESTION,
            "language": "zh",
            "nearest": "[]",
        }
        connection.execute(insert(unanswered), row | {"asked_at": NOW})

    database = open_database(url)
    await database.write(fill)
    await database.close()
    encoder = HashedEncoder()

    def index_it() -> None:
        page = data / "documents" / "zh" / "returns.md"
        page.parent.mkdir(parents=True)
        page.write_text("# 退货\n\n七天内可以退货。\n", encoding="utf-8")
        ingest([data / "documents"], Index(location, encoder.fingerprint, cache=data / "index"), encoder)

    await asyncio.to_thread(index_it)


async def check(data: Path, location: str | Path, written: Written) -> None:
    """It is there once, in full, beside the page."""

    def look() -> list[str]:
        index = Index(location, HashedEncoder().fingerprint, cache=data / "index")
        entries = index.entries()
        assert all(one.version for one in entries.values())
        assert not index.unpublished
        return sorted(row.text for shelf in index.shelves for row in index.texts(shelf))

    assert await asyncio.to_thread(look) == sorted([ANSWER, "七天内可以退货。"])
    files = [path.name for path in (data / "faq").rglob("*.md") if not path.name.startswith(".")]
    assert files == [f"{written.document}.md"]
    cases = yaml.safe_load((data / "faq" / "cases.yaml").read_text("utf-8"))
    assert [(case["question"], case["expect"]) for case in cases] == [
        (QUESTION, [{"document": written.document}])
    ]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_killed_half_way_the_same_answer_completes_it(tmp_path: Path, moment: str) -> None:
    data = tmp_path / "data"
    location = data / "chroma"
    await make(data, location)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bot.console.test_faq", str(data), moment
    )
    assert await child.wait() == 9
    # The row is open: nobody is told that it was answered.
    database = open_database(f"sqlite:///{data / 'kefu.db'}")
    assert (await database.read(questions.signature)).count == 1
    await database.close()
    written, faq, left = await write(data, location)
    assert (written.resolved, left) == (1, 0)
    await check(data, location, written)
    assert [indexed for _, indexed in await faq.entries()] == [True]


async def test_on_a_server(tmp_path: Path, server: str) -> None:
    data = tmp_path / "data"
    await make(data, server)
    written, faq, left = await write(data, server)
    assert (written.said, left) == (ANSWER, 0)
    await check(data, server, written)
    assert [indexed for _, indexed in await faq.entries()] == [True]
    assert await faq.withdraw(written.document) == 1


if __name__ == "__main__":
    asyncio.run(write(Path(sys.argv[1]), Path(sys.argv[1]) / "chroma", dies=sys.argv[2]))
