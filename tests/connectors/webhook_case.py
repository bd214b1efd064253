import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.channel import Request
from connectors.webhook import Config, Webhook
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, request

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def signed(body: bytes) -> Request:
    at = str(int(NOW.timestamp()))
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    digest = hmac.new(key, f"msg_1.{at}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    return request(
        body, headers={"Webhook-Id": "msg_1", "Webhook-Timestamp": at, "Webhook-Signature": signature}
    )


def say(text: str, sender: str, id: str, **more: object) -> Request:
    return signed(json.dumps({"id": id, "sender": sender, "text": text, **more}).encode())


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for button in buttons(reply_of(call)):
            if button["label"] == label:
                return say(label, sender, id, action=button["action"])
    raise AssertionError(f"no button {label}")


def reply_of(call: Call) -> dict[str, Any]:
    reply: dict[str, Any] = call.body["data"]["reply"]
    return reply


def buttons(reply: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for card in reply["cards"]:
        yield from card["buttons"]
    yield from reply["quick_replies"]


def shown(call: Call) -> list[str]:
    reply = reply_of(call)
    cards = [card["title"] for card in reply["cards"]]
    cards += [words for card in reply["cards"] for line in card["lines"] for words in line]
    sources = [source["title"] for source in reply["sources"]]
    labels = [button["label"] for button in buttons(reply)]
    return [reply["text"], *([reply["agent"]] if reply["agent"] else []), *cards, *sources, *labels]


CASE = Case(
    open=lambda url, kit: Webhook(
        Config(secrets=(SECRET,), reply_url=f"{url}/replies", allow_private=True), kit
    ),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    longest=1_000_000,
    key=lambda call: call.headers.get("webhook-id"),
)
