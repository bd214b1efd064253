"""E-mail: looks for letters, and answers each in its thread."""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from connectors.base import Message, Reply
from connectors.channel import (
    Denied,
    Inbound,
    Kit,
    Media,
    Payload,
    Received,
    Recipient,
    Request,
    RetryLater,
    Submit,
    Undeliverable,
)
from connectors.email.hypertext import html_of
from connectors.email.mailbox import BROKEN, Mailbox
from connectors.email.reading import Letter, photo, read
from connectors.email.sending import compose, hand_in
from connectors.email.servers import Config
from connectors.plain import as_text

_MOST_WAIT_SECONDS = 300.0
_MOST_THREADS = 5
"""Letters of a person that we know how to answer in their thread."""
_SUBJECT = {"zh": "您的咨询", "en": "Your message"}


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far the folder is read; the day helps where the server has numbered its letters anew."""

    validity: int
    uid: int
    day: date


class Email:
    name = "email"
    knows_sender = False
    per_second = 5.0
    has_people = False
    knows_again = timedelta.max

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        self._wake = asyncio.Event()
        self._failures = 0

    def receive(self, request: Request) -> Received:
        """Letters are fetched; nobody brings them."""
        raise Denied("e-mail is not brought over HTTP")

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """One letter, as text and as HTML."""
        return [
            {
                "text": as_text(reply),
                "html": html_of(reply, self._config.public_url),
                "answers": reply.in_reply_to[-1] if reply.in_reply_to else "",
                "subject": _SUBJECT.get(reply.language, _SUBJECT["en"]),
                "by_hand": reply.author == "agent",
            }
        ]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """A letter that goes out twice has the same Message-ID, by which mail programs know it again."""
        subject, thread = await self._thread(to.sender, str(payload["answers"]))
        letter = compose(
            self._config,
            to.sender,
            key=key,
            subject=f"Re: {subject or payload['subject']}",
            text=str(payload["text"]),
            html=str(payload["html"]),
            thread=thread,
            by_hand=bool(payload["by_hand"]),
            now=self._kit.clock(),
        )
        await asyncio.to_thread(hand_in, self._config, letter)

    async def fetch(self, media: Media) -> bytes:
        validity, uid, position = (int(part) for part in media.ref.split("/"))
        box = Mailbox(self._config)
        try:
            await asyncio.to_thread(box.open)
            raw = await asyncio.to_thread(box.letter, uid) if box.validity == validity else None
        except BROKEN as error:
            raise RetryLater(type(error).__name__) from error
        finally:
            box.abort()
        content = None if raw is None else await asyncio.to_thread(photo, raw, position)
        if content is None:
            raise Undeliverable("the letter is gone")
        return content

    async def run(self, submit: Submit) -> None:
        """Raises what breaks; called again, it waits longer each time, lest a wrong password shut us out."""
        if self._failures:
            await asyncio.sleep(min(2.0**self._failures, _MOST_WAIT_SECONDS))
        box = Mailbox(self._config)
        try:
            await asyncio.to_thread(box.open)
            cursor, waiting = await self._resume(box)
            while True:
                self._wake.clear()
                for uid in waiting:
                    await self._bring(box, uid, submit)
                    cursor = await self._advance(cursor, uid)
                self._failures = 0
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), self._config.poll_seconds)
                waiting = await asyncio.to_thread(box.after, cursor.uid)
        except Exception:
            self._failures += 1
            raise
        finally:
            box.abort()

    def pull(self) -> None:
        self._wake.set()

    def way_in(self, text: str) -> str | None:
        return None

    async def _resume(self, box: Mailbox) -> tuple[_Cursor, list[int]]:
        """How far we are, and what has come since."""
        kept, today = await self._kit.memory.get("cursor"), self._kit.clock().date()
        if kept is not None:
            validity, uid, day = json.loads(kept)
            if validity == box.validity:
                waiting = await asyncio.to_thread(box.after, uid)
                return _Cursor(validity, uid, date.fromisoformat(day)), waiting
            # Numbered anew. Letters that we have had keep their Message-ID: they change nothing.
            first = date.fromisoformat(day) - timedelta(days=1)
        else:
            first = today - timedelta(days=self._config.backlog_days)
        # What was there before us is answered already, or is not ours to answer.
        looks_back = kept is not None or self._config.backlog_days
        waiting = await asyncio.to_thread(box.since, first) if looks_back else []
        start = (waiting[0] if waiting else box.next_uid) - 1
        return await self._advance(_Cursor(box.validity, start, today), start), waiting

    async def _advance(self, cursor: _Cursor, uid: int) -> _Cursor:
        cursor = _Cursor(cursor.validity, max(cursor.uid, uid), self._kit.clock().date())
        await self._kit.memory.put(
            "cursor", json.dumps([cursor.validity, cursor.uid, cursor.day.isoformat()])
        )
        return cursor

    async def _bring(self, box: Mailbox, uid: int, submit: Submit) -> None:
        raw = await asyncio.to_thread(box.letter, uid)
        if raw is None:
            return
        letter = await asyncio.to_thread(read, raw, ours=self._config.mailbox, authserv=self._config.authserv)
        if letter is None:
            return
        await self._remember(letter)
        message = Message(
            channel="email",
            sender=letter.sender,
            external_id=letter.external_id,
            text=letter.text,
            received_at=self._kit.clock(),
            language=letter.language,
        )
        media = tuple(Media(f"{box.validity}/{uid}/{position}") for position in letter.photos)
        await submit(Inbound(message, media))

    async def _remember(self, letter: Letter) -> None:
        """What an answer needs to stand in the letter's thread."""
        key = f"thread {letter.sender}"
        known = json.loads(await self._kit.memory.get(key) or "[]")
        mine = [letter.external_id, letter.subject, [*letter.references, letter.message_id]]
        others = [one for one in known if one[0] != letter.external_id]
        await self._kit.memory.put(key, json.dumps([*others, mine][-_MOST_THREADS:]))

    async def _thread(self, sender: str, answered: str) -> tuple[str, tuple[str, ...]]:
        """(Subject, ids up to the letter that is answered), the last letter's where nothing is."""
        known = json.loads(await self._kit.memory.get(f"thread {sender}") or "[]")
        found = next((one for one in known if one[0] == answered), known[-1] if known else None)
        if found is None:
            return "", ()
        return str(found[1]), tuple(one for one in found[2] if one)


def open(config: Config, kit: Kit) -> Email:
    return Email(config, kit)
