import base64
import hashlib
import json
from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.channel import Request
from connectors.feishu import Config, Feishu
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

KEY, TOKEN, NONCE, STAMP = "an-encrypt-key", "a-verification-token", "n0nce", str(int(NOW.timestamp()))
CONFIG = {
    "app_id": "cli_0123456789abcdef",
    "app_secret": "a-secret-of-some-length",
    "encrypt_key": KEY,
    "verification_token": TOKEN,
}


def sealed(content: bytes, key: str = KEY) -> bytes:
    iv, padding = b"0123456789abcdef", 16 - len(content) % 16
    encryptor = Cipher(algorithms.AES(hashlib.sha256(key.encode()).digest()), modes.CBC(iv)).encryptor()
    inside = encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()
    return json.dumps({"encrypt": base64.b64encode(iv + inside).decode()}).encode()


def signed(content: bytes) -> Request:
    body = sealed(content)
    signature = hashlib.sha256(f"{STAMP}{NONCE}{KEY}".encode() + body).hexdigest()
    headers = {
        "X-Lark-Request-Timestamp": STAMP,
        "X-Lark-Request-Nonce": NONCE,
        "X-Lark-Signature": signature,
    }
    return request(body, headers=headers)


def event(kind: str, id: str, inside: dict[str, object]) -> dict[str, object]:
    header = {
        "event_id": id,
        "event_type": kind,
        "create_time": f"{STAMP}000",
        "token": TOKEN,
        "app_id": "cli_0",
    }
    return {"schema": "2.0", "header": header, "event": inside}


def written(
    kind: str, content: object, sender: str = "ou_1", id: str = "e1", **more: object
) -> dict[str, object]:
    message = {
        "message_id": "om_1",
        "chat_id": "oc_1",
        "chat_type": "p2p",
        "message_type": kind,
        "create_time": f"{STAMP}000",
        "content": json.dumps(content, ensure_ascii=False),
        **more,
    }
    who = {"sender_id": {"open_id": sender}, "sender_type": "user"}
    return event("im.message.receive_v1", id, {"sender": who, "message": message})


def say(text: str, sender: str, id: str) -> Request:
    return signed(json.dumps(written("text", {"text": text}, sender, id)).encode())


def buttons(call: Call) -> Iterator[dict[str, object]]:
    if call.path.startswith("/open-apis/im/") and call.body["msg_type"] == "interactive":
        for part in json.loads(call.body["content"])["elements"]:
            yield from part.get("actions", [])


def pressed(value: object, sender: str, id: str) -> dict[str, object]:
    context = {"open_message_id": "om_1", "open_chat_id": "oc_1"}
    action = {"tag": "button", "value": value}
    return event(
        "card.action.trigger", id, {"operator": {"open_id": sender}, "action": action, "context": context}
    )


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for button in buttons(call):
            if button["text"]["content"] == label:
                return signed(json.dumps(pressed(button["value"], sender, id)).encode())
    raise AssertionError(f"no button {label}")


def shown(call: Call) -> list[str]:
    if not call.path.startswith("/open-apis/im/"):
        return []
    content = json.loads(call.body["content"])
    return list(_words(content)) if "elements" in content else [content["text"]]


def _words(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if part.get("tag") == "plain_text":
            yield part["content"]
        else:
            for inside in part.values():
                yield from _words(inside)
    elif isinstance(part, list):
        for inside in part:
            yield from _words(inside)


def answer(call: Call) -> dict[str, object]:
    if "/tenant_access_token/" in call.path:
        return {"code": 0, "tenant_access_token": "T1", "expire": 7200}
    return {"code": 0, "msg": "success", "data": {"message_id": "om_2"}}


CASE = Case(
    open=lambda url, kit: Feishu(Config(**CONFIG, api=url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=answer,
    key=lambda call: call.body.get("uuid"),
    refusal=Refusal(400, {"code": 99991400, "msg": "request trigger frequency limit"}, {}, None),
)
