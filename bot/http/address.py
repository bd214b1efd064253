"""The client's address: the peer's, unless the peer is a proxy that we trust."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from bot.errors import SettingsError

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

UNKNOWN = "unknown"
_MOST_HOPS = 20


def parse_networks(words: Sequence[str]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(word, strict=False) for word in words)
    except ValueError as error:
        raise SettingsError(f"Setting KEFU_TRUSTED_PROXIES: {error}.") from error


def client_address(peer: str | None, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """Read from the right, past every trusted proxy; the first one that is not trusted is the client.

    `forwarded_for` are the X-Forwarded-For headers as they came, however many.
    """
    address = _parse(peer or "")
    hops = [part for header in forwarded_for for part in header.split(",")][-_MOST_HOPS:]
    for hop in reversed(hops):
        if address is None or not _is_trusted(address, trusted):
            break
        following = _parse(hop)
        if following is None:
            break  # A trusted proxy wrote something else than an address: the proxy is all we know.
        address = following
    return str(address) if address is not None else UNKNOWN


def network_of(address: str) -> str:
    """What limits are counted on: one home has a whole /64 of IPv6 addresses to choose from."""
    parsed = _parse(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network((parsed, 64), strict=False))
    return address


def is_loopback(address: str) -> bool:
    parsed = _parse(address)
    return parsed is not None and parsed.is_loopback


def _is_trusted(address: Address, trusted: Sequence[Network]) -> bool:
    return any(address in network for network in trusted)


def _parse(text: str) -> Address | None:
    """An address, as some proxies write it: with a port, in brackets, or IPv4 within IPv6."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
