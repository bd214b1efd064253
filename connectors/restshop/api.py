"""Calls to the described API: whole lists, single things, changes."""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession, encode_basic_auth

from connectors.asking import Answered, ask, patiently
from connectors.channel import RetryLater
from connectors.restshop.config import GAP, Auth, Call, Config, Listing, Paging
from connectors.restshop.pointers import MISSING, resolve
from connectors.restshop.templates import compile_template
from connectors.shop_system import Refusal

_MOST_PAGES = 100_000


class Api:
    def __init__(self, config: Config, http: ClientSession) -> None:
        self._config, self._http = config, http
        self._headers = _headers(config.auth)

    async def every(self, listing: Listing, since: str | None) -> AsyncIterator[Any]:
        """Raises RetryLater."""
        query = {**listing.query, **({listing.since: since} if listing.since and since else {})}
        paging, place = listing.paging, _start(listing.paging)
        for _ in range(_MOST_PAGES):
            answer = await self._read(listing.path, {**query, **_page(paging, place)})
            found = resolve(listing.items, (answer,))
            if not isinstance(found, list):
                raise RetryLater(f"{listing.path}: no list at {listing.items!r}")
            for one in found:
                yield one
            place = _next(paging, place, answer, len(found))
            if place is None:
                return
        raise RetryLater(f"{listing.path}: the pages never end")

    async def one(self, path: str, at: str) -> Any:
        """MISSING: there is no such thing. Raises RetryLater."""
        answer = await self._read(path, {}, missing=(404, 410))
        found = MISSING if answer is MISSING else resolve(at, (answer,))
        return MISSING if found is None else found

    async def change(self, call: Call, change: Mapping[str, Any], key: str) -> None:
        """The same key is the same change, however often it is sent.

        Raises:
            Refusal, RetryLater: as they say.
        """
        path = GAP.sub(lambda gap: _put_in(gap.group(1), change), call.path)
        template = None if call.body is None else compile_template(call.body, "body")
        spelling = self._config.spelling
        body = template and template.fill(
            (change,), "", lambda _, last, value: spelling.written_back(last, value)
        )
        headers = {**self._headers, call.key_header: key}

        async def send() -> Answered:
            answered = await ask(
                self._http, call.method, f"{self._config.url}{path}", headers=headers, body=body
            )
            if answered.status >= 300 and answered.status not in call.refused:
                raise answered.later()
            return answered

        answered = await patiently(send)
        if answered.status >= 300:
            raise Refusal(f"HTTP {answered.status}")

    async def _read(self, path: str, query: Mapping[str, str], missing: tuple[int, ...] = ()) -> Any:
        async def read() -> Any:
            url = f"{self._config.url}{path}"
            answered = await ask(self._http, "GET", url, headers=self._headers, query=query)
            if answered.status in missing:
                return MISSING
            if answered.status != 200:
                raise answered.later(path)
            if answered.content is None:
                raise RetryLater(f"{path}: no JSON was answered")
            return answered.content

        return await patiently(read)


def named(path: str, id: str) -> str:
    return path.replace("{id}", quote(id, safe=""))


def _headers(auth: Auth) -> Mapping[str, str]:
    if auth.basic is not None:
        return {"Authorization": encode_basic_auth(auth.basic.user, auth.basic.password)}
    return {"Authorization": f"Bearer {auth.bearer}"} if auth.bearer is not None else auth.headers


def _put_in(pointer: str, change: Mapping[str, Any]) -> str:
    """One part of a path, whatever the value holds."""
    found = resolve(pointer, (change,))
    if not isinstance(found, str | int) or found in ("", ".", ".."):
        raise Refusal(f"there is nothing at {pointer}")
    return quote(str(found), safe="")


def _start(paging: Paging | None) -> int | str | None:
    if paging is None or paging.by == "cursor":
        return None
    return paging.first if paging.by == "page" else 0


def _page(paging: Paging | None, place: int | str | None) -> Mapping[str, str]:
    if paging is None:
        return {}
    size = {paging.size_parameter: str(paging.size)} if paging.size_parameter else {}
    return size if place is None else {**size, paging.parameter: str(place)}


def _next(paging: Paging | None, place: int | str | None, answer: Any, count: int) -> int | str | None:
    """None: that was all."""
    if paging is None:
        return None
    if paging.next is not None:
        cursor = resolve(paging.next, (answer,))
        return str(cursor) if cursor not in (MISSING, None, "", False) and str(cursor) != place else None
    if count < paging.size or not isinstance(place, int):
        return None
    return place + (1 if paging.by == "page" else count)
