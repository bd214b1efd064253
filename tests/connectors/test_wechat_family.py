"""Envelopes against the vectors that vendors and their SDKs publish; XML that means harm."""

from dataclasses import replace

import pytest

from connectors.channel import Denied, Malformed, Recipient
from connectors.wechat_family.crypto import Crypto, signature_of
from connectors.wechat_family.rendering import action_of, entries, most_messages, render_text
from connectors.wechat_family.xml import read_xml
from tests.connectors.sample import LONG, MANY, PLAIN, RICH
from tests.contracts.platform import NOW

TOKEN, AES_KEY, COMPANY = "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a"
CRYPTO = Crypto(TOKEN, AES_KEY, COMPANY)
ECHO = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="
ECHO_SIGNATURE, ECHO_STAMP, ECHO_NONCE = "dd6b9c95b495b3f7e2901bfbc76c664930ffdb96", "1411443780", "437374425"
MESSAGE = (
    "RgqEoJj5A4EMYlLvWO1F86ioRjZfaex/gePD0gOXTxpsq5Yj4GNglrBb8I2BAJVODGajiFnXBu7mCPatfjsu6IHCrsTyeDXzF6Bv283dGymz"
    "xh6ydJRvZsryDyZbLTE7rhnus50qGPMfp2wASFlzEgMW9z1ef/RD8XzaFYgm7iTdaXpXaG4+BiYyolBug/gYNx410cvkKR2/nPwBiT+P4hIi"
    "OAQqGp/TywZBtDh1yCF2KOd0gpiMZ5jSw3e29mTvmUHzkVQiMS6td7vXUaWOMZnYZlF3So2SjHnwh4jYFxdgpkHHqIrH/54SNdshoQgWYEvc"
    "cTKe7FS709/5t6NMxuGhcUGAPOQipvWTT4dShyqio7mlsl5noTrb++x6En749zCpQVhDpbV6GDnTbcX2e8K9QaNWHp91eBdCRxthuL0="
)
REPLY = b"""<xml>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[test]]></Content>
<FromUserName><![CDATA[wx49f0ab532d5d035a]]></FromUserName>
<ToUserName><![CDATA[messense]]></ToUserName>
<AgentID>1</AgentID>
<CreateTime>1411525903</CreateTime>
</xml>"""
REPLY_SEALED = (
    "9s4gMv99m88kKTh/H8IdkOiMg6bisoy3ypwy9H4hvSPe9nsGaqyw5hhSjdYbcrKk+j3nba4HMOTzHrluLBYqxgNcBqGsL8GqxlhZgURnAtOb"
    "vesEl5nZ+uBE8bviY0LWke8Zy9V/QYKxNV2FqllNXcfmstttyIkMKCCmVbCFM2JTF5wY0nFhHZSjPUL2Q1qvSUCUld+/WIXrx0oyKQmpB6o8"
    "NRrrNrsDf03oxI1p9FxUgMnwKKZeOA/uu+2IEvEBtb7muXsVbwbgX05UPPJvFurDXafG0RQyPR+mf1nDnAtQmmNOuiR5MIkdQ39xn1vWwi1O"
    "5oazPoQJz0nTYjxxEE8kv3kFxtAGVRe3ypD3WeK2XeFYFMNMpatF9XiKzHo3"
)
DINGTALK = (
    "0vJiX6vliEpwG3U45CtXqi+m8PXbQRARJ8p8BbDuD1EMTDf0jKpQ79QS93qEk7XHpP6u+oTTrd15NRPvNvmBKyDCYxxOK+HZeKju4yhELOFch"
    "zNukR+t8SB/qk4ROMu3"
)


