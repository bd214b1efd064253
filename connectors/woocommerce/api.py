"""Calls to WooCommerce's REST API, version 3: https://woocommerce.github.io/woocommerce-rest-api-docs/."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, encode_basic_auth

from connectors.asking import Answered, ask, patiently
from connectors.channel import Payload, RetryLater
from connectors.woocommerce.config import Config

PAGE = 100
"""The most that WooCommerce lists at once."""
_ANSWERED = ("woocommerce_rest_cannot_create_order_refund",)
"""WooCommerce says these with status 500 when it has looked, and taken back what it had begun."""


class Failed(Exception):
    """WooCommerce will not do it, whenever it is asked; the text has no personal data."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"HTTP {status} {code}".strip())
        self.status, self.code = status, code


@dataclass(frozen=True, slots=True)
class _Answer:
    content: Any
    total: int | None
    """Of a list: how many there are in all; None: it was not said."""


class Api:
    def __init__(self, config: Config, http: ClientSession) -> None:
        self._http, self._base = http, f"{config.url}/wp-json/wc/v3"
        self._headers = {"Authorization": encode_basic_auth(config.consumer_key, config.consumer_secret)}

    async def one(self, path: str) -> Payload | None:
        """None: there is no such thing.

        Raises:
            RetryLater, Failed: as they say.
        """
        try:
            content = (await self._read(path, {})).content
        except Failed as failed:
            if failed.status == 404 and "invalid" in failed.code:
                return None
            if (
                failed.status == 404
            ):  # a site without its plugin, or another page in front of it, knows of nothing
                raise RetryLater(str(failed)) from failed
            raise
        if not isinstance(content, dict):
            raise RetryLater("no object was answered")
        return content

    async def some(self, path: str, **query: str) -> list[Payload]:
        """The first page of a list; raises as `one`."""
        return _rows(await self._read(path, {"per_page": str(PAGE), **query}))

    async def every(self, path: str, **query: str) -> AsyncIterator[list[Payload]]:
        """A whole list, page by page; raises as `one`.

        Lists shift while they are read: something is deleted, or changes and moves to the end of those that are
        sorted by when they changed. So each page begins with the last of the one before; where it does not,
        something moved up past us, and we go back until we meet what we know.
        """
        seen: dict[Any, Any] = {}
        stepped: dict[int, int] = {}
        offset = told = 0
        while True:
            answer = await self._read(path, {"per_page": str(PAGE), **query, "offset": str(offset)})
            rows = _rows(answer)
            is_torn = offset > 0 and not (rows and _is_known(rows[0], seen))
            if is_torn and stepped.get(offset) != told:  # the same again, and nothing new: the list is odd
                stepped[offset] = told
                offset = max(0, offset - PAGE + 1)
                continue
            new = [row for row in rows if not _is_known(row, seen)]
            told += len(new)
            yield new
            seen |= {row.get("id"): row.get("date_modified_gmt") for row in rows}
            if len(rows) < PAGE if answer.total is None else offset + PAGE >= answer.total:
                return
            offset += PAGE - 1

    async def write(self, method: str, path: str, body: Payload) -> Payload:
        """Once: whether it was done in spite of an error, the caller finds out. Raises as `one`."""
        content = (await self._call(method, path, {}, body)).content
        return content if isinstance(content, dict) else {}

    async def _read(self, path: str, query: Mapping[str, str]) -> _Answer:
        return await patiently(lambda: self._call("GET", path, query))

    async def _call(
        self, method: str, path: str, query: Mapping[str, str], body: Payload | None = None
    ) -> _Answer:
        url = f"{self._base}/{path}"
        return _answer(await ask(self._http, method, url, headers=self._headers, query=query, body=body))


def _is_known(row: Payload, seen: Mapping[Any, Any]) -> bool:
    """The very state of it: what has changed since stands elsewhere, and is told again."""
    id = row.get("id")
    return id in seen and seen[id] == row.get("date_modified_gmt")


def _rows(answer: _Answer) -> list[Payload]:
    if not isinstance(answer.content, list):
        raise RetryLater("no list was answered")
    return [row for row in answer.content if isinstance(row, dict)]


def _answer(answered: Answered) -> _Answer:
    status, found = answered.status, answered.content
    if status >= 300:
        given = found.get("code") if isinstance(found, dict) else None
        code = str(given)[:80] if given else ""
        if status in (408, 425, 429) or (status >= 500 and code not in _ANSWERED):
            raise answered.later(code)
        raise Failed(status, code)
    if found is None:  # a page of a plugin's, or of maintenance
        raise RetryLater("no JSON was answered")
    total = answered.headers.get("X-WP-Total", "")
    return _Answer(found, int(total) if total.isascii() and total.isdecimal() else None)
