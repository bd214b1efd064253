"""What a channel is: raw HTTP in, messages out of it; a reply in, the platform's payloads out of it.

`receive` and `render` are pure and quick: no network, no disk, no waiting. Whatever takes time is `send`, `fetch`
and `run`, which are called again after a failure.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, runtime_checkable

from aiohttp import ClientSession
from multidict import CIMultiDictProxy

from connectors.base import Message, Reply

Payload = dict[str, Any]
"""One call to the platform, as JSON can keep it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a platform sent, as it came over the wire."""

    method: str
    url: str
    """The public one, which some platforms sign: KEFU_PUBLIC_URL with this path and query."""
    path: str
    """Behind the channel's own: empty, or `interactive`."""
    query: Mapping[str, str]
    headers: CIMultiDictProxy[str]
    body: bytes
    at: datetime
    """By our clock."""


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Media:
    """A photo that the platform keeps: `ref` is what `fetch` needs to get it."""

    ref: str


@dataclass(frozen=True, slots=True)
class Inbound:
    message: Message
    media: tuple[Media, ...] = ()
    """Fetched after the message is on disk; at most nine are."""
    is_bots: bool = False
    """The platform, whose own people answer there, too, says that the bot is to answer this."""


@dataclass(frozen=True, slots=True)
class Remark:
    """What one of the shop's people wrote into the box of an alert, for the shopper whom it is about."""

    user: str
    """The platform's id of who wrote it, by its signed word."""
    id: str
    """The same again is the same remark."""
    about: str
    """As the box had it."""
    text: str
    where: str
    """The alert, for `tell_back`."""


@dataclass(frozen=True, slots=True)
class Received:
    """What a request came to; the response is sent once every message is on disk."""

    messages: tuple[Inbound, ...] = ()
    response: Response = Response()
    pull: bool = False
    """There is more at the platform: `run` should look at once."""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    sender: str
    last_heard: datetime | None
    """When the person last wrote; platforms close a conversation some time after."""
    told_since: int
    """Replies that went out since then, of one payload or several."""


class Denied(Exception):
    """The signature is missing, wrong or too old. The text says which, for the log; the sender is not told."""


class Malformed(Exception):
    """Signed as it should be, and yet not what the platform's documentation promises."""


class RetryLater(Exception):
    """The platform did not take it, and may later."""

    def __init__(self, why: str, *, seconds: float | None = None) -> None:
        """`seconds`: how long the platform asks to wait."""
        super().__init__(why)
        self.seconds = seconds


class Unconfirmed(RetryLater):
    """The platform was told, and its answer never came: it took it, or it did not."""


class Undeliverable(Exception):
    """The platform will never take it: blocked, too late, not allowed."""


class Memory(Protocol):
    """A connector's own few durable facts: a cursor, a session."""

    async def get(self, key: str) -> str | None: ...

    async def put(self, key: str, value: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Kit:
    """What a connector is given to work with."""

    http: ClientSession
    """Its own: with time limits, without cookies or redirects."""
    memory: Memory
    clock: Callable[[], datetime]


Submit = Callable[[Inbound], Awaitable[None]]
"""Puts a message on disk; done when it returns. The same message again changes nothing."""


class Connector(Protocol):
    """A channel that replies are pushed to; each folder of `connectors/` has an `open(config, kit)` that makes one."""

    name: str
    per_second: float
    """Payloads that the platform takes of us, all people together."""
    has_people: bool
    """The shop's people answer on the platform itself what is handed over."""
    knows_sender: bool
    """The platform itself vouches for who writes, so that a conversation begun elsewhere may go on there."""
    knows_again: timedelta
    """How long the platform, which took a payload, shows none with the same `key`; nothing where it knows no keys."""

    def receive(self, request: Request) -> Received:
        """
        Raises:
            Denied: it is not from the platform.
            Malformed: it is, and cannot be read.
        """
        ...

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """The calls that show the reply, in order; the same for the same arguments."""
        ...

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """One of them. `key` is the same whenever the same payload is sent again.

        Raises:
            RetryLater, Unconfirmed, Undeliverable: as it says. Anything else is taken for `RetryLater`.
        """
        ...

    async def fetch(self, media: Media) -> bytes:
        """The photo's bytes; no private address is ever asked, and no more is read than a photo may have.

        Raises:
            RetryLater, Undeliverable: as it says.
        """
        ...

    async def run(self, submit: Submit) -> None:
        """Look for what the platform does not bring by itself, until cancelled; returns at once where it brings all."""
        ...

    def pull(self) -> None:
        """There is something to look for: wakes `run`."""
        ...

    def way_in(self, text: str) -> str | None:
        """An address that opens a chat with the shop there, with `text` brought or ready to be sent.

        None where the platform has no such addresses, or the configuration lacks what they need.
        """
        ...


@runtime_checkable
class Alerting(Protocol):
    """A channel of the shop's own people, too, who are told there that somebody waits."""

    async def alert(self, where: str, text: str, link: str, label: str) -> None:
        """A text with a button, called `label`, that opens `link`; `where` is a chat or a colleague.

        Raises:
            RetryLater, Undeliverable: as they say.
        """
        ...


@dataclass(frozen=True, slots=True)
class Box:
    """Where an alert can be answered at once."""

    about: str
    """Comes back with the answer; at most 200 printable characters."""
    label: str
    send: str
    """What is pressed, where Enter does not do."""


@runtime_checkable
class Answerable(Alerting, Protocol):
    """A channel whose alerts have a box to write into; what is written comes back as `Received.remarks`."""

    async def ask(self, where: str, text: str, link: str, label: str, box: Box) -> None:
        """As `alert`, with the box."""
        ...

    async def tell_back(self, remark: Remark, text: str, *, to_all: bool) -> None:
        """Below the alert, to everybody there; or only to who wrote it.

        Raises:
            RetryLater, Undeliverable: as they say.
        """
        ...


class Pushed:
    """The part of a connector that a platform without pulls and photos needs."""

    per_second = 20.0
    has_people = False
    knows_sender = True
    knows_again = timedelta()

    async def fetch(self, media: Media) -> bytes:
        raise Undeliverable("This channel has no photos.")

    async def run(self, submit: Submit) -> None:
        return None

    def pull(self) -> None:
        return None

    def way_in(self, text: str) -> str | None:
        return None
