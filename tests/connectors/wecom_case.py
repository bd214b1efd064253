import base64
import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

from connectors.channel import Request
from connectors.wechat_family.crypto import Crypto
from connectors.wecom import Config, WeCom
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

CORP, TOKEN, AES_KEY = "wx49f0ab532d5d035a", "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"
STAMP, NONCE, ACCOUNT = str(int(NOW.timestamp())), "437374425", "wkAJ2GCAAAZSfhHCt7IFSvLKtMPxyJTw"
CRYPTO = Crypto(TOKEN, AES_KEY, CORP)
CONFIG = {
    "corp_id": CORP,
    "secret": "a-secret-of-some-length",
    "token": TOKEN,
    "aes_key": AES_KEY,
    "open_kfid": ACCOUNT,
}


def signed(body: bytes) -> Request:
    sealed = CRYPTO.seal(body, STAMP, NONCE)
    query = {"msg_signature": sealed.signature, "timestamp": STAMP, "nonce": NONCE}
    return request(f"<xml><Encrypt>{sealed.encrypted}</Encrypt></xml>", query=query)


def callback(token: str = "", account: str = ACCOUNT, event: str = "kf_msg_or_event") -> Request:
    inside = f"<MsgType>event</MsgType><Event>{event}</Event><Token>{escape(token)}</Token>"
    return signed(f"<xml>{inside}<OpenKfId>{account}</OpenKfId></xml>".encode())


def entry(text: str, sender: str, id: str, **more: object) -> dict[str, object]:
    text_part = {"content": text, **({"menu_id": more.pop("menu_id")} if "menu_id" in more else {})}
    return {
        "msgid": id,
        "open_kfid": ACCOUNT,
        "external_userid": sender,
        "send_time": int(NOW.timestamp()),
        "origin": 3,
        "msgtype": "text",
        "text": text_part,
        **more,
    }


def _holding(listed: dict[str, object]) -> Request:
    """The message travels in the token, which the platform gets back when it is asked for the message."""
    return callback(base64.b64encode(json.dumps(listed).encode()).decode())


def say(text: str, sender: str, id: str) -> Request:
    return _holding(entry(text, sender, id))


def press(label: str, sender: str, id: str, calls: Sequence[Call]) -> Request:
    for call in reversed(calls):
        menu = call.body.get("msgmenu", {}) if isinstance(call.body, dict) else {}
        for one in menu.get("list", []):
            if one["click"]["content"] == label:
                return _holding(entry(label, sender, id, menu_id=one["click"]["id"]))
    raise AssertionError(f"no entry {label}")


def shown(call: Call) -> list[str]:
    if "/kf/send_msg?" not in call.path:
        return []
    if call.body["msgtype"] == "text":
        return [call.body["text"]["content"]]
    menu = call.body["msgmenu"]
    return [menu["head_content"], *(one["click"]["content"] for one in menu["list"])]


def answer(call: Call) -> dict[str, object]:
    if "/gettoken" in call.path:
        return {"errcode": 0, "access_token": "T1", "expires_in": 7200}
    if "/kf/sync_msg" in call.path and call.body.get("token"):
        listed = [json.loads(base64.b64decode(call.body["token"]))]
        return {"errcode": 0, "next_cursor": "c1", "has_more": 0, "msg_list": listed}
    return {"errcode": 0, "errmsg": "ok"}


CASE = Case(
    open=lambda url, kit: WeCom(Config(**CONFIG, api=url), kit),
    say=say,
    signed=signed,
    shown=shown,
    press=press,
    answer=answer,
    longest=682,
    whole=1900,
    key=lambda call: call.body.get("msgid"),
    refusal=Refusal(200, {"errcode": 45009, "errmsg": "reach max api daily quota limit"}, {}, None),
)