def test_published_vectors() -> None:
    assert CRYPTO.open(ECHO_SIGNATURE, ECHO_STAMP, ECHO_NONCE, ECHO) == b"5927782489442352469"
    content = CRYPTO.open("74d92dfeb87ba7c714f89d98870ae5eb62dff26d", "1411525903", "461056294", MESSAGE)
    fields = read_xml(content)
    assert (fields["Content"], fields["FromUserName"]) == ("test", "messense")
    sealed = CRYPTO.seal(REPLY, "1411525903", "461056294", salt=b"1234567890123456")
    assert (sealed.encrypted, sealed.signature) == (REPLY_SEALED, "407518b7649e86ef23978113f92d27afa9296533")
    dingtalk = Crypto("mryue", "Yue0EfdN5900c1ce5cf6A152c63DDe1808a60c5ecd7", "ding6ccabc44d2c8d38b")
    opened = dingtalk.open("03044561471240d4a14bb09372dfcfd4fd0e40cb", "1608001896814", "WL4PK6yA", DINGTALK)
    assert opened == b'{"EventType":"check_url"}'


@pytest.mark.parametrize(
    ("signature", "nonce", "crypto"),
    [
        (ECHO_SIGNATURE, "437374424", CRYPTO),
        (None, ECHO_NONCE, CRYPTO),
        (ECHO_SIGNATURE, None, CRYPTO),
        (ECHO_SIGNATURE, ECHO_NONCE, Crypto("654321", AES_KEY, COMPANY)),
        (ECHO_SIGNATURE, ECHO_NONCE, Crypto(TOKEN, AES_KEY[::-1], COMPANY)),
        (ECHO_SIGNATURE, ECHO_NONCE, Crypto(TOKEN, AES_KEY, "wx0000000000000000")),
    ],
)
def test_another_nonce_token_key_or_company_is_turned_away(
    signature: str | None, nonce: str | None, crypto: Crypto
) -> None:
    with pytest.raises(Denied):
        crypto.open(signature, ECHO_STAMP, nonce, ECHO)


@pytest.mark.parametrize("sealed", ["", "AAAA", "no base64!", "A" * 44, "QUFB" * 16])
def test_what_is_signed_but_no_envelope_is_turned_away(sealed: str) -> None:
    with pytest.raises(Denied):
        CRYPTO.open(signature_of(TOKEN, "1", "2", sealed), "1", "2", sealed)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"<xml>",
        b"\xff\xfe<",
        b"<?xml version='1.0' encoding='no-such'?><xml/>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
        b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><Content>&f;</Content></xml>',
    ],
)
def test_xml_that_is_none_or_means_harm_is_refused(content: bytes) -> None:
    with pytest.raises(Malformed):
        read_xml(content)


def test_a_menu_gives_back_the_action_and_tells_alike_labels_apart() -> None:
    menu = {entry.label: entry for entry in entries(RICH)}
    assert list(menu) == ["Look", "Confirm", "Not now", "Talk to a person", "How long do refunds take?"]
    assert action_of(menu["Confirm"].id) == "confirm " + "k" * 16
    assert action_of(menu["How long do refunds take?"].id) is None
    many = entries(MANY)
    assert len(many) <= 10
    assert all(len(entry.id.encode()) <= 64 and len(entry.label.encode()) <= 128 for entry in many)
    assert [action_of(id) for id in ("", "7", "k-", "k-!", "k-_w", "k-_____w")] == [None] * 6


def test_nothing_that_others_wrote_becomes_a_link() -> None:
    (payload,) = render_text(replace(PLAIN, text='<a href="https://x">118606</a>'), 3, lambda entry: {})
    assert payload["text"]["content"] == '＜a href="https://x">118606＜/a>'


def test_three_replies_find_room_within_five_messages() -> None:
    assert sum(most_messages(Recipient("a", NOW, told)) for told in range(3)) == 5


@pytest.mark.parametrize(("told", "most"), [(0, 3), (1, 1), (9, 1)])
def test_a_reply_takes_no_more_than_it_may(told: int, most: int) -> None:
    allowed = most_messages(Recipient("a", NOW, told))
    assert allowed == most
    for reply in (RICH, MANY, LONG):
        payloads = render_text(reply, allowed, lambda entry: {"id": entry.id})
        assert 1 <= len(payloads) <= most
        texts = [one["text"]["content"] for one in payloads if one["msgtype"] == "text"]
        assert all(len(text.encode()) <= 2048 for text in texts)
        heads = [one["msgmenu"]["head_content"] for one in payloads if one["msgtype"] == "msgmenu"]
        assert all(0 < len(head.encode()) <= 1024 for head in heads)
        assert len(heads) == (reply is not LONG)
