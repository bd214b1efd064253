"""Codes and signed links by which a conversation goes on elsewhere: handed out, counted, recognised.

What they are for, and why both sides are asked, is told in `bot/joining.py`.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from bot import link_words
from bot.actions import Action
from bot.errors import Conflict, NotFound, TooMany
from bot.store.base import Store
from bot.store.linked import Address, Link, Side
from bot.store.links import LIFE, Links
from bot.texts.catalogue import FALLBACK, Texts
from connectors.base import Message
from connectors.channel import Connector

_WINDOW_SECONDS = 15 * 60
_PER_SENDER, _PER_CHANNEL, _OFFERS = 5, 100, 10
"""Within the window: codes tried by one sender, codes tried on a channel, codes handed out to one conversation."""


@dataclass(frozen=True, slots=True)
class Offer:
    code: str
    expires_at: datetime


class Offers:
    def __init__(
        self,
        links: Links,
        store: Store,
        texts: Texts,
        connectors: Mapping[str, Connector],
        key: bytes,
        *,
        public_url: str | None,
    ) -> None:
        """`public_url`: where the page is to which links lead; None: no links are handed out."""
        self._links, self._store, self._texts, self._key = links, store, texts, key
        self._public_url = public_url.rstrip("/") if public_url else None
        self.channels = tuple(
            name for name, one in connectors.items() if one.knows_sender and self._has_name(name)
        )
        """On which somebody can go on: the platform itself knows who writes."""

    def _has_name(self, channel: str) -> bool:
        return self._texts.has(f"channel.{channel}", FALLBACK)

    def masked(self, message: Message) -> Message:
        """A message with a code in it is one that was sent to join: the code itself goes no further."""
        found = link_words.code_in(message.text) if message.action is None else None
        if found is None:
            return message
        code, text = found
        return replace(message, text=text, action=str(Action("join", self._digest(code))))

    async def offer(self, caller: Address, customer_id: str | None, language: str, *, now: datetime) -> Offer:
        """A new code for the caller's conversation; the one before is void.

        Raises:
            Conflict: nothing was said yet (`nothing_said`).
            TooMany: too many were asked for.
        """
        conversation_id = await self._store.find(*caller)
        if conversation_id is None:
            raise Conflict("Nothing has been said yet.", code="nothing_said")
        if await self._is_too_often(f"joining:{conversation_id}", _OFFERS, now):
            raise TooMany("Too many codes were asked for.", retry_after=_WINDOW_SECONDS)
        code = link_words.new_code()
        link = Link(uuid4().hex, "offered", language, now + LIFE, conversation_id, caller[0], customer_id)
        await self._links.offer(link, self._digest(link_words.plain(code)), now=now)
        return Offer(code, link.expires_at)

    async def follow(self, token: str, caller: Address, customer_id: str | None, *, now: datetime) -> Link:
        """The caller came with a signed link and wants to go on; who asked for it is asked next.

        Raises:
            NotFound: it is not good, whatever the reason (`link_gone`).
            Conflict: the two are of different customers (`other_customer`).
        """
        link_id = self._signed(token)
        link = await self._links.link(link_id) if link_id else None
        side = await self._links.side(caller)
        if link is not None and await self.are_different(replace(link, to_customer_id=customer_id), side):
            raise Conflict("The two are signed in to different accounts.", code="other_customer")
        if link is not None:
            here = side.conversation_id or ""
            link = await self._links.take(
                link.id, caller, customer_id=customer_id, conversation_id=here, now=now
            )
        if link is None:
            raise NotFound("This link is no longer good.", code="link_gone")
        return link

    async def sign(self, conversation_id: str, channel: str, language: str, *, now: datetime) -> str | None:
        """The address of a link that goes on with the conversation on the web; None: there is no page, or too often."""
        if self._public_url is None or await self._is_too_often(f"joining:{conversation_id}", _OFFERS, now):
            return None
        link = Link(secrets.token_urlsafe(12), "offered", language, now + LIFE, conversation_id, channel)
        await self._links.offer(link, None, now=now)
        return f"{self._public_url}/continue#kefu={self._sign(link.id)}"

    async def claim(
        self, digest: str, message: Message, *, conversation_id: str, now: datetime
    ) -> Link | None:
        """The link of the code that the message brought, which is its sender's from now on; None: it is of no use."""
        by = (message.channel, message.sender)
        if message.channel not in self.channels or await self._is_too_often(
            f"join:{by[0]}:{by[1]}", _PER_SENDER, now
        ):
            return None
        # What is not even looked at does not count here: one sender alone shuts nobody else out.
        if await self._is_too_often(f"join:{by[0]}", _PER_CHANNEL, now):
            return None
        return await self._links.claim(
            digest, by, customer_id=message.customer_id, conversation_id=conversation_id, now=now
        )

    async def others(self, conversation_id: str, caller: Address) -> Sequence[str]:
        """The other channels on which the conversation goes on."""
        placed = await self._links.addresses(conversation_id)
        return tuple(dict.fromkeys(one.address[0] for one in placed if one.address != caller))

    async def are_different(self, link: Link, other: Side) -> bool:
        """Whether the two are known to be of different customers."""
        known = await self._links.customers(link.from_id)
        tokens = {one for one in (link.customer_id, link.to_customer_id) if one is not None}
        return len(known | other.customers | tokens) > 1

    def name(self, channel: str, language: str) -> str:
        return self._texts.say(f"channel.{channel}", language) if self._has_name(channel) else channel

    async def _is_too_often(self, scope: str, most: int, now: datetime) -> bool:
        return await self._store.count_attempt(scope, at=now, window_seconds=_WINDOW_SECONDS) > most

    def _digest(self, code: str) -> str:
        return hmac.new(self._key, f"code\n{code}".encode(), hashlib.sha256).hexdigest()

    def _sign(self, link_id: str) -> str:
        """Good for going on on the web and nothing else."""
        mac = hmac.digest(self._key, f"continue on the web\n{link_id}".encode(), hashlib.sha256)[:16]
        return f"{link_id}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    def _signed(self, token: str) -> str | None:
        link_id = token.partition(".")[0]
        return link_id if hmac.compare_digest(self._sign(link_id).encode(), token.encode()) else None
