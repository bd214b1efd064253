import json
from collections.abc import Sequence

from connectors.channel import Request
from connectors.telegram import Config, Telegram
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

SECRET = "a-secret-of-some-length"


def signed(body: bytes) -> Request:
    return request(body, headers={"X-Telegram-Bot-Api-Secret-Token": SECRET})


def _chat(sender: str) -> dict[str, object]:
    return {"chat": {"id": int(sender), "type": "private"}, "date": int(NOW.timestamp())}


def say(text: str, sender: str, id: str) -> Request:
    message = {"message_id": 1, "from": {"id": int(sender), "is_bot": False}, "text": text, **_chat(sender)}
    return signed(json.dumps({"update_id": int(id), "message": message}).encode())


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for row in call.body.get("reply_markup", {}).get("inline_keyboard", []):
            for key in row:
                if key["text"] == label:
                    query = {"id": "q", "from": {"id": int(sender)}, "data": key["callback_data"]}
                    query["message"] = {**_chat(sender), "reply_markup": call.body["reply_markup"]}
                    return signed(json.dumps({"update_id": int(id), "callback_query": query}).encode())
    raise AssertionError(f"no button {label}")


def shown(call: Call) -> list[str]:
    if not call.path.endswith("/sendMessage"):
        return []
    rows = call.body.get("reply_markup", {}).get("inline_keyboard", [])
    return [call.body["text"], *(key["text"] for row in rows for key in row)]


CASE = Case(
    open=lambda url, kit: Telegram(
        Config(token="123456:a-token-of-some-length", secret=SECRET, api=url), kit
    ),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    refusal=Refusal(429, {"ok": False, "error_code": 429, "parameters": {"retry_after": 40}}, {}),
)
