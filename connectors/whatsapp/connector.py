"""WhatsApp Cloud API: https://developers.facebook.com/documentation/business-messaging/whatsapp."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Reply
from connectors.channel import (
    Kit,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Undeliverable,
)
from connectors.fetching import fetch_photo
from connectors.meta import webhook
from connectors.meta.config import MetaConfig
from connectors.meta.graph import GraphRefused, bearer, graph
from connectors.plain import as_text
from connectors.splitting import clip
from connectors.whatsapp.parsing import read, unroll
from connectors.whatsapp.rendering import messages

_WINDOW = timedelta(hours=24)
"""After the person last wrote; then only templates are taken."""
_WINDOW_CLOSED = 131047
_LONGEST_VARIABLE = 900
_PHOTO_HOSTS = ("fbsbx.com", "fbcdn.net", "whatsapp.net")


class Template(BaseModel):
    """A message that Meta has approved, for what is said after the window has closed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    languages: Mapping[str, str] = Field({"zh": "zh_CN", "en": "en"}, min_length=1)
    """A reply's language to the template's."""
    text: bool = True
    """Its body has one variable, which becomes the reply's words; else it only asks the person to write again."""


class Config(MetaConfig):
    phone_number_id: str = Field(pattern=r"^\d+$")
    number: str | None = Field(default=None, pattern=r"^[1-9]\d{6,14}$")
    """The one that people write to, with its country's code; for links that open a chat with it."""
    template: Template | None = None


class WhatsApp(Pushed):
    name = "whatsapp"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """Messages to our number, as many as the body holds."""
        return webhook.receive(
            self._config,
            request,
            "whatsapp_business_account",
            partial(unroll, phone_number_id=self._config.phone_number_id),
            partial(read, now=request.at),
        )

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """Messages; the first with the template that stands for them all after the window has closed."""
        payloads: list[Payload] = [
            {"message": {**_address(to.sender), **one}} for one in messages(reply, self._config.public_url)
        ]
        if payloads and self._config.template:
            payloads[0]["template"] = {**_address(to.sender), **_template(self._config.template, reply)}
        return payloads

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """WhatsApp knows no idempotency keys: a call whose answer is lost is not made again."""
        if to.last_heard is None or self._kit.clock() - to.last_heard >= _WINDOW:
            await self._send_late(payload)
            return
        try:
            await self._post(payload["message"])
        except GraphRefused as error:
            if error.code != _WINDOW_CLOSED:
                raise
            await self._send_late(payload)

    async def fetch(self, media: Media) -> bytes:
        found = await graph(self._kit.http, self._config, "GET", quote(media.ref, safe=""))
        hosts = (self._config.host, *_PHOTO_HOSTS)
        address = str(found.get("url") or "")
        return await fetch_photo(self._kit.http, address, hosts=hosts, headers=bearer(self._config))

    async def _send_late(self, payload: Payload) -> None:
        if self._config.template is None:
            raise Undeliverable("the person last wrote more than 24 hours ago, and no template is set")
        if "template" in payload:  # the later messages of a reply are in it already
            await self._post(payload["template"])

    async def _post(self, message: Mapping[str, Any]) -> None:
        await graph(self._kit.http, self._config, "POST", f"{self._config.phone_number_id}/messages", message)

    def way_in(self, text: str) -> str | None:
        """A chat with our number, the text typed already."""
        number = self._config.number
        return f"https://wa.me/{number}?text={quote(text)}" if number else None


def open(config: Config, kit: Kit) -> WhatsApp:
    return WhatsApp(config, kit)


def _address(sender: str) -> dict[str, str]:
    """Ids that WhatsApp made for the person have a country and a dot; a phone number has none."""
    kind = "recipient" if "." in sender else "to"
    return {"messaging_product": "whatsapp", "recipient_type": "individual", kind: sender}


def _template(template: Template, reply: Reply) -> dict[str, Any]:
    languages = template.languages
    code = languages.get(reply.language) or next(iter(languages.values()))
    shown: dict[str, Any] = {"name": template.name, "language": {"code": code}}
    if template.text:
        # A variable may hold no line breaks.
        words = clip(" ".join(as_text(reply, buttons=False, sources=False).split()), _LONGEST_VARIABLE)
        shown["components"] = [{"type": "body", "parameters": [{"type": "text", "text": words}]}]
    return {"type": "template", "template": shown}
