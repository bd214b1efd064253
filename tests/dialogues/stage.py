"""Plays a dialogue on a running bot, and looks at what must hold for every one of them."""

import asyncio
import hashlib
import json
import re
import sqlite3
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from bot.errors import KefuError
from bot.factory import Kefu
from bot.handover.deadlines import Deadlines
from bot.handover.turns import Turns
from bot.shop.keys import order_key
from bot.shop.sql import SqlShop
from bot.store.base import Attachment
from connectors.base import Button, Message, Reply
from tests.bot.mailbox import Mailbox
from tests.conftest import NOW
from tests.dialogues.people import People, acts, done_by_agent
from tests.dialogues.shop_state import ShopState

_WAIT_SECONDS = 30
_HAN_AROUND_ASCII = re.compile(r"[\u4e00-\u9fff][,:;?!][\u4e00-\u9fff]")
_LONG_ENOUGH = 16
"""Characters of a document's line that cannot be the bot's own words by chance."""


class Clock(Protocol):
    now: datetime


@dataclass
class Played:
    """What was said so far, for the checks and for a reader of a failed test."""

    sender: str
    conversation_id: str = ""
    said: list[str] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    customers: set[str] = field(default_factory=set)
    """Whose data may be shown: signed in, or proved by an order."""
    orders: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    """One-time codes in the shopper's mailbox."""

    def transcript(self) -> str:
        return "\n".join(["", *self.lines])


