import json
from collections.abc import Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from connectors.channel import Request
from connectors.discord import Config, Discord
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

KEY = Ed25519PrivateKey.from_private_bytes(b"a private key of thirty-two byte")
STAMP = str(int(NOW.timestamp()))


def config(url: str, **more: Any) -> Config:
    public = KEY.public_key().public_bytes_raw().hex()
    return Config(token="a-token-of-some-length", public_key=public, api=url, **more)


def signed(body: bytes) -> Request:
    signature = KEY.sign(STAMP.encode() + body).hex()
    return request(body, headers={"X-Signature-Ed25519": signature, "X-Signature-Timestamp": STAMP})


def interaction(id: str, sender: str, data: dict[str, Any], rows: Sequence[Any], **more: Any) -> Request:
    body = {
        "type": 3,
        "id": id,
        "channel_id": sender,
        "user": {"id": "80351110224678912"},
        "data": data,
        "message": {"id": "1", "components": list(rows)},
        **more,
    }
    return signed(json.dumps(body).encode())


def say(text: str, sender: str, id: str) -> Request:
    """What is typed comes over the Gateway; a button that says as much comes this way."""
    button = {"type": 2, "custom_id": f"={text}", "label": text}
    return interaction(id, sender, button, [{"type": 1, "components": [button]}])


def parts(call: Call) -> list[dict[str, Any]]:
    return [one for row in call.body.get("components", []) for one in row["components"]]


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for one in parts(call) if call.body else []:
            rows = call.body["components"]
            if one.get("label") == label:
                data = {"component_type": 2, "custom_id": one["custom_id"]}
                return interaction(id, sender, data, rows)
            for option in one.get("options", []):
                if option["label"] == label:
                    data = {"component_type": 3, "custom_id": "pick", "values": [option["value"]]}
                    return interaction(id, sender, data, rows)
    raise AssertionError(f"no button {label}")


def shown(call: Call) -> list[str]:
    if not call.path.endswith("/messages"):
        return []
    words = [call.body.get("content", "")]
    for embed in call.body.get("embeds", []):
        words += [embed["title"], embed.get("description", "")]
        words += [f"{field['name']}: {field['value']}" for field in embed.get("fields", [])]
    return [*filter(None, words), *(one.get("label", "") for one in parts(call))]


CASE = Case(
    open=lambda url, kit: Discord(config(url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=lambda call: {"id": "1234"},
    longest=2000,
    key=lambda call: call.body.get("nonce") if call.body and call.body.get("enforce_nonce") else None,
    refusal=Refusal(429, {"message": "You are being rate limited.", "retry_after": 39.5}, {}, 39.5),
)
