"""Slack's Events API, interactivity and Web API: https://docs.slack.dev."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Reply
from connectors.calling import call
from connectors.channel import (
    Box,
    Kit,
    Malformed,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Remark,
    Request,
    RetryLater,
    Undeliverable,
)
from connectors.fetching import fetch_photo
from connectors.reading import read_object
from connectors.signatures import check_age, check_hex
from connectors.slack.parsing import of_button, of_event
from connectors.slack.rendering import alert, calls, escaped

_FORM = "application/x-www-form-urlencoded"
_LATER = {
    "ratelimited", "rate_limited", "message_limit_exceeded", "internal_error", "fatal_error",
    "service_unavailable", "request_timeout", "accesslimited", "team_added_to_org",
    # Somebody has to give us another token; what is said until then should not be lost.
    "invalid_auth", "not_authed", "token_expired", "token_revoked", "account_inactive", "missing_scope",
}  # fmt: skip


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str = Field(min_length=16, repr=False)
    """The bot's, `xoxb-`."""
    signing_secret: str = Field(min_length=16, repr=False)
    public_url: str | None = None
    """Of our server, from where Slack fetches the cards' pictures; none are shown without it."""
    api: str = "https://slack.com/api"


class Slack(Pushed):
    name = "slack"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """An event, or a pressed button; both may come to the same address."""
        timestamp = request.headers.get("X-Slack-Request-Timestamp")
        check_age(timestamp, request.at)
        signed = b"v0:%s:%s" % (str(timestamp).encode(), request.body)
        check_hex(self._config.signing_secret, signed, request.headers.get("X-Slack-Signature"), prefix="v0=")
        try:
            if request.headers.get("Content-Type", "").startswith(_FORM):
                form = parse_qs(request.body.decode(), strict_parsing=True)
                return of_button(read_object(form["payload"][0]), request.at)
            return of_event(read_object(request.body), request.at)
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
            raise Malformed(type(error).__name__) from error

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """To the person, whose direct messages with us Slack finds by their id."""
        return [
            {"channel": to.sender, "unfurl_links": False, "unfurl_media": False, **one}
            for one in calls(reply, self._config.public_url)
        ]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """Slack knows no idempotency keys: a call whose answer is lost is not made again."""
        await self._post(payload)

    async def fetch(self, media: Media) -> bytes:
        """Asked for by its id: a file from another workspace has no address before."""
        found = await self._call("files.info", query={"file": media.ref})
        address = (found.get("file") or {}).get("url_private")
        if not isinstance(address, str):
            raise Undeliverable("no such file")
        host = self._config.api.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
        return await fetch_photo(self._kit.http, address, hosts=(host,), headers=self._headers())

    async def alert(self, where: str, text: str, link: str, label: str) -> None:
        """Tells a channel of the shop's own people something, with a button that opens `link`.

        Raises:
            RetryLater, Undeliverable: as they say.
        """
        await self._post({"channel": where, **alert(text, link, label)})

    async def ask(self, where: str, text: str, link: str, label: str, box: Box) -> None:
        await self._post({"channel": where, **alert(text, link, label, box)})

    async def tell_back(self, remark: Remark, text: str, *, to_all: bool) -> None:
        """In the alert's thread, or for the person's eyes only."""
        channel, _, message = remark.where.partition("/")
        told = {"channel": channel, "thread_ts": message, "text": escaped(text)}
        if to_all:
            await self._post(told)
        else:
            await self._call("chat.postEphemeral", json_body={**told, "user": remark.user})

    async def _post(self, body: Payload) -> None:
        await self._call("chat.postMessage", json_body=body)

    async def _call(self, method: str, **body: Any) -> dict[str, Any]:
        url = f"{self._config.api}/{method}"
        kind = "GET" if "query" in body else "POST"
        answer = await call(self._kit.http, kind, url, headers=self._headers(), **body)
        if answer.get("ok") is False:
            error = str(answer.get("error"))
            raise (RetryLater if error in _LATER else Undeliverable)(error)
        return answer

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._config.token}"}


def open(config: Config, kit: Kit) -> Slack:
    return Slack(config, kit)
