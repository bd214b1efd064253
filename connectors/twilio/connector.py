"""Twilio's Programmable Messaging: https://www.twilio.com/docs/messaging."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlsplit

from aiohttp import encode_basic_auth
from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Message, Reply
from connectors.calling import Refused, call
from connectors.channel import (
    Denied,
    Inbound,
    Kit,
    Malformed,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Response,
    RetryLater,
)
from connectors.fetching import fetch_photo
from connectors.identifiers import identifier
from connectors.plain import as_text
from connectors.splitting import split, utf16_length
from connectors.twilio.signing import check

_LONGEST_TEXT = 1600
_MOST_FIELDS = 200
_MOST_PHOTOS = 10
_NOTHING_TO_SAY = Response(body=b"<Response/>", content_type="text/xml")


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    account: str = Field(pattern=r"^AC[0-9a-fA-F]{32}$")
    """The account SID."""
    token: str = Field(min_length=16, repr=False)
    """The account's auth token, which signs what Twilio brings."""
    sender: str = Field(pattern=r"^(\+\d{6,15}|MG[0-9a-fA-F]{32})$")
    """The number to write from, or the SID of a messaging service."""
    api: str = "https://api.twilio.com"
    photo_hosts: tuple[str, ...] = ("twiliocdn.com", "s3-external-1.amazonaws.com")
    """Where the API sends us on to for photos."""


class Twilio(Pushed):
    name = "twilio"
    knows_sender = False
    per_second = 10.0

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """One text message; reports on ours are accepted and dropped.

        The signature covers the fields, not the bytes, so they are taken apart first.
        """
        try:
            body = request.body.decode("utf-8", "replace")
            fields = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
        except ValueError as error:
            raise Denied("no form") from error
        check(self._config.token, request.url, fields, request.headers.get("X-Twilio-Signature"))
        return self._received(dict(fields), request)

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """Words alone; what can be pressed is numbered."""
        address = "MessagingServiceSid" if self._config.sender.startswith("MG") else "From"
        return [
            {"To": to.sender, address: self._config.sender, "Body": piece}
            for piece in split(as_text(reply), _LONGEST_TEXT, measure=utf16_length)
        ]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """Twilio knows no idempotency keys: a call whose answer is lost is not made again."""
        url = f"{self._config.api}/2010-04-01/Accounts/{self._config.account}/Messages.json"
        try:
            await call(self._kit.http, "POST", url, form=payload, headers=self._authorization())
        except Refused as error:
            if error.status in (401, 403):
                raise RetryLater("the account or its token is not valid") from error
            raise

    async def fetch(self, media: Media) -> bytes:
        host = urlsplit(self._config.api).hostname or ""
        return await fetch_photo(
            self._kit.http,
            media.ref,
            hosts=(host,),
            headers=self._authorization(),
            onward=self._config.photo_hosts,
        )

    def _received(self, fields: dict[str, str], request: Request) -> Received:
        nothing = Received(response=_NOTHING_TO_SAY)
        if "MessageStatus" in fields or fields.get("OptOutType"):
            return nothing  # how one of ours fared; or STOP, START and HELP, which Twilio answers itself
        try:
            sender, number = identifier(fields["From"]), identifier(fields["MessageSid"])
            count = min(int(fields.get("NumMedia") or 0), _MOST_PHOTOS)
            text = fields.get("Body", "").strip()
            kinds = [(fields[f"MediaUrl{n}"], fields.get(f"MediaContentType{n}", "")) for n in range(count)]
        except (KeyError, ValueError) as error:
            raise Malformed(type(error).__name__) from error
        media = tuple(Media(url) for url, kind in kinds if kind.startswith("image/"))
        if sender == self._config.sender or not (text or media):
            return nothing
        message = Message(
            channel="twilio", sender=sender, external_id=number, text=text, received_at=request.at
        )
        return Received((Inbound(message, media),), _NOTHING_TO_SAY)

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": encode_basic_auth(self._config.account, self._config.token)}


def open(config: Config, kit: Kit) -> Twilio:
    return Twilio(config, kit)
