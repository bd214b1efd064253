import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

from connectors.channel import Request
from connectors.twilio import Config, Twilio
from tests.connectors.case import Case
from tests.contracts.platform import Call, Refusal, request

ACCOUNT = "AC0123456789abcdef0123456789abcdef"
TOKEN = "an-auth-token-of-some-length"
NUMBER = "+18005551212"
URL = "https://kefu.shop.example/channels/twilio"


def signed(body: bytes, url: str = URL) -> Request:
    try:
        fields = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200)
    except ValueError:
        fields = []
    content = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(TOKEN.encode(), content.encode("utf-8", "replace"), hashlib.sha1).digest()
    headers = {
        "X-Twilio-Signature": base64.b64encode(digest).decode(),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    return request(body, url=URL, headers=headers)


def say(text: str, sender: str, id: str, **more: str) -> Request:
    form = {
        "AccountSid": ACCOUNT,
        "MessageSid": f"SM{id:0>32}",
        "From": sender,
        "To": NUMBER,
        "Body": text,
        "NumMedia": "0",
        "SmsStatus": "received",
        **more,
    }
    return signed(urlencode(form).encode())


def shown(call: Call) -> list[str]:
    return [call.body["Body"]] if call.path.endswith("/Messages.json") else []


CASE = Case(
    open=lambda url, kit: Twilio(
        Config(account=ACCOUNT, token=TOKEN, sender=NUMBER, api=url, photo_hosts=("localhost",)), kit
    ),
    say=say,
    signed=signed,
    shown=shown,
    longest=1600,
    refusal=Refusal(429, {"code": 20429, "message": "Too Many Requests"}, {}, None),
)