class Stage:
    def __init__(self, kefu: Kefu, clock: Clock, data: Path, mailbox: Mailbox) -> None:
        self.kefu, self.clock, self._data, self._mailbox = kefu, clock, data, mailbox
        self.shop = ShopState(data)
        self.people = People(data / "kefu.db")
        self.turns = Turns(kefu.shop, kefu.texts, kefu.store, deadlines=Deadlines(), handover_minutes=10)
        self._people = self._read_people()
        self._owner = dict(self._query("SELECT number, customer_id FROM shop_orders"))
        self._documents = self._document_lines()

    async def play(self, name: str, dialogue: dict[str, Any]) -> Played:
        """A dialogue about to begin, at its time of day."""
        self.clock.now = _at(dialogue.get("now"))
        self._mailbox.letters.clear()
        return Played(sender=f"visitor:{hashlib.sha256(name.encode()).hexdigest()[:16]}")

    async def turn(self, played: Played, turn: dict[str, Any], customer: str | None) -> Reply | None:
        """The reply to one turn; None when the bot is silent or refuses the message."""
        if "meanwhile" in turn:
            self.shop.meanwhile(turn["meanwhile"])
            self.expire()
            return None
        if "wait" in turn:
            self.clock.now += timedelta(minutes=turn["wait"])
            return None
        if "restocked" in turn:
            return await self._restocked(played)
        if "agent" in turn:
            return await self._agent(played, turn["agent"])
        if "gone" in turn:
            return await self._gone(played, turn["gone"])
        if "later" in turn:
            return await self._later(played, turn["later"])
        await self._read_mail(played)
        messages = self._messages(played, turn, turn.get("as", customer))
        messages[-1] = replace(messages[-1], attachments=await self._photos(played, turn.get("photos", 0)))
        played.customers |= {one.customer_id for one in messages if one.customer_id}
        try:
            accepted = [await self.kefu.desk.submit(message) for message in messages]
        except KefuError as error:
            played.refusals.append(error.code)
            played.lines.append(f"   (refused: {error.code})")
            return None
        played.conversation_id = accepted[-1].conversation_id
        wait = 0.3 if turn.get("silent") else _WAIT_SECONDS
        replies = await self.kefu.desk.replies_to(accepted[-1], wait_seconds=wait)
        await self._note(played, replies)
        return replies[-1] if replies else None

    def _messages(self, played: Played, turn: dict[str, Any], customer: str | None) -> list[Message]:
        said = turn.get("say", "")
        texts = [_with_code(text, played) for text in (said if isinstance(said, list) else [said])]
        action = self._pressed(played, str(turn["press"])) if "press" in turn else None
        if action in self._plain_labels(played):
            texts, action = [action or ""], None
        played.said += [*texts, action or ""]
        played.lines += [f">> {text or '[' + str(action) + ']'}" for text in texts]
        count = len(played.said)
        return [
            Message(
                "web",
                played.sender,
                f"m{count}-{number}",
                text,
                self.clock.now,
                action=action,
                customer_id=customer,
                language=turn.get("reads"),
            )
            for number, text in enumerate(texts)
        ]

    async def _photos(self, played: Played, count: int) -> tuple[str, ...]:
        """So many photos, as if they had just been sent."""
        photos = tuple(uuid4().hex for _ in range(count))
        for photo in photos:
            await self.kefu.store.put_attachment(
                Attachment(photo, "web", played.sender, None, "image/png", 1, "", self.clock.now)
            )
        if count:
            played.lines.append(f"   ({count} photos)")
        return photos

    def _pressed(self, played: Played, label: str) -> str:
        """The action of the button with that label or action, or the words themselves: a forged one."""
        last = played.replies[-1] if played.replies else None
        buttons: list[Button] = []
        if last is not None:
            buttons = [*last.quick_replies, *(button for card in last.cards for button in card.buttons)]
        return next((one.action or one.label for one in buttons if one.label == label), label)

    def _plain_labels(self, played: Played) -> set[str | None]:
        """Buttons without an action: pressing one says its label."""
        last = played.replies[-1:]
        return {one.label for reply in last for one in reply.quick_replies if one.action is None}

    async def _later(self, played: Played, minutes: int) -> Reply | None:
        self.clock.now += timedelta(minutes=minutes)
        before = len(await self.kefu.store.history(played.conversation_id, limit=500))
        await self.kefu.timers.fire_due()
        # The bot's own loop may be the one that was handed the timer.
        for _ in range(100):
            lines = await self.kefu.store.history(played.conversation_id, after=before)
            if lines:
                break
            await asyncio.sleep(0.02)
        played.lines.append(f"   ({minutes} minutes later)")
        replies = [line.reply for line in lines if line.reply]
        await self._note(played, replies)
        return replies[-1] if replies else None

    async def _agent(self, played: Played, deed: dict[str, Any]) -> Reply | None:
        """What somebody called `name` does: say, take, hand_back, close, pass_on (to a name, or nobody), done."""
        agent = self.people.come(deed["name"], self.clock.now)
        if "done" in deed:
            await self.kefu.store.record_attempts([done_by_agent(deed["done"], played, self.clock.now)])
            return None
        played.lines.append(f"   ({deed})")
        make = acts(self.turns, self.people, agent, deed, self.clock.now)
        replies = list(await self.kefu.desk.act(played.conversation_id, make))
        await self._note(played, replies)
        return replies[-1] if replies else None

    async def _gone(self, played: Played, minutes: int) -> Reply | None:
        """Nobody has seen the agents for so many minutes."""
        before = len(await self.kefu.store.history(played.conversation_id, limit=500))
        self.clock.now += timedelta(minutes=minutes)
        await self.kefu.timers.find_deserted()
        lines = await self.kefu.store.history(played.conversation_id, after=before)
        replies = [line.reply for line in lines if line.reply]
        await self._note(played, replies)
        return replies[-1] if replies else None

    async def _restocked(self, played: Played) -> Reply | None:
        """What the bot says unasked when it looks for what is back."""
        before = len(await self.kefu.store.history(played.conversation_id, limit=500))
        await self.kefu.restock.tell_due()
        lines = await self.kefu.store.history(played.conversation_id, after=before)
        replies = [line.reply for line in lines if line.reply]
        await self._note(played, replies)
        return replies[-1] if replies else None

    async def _read_mail(self, played: Played) -> None:
        assert self.kefu.postman is not None
        await self.kefu.postman.finish(grace_seconds=_WAIT_SECONDS)
        texts = [letter.get_content() for letter in self._mailbox.letters]
        played.codes = [code for text in texts for code in re.findall(r"\b\d{6}\b", text)]

    async def _note(self, played: Played, replies: list[Reply]) -> None:
        async with self.kefu.store.conversation(played.conversation_id) as conversation:
            identity = conversation.state.identity
        if identity.level == "signed_in" and identity.customer_id:
            played.customers.add(identity.customer_id)
        if identity.level == "order" and identity.order_number:
            played.orders.add(identity.order_number)
        played.replies += replies
        for reply in replies:
            played.lines += ["   " + line for line in reply.text.splitlines()]
            played.lines.append(f"     ~ {_facts(reply)}")
        if not replies:
            played.lines.append("   (silence)")

    def expire(self) -> None:
        """The shop was changed behind the bot's back, as another process does."""
        assert isinstance(self.kefu.shop, SqlShop)
        self.kefu.shop._snapshots.expire()

    async def check_end(self, played: Played, changes: dict[str, Any] | None) -> None:
        """What holds after every dialogue; the shop is put back as it was."""
        try:
            self.shop.check(changes)
        except AssertionError as error:
            raise AssertionError(f"{error}{played.transcript()}") from error
        finally:
            if changes is not None:
                self.shop.restore()
                self.expire()
        lines = await self.kefu.store.history(played.conversation_id, limit=500)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1)), "seq has gaps"
        for reply in played.replies:
            self._check_sources(reply, played)
            self._check_privacy(reply, played)
            _check_shape(reply, played)

    def _check_sources(self, reply: Reply, played: Played) -> None:
        """A line out of a document stands in a source of the reply, and a source's words in its text."""
        for source in reply.sources:
            assert source.quote in reply.text, f"{source.title} is not quoted" + played.transcript()
        for line in reply.text.splitlines():
            if line.strip() in self._documents:
                quoted = any(line.strip() in source.quote for source in reply.sources)
                assert quoted, f"no source for: {line}" + played.transcript()

    def _check_privacy(self, reply: Reply, played: Played) -> None:
        """Nothing of anybody else: no name, contact, street or order number that was not typed."""
        shown = json.dumps(_everything(reply), ensure_ascii=False)
        typed = " ".join(played.said)
        keys = {order_key(word) for word in re.split(r"[^\w#-]+", typed)}
        for customer_id, data in self._people.items():
            if customer_id in played.customers:
                continue
            for datum in data:
                assert datum not in shown or datum in typed, f"{datum} was shown" + played.transcript()
        for number, customer_id in self._owner.items():
            own = customer_id in played.customers or number in played.orders
            if not own and number in shown:
                assert order_key(number) in keys or number in typed, (
                    f"{number} was shown" + played.transcript()
                )

    async def state(self, played: Played) -> dict[str, Any]:
        """What `after:` is compared with."""
        async with self.kefu.store.conversation(played.conversation_id) as conversation:
            state = conversation.state
        count = "SELECT count(*) FROM {} WHERE conversation_id = ?"
        ((unanswered,),) = self._query(count.format("unanswered"), played.conversation_id)
        ((handovers,),) = self._query(count.format("handovers"), played.conversation_id)
        await self._read_mail(played)
        return {
            "mails": len(played.codes),
            "floor": state.floor.name,
            "identity": state.identity.level,
            "order": state.identity.order_number,
            "language": state.language,
            "asking": state.form.asking if state.form else None,
            "unanswered": unanswered,
            "handovers": handovers,
            "handover": self._handover(played),
            "refused": played.refusals,
        }

    def _handover(self, played: Played) -> dict[str, Any]:
        """The latest one."""
        names = "reason, priority, language, outcome, contact, rating, rating_comment, agent_id, respond_by, packet"
        rows = self._query(
            f"SELECT {names} FROM handovers WHERE conversation_id = ? ORDER BY id DESC LIMIT 1",
            played.conversation_id,
        )
        found = [dict(zip(names.split(", "), row, strict=True)) for row in rows]
        return {**found[0], "packet": json.loads(found[0]["packet"])} if found else {}

    def _query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with sqlite3.connect(f"file:{self._data / 'kefu.db'}?mode=ro", uri=True) as connection:
            rows = connection.execute(statement, values).fetchall()
        connection.close()
        return rows

    def _read_people(self) -> dict[str, list[str]]:
        people = {}
        for customer_id, document in self._query("SELECT id, document FROM shop_customers"):
            customer = json.loads(document)
            streets = [address["street"] for address in customer.get("addresses", [])]
            people[customer_id] = [
                customer["name"],
                *customer.get("emails", []),
                *customer.get("phones", []),
                *streets,
            ]
        return people

    def _document_lines(self) -> frozenset[str]:
        folder = self._data / "demo" / "documents"
        lines = {line.strip() for path in folder.rglob("*.md") for line in path.read_text().splitlines()}
        return frozenset(
            line for line in lines if len(line) >= _LONG_ENOUGH and not line.startswith(("#", "title:"))
        )


