"""Turns, measured whole: on disk, understood, looked up, answered, on disk again, read by who asked."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

import numpy as np

from bot.factory import Kefu
from connectors.base import Message


@dataclass(frozen=True, slots=True)
class Kind:
    texts: tuple[str, ...]
    customer: str | None = None
    opening: str | None = None
    """Said before, by the same person, and not measured."""


KINDS: dict[str, Kind] = {
    "policy question": Kind(
        (
            "质量问题退货运费谁出？",
            "How many days does delivery take?",
            "怎么开电子发票",
            "Can I return socks?",
        )
    ),
    # Search is unsure of these, so the cross-encoder reads.
    "unsure question": Kind(("Can I return socks?", "电子发票怎么开", "any discount for students?")),
    "order status": Kind(("118588 到哪了", "where is order 118515", "订单118457怎么还没到"), "C001"),
    "recommendation": Kind(("推荐一个咖啡机，2000以内", "recommend a backpack for work")),
    "hand-over": Kind(("转人工", "I want to talk to a person")),
    "within a form": Kind(("不想要了", "买重了", "I ordered it twice"), "C001", "取消118626"),
}


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float
    count: int

    @staticmethod
    def of(seconds: Sequence[float]) -> "Latency":
        p50, p95, p99 = np.percentile(np.array(seconds) * 1000, [50, 95, 99])
        return Latency(float(p50), float(p95), float(p99), len(seconds))


@dataclass(frozen=True, slots=True)
class Measured:
    turn: Latency
    encoder: Latency
    """Alone, on the same texts."""
    ratio: float
    """Median of each turn's time against the encoder's for its text just before: what is slow passes over both."""


async def turn(kefu: Kefu, sender: str, text: str, customer: str | None) -> float:
    """Seconds from handing the message in to having its reply."""
    message = Message("web", sender, uuid4().hex, text, kefu.clock(), customer_id=customer)
    start = time.perf_counter()
    accepted = await kefu.desk.submit(message)
    replies = await kefu.desk.replies_to(accepted, wait_seconds=60)
    assert replies, text
    return time.perf_counter() - start


async def latency_by_kind(kefu: Kefu, rounds: int) -> dict[str, Measured]:
    """The whole turn and the encoder alone on the same text, measured in turns in one run."""
    found = {}
    loop = asyncio.get_running_loop()
    for name, kind in KINDS.items():
        turns, encodings = [], []
        for number in range(rounds):
            text, sender = kind.texts[number % len(kind.texts)], f"bench:{uuid4().hex}"
            if kind.opening:
                await turn(kefu, sender, kind.opening, kind.customer)
            start = time.perf_counter()
            await loop.run_in_executor(kefu.executor, kefu.encoder.embed_queries, [text])
            encodings.append(time.perf_counter() - start)
            turns.append(await turn(kefu, sender, text, kind.customer))
        ratio = float(np.median(np.array(turns) / np.array(encodings)))
        found[name] = Measured(Latency.of(turns), Latency.of(encodings), ratio)
    return found


async def throughput(kefu: Kefu, conversations: int, turns_each: int) -> tuple[float, Latency]:
    """(Turns per second, latency of a turn) with so many people talking at once, about policies."""
    texts = KINDS["policy question"].texts

    async def talk() -> list[float]:
        sender = f"bench:{uuid4().hex}"
        return [await turn(kefu, sender, texts[number % len(texts)], None) for number in range(turns_each)]

    start = time.perf_counter()
    taken = await asyncio.gather(*(talk() for _ in range(conversations)))
    elapsed = time.perf_counter() - start
    seconds = [one for each in taken for one in each]
    return len(seconds) / elapsed, Latency.of(seconds)
