import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from connectors.channel import Request
from connectors.whatsapp import Config, WhatsApp
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

SECRET = "1222e786b144d0e85b9f365372d93676"
NUMBER = "1122334455667"
STAMP = str(int(NOW.timestamp()))


def config(url: str, **more: Any) -> Config:
    return Config(
        token="a-token-of-some-length",
        app_secret=SECRET,
        verify_token="a-verify-token",
        phone_number_id=NUMBER,
        api=url,
        **more,
    )


def signed(body: bytes) -> Request:
    digest = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return request(body, headers={"X-Hub-Signature-256": f"sha256={digest}"})


def change(*messages: object, number: str = NUMBER, field: str = "messages", **more: Any) -> dict[str, Any]:
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "972123456789", "phone_number_id": number},
        "messages": list(messages),
        **more,
    }
    return {"value": value, "field": field}


def bring(*changes: object) -> Request:
    entry = {"id": "1234567890987654321", "changes": list(changes)}
    return signed(json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode())


def message(id: str, sender: str = "972987654321", **fields: Any) -> dict[str, Any]:
    return {"from": sender, "id": f"wamid.{id}", "timestamp": STAMP, **fields}


def say(text: str, sender: str, id: str) -> Request:
    return bring(change(message(id, sender, type="text", text={"body": text})))


def choices(call: Call) -> list[dict[str, str]]:
    action = call.body.get("interactive", {}).get("action", {})
    buttons = [one["reply"] for one in action.get("buttons", [])]
    return buttons + [row for section in action.get("sections", []) for row in section["rows"]]


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for choice in choices(call):
            if label in (choice["title"], choice.get("description")):
                kind = "button_reply" if "buttons" in call.body["interactive"]["action"] else "list_reply"
                inner = {"type": kind, kind: choice}
                return bring(change(message(id, sender, type="interactive", interactive=inner)))
    raise AssertionError(f"no button {label}")


def shown(call: Call) -> list[str]:
    body = call.body
    text = body["text"]["body"] if body["type"] == "text" else body["interactive"]["body"]["text"]
    return [text, *(word for one in choices(call) for word in (one["title"], one.get("description", "")))]


CASE = Case(
    open=lambda url, kit: WhatsApp(config(url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=lambda call: {"messaging_product": "whatsapp", "messages": [{"id": "wamid.sent"}]},
    refusal=Refusal(400, {"error": {"message": "(#130429) Rate limit hit", "code": 130429}}, {}, None),
)
