import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from connectors.channel import Request
from connectors.wechat import Config, WeChat
from connectors.wechat_family.crypto import Crypto, signature_of
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

APP, TOKEN, AES_KEY = "wx49f0ab532d5d035a", "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
STAMP, NONCE = str(int(NOW.timestamp())), "437374425"
CRYPTO = Crypto(TOKEN, AES_KEY, APP)
CONFIG = {"app_id": APP, "app_secret": "a-secret-of-some-length", "token": TOKEN}


def signed(body: bytes) -> Request:
    """In the safe mode, where the body counts."""
    sealed = CRYPTO.seal(body, STAMP, NONCE)
    query = {
        "signature": signature_of(TOKEN, STAMP, NONCE),
        "timestamp": STAMP,
        "nonce": NONCE,
        "encrypt_type": "aes",
        "msg_signature": sealed.signature,
    }
    return request(f"<xml><Encrypt><![CDATA[{sealed.encrypted}]]></Encrypt></xml>", query=query)


def xml(**fields: str) -> bytes:
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<xml>{inside}</xml>".encode()


def said(text: str, sender: str, id: str, **more: str) -> bytes:
    return xml(
        ToUserName="gh_1",
        FromUserName=sender,
        CreateTime=STAMP,
        MsgType="text",
        Content=text,
        MsgId=id,
        **more,
    )


def say(text: str, sender: str, id: str) -> Request:
    return signed(said(text, sender, id))


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        for entry in call.body.get("msgmenu", {}).get("list", []):
            if entry["content"] == label:
                return signed(said(label, sender, id, bizmsgmenuid=entry["id"]))
    raise AssertionError(f"no entry {label}")


def shown(call: Call) -> list[str]:
    body = call.body
    if "/message/custom/send" not in call.path:
        return []
    match body["msgtype"]:
        case "text":
            return [body["text"]["content"]]
        case "msgmenu":
            menu = body["msgmenu"]
            return [menu["head_content"], *(entry["content"] for entry in menu["list"])]
    return [json.dumps(body["news"], ensure_ascii=False)]


def answer(call: Call) -> dict[str, object]:
    if "/stable_token" in call.path:
        return {"access_token": "T1", "expires_in": 7200}
    return {"errcode": 0, "errmsg": "ok"}


CASE = Case(
    open=lambda url, kit: WeChat(Config(**CONFIG, aes_key=AES_KEY, api=url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=answer,
    longest=682,
    whole=1900,
    refusal=Refusal(200, {"errcode": 45009, "errmsg": "reach max api daily quota limit"}, {}, None),
)
