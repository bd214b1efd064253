import base64
import hashlib
import hmac
import json

from connectors.channel import Request
from connectors.dingtalk import Config, DingTalk
from tests.connectors.case import Case
from tests.contracts.platform import NOW, Call, Refusal, request

SECRET = "a-secret-of-some-length"
CONFIG = {"app_key": "dingabcdef0123456789", "app_secret": SECRET}
STAMP = str(int(NOW.timestamp() * 1000))
STAFF = "manager4220"


def signed(body: bytes) -> Request:
    sign = hmac.new(SECRET.encode(), f"{STAMP}\n{SECRET}".encode(), hashlib.sha256).digest()
    return request(body, headers={"timestamp": STAMP, "sign": base64.b64encode(sign).decode()})


def said(text: str, sender: str, id: str, **more: object) -> dict[str, object]:
    return {
        "conversationId": "cid1",
        "msgId": id,
        "senderNick": "林小满",
        "senderId": "$:LWCP_v1:$abc",
        "senderStaffId": sender,
        "conversationType": "1",
        "createAt": int(STAMP),
        "msgtype": "text",
        "text": {"content": text},
        **more,
    }


def say(text: str, sender: str, id: str) -> Request:
    return signed(json.dumps(said(text, sender, id)).encode())


def shown(call: Call) -> list[str]:
    if "/batchSend" not in call.path:
        return []
    parameters = json.loads(call.body["msgParam"])
    if call.body["msgKey"] == "sampleText":
        return [parameters["content"]]
    labels = [words for name, words in parameters.items() if "Title" in name]
    return [parameters["text"], *labels]


def answer(call: Call) -> dict[str, object]:
    if "/oauth2/accessToken" in call.path:
        return {"accessToken": "T1", "expireIn": 7200}
    return {"processQueryKey": "q"} if "/batchSend" in call.path else {"errcode": 0}


CASE = Case(
    open=lambda url, kit: DingTalk(Config(**CONFIG, api=url), kit),
    say=say,
    signed=signed,
    shown=shown,
    answer=answer,
    longest=3000,
    refusal=Refusal(200, {"flowControlledStaffIdList": ["a colleague"]}, {}, None),
)
