"""Shopify's GraphQL Admin API: one call, its cost waited for, its errors in the words of `connectors.channel`."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from connectors.calling import Refused, call
from connectors.channel import Kit, RetryLater
from connectors.shop_system import Refusal
from connectors.shopify.config import Config
from connectors.tokens import AccessToken

Data = dict[str, Any]

_PATIENCE_SECONDS = 8.0
"""A bucket that fills later than this is waited for outside."""
_FLOOR_SECONDS = 0.05
_SPARED = 0.5
"""The share of the bucket that reading page by page leaves to who asks for one thing."""


class Api:
    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        self._url = f"{config.base}/admin/api/{config.version}/graphql.json"
        self._token = AccessToken(self._fetch_token)
        self._pause = 0.0
        """Seconds until the bucket holds what is spared."""

    async def ask(self, document: str, **variables: Any) -> Data:
        """What `data` holds. A call that Shopify turned away for its cost did nothing and is made again.

        Raises:
            RetryLater: it is not known to be done.
        """
        waited = 0.0
        while True:
            answer = await self._post({"query": document, "variables": variables})
            errors = answer.get("errors")
            if not errors and isinstance(answer.get("data"), dict):
                self._pause = _refill(answer)
                data: Data = answer["data"]
                return data
            seconds = _throttled(errors, answer)
            if seconds is None:
                raise RetryLater(f"Shopify: {_words(errors)}")
            waited += seconds
            if waited > _PATIENCE_SECONDS:
                raise RetryLater("Shopify: throttled", seconds=seconds)
            await asyncio.sleep(seconds)

    async def do(self, name: str, document: str, *, errors: str = "userErrors", **variables: Any) -> Data:
        """The payload of a mutation.

        Raises:
            Refusal: Shopify says why not, and nothing was changed.
            RetryLater: it is not known to be done.
        """
        payload = (await self.ask(document, **variables)).get(name)
        if not isinstance(payload, dict):
            raise RetryLater(f"Shopify: {name} came to nothing")
        if payload.get(errors):
            words = _words(payload[errors])
            if "idempot" in words.lower():  # the same call before this one is still under way
                raise RetryLater(f"{name}: {words}")
            raise Refusal(f"{name}: {words}")
        return payload

    async def pages(self, name: str, document: str, **variables: Any) -> AsyncIterator[Data]:
        """Each page of a connection, with all that was asked for beside it."""
        after = None
        while True:
            data = await self.ask(document, after=after, **variables)
            yield data
            info = data[name]["pageInfo"]
            if not info["hasNextPage"]:
                return
            after = info["endCursor"]
            await asyncio.sleep(self._pause)

    async def _post(self, body: Mapping[str, Any]) -> Data:
        for last in (False, True):
            token = self._config.token or await self._token.get()
            try:
                return await call(
                    self._kit.http,
                    "POST",
                    self._url,
                    json_body=body,
                    headers={"X-Shopify-Access-Token": token},
                )
            except Refused as error:
                # A shop that is frozen or a token that was replaced may come back: nothing is refused for good.
                if error.status != 401 or self._config.token or last:
                    raise RetryLater(f"Shopify: HTTP {error.status}") from error
                self._token.forget(token)
        raise AssertionError  # the loop returns or raises

    async def _fetch_token(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._config.client_id or "",
            "client_secret": self._config.client_secret,
        }
        try:
            url = f"{self._config.base}/admin/oauth/access_token"
            answer = await call(self._kit.http, "POST", url, form=form)
            return str(answer["access_token"]), float(answer["expires_in"])
        except (Refused, KeyError, TypeError, ValueError) as error:
            raise RetryLater("Shopify gives no access token") from error


def _throttled(errors: Any, answer: Data) -> float | None:
    """Seconds until the bucket holds what the call costs; None: that is not what is wrong."""
    if not isinstance(errors, list):
        return None
    codes = [(one.get("extensions") or {}).get("code") for one in errors if isinstance(one, dict)]
    if "THROTTLED" not in codes:
        return None
    try:
        cost = answer["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = float(cost["requestedQueryCost"]) - float(status["currentlyAvailable"])
        return max(missing / float(status["restoreRate"]), _FLOOR_SECONDS)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return 1.0


def _refill(answer: Data) -> float:
    try:
        status = answer["extensions"]["cost"]["throttleStatus"]
        missing = float(status["maximumAvailable"]) * _SPARED - float(status["currentlyAvailable"])
        return min(max(missing / float(status["restoreRate"]), 0.0), _PATIENCE_SECONDS)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return 0.0


def _words(errors: Any) -> str:
    if not isinstance(errors, list):
        return "no answer" if not errors else str(errors)[:200]
    said = [str(one.get("message", one)) if isinstance(one, dict) else str(one) for one in errors]
    return "; ".join(said)[:500]
