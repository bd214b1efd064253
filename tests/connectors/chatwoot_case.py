import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from connectors.channel import Request
from connectors.chatwoot import Chatwoot, Config
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, request

SECRET = "a-secret-of-some-length"
STAMP = str(int(NOW.timestamp()))


def config(url: str, **more: Any) -> Config:
    return Config(**{"url": url, "account_id": 1, "token": "a-token-of-length", "secret": SECRET} | more)


def signed(body: bytes) -> Request:
    digest = hmac.new(SECRET.encode(), f"{STAMP}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Chatwoot-Timestamp": STAMP, "X-Chatwoot-Signature": f"sha256={digest}"}
    return request(body, headers=headers)


def event(id: str, sender: str = "4242", status: str = "pending", **fields: Any) -> dict[str, Any]:
    return {
        "event": "message_created",
        "id": int(id),
        "content": "",
        "message_type": "incoming",
        "content_type": "text",
        "content_attributes": {},
        "created_at": "2026-11-23T01:59:58.000Z",
        "private": False,
        "account": {"id": 1, "name": "Shop"},
        "inbox": {"id": 3, "name": "Website"},
        "sender": {"id": 7, "name": "wild-sun-1", "type": "contact"},
        "conversation": {"id": int(sender), "inbox_id": 3, "status": status, "channel": "Channel::WebWidget"},
        **fields,
    }


def bring(body: object) -> Request:
    return signed(json.dumps(body).encode())


def say(text: str, sender: str, id: str) -> Request:
    return bring(event(id, sender, content=text))


def items(call: Call) -> list[dict[str, Any]]:
    return call.body.get("content_attributes", {}).get("items", [])


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    """The message that offered it changes."""
    for call in reversed(calls):
        for item in items(call):
            if item["title"] == label and "value" in item:
                changed = {
                    "event": "message_updated",
                    "message_type": "outgoing",
                    "content_type": "input_select",
                    "content_attributes": {"items": items(call), "submitted_values": [item]},
                }
                return bring(event(id, sender, **changed))
    raise AssertionError(f"no choice {label}")


def shown(call: Call) -> list[str]:
    if not call.path.endswith("/messages"):
        return []
    return [call.body["content"], *(item["title"] for item in items(call))]


CASE = Case(
    open=lambda url, kit: Chatwoot(config(url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=lambda call: {"id": 1},
    longest=10_000,
)
