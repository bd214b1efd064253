"""A server for hostile visitors, and what no reply of it may hold."""

import json
import re
import shutil
import sqlite3
import unicodedata
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from bot.settings import read_settings
from bot.shop.keys import order_key
from tests.bot.http.conftest import API_KEY, SECRET, SHOPPER_SECRET, Client, Server
from tests.conftest import CACHE, NOW
from tests.dialogues.shop_state import ShopState
from tests.models import built

_ABOUT_ORDERS = ("order", "parcel", "change", "receipt")
_NUMBER = count(1)
LONGEST = 20_000
"""Characters; as many as a shop may allow."""

Answer = dict[str, Any]


@dataclass(frozen=True)
class House:
    """One bot for all lines; each line is a conversation of its own."""

    server: Server
    client: Client
    """With an API key: it may speak for any customer."""
    shop: ShopState
    people: Mapping[str, tuple[str, ...]]
    """Customer id to what is theirs alone: names, contacts, streets."""
    owners: Mapping[str, str]
    """Order number to customer id."""

    def conversation(self, customer: str | None = None) -> "Conversation":
        return Conversation(self, customer, f"hostile-{next(_NUMBER)}")

    def check_unchanged(self) -> None:
        try:
            self.shop.check(None)
        except AssertionError:
            self.put_back()
            raise

    def put_back(self) -> None:
        self.shop.restore()
        self.server.kefu.shop._snapshots.expire()  # type: ignore[attr-defined]

    def check_private(self, shown: str, customer: str | None, typed: str) -> None:
        """Nothing of anybody else, unless it was typed."""
        for owner, data in self.people.items():
            for datum in data:
                assert owner == customer or datum not in shown or datum in typed, (
                    f"{datum} was shown: {shown}"
                )
        typed = unicodedata.normalize("NFKC", typed)
        keys = {order_key(word) for word in re.split(r"[^\w#-]+", typed)}
        for number, owner in self.owners.items():
            known = owner == customer or order_key(number) in keys or number in typed
            assert known or number not in shown, f"{number} was shown: {shown}"


@dataclass
class Conversation:
    house: House
    customer: str | None
    sender: str
    last: Answer | None = None

    async def say(self, text: str = "", press: str | None = None) -> Answer:
        """The reply, after it was looked at; one that the door refuses is `{}`."""
        body = {"id": f"m{next(_NUMBER)}", "text": text, "sender": self.sender, "wait": 30}
        more = {"customer_id": self.customer, "action": press}
        body |= {name: value for name, value in more.items() if value is not None}
        response = await self.house.client.post("/v1/messages", body)
        answer: Answer = await response.json()
        if response.status in (400, 413):
            assert answer["error"]["code"] in ("empty", "invalid_field", "too_long", "too_large"), answer
            return {}
        assert response.status == 200, answer
        (self.last,) = answer["replies"]
        self._check(self.last, f"{text} {press or ''}")
        return self.last

    def button(self, start: str) -> str:
        """The action that begins so, of the last reply's buttons."""
        assert self.last is not None
        buttons = [
            *self.last["quick_replies"],
            *(one for card in self.last["cards"] for one in card["buttons"]),
        ]
        return str(next(one["action"] for one in buttons if (one["action"] or "").startswith(start)))

    def _check(self, reply: Answer, typed: str) -> None:
        texts = self.house.server.kefu.texts
        assert reply["text"].strip()
        for language in ("zh", "en"):
            assert texts.say("failed", language) not in reply["text"], f"broken by {typed[:200]!r}"
        assert all(tool["outcome"] != "failed" for tool in reply["tools"])
        shown = seen(reply)
        odd = {one for one in shown if unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co")} - {"\n", "\t"}
        assert not odd, f"{odd} in {shown}"
        self.house.check_private(shown, self.customer, typed)
        links = [one["url"] for one in (*reply["quick_replies"], *reply["sources"]) if one["url"]]
        links += [one["url"] for card in reply["cards"] for one in card["buttons"] if one["url"]]
        assert all(re.match(r"https?://|/(?!/)|mailto:|tel:", link) for link in links), links
        for card in reply["cards"]:
            if card["kind"] in _ABOUT_ORDERS:
                assert self.customer is not None, f"a card for nobody: {card}"


def seen(reply: Answer) -> str:
    """All that a shopper sees; quotations come from documents, which are public."""
    text = reply["text"]
    for source in reply["sources"]:
        text = text.replace(source["quote"], "")
    return "\n".join([text, *_strings([reply["cards"], reply["quick_replies"]])])


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


@asynccontextmanager
async def open_house(data: Path) -> AsyncIterator[House]:
    """A server on the data in `data`, which it may change."""
    settings = read_settings(
        data=data, cache=CACHE, secret=SECRET, shopper_secret=SHOPPER_SECRET, api_keys=(API_KEY,)
    )
    kefu = await built(settings, clock=lambda: NOW)
    await kefu.start()
    async with ClientSession() as http:
        server = Server(kefu, settings, http)
        client = (await server.open(max_chars=LONGEST)).with_headers(Authorization=f"Bearer {API_KEY}")
        people, owners = _read(data)
        yield House(server, client, ShopState(data), people, owners)
        for runner in server.runners:
            await runner.cleanup()
    await kefu.stop()


def _read(data: Path) -> tuple[dict[str, tuple[str, ...]], dict[str, str]]:
    connection = sqlite3.connect(f"file:{data / 'kefu.db'}?mode=ro", uri=True)
    customers = [json.loads(row[0]) for row in connection.execute("SELECT document FROM shop_customers")]
    owners = dict(connection.execute("SELECT number, customer_id FROM shop_orders"))
    connection.close()
    people = {
        one["id"]: (
            one["name"],
            *one.get("emails", ()),
            *one.get("phones", ()),
            *(address["street"] for address in one.get("addresses", ())),
        )
        for one in customers
    }
    return people, owners


def copied(demo_data: Path, folder: Path) -> Path:
    shutil.copytree(demo_data, folder / "data")
    return folder / "data"
