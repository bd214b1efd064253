"""Twilio's signature: HMAC-SHA1 over the public URL and the form's fields, in order of their names."""

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

from connectors.channel import Denied
from connectors.signatures import check_base64

_PORTS = {"https": 443, "http": 80}


def check(token: str, url: str, fields: Iterable[tuple[str, str]], given: str | None) -> None:
    """
    Raises:
        Denied: it is not Twilio's, whether they wrote the port into the URL or not.
    """
    content = "".join(name + value for name, value in sorted(set(fields)))
    for spelled in spellings(url):
        try:
            return check_base64(
                token, (spelled + content).encode("utf-8", "replace"), given, algorithm="sha1"
            )
        except Denied:
            continue
    raise Denied("no signature" if given is None else "wrong signature")


def spellings(url: str) -> tuple[str, ...]:
    """As it is, without its port, and with the usual one."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal():
        return url, urlunsplit(parts._replace(netloc=name))
    usual = _PORTS.get(parts.scheme, 443)
    return url, urlunsplit(parts._replace(netloc=f"{host}:{usual}"))
