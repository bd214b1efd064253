"""Official Accounts: https://developers.weixin.qq.com/doc/offiaccount/."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import BaseModel, ConfigDict, Field

from connectors.base import Card, Reply
from connectors.channel import (
    Denied,
    Kit,
    Media,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Response,
)
from connectors.pictures import picture
from connectors.signatures import check_age
from connectors.wechat.parsing import parse
from connectors.wechat_family.api import Api, check_window
from connectors.wechat_family.crypto import AES_KEY, Crypto, check_signature
from connectors.wechat_family.rendering import Entry, most_messages, render_text
from connectors.wechat_family.xml import read_xml

_HEARD = Response(body=b"success")


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    app_id: str = Field(min_length=5)
    app_secret: str = Field(min_length=16, repr=False)
    token: str = Field(min_length=3, max_length=32, pattern=r"^[A-Za-z0-9]+$", repr=False)
    """Of your own making, the same as under 服务器配置."""
    aes_key: str | None = Field(default=None, pattern=AES_KEY, repr=False)
    """The EncodingAESKey: only what is encrypted is taken then; without it, plain mode."""
    public_url: str | None = Field(default=None, pattern=r"^https?://")
    """Where photos of products are found; with it, a product is shown as an article."""
    api: str = "https://api.weixin.qq.com"


class WeChat(Pushed):
    name = "wechat"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit
        self._crypto = Crypto(config.token, config.aes_key, config.app_id) if config.aes_key else None
        credentials = {
            "grant_type": "client_credential",
            "appid": config.app_id,
            "secret": config.app_secret,
        }
        # The stable token, unlike the other, does not end those that further processes were given.
        self._api = Api(kit.http, config.api, ("POST", "/cgi-bin/stable_token"), credentials)

    def receive(self, request: Request) -> Received:
        query = request.query
        check_age(query.get("timestamp"), request.at)
        check_signature(
            query.get("signature"), self._config.token, query.get("timestamp"), query.get("nonce")
        )
        if request.method == "GET":
            return Received(response=Response(body=query.get("echostr", "").encode("utf-8", "replace")))
        fields = read_xml(request.body)
        if self._crypto is not None:
            if "Encrypt" not in fields:
                raise Denied("not encrypted")
            fields = read_xml(
                self._crypto.open(
                    query.get("msg_signature"), query.get("timestamp"), query.get("nonce"), fields["Encrypt"]
                )
            )
        inbound = parse(fields, request.at)
        return Received(() if inbound is None else (inbound,), _HEARD)

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        most = most_messages(to)
        article = self._article(reply) if most > 1 else None
        if article is None:
            return render_text(reply, most, _entry)
        card, shown = article
        others = tuple(one for one in reply.cards if one is not card)
        rest = replace(reply, cards=others, quick_replies=(*card.buttons, *reply.quick_replies))
        return [shown, *render_text(rest, most - 1, _entry)]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """There are no idempotency keys: a call whose answer is lost is not made again."""
        check_window(to, self._kit.clock())
        await self._api.call("/cgi-bin/message/custom/send", {"touser": to.sender, **payload})

    async def fetch(self, media: Media) -> bytes:
        return await self._api.photo(media.ref)

    def _article(self, reply: Reply) -> tuple[Card, Payload] | None:
        """The only product of a reply; a message has room for one."""
        products = [card for card in reply.cards if card.kind == "product"]
        if self._config.public_url is None or len(products) != 1:
            return None
        card = products[0]
        page = next((button.url for button in card.buttons if button.url), None)
        if page is None:
            return None
        about = " · ".join(part for part in (card.price, card.badge, card.subtitle) if part)
        article = {"title": card.title, "description": about, "url": page}
        if photo := picture(card, self._config.public_url):
            article["picurl"] = photo
        return card, {"msgtype": "news", "news": {"articles": [article]}}


def open(config: Config, kit: Kit) -> WeChat:
    return WeChat(config, kit)


def _entry(entry: Entry) -> Payload:
    return {"id": entry.id, "content": entry.label}
