import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from connectors.channel import Request
from connectors.slack import Config, Slack
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, request

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
STAMP = str(int(NOW.timestamp()))


def signed(body: bytes, kind: str = "application/json") -> Request:
    digest = hmac.new(SECRET.encode(), f"v0:{STAMP}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Slack-Request-Timestamp": STAMP, "X-Slack-Signature": f"v0={digest}", "Content-Type": kind}
    return request(body, headers=headers)


def event(id: str, **fields: Any) -> Request:
    shape = {"type": "message", "channel": "D1", "channel_type": "im", "ts": f"{STAMP}.000200", **fields}
    return signed(json.dumps({"type": "event_callback", "event_id": f"Ev{id}", "event": shape}).encode())


def say(text: str, sender: str, id: str) -> Request:
    return event(id, user=sender, text=text)


def elements(call: Call) -> list[dict[str, Any]]:
    return [one for block in call.body["blocks"] if block["type"] == "actions" for one in block["elements"]]


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for element in elements(call):
            if element["text"]["text"] == label:
                body = {
                    "type": "block_actions",
                    "user": {"id": sender},
                    "container": {"type": "message", "message_ts": "1.2", "channel_id": "D1"},
                    "actions": [{**element, "action_ts": id}],
                }
                form = urlencode({"payload": json.dumps(body)}).encode()
                return signed(form, "application/x-www-form-urlencoded")
    raise AssertionError(f"no button {label}")


def shown(call: Call) -> list[str]:
    if not call.path.endswith("/chat.postMessage"):
        return []
    words = []
    for block in call.body["blocks"]:
        if block["type"] == "section":
            words.append(block["text"]["text"])
        else:
            words += [
                one["text"] if isinstance(one["text"], str) else one["text"]["text"]
                for one in block["elements"]
            ]
    return words


CASE = Case(
    open=lambda url, kit: Slack(Config(token="xoxb-a-token-of-length", signing_secret=SECRET, api=url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=lambda call: {"ok": True},
    longest=3000,
)
