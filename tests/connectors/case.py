"""What the contract suite needs to know of a channel: how its platform speaks. Each is `CASE` of a `NAME_case.py`."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from connectors.channel import Connector, Kit, Request
from connectors.registry import CONNECTORS
from tests.contracts.platform import TOO_MANY, Call, Platform, Refusal, open_platform


@asynccontextmanager
async def _itself(platform: Platform) -> AsyncIterator[str]:
    yield platform.url


@dataclass(frozen=True)
class Case:
    open: Callable[[str, Kit], Connector]
    """With a platform at that address."""
    say: Callable[[str, str, str], Request]
    """(Text, sender, id of the message or event): the platform's signed request that brings it."""
    signed: Callable[[bytes], Request]
    """Any body, signed as the platform signs it: what the parser must stand."""
    shown: Callable[[Call], Sequence[str]]
    """The words that a call shows to the person, buttons' labels too; none for a call that shows nothing."""
    press: Callable[[str, str, str, Sequence[Call]], Request] | None = None
    """(Label, sender, id, the calls so far): the button pressed; None where a label is typed."""
    answer: Callable[[Call], Any] = lambda call: {}
    """What the platform answers when all is well."""
    longest: int = 4096
    """Of one text, in characters."""
    whole: int = 1_000_000
    """Characters of a reply that arrive in any case; some platforms take only a few messages."""
    sender: str = "4242"
    serve: Callable[[Platform], AbstractAsyncContextManager[str]] = _itself
    """Where the connector finds the platform; one that speaks another protocol than HTTP is served here, and tells
    the platform what it was told."""
    bring: Callable[[str, str, str, str], Awaitable[None]] | None = None
    """(Address, text, sender, id): puts a message where the connector looks; None where the platform brings all."""
    tells_when: bool = True
    """A platform that is busy says for how long."""
    key: Callable[[Call], str | None] = lambda call: None
    """By which the platform knows a call again; None where it shows it as often as it is told."""
    known: int = 200
    """What it answers to a call that it knows."""
    refusal: Refusal = TOO_MANY
    """How it says that it is too much."""
    person: Callable[[int], str] = lambda number: f"4242{number}"
    """Somebody else's id."""

    async def open_platform(self, stack: AsyncExitStack) -> tuple[Platform, str]:
        """With where the connector finds it: it answers, and knows again, as it does."""
        platform = await stack.enter_async_context(open_platform())
        platform.answer, platform.key, platform.known = self.answer, self.key, self.known
        platform.refusal, platform.touches = self.refusal, lambda call: bool(self.shown(call))
        return platform, await stack.enter_async_context(self.serve(platform))


def cases() -> dict[str, Case]:
    return {name: import_module(f"tests.connectors.{name}_case").CASE for name in CONNECTORS}
