import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any

from connectors.channel import Request
from connectors.line import Config, Line
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

SECRET = "channel-secret-of-some-length"
TOKEN = "a-long-lived-channel-access-token"


def signed(body: bytes) -> Request:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
    return request(body, headers={"X-Line-Signature": base64.b64encode(digest).decode()})


def event(kind: str, sender: str, id: str, **more: object) -> dict[str, object]:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": int(NOW.timestamp() * 1000),
        "source": {"type": "user", "userId": sender},
        "webhookEventId": id,
        "deliveryContext": {"isRedelivery": False},
        "replyToken": "nHuyWiB7yP5Zw52FIkcQobQuGDXCTA",
        **more,
    }


def bring(*events: dict[str, object]) -> Request:
    return signed(json.dumps({"destination": "U123", "events": events}).encode())


def say(text: str, sender: str, id: str) -> Request:
    message = {"id": "325708", "type": "text", "text": text, "quoteToken": "q"}
    return bring(event("message", sender, id, message=message))


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for action in parts(call.body, "action"):
            if isinstance(action, dict) and action["label"] == label:
                if action["type"] == "message":
                    return say(action["text"], sender, id)
                return bring(event("postback", sender, id, postback={"data": action["data"]}))
    raise AssertionError(f"no button {label}")


def parts(content: Any, *names: str) -> Iterator[Any]:
    """Whatever stands under one of the names, anywhere."""
    if isinstance(content, list):
        for one in content:
            yield from parts(one, *names)
    elif isinstance(content, dict):
        for name, one in content.items():
            if name in names:
                yield one
            yield from parts(one, *names)


def shown(call: Call) -> list[str]:
    return [one for one in parts(call.body, "text", "label") if one]


CASE = Case(
    open=lambda url, kit: Line(Config(secret=SECRET, token=TOKEN, api=url, content_api=url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    longest=5000,
    key=lambda call: call.headers.get("X-Line-Retry-Key"),
    known=409,
    refusal=Refusal(429, {"message": "The API rate limit has been exceeded."}, {}, None),
)
