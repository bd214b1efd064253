"""Photos from addresses that others name: nothing private is asked, nothing large is read."""

import ipaddress
import socket
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin, urlsplit

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import AddrInfoType
from aiohttp.resolver import ThreadedResolver

from connectors.channel import RetryLater, Undeliverable

LARGEST_PHOTO = 10_000_000
_CHUNK = 64 * 1024
_SECONDS = 30


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, so that what was checked is what is connected to."""

    def __init__(self) -> None:
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._resolver.resolve(host, port, family)
        public = [one for one in found if is_public(one["host"])]
        if not public:
            raise OSError(f"{host} is no public address")
        return public

    async def close(self) -> None:
        await self._resolver.close()


def is_public(address: str) -> bool:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not (mapped or found).is_multicast


def public_http(**options: Any) -> ClientSession:
    """A client that reaches public addresses only, whatever it is asked for; close it."""
    connector = TCPConnector(resolver=PublicResolver(), socket_factory=_public_socket)
    return ClientSession(connector=connector, timeout=ClientTimeout(total=_SECONDS), **options)


def _public_socket(info: AddrInfoType) -> socket.socket:
    """An address that stands in the URL is not resolved: it is looked at here, right before it is connected to."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise OSError("no public address")
    return socket.socket(family=family, type=kind, proto=protocol)


async def fetch_photo(
    http: ClientSession,
    url: str,
    *,
    hosts: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
    onward: Sequence[str] = (),
) -> bytes:
    """`hosts`: where the platform keeps its photos, the only ones whom `headers` are told; none: any public one.

    `onward`: hosts that these may send us on to, once.

    Raises:
        RetryLater, Undeliverable: as they say.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Undeliverable("no address") from error
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or (hosts and not _is_one_of(host, hosts)):
        raise Undeliverable(f"not an address of photos: {parts.scheme}://{host}")
    if not hosts and _is_literal(host) and not is_public(host):
        raise Undeliverable("a private address")
    try:
        async with http.get(url, headers=headers, allow_redirects=False) as response:
            if response.status in (202, 408, 425, 429) or response.status >= 500:
                raise RetryLater(f"HTTP {response.status}")
            if onward and response.status in (301, 302, 303, 307, 308):
                elsewhere = urljoin(url, response.headers.get("Location", ""))
                return await fetch_photo(http, elsewhere, hosts=onward)
            if response.status != 200:
                raise Undeliverable(f"HTTP {response.status}")
            content = bytearray()
            async for chunk in response.content.iter_chunked(_CHUNK):
                content += chunk
                if len(content) > LARGEST_PHOTO:
                    raise Undeliverable("too large")
            return bytes(content)
    except (ClientError, TimeoutError) as error:
        raise RetryLater(type(error).__name__) from error


def _is_one_of(host: str, hosts: Sequence[str]) -> bool:
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
