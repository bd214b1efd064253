"""A shop system as plain as can be: rows in a SQLite file, no network. It stands in for the real ones."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from itertools import chain
from pathlib import Path

from bot.shop.changes.requests import KINDS as REQUESTS
from bot.shop.domain import ShopData
from connectors.channel import Denied, Malformed, Payload, Request, RetryLater
from connectors.shop_system import KINDS, Change, Heard, Kind, Refusal, Thing, Touched
from tests.connectors.shop_case import Mood, ShopCase, row_of
from tests.contracts.platform import request

SECRET = "plain-secret"
CHANGES = frozenset(REQUESTS) - {"undo", "notify_restock"}
_NAMES: dict[Kind, str] = {"product": "id", "customer": "id", "order": "number"}
_SCHEMA = """
CREATE TABLE IF NOT EXISTS things (kind TEXT, id TEXT, row TEXT, changed TEXT, PRIMARY KEY (kind, id));
CREATE TABLE IF NOT EXISTS done (key TEXT PRIMARY KEY, number TEXT, what TEXT);
"""


class PlainShop:
    """Implements `Simulated` and `ShopSystem` alike. Its file outlives the process, as a real system does."""

    name = "plain"

    def __init__(
        self,
        now: datetime,
        path: Path | str = ":memory:",
        *,
        changes: frozenset[str] = CHANGES,
        moment: Callable[[], None] = lambda: None,
    ) -> None:
        """`moment` is called before and after everything that is kept."""
        self.changes, self._now, self._moment = changes, now, moment
        self._file = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._file.executescript(_SCHEMA)
        self.moods: list[Mood] = []
        self.calls: list[str] = []
        self.subscribed: set[str] = set()

    @property
    def system(self) -> "PlainShop":
        return self

    def fill(self, data: ShopData) -> None:
        values = chain(
            (("product", one) for one in data.products),
            (("customer", one) for one in data.customers),
            (("order", one) for one in data.orders),
        )
        for kind, value in values:
            row = row_of(kind, value)
            self._put(kind, row[_NAMES[kind]], row, self._now - timedelta(hours=1))

    # The system

    async def read(self, kind: Kind, *, since: datetime | None = None) -> AsyncIterator[Thing]:
        await self._called(f"read {kind}")
        where = "kind = ? AND changed >= ? ORDER BY changed, id"
        for thing in await asyncio.to_thread(self._things, kind, where, _text(since) if since else ""):
            yield thing

    async def ids(self, kind: Kind) -> frozenset[str]:
        await self._called(f"ids {kind}")
        return frozenset(thing.id for thing in await asyncio.to_thread(self._things, kind, "kind = ?"))

    async def find(self, kind: Kind, id: str) -> Thing | None:
        await self._called(f"find {kind} {id}")
        found = await asyncio.to_thread(self._things, kind, "kind = ? AND id = ?", id)
        return found[0] if found else None

    async def carry_out(self, change: Change, *, key: str) -> None:
        with self._call(f"carry_out {change.kind}") as wait:
            await asyncio.sleep(wait)
            self._moment()
            await asyncio.to_thread(self._carry_out, change, key)
            self._moment()

    def _things(self, kind: Kind, where: str, *values: str) -> list[Thing]:
        rows = self._rows(where, kind, *values)
        return [Thing(kind, id, row, datetime.fromisoformat(changed)) for id, row, changed in rows]

    def _carry_out(self, change: Change, key: str) -> None:
        number = change.after["number"] if change.after else ""
        with self._file:
            self._file.execute("BEGIN IMMEDIATE")
            if self._file.execute("SELECT 1 FROM done WHERE key = ?", (key,)).fetchone():
                return
            if change.before is not None and change.after is not None:
                there = next(self._rows("kind = 'order' AND id = ?", number), None)
                if there is None or there[1]["status"] != change.before["status"]:
                    raise Refusal(f"order {number} has moved on")
                self._put("order", number, change.after, self._later())
            self._file.execute("INSERT INTO done VALUES (?, ?, ?)", (key, number, change.kind))

    def receive(self, request: Request) -> Heard:
        if not compare_digest(request.headers.get("X-Plain", "").encode(), SECRET.encode()):
            raise Denied("the secret is wrong")
        try:
            told = json.loads(request.body)
            kind, id = told["kind"], told["id"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Malformed(type(error).__name__) from error
        if not isinstance(id, str) or not id.isprintable() or not 0 < len(id) <= 64:
            raise Malformed("no id")
        if kind == "erase":
            return Heard(forget=(id,))
        if kind not in KINDS:
            raise Malformed("no such kind")
        return Heard((Touched(kind, id),))

    async def subscribe(self, url: str) -> None:
        await self._called("subscribe")
        self.subscribed.add(url)

    # Its people

    def ship(self, number: str) -> None:
        row = self._row("order", number)
        at = _text(self._later())
        parcel = {
            "id": f"{number}9",
            "carrier": "sf",
            "tracking_number": "SF1",
            "items": {item["id"]: item["quantity"] for item in row["items"]},
            "shipped_at": at,
        }
        self._put("order", number, {**row, "status": "shipped", "fulfilments": [parcel]}, self._later())

    def restock(self, sku: str, stock: int) -> None:
        for id, row, _ in list(self._rows("kind = 'product'")):
            for variant in row["variants"]:
                if variant["sku"] == sku:
                    variant["stock"] = stock
                    self._put("product", id, row, self._later())

    def remove(self, kind: Kind, id: str) -> None:
        self._file.execute("DELETE FROM things WHERE kind = ? AND id = ?", (kind, id))

    def put(self, kind: Kind, row: Payload, at: datetime | None = None) -> None:
        """Whatever the row holds."""
        self._put(kind, row[_NAMES[kind]], row, at or self._later())

    def done(self, number: str) -> Sequence[str]:
        found = self._file.execute("SELECT what FROM done WHERE number = ? ORDER BY rowid", (number,))
        return [what for (what,) in found]

    def webhook(self, kind: Kind, id: str) -> Request:
        return signed(json.dumps({"kind": kind, "id": id}).encode())

    def erasure(self, customer_id: str) -> Request | None:
        return signed(json.dumps({"kind": "erase", "id": customer_id}).encode())

    def _row(self, kind: Kind, id: str) -> Payload:
        return next(self._rows("kind = ? AND id = ?", kind, id))[1]

    def _rows(self, where: str, *values: str) -> Iterator[tuple[str, Payload, str]]:
        found = self._file.execute(f"SELECT id, row, changed FROM things WHERE {where}", values).fetchall()
        return ((id, json.loads(row), changed) for id, row, changed in found)

    def _put(self, kind: Kind, id: str, row: Payload, at: datetime) -> None:
        values = (kind, id, json.dumps(row), _text(at))
        self._file.execute("INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?)", values)

    def _later(self) -> datetime:
        """A second after everything so far."""
        (last,) = self._file.execute("SELECT max(changed) FROM things").fetchone()
        return max(datetime.fromisoformat(last), self._now) + timedelta(seconds=1)

    async def _called(self, what: str) -> None:
        with self._call(what) as wait:
            await asyncio.sleep(wait)

    @contextmanager
    def _call(self, what: str) -> Iterator[float]:
        """Yields the seconds to wait."""
        mood = self.moods.pop(0) if self.moods else 0.0
        if isinstance(mood, int):
            raise RetryLater(f"HTTP {mood}", seconds=0.1)
        self.calls.append(what)
        yield mood if isinstance(mood, float) else 0.0
        if mood == "drop":
            raise RetryLater("the connection was dropped")


def signed(body: bytes) -> Request:
    return request(body, headers={"X-Plain": SECRET})


@asynccontextmanager
async def open_plain(data: ShopData, now: datetime) -> AsyncIterator[PlainShop]:
    shop = PlainShop(now)
    shop.fill(data)
    yield shop


def _text(moment: datetime) -> str:
    """All in one zone, so that text sorts as time does."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


CASE = ShopCase(open=open_plain, signed=signed)
