"""The API as methods: one for each operation of `/openapi.json`, named as there, and a few that put them together."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar
from urllib.parse import quote
from uuid import uuid4

from aiohttp import ClientSession

from connectors.client.administration import Administration
from connectors.client.calls import Calls
from connectors.client.models import (
    Answer,
    Attachment,
    History,
    Ingested,
    LinkFollowed,
    LinkOffer,
    Links,
    Message,
    Passage,
    Session,
    ToolAnswer,
    Tools,
)
from connectors.client.watching import watched

Item = TypeVar("Item", covariant=True)
_LOOK_SECONDS = 1.0
_MOST_WAIT = 30.0
"""Seconds that the server holds a request."""


class Page(Protocol[Item]):
    """What a list answers."""

    @property
    def items(self) -> Sequence[Item]: ...

    @property
    def next_cursor(self) -> str | None: ...


class Client(Administration):
    """`async with Client(url, key) as kefu:`; each method raises what `errors.py` lists."""

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        http: ClientSession | None = None,
        attempts: int = 4,
        language: str | None = None,
    ) -> None:
        """`token`: an API key, or a session's. A request is made at most `attempts` times; an `http` of
        your own stays open."""
        self._http, self._is_own = http or ClientSession(), http is None
        self._calls = Calls(self._http, url, token, attempts=attempts, language=language)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_own:
            await self._http.close()

    async def open_session(
        self,
        *,
        shopper_token: str | None = None,
        session_token: str | None = None,
        language: str | None = None,
    ) -> Session:
        """From then on this client speaks with the session's token."""
        body = {"shopper_token": shopper_token, "session_token": session_token, "language": language}
        session = Session.model_validate(await self._calls.json("POST", "/v1/session", body=body))
        self._calls.token = session.session_token
        return session

    async def post_message(
        self,
        text: str = "",
        *,
        id: str | None = None,
        action: str | None = None,
        language: str | None = None,
        attachments: Sequence[str] = (),
        wait: float = 10.0,
        sender: str | None = None,
        customer_id: str | None = None,
    ) -> Answer:
        """With an API key, `sender` is your stable id of the person; `customer_id` you vouch for. Give an `id`
        of your own where the same message may be sent again later."""
        body = {
            "id": id or uuid4().hex,
            "text": text,
            "action": action,
            "language": language,
            "attachments": list(attachments),
            "wait": wait,
            "sender": sender,
            "customer_id": customer_id,
        }
        told = await self._calls.json("POST", "/v1/messages", body=body, seconds=wait + 30)
        return Answer.model_validate(told)

    async def ask(self, text: str, *, seconds: float = 60.0, **more: Any) -> tuple[Message, ...]:
        """Say it, and wait for the replies however long the turn takes; none where a person has the conversation.

        `more`: as in `post_message`.
        """
        until = asyncio.get_running_loop().time() + seconds
        answer = await self.post_message(text, wait=min(seconds, _MOST_WAIT), **more)
        replies, said = answer.replies, answer.accepted
        while not replies and asyncio.get_running_loop().time() < until:
            await asyncio.sleep(_LOOK_SECONDS)
            page = await self.list_messages(
                answer.conversation_id, after=said.seq, sender=more.get("sender"), limit=100
            )
            replies = tuple(line for line in page.messages if said.id in line.in_reply_to)
        return replies

    async def list_messages(
        self,
        conversation_id: str,
        *,
        after: int | None = None,
        before: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        sender: str | None = None,
    ) -> History:
        """From the first on, or from `after`; with `before`, the last ones before it."""
        query = {"after": after, "before": before, "cursor": cursor, "limit": limit, "sender": sender}
        path = f"/v1/conversations/{quote(conversation_id, safe='')}/messages"
        return History.model_validate(await self._calls.json("GET", path, query=query))

    def watch(self, *, after: int = 0, sender: str | None = None) -> AsyncIterator[Message]:
        """The conversation's messages from `after` on, as they come, until you stop; connects again by itself."""
        return watched(self._calls, after, sender)

    async def rate_message(
        self, message_id: str, helpful: bool, *, comment: str = "", sender: str | None = None
    ) -> None:
        path = f"/v1/messages/{quote(message_id, safe='')}/feedback"
        body = {"helpful": helpful, "comment": comment}
        await self._calls.json("POST", path, body=body, query={"sender": sender})

    async def post_attachment(self, content: bytes, *, sender: str | None = None) -> Attachment:
        """A photo: JPEG, PNG or WebP."""
        told = await self._calls.json("POST", "/v1/attachments", content=content, query={"sender": sender})
        return Attachment.model_validate(told)

    async def read_attachment(self, attachment_id: str) -> bytes:
        return await self._calls.raw("GET", f"/v1/attachments/{quote(attachment_id, safe='')}")

    async def read_passage(self, passage_id: str) -> Passage:
        told = await self._calls.json("GET", f"/v1/passages/{quote(passage_id, safe='')}")
        return Passage.model_validate(told)

    async def read_links(self, *, sender: str | None = None) -> Links:
        return Links.model_validate(await self._calls.json("GET", "/v1/links", query={"sender": sender}))

    async def offer_link(self, *, language: str | None = None, sender: str | None = None) -> LinkOffer:
        """A code that takes the conversation to another channel, once it is sent from there."""
        body, query = {"language": language}, {"sender": sender}
        return LinkOffer.model_validate(await self._calls.json("POST", "/v1/links", body=body, query=query))

    async def follow_link(
        self, token: str, *, language: str | None = None, sender: str | None = None
    ) -> LinkFollowed:
        """Go on with the conversation whose link the person got on another channel."""
        body, query = {"token": token, "language": language}, {"sender": sender}
        told = await self._calls.json("POST", "/v1/links/follow", body=body, query=query)
        return LinkFollowed.model_validate(told)

    async def list_tools(self) -> Tools:
        return Tools.model_validate(await self._calls.json("GET", "/v1/tools"))

    async def call_tool(
        self,
        name: str,
        arguments: Mapping[str, Any] | None = None,
        *,
        confirm: str | None = None,
        customer_id: str | None = None,
        language: str | None = None,
    ) -> ToolAnswer:
        """A tool that writes answers what would happen, and `confirm`: with that in place of arguments it happens."""
        body = {
            "arguments": dict(arguments or {}),
            "confirm": confirm,
            "customer_id": customer_id,
            "language": language,
        }
        told = await self._calls.json("POST", f"/v1/tools/{quote(name, safe='')}", body=body)
        return ToolAnswer.model_validate(told)

    async def ingest_events(self, *events: Mapping[str, Any]) -> Ingested:
        """What shoppers did elsewhere, at most 100 CloudEvents; all are recorded, or none."""
        return Ingested.model_validate(await self._calls.json("POST", "/v1/events", body=list(events)))


async def every(ask: Callable[..., Awaitable[Page[Item]]], *given: Any, **query: Any) -> AsyncIterator[Item]:
    """All entries of a list, page after page: `every(kefu.list_deliveries, webhook_id)`."""
    cursor = None
    while True:
        page = await ask(*given, **query, cursor=cursor)
        for item in page.items:
            yield item
        cursor = page.next_cursor
        if cursor is None:
            return
