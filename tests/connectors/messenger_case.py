import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from connectors.channel import Request
from connectors.messenger import Config, Messenger
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

SECRET = "a-secret-of-some-length"
PAGE = "1122334455"


def config(url: str, **more: Any) -> Config:
    return Config(
        token="a-token-of-some-length",
        app_secret=SECRET,
        verify_token="a-verify-token",
        page_id=PAGE,
        api=url,
        **more,
    )


def signed(body: bytes) -> Request:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return request(body, headers={"X-Hub-Signature-256": f"sha256={digest}"})


def event(sender: str = "4242", page: str = PAGE, **fields: Any) -> dict[str, Any]:
    at = int(NOW.timestamp() * 1000)
    return {"sender": {"id": sender}, "recipient": {"id": page}, "timestamp": at, **fields}


def bring(*events: object, key: str = "messaging") -> Request:
    entries = [{"id": PAGE, "time": 1, key: [one]} for one in events]
    return signed(json.dumps({"object": "page", "entry": entries}).encode())


def say(text: str, sender: str, id: str) -> Request:
    return bring(event(sender, message={"mid": f"m_{id}", "text": text}))


def keys(call: Call) -> list[dict[str, Any]]:
    message = call.body["message"]
    payload = message.get("attachment", {}).get("payload", {})
    on_cards = [key for element in payload.get("elements", []) for key in element.get("buttons", [])]
    return on_cards + payload.get("buttons", []) + message.get("quick_replies", [])


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for key in keys(call):
            if key["title"] != label:
                continue
            if key.get("content_type"):
                message = {"mid": f"m_{id}", "text": label, "quick_reply": {"payload": key["payload"]}}
                return bring(event(sender, message=message))
            return bring(
                event(sender, postback={"mid": f"m_{id}", "title": label, "payload": key["payload"]})
            )
    raise AssertionError(f"no button {label}")


def shown(call: Call) -> list[str]:
    message = call.body["message"]
    payload = message.get("attachment", {}).get("payload", {})
    words = [message.get("text", ""), payload.get("text", "")]
    for element in payload.get("elements", []):
        words += [element["title"], element.get("subtitle", "")]
    return [*filter(None, words), *(key["title"] for key in keys(call))]


CASE = Case(
    open=lambda url, kit: Messenger(config(url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=lambda call: {"recipient_id": "4242", "message_id": "m_sent"},
    longest=2000,
    refusal=Refusal(400, {"error": {"message": "(#613) Calls to this api ...", "code": 613}}, {}, None),
)
