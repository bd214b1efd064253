"""Secrets of webhooks: derived from the server's own, so that no copy of the database tells them."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from bot.webhooks.base import Webhook


class Secrets:
    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, webhook_id: str, generation: int) -> str:
        """As Standard Webhooks writes them: `whsec_` and base64 of 32 bytes."""
        digest = hmac.digest(self._key, f"{webhook_id}:{generation}".encode(), hashlib.sha256)
        return "whsec_" + base64.b64encode(digest).decode()

    def live(self, webhook: Webhook, now: datetime) -> Sequence[str]:
        """The newest first; two while it is being replaced."""
        newest = self.of(webhook.id, webhook.generation)
        if webhook.previous_until is None or now >= webhook.previous_until:
            return (newest,)
        return (newest, self.of(webhook.id, webhook.generation - 1))
