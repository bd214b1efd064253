"""What a message says about who is asking."""

import pytest

from bot.credentials import answer, credentials, spent
from bot.understanding import Understanding
from tests.bot.understood import request, understood


def said(text: str) -> Understanding:
    language = "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"
    return understood(text, language=language)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("482913", "482913"),
        ("４８２９１３", "482913"),
        ("482 913", "482913"),
        ("482-913.", "482913"),
        ("it's 482913", "482913"),
        ("验证码是482913", "482913"),
        ("007001", "007001"),
        ("48291", None),
        ("4829131", None),
        ("13800001007", None),
        ("SG-482913", None),
        ("I'm waiting", None),
    ],
)
def test_a_code_is_read(text: str, code: str | None) -> None:
    assert (answer("code", said(text)) or {}).get("code") == code


def test_asked_for_a_code_other_things_may_be_said() -> None:
    assert answer("code", said("order 118590 then")) == {"order_number": "118590"}
    assert answer("code", said("no, use a@b.co")) == {"contact": "a@b.co", "email": "a@b.co"}


@pytest.mark.parametrize(
    "text",
    [
        "send it again",
        "Send a new code",
        "I didn't get it",
        "nothing arrived, haven't received it",
        "没收到",
        "再发一个验证码",
        "过期了",
    ],
)
def test_another_code_is_wanted(text: str) -> None:
    assert answer("code", said(text)) == {}


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Emma Clarke", {"name": "Emma Clarke"}),
        ("my name is Anne-Marie O'Neill", {"name": "Anne-Marie O'Neill"}),
        ("I'm José García.", {"name": "José García"}),
        ("林小满", {"name": "林小满"}),
        ("我叫林小满", {"name": "林小满"}),
        ("您好，我是扎西卓玛。", {"name": "扎西卓玛"}),
        ("Emma Clarke, SW1A 1AA", {"name": "Emma Clarke", "postcode": "SW1A 1AA"}),
        ("James Okafor and my postcode is 510620", {"name": "James Okafor", "postcode": "510620"}),
        ("姓名：林小满，邮编200040", {"name": "林小满", "postcode": "200040"}),
        ("200040", {"postcode": "200040"}),
        ("it's 94105-1234", {"postcode": "94105-1234"}),
        ("1012 AB", {"postcode": "1012 AB"}),
        ("Emma", None),
        ("where is it?", None),
        ("Emma Clarke?", None),
    ],
)
def test_a_name_and_a_postcode_are_read(text: str, given: dict[str, str] | None) -> None:
    assert answer("name", said(text)) == given


def test_a_request_is_no_name() -> None:
    message = understood("talk to somebody", request("human"), language="en")
    assert answer("name", message) is None
    assert answer("name", said("talk to somebody")) is not None, "the words alone could be one"


def test_asked_for_a_postcode_a_name_needs_to_be_called_one() -> None:
    assert answer("postcode", said("Emma Clarke")) is None
    assert answer("postcode", said("my name is Emma Clarke")) == {"name": "Emma Clarke"}


def test_an_email_address_begins_another_way() -> None:
    for asking in ("name", "postcode", "order_number", "contact", "email"):
        given = answer(asking, said("use a@b.co"))
        assert given == {"contact": "a@b.co", "email": "a@b.co"}
    assert credentials(said("+86 13800001007")) == {"contact": "+8613800001007"}


def test_a_code_is_no_orders_number() -> None:
    message = said("482913 for 118590")
    assert [one.value for one in message.entities.order_numbers] == ["482913", "118590"]
    left = spent(message, {"code": "482913", "postcode": "200040"})
    assert [one.value for one in left.entities.order_numbers] == ["118590"]