def _at(clock: str | None) -> datetime:
    """`NOW`, or another time of that day: "22:30"."""
    if clock is None:
        return NOW
    hour, minute = str(clock).split(":")
    return NOW.replace(hour=int(hour), minute=int(minute))


def _with_code(text: str, played: Played) -> str:
    """`{code}` is the newest code, `{first}` the first one, `{wrong}` one that was never sent."""
    codes = played.codes or ["000000"]
    wrong = f"{(int(codes[-1]) + 1) % 10**6:06}"
    return text.replace("{code}", codes[-1]).replace("{first}", codes[0]).replace("{wrong}", wrong)


def _everything(reply: Reply) -> list[object]:
    """What a shopper can see of a reply; quotations come from documents, which are public."""
    buttons = [*reply.quick_replies, *(button for card in reply.cards for button in card.buttons)]
    text = reply.text
    for source in reply.sources:
        text = text.replace(source.quote, "")
    cards = [
        (one.id, one.title, one.subtitle, one.badge, one.lines, one.columns, one.steps) for one in reply.cards
    ]
    return [text, cards, [(button.label, button.action) for button in buttons]]


def _check_shape(reply: Reply, played: Played) -> None:
    own = reply.text
    for source in reply.sources:
        own = own.replace(source.quote, "")
    assert reply.text.strip(), "an empty reply" + played.transcript()
    most = 5 if reply.floor == "closed" else 4  # stars to give
    assert len(reply.quick_replies) <= most, "too many quick replies" + played.transcript()
    assert "{" not in own, "an unfilled template" + played.transcript()
    if reply.language == "zh":
        assert not _HAN_AROUND_ASCII.search(own), "half-width marks in Chinese" + played.transcript()


def _facts(reply: Reply) -> str:
    intent = f"{reply.intent.name} {reply.intent.confidence:.2f}" if reply.intent else "-"
    tools = [(tool.name, tool.outcome) for tool in reply.tools]
    cards = [f"{card.kind} {card.id}" for card in reply.cards]
    buttons = [button.label for button in reply.quick_replies]
    titles = [source.title for source in reply.sources]
    return f"{reply.language} {reply.floor} {intent} {tools} {titles} {cards} {buttons}"
