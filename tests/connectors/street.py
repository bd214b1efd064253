"""One Kefu behind one door, on all channels, each with its simulated platform; and a person who writes there."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count, cycle
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from aiohttp import ClientSession, web

from bot.factory import Kefu
from bot.http.app import make_app
from bot.settings import read_settings
from bot.shop.domain import Order, OrderStatus
from bot.shop.importer import read_folder
from connectors.channel import Request
from tests.conftest import CACHE, NOW
from tests.connectors.case import Case, cases
from tests.contracts.platform import Call, Platform, open_kit
from tests.models import built

PATIENCE_SECONDS = 3.0
"""How long connectors wait for an answer."""
_REPEATS = 3
_ORDERS = 150
_STEP = timedelta(seconds=5)


@dataclass
class Clock:
    """Stands at `NOW`, where the platforms' signatures are made, unless a test puts it forward."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return NOW + self.ahead


@dataclass
class Street:
    kefu: Kefu
    http: ClientSession
    url: str
    platforms: Mapping[str, Platform]
    addresses: Mapping[str, str]
    orders: list[Order]
    """Paid ones, each of a customer with a phone; taken from the end."""
    clock: Clock
    numbers: "count[int]" = field(default_factory=lambda: count(1000))

    async def bring(self, name: str, request: Request) -> int:
        """The status that the platform sees."""
        async with self.http.request(
            request.method,
            self.url + _target(name, request),
            data=request.body,
            headers=dict(request.headers),
        ) as response:
            await response.read()
            return response.status

    async def bring_and_hang_up(self, name: str, request: Request) -> None:
        """Our acknowledgement never arrives."""
        host = urlsplit(self.url)
        _, writer = await asyncio.open_connection(host.hostname, host.port)
        head = {**request.headers, "Host": host.netloc, "Content-Length": str(len(request.body))}
        lines = [f"{request.method} {_target(name, request)} HTTP/1.1"]
        lines += [f"{key}: {value}" for key, value in head.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + request.body)
        await writer.drain()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()

    async def settle(self, *, hurry: bool = True) -> None:
        """All is answered and delivered; `hurry`: time flies while something waits to go out."""
        async with asyncio.timeout(60):
            while any((depths := await self._depths()).values()):
                answering = any(platform.answering for platform in self.platforms.values())
                if hurry and not depths["inbox"] and not answering:
                    self.clock.ahead += _STEP
                    self.kefu.outbox.wake()
                await asyncio.sleep(0.02)
        self.clock.ahead = timedelta()

    async def _depths(self) -> dict[str, int]:
        depths = await self.kefu.store.depths()
        return {name: depths[name] for name in ("inbox", "outbox")}


@dataclass
class Talk:
    """What one person says on one channel, and is shown."""

    street: Street
    name: str
    case: Case
    sender: str
    begun: int = -1
    heard: int = 0
    """Calls of the platform that were looked at."""
    brought: list[tuple[str, Request | str]] = field(default_factory=list)
    """What was said so far: number and request, or the text where we look for it ourselves."""

    def __post_init__(self) -> None:
        self.begun = self.heard = len(self.platform.calls)

    @property
    def platform(self) -> Platform:
        return self.street.platforms[self.name]

    async def say(self, text: str) -> str:
        """Said once; what is shown for it."""
        await self.tell(text)
        return await self.answer()

    async def tell(self, text: str, *, repeated: bool = False) -> None:
        number = str(next(self.street.numbers))
        if self.case.bring is None:
            await self._tell(number, self.case.say(text, self.sender, number), repeated=repeated)
        else:
            await self._tell(number, text, repeated=repeated)

    async def press(self, label: str, *, repeated: bool = False) -> None:
        """Pressed, or typed where there are no buttons."""
        if self.case.press is None:
            await self.tell(label, repeated=repeated)
        else:
            number = str(next(self.street.numbers))
            request = self.case.press(label, self.sender, number, self.platform.calls)
            await self._tell(number, request, repeated=repeated)

    async def say_all_again(self) -> None:
        for number, what in self.brought:
            await self._bring(number, what)

    async def answer(self) -> str:
        """What the person is shown until nothing more comes, and something came."""
        words: list[str] = []
        async with asyncio.timeout(60):
            while not words:
                await asyncio.sleep(0.02)
                await self.street.settle(hurry=False)
                words = self.shown()
        return "\n".join(words)

    def shown(self) -> list[str]:
        """Since it was last looked at."""
        calls, self.heard = self.platform.calls[self.heard :], len(self.platform.calls)
        return [words for call in calls for words in self.case.shown(call)]

    def calls(self) -> list[Call]:
        """All that showed something."""
        return [call for call in self.platform.calls[self.begun :] if self.case.shown(call)]

    async def _tell(self, number: str, what: Request | str, *, repeated: bool) -> None:
        """`repeated`: several times at once, after an acknowledgement that was lost."""
        self.brought.append((number, what))
        if repeated and isinstance(what, Request):
            await self.street.bring_and_hang_up(self.name, what)
        await asyncio.gather(*(self._bring(number, what) for _ in range(_REPEATS if repeated else 1)))

    async def _bring(self, number: str, what: Request | str) -> None:
        if isinstance(what, Request):
            status = await self.street.bring(self.name, what)
            assert status == 200, f"{self.name}: acknowledged with {status}"
        else:
            assert self.case.bring is not None
            await self.case.bring(self.street.addresses[self.name], what, self.sender, number)


@asynccontextmanager
async def open_street(
    demo_data: Path, folder: Path, *, names: Collection[str] | None = None, **settings: str
) -> AsyncIterator[Street]:
    """`names`: only these channels."""
    data, clock = folder / "data", Clock()
    shutil.copytree(demo_data, data)
    async with AsyncExitStack() as stack:
        platforms, addresses, connectors = {}, {}, {}
        opened = {name: case for name, case in cases().items() if names is None or name in names}
        for name, case in opened.items():
            platforms[name], addresses[name] = await case.open_platform(stack)
            platforms[name].clock = clock
            kit = await stack.enter_async_context(open_kit(NOW, seconds=PATIENCE_SECONDS))
            connectors[name] = case.open(addresses[name], kit)
        chosen = read_settings(data=data, cache=CACHE, public_url="https://kefu.shop.example", **settings)
        kefu = await built(chosen, clock=clock, connectors=connectors)
        await kefu.start()
        runner = web.AppRunner(make_app(kefu, chosen, clock=clock), access_log=None, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        http = await stack.enter_async_context(ClientSession())
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield Street(kefu, http, url, platforms, addresses, await _many_orders(kefu, data / "demo"), clock)
        await kefu.stop()
        await runner.cleanup()


async def _many_orders(kefu: Kefu, folder: Path) -> list[Order]:
    """The demo shop again, with many more paid orders of customers who have a phone."""
    data = await asyncio.to_thread(read_folder, folder)
    with_phone = {one.id for one in data.customers if one.phones}
    paid = [one for one in data.orders if one.status is OrderStatus.PAID and one.customer_id in with_phone]
    more = [replace(order, number=f"{120000 + n}") for n, order in zip(range(_ORDERS), cycle(paid))]
    await kefu.shop.replace(replace(data, orders=(*data.orders, *more)), fresh=True)
    return more


def _target(name: str, request: Request) -> str:
    path = f"/channels/{name}{'/' + request.path if request.path else ''}"
    return f"{path}?{urlencode(request.query)}" if request.query else path
