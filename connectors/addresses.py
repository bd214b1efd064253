"""Where a shop's system is, as its owner writes it."""

import ipaddress
from urllib.parse import urlsplit


def system_address(text: str) -> str:
    """Without a slash at its end. A key travels with every call: encrypted, or not leaving the machine.

    Raises:
        ValueError: it is no such address; the text says what is wanted.
    """
    parts = urlsplit(text)
    if not parts.hostname or parts.query or parts.fragment or parts.username or not text.isprintable():
        raise ValueError("must be an address, like https://shop.example")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname)):
        raise ValueError("must begin with https://")
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
