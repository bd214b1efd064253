import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.keys import contact_digest, contact_key, order_key


@pytest.mark.parametrize("typed", ["SG-1042", "#sg1042", "sg 1042", "ＳＧ１０４２", "Sg_1042。"])
def test_ways_to_type_an_order_number(typed: str) -> None:
    assert order_key(typed) == "sg1042"


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-138-0013-8000",
        "8613800138000",
        "１３８ ００１３ ８０００",
        "(138) 0013.8000",
    ],
)
def test_ways_to_type_a_chinese_mobile_number(typed: str) -> None:
    assert contact_key(typed) == "13800138000"


@pytest.mark.parametrize(
    ("abroad", "at_home"),
    [
        ("+44 20 7946 0958", "020 7946 0958"),
        ("+1 (415) 555-0100", "415-555-0100"),
        ("00852 9123 4567", "9123 4567"),
        ("+420 601 123 456", "601123456"),
    ],
)
def test_a_country_code_and_a_trunk_prefix_do_not_matter(abroad: str, at_home: str) -> None:
    assert contact_key(abroad) == contact_key(at_home)


def test_ways_to_type_an_address() -> None:
    assert contact_key(" Li.Na@Mail.Example ") == contact_key("li.na＠mail.example") == "li.na@mail.example"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "@",
        "a@",
        "@b",
        "a b@c",
        "12",
        "+86",
        "00",
        "0000000",
        "李娜",
        "1' OR '1'='1",
        "1" * 5000,
        "٣٤٥٦٧٨٩",
    ],
)
def test_what_is_no_contact(typed: str) -> None:
    if typed == "٣٤٥٦٧٨٩":
        assert contact_key(typed) is None, "digits of other scripts are left to the shopper's keyboard"
    assert contact_digest(typed) is None


@given(st.text())
def test_any_text_has_a_key_that_is_its_own_key(text: str) -> None:
    assert order_key(order_key(text)) == order_key(text)
    key = contact_key(text)
    assert key is None or contact_key(key) in (key, key[2:])
    digest = contact_digest(text)
    assert digest is None or len(digest) == 64
