"""Calls to Meta's Graph API, and what its error codes mean for a message."""

import json
from typing import Any

from aiohttp import ClientSession

from connectors.calling import Refused, call
from connectors.channel import RetryLater, Undeliverable
from connectors.meta.config import MetaConfig
from connectors.signatures import hmac_digest

_LATER = {
    1, 2, 4, 17, 32, 341, 368, 613, 1200, 80006, 80007,
    # WhatsApp: rate limits, the pair's too, and what passes by itself.
    130429, 131000, 131016, 131048, 131056, 131057, 133004,
    # Somebody has to give us another token; what is said until then should not be lost.
    0, 190,
}  # fmt: skip


class GraphRefused(Undeliverable):
    def __init__(self, why: str, code: int | None) -> None:
        """`code`: Meta's own."""
        super().__init__(why)
        self.code = code


async def graph(
    http: ClientSession, config: MetaConfig, method: str, path: str, body: object | None = None
) -> dict[str, Any]:
    """
    Raises:
        RetryLater: as `call` says, and for the codes that pass.
        GraphRefused: for the others.
    """
    try:
        return await call(
            http,
            method,
            f"{config.api}/{path}",
            json_body=body,
            headers=bearer(config),
            query={"appsecret_proof": hmac_digest(config.app_secret, config.token.encode()).hex()},
        )
    except Refused as error:
        code = _code(error.content)
        if code in _LATER:
            raise RetryLater(str(error)) from error
        raise GraphRefused(str(error), code) from error


def bearer(config: MetaConfig) -> dict[str, str]:
    return {"Authorization": f"Bearer {config.token}"}


def _code(content: bytes) -> int | None:
    try:
        code = json.loads(content)["error"]["code"]
    except (ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None
