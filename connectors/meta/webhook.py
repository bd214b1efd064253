"""Meta's webhooks: the handshake, the signature, and batches in which what cannot be read spoils nothing else."""

from collections.abc import Callable, Iterable
from typing import Any

from connectors.channel import Inbound, Malformed, Received, Request, Response
from connectors.meta.config import MetaConfig
from connectors.reading import read_object
from connectors.signatures import check_hex, check_same

Entry = dict[str, Any]
_BROKEN = (ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError, OSError, Malformed)


def receive(
    config: MetaConfig,
    request: Request,
    kind: str,
    unroll: Callable[[Entry], Iterable[Any]],
    read: Callable[[Any], Inbound | None],
) -> Received:
    """`unroll` takes an entry of a body about `kind` apart, `read` makes a message of a part, or None.

    Raises:
        Denied: it is not from Meta.
        Malformed: nothing in it could be read.
    """
    if request.method == "GET":
        check_same(config.verify_token, request.query.get("hub.verify_token"), "verify token")
        return Received(response=Response(body=request.query.get("hub.challenge", "").encode()))
    check_hex(config.app_secret, request.body, request.headers.get("X-Hub-Signature-256"), prefix="sha256=")
    try:
        body = read_object(request.body)
        entries = list(body["entry"]) if body["object"] == kind else []
    except _BROKEN as error:
        raise Malformed(type(error).__name__) from error
    found, broken = list[Inbound](), 0
    for entry in entries:
        try:
            parts = list(unroll(entry))
        except _BROKEN:
            broken += 1
            continue
        for part in parts:
            try:
                inbound = read(part)
            except _BROKEN:
                broken += 1
                continue
            if inbound is not None:
                found.append(inbound)
    if broken and not found:
        raise Malformed(f"{broken} parts")
    return Received(tuple(found))
