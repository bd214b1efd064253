"""`make bench`: what Kefu costs on this machine, as a table. Ratios hold; absolute times are the machine's.

python -m tests.benchmarks.bench [--rounds 200] [--full]
"""

import argparse
import asyncio
import platform
import subprocess
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.commands.demo import demo
from bot.commands.options import out
from bot.factory import Kefu, build
from bot.logs import set_up
from bot.prepared import open_index
from bot.serving import settle
from bot.settings import Settings, read_settings
from bot.training import train_intents
from knowledge.chunks import split
from knowledge.embedding import passage_vectors
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.loading import load
from tests.benchmarks import importing, search_100k
from tests.benchmarks.server import start_and_memory
from tests.benchmarks.turns import Latency, latency_by_kind, throughput
from tests.bot.shop import foreign


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200, help="turns of each kind")
    parser.add_argument("--full", action="store_true", help="also search among 100,000 passages")
    given = parser.parse_args()
    set_up("error", "text")
    out.print(f"{_processor()}; Python {platform.python_version()}; commit {_commit()}")
    with tempfile.TemporaryDirectory() as folder:
        settings = _prepare(Path(folder))
        table = Table("what", "figure", "target", title="Kefu")
        asyncio.run(_turns(settings, table, given.rounds))
        _server(settings, table)
        _ingest(settings, table)
        _import(table)
        if given.full:
            _search(table)
        out.print(table)


_TARGETS = {"policy question": "≤ 2 × the encoder", "within a form": "≤ 1.5 × the policy question"}


def _prepare(folder: Path) -> Settings:
    settings = read_settings(data=folder, rate_session="100000/minute", rate_address="100000/minute")
    demo(folder)
    train_intents(settings, None, Console(quiet=True), report=False)
    return settings


async def _turns(settings: Settings, table: Table, rounds: int) -> None:
    kefu = await build(settings)
    await kefu.start()
    settle(settings)
    await latency_by_kind(kefu, 10)
    found = await latency_by_kind(kefu, rounds)
    policy = found["policy question"].turn.p50
    for kind, one in found.items():
        whole = one.turn
        ratio = f"{one.ratio:.2f} × the encoder's {one.encoder.p50:.1f} ms for the same text"
        if kind == "within a form":
            ratio = f"{whole.p50 / policy:.1f} × the policy question; {ratio}"
        table.add_row(f"turn, {kind}", f"{_times(whole)}; {ratio}", _TARGETS.get(kind, ""))
    await _concurrent(kefu, table)
    await kefu.stop()


async def _concurrent(kefu: Kefu, table: Table) -> None:
    alone = (await throughput(kefu, 1, 200))[1].p50
    for conversations in (1, 8, 64):
        rate, latency = await throughput(kefu, conversations, max(5, 400 // conversations))
        target = "p99 ≤ 5 × p50" if conversations == 8 else ""
        spread = f"p99/p50 {latency.p99 / latency.p50:.1f}, p50 {latency.p50 / alone:.1f} × alone"
        table.add_row(f"{conversations} at once", f"{rate:.0f} turns/s; {_times(latency)}; {spread}", target)


def _server(settings: Settings, table: Table) -> None:
    seconds, first, later = start_and_memory(settings.data)
    table.add_row("start to first answer", f"{seconds:.1f} s", "≤ 3 s")
    table.add_row("resident", f"{first:.0f} MB, {later:.0f} MB after 100 turns", "≤ 700 MB")


def _ingest(settings: Settings, table: Table) -> None:
    """The same texts through the encoder alone, then through an ingest into an empty index."""
    encoder, _ = open_index(settings)
    encoder.warm_up()
    folder = settings.data / "demo" / "documents"
    passages = [
        passage
        for path in sorted(folder.rglob("*.md"))
        for one in load(path, root=folder)
        for passage in split(one)
    ]
    start = time.perf_counter()
    passage_vectors(encoder, passages)
    encoder.embed_queries([question for passage in passages for question in passage.questions])
    bare = len(passages) / (time.perf_counter() - start)
    index = Index(settings.data / "bench-index", encoder.fingerprint)
    start = time.perf_counter()
    report = ingest(sorted(folder.rglob("*.md")), index, encoder)
    whole = report.passages / (time.perf_counter() - start)
    table.add_row(
        "ingest",
        f"{report.passages} passages: {whole:.0f}/s, {whole / bare:.0%} of the encoder's {bare:.0f}/s alone",
        "≥ 85 %",
    )


def _import(table: Table) -> None:
    taken = importing.measure()
    table.add_row(
        f"import of {foreign.CUSTOMERS} customers and {foreign.ORDERS:,} orders",
        f"{taken.command:.1f} s; {taken.bare:.1f} s without the command's start",
        "≤ 5 s",
    )


def _search(table: Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        figures = search_100k.measure(100_000, Path(folder))
    table.add_row(
        "search among 100,000",
        f"p50 {figures.search_p50_ms:.1f} ms, p95 {figures.search_p95_ms:.1f} ms, without the encoder",
        "p95 ≤ 30 ms",
    )


def _times(latency: Latency) -> str:
    return f"p50 {latency.p50:.1f} ms, p99 {latency.p99:.1f} ms"


def _processor() -> str:
    cores = sum(line.startswith("processor") for line in Path("/proc/cpuinfo").read_text().splitlines())
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{cores} × {names[0].split(':', 1)[1].strip()}" if names else platform.machine()


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"


if __name__ == "__main__":
    main()
