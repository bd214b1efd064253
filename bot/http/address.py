"""The client's address: the peer's, unless the peer is a proxy that we trust."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from bot.errors import SettingsError

Network = IPv4Network | IPv6Network


def parse_networks(words: Sequence[str]) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(word, strict=False) for word in words)
    except ValueError as error:
        raise SettingsError(f"Setting KEFU_TRUSTED_PROXIES: {error}.") from error


def client_address(peer: str | None, forwarded_for: str, trusted: Sequence[Network]) -> str:
    """Read from the right, past every trusted proxy; the first one that is not trusted is the client."""
    address = peer or "unknown"
    for candidate in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if not _is_trusted(address, trusted):
            break
        address = candidate
    return address if _is_address(address) else (peer or "unknown")


def _is_trusted(address: str, trusted: Sequence[Network]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in trusted)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
