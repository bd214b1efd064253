import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.keys import contact_digest, contact_key, order_key, resident_digest


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


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Emma Clarke", "clarke, EMMA"),
        ("Renée O’Neill", "renee o'neill"),
        ("Anne-Marie Dubois", "Dubois Anne Marie"),
        ("林小满", "林 小满"),
        ("Иван Петров", "петров иван"),
        ("김 민준", "김민준"),
    ],
)
def test_ways_to_type_a_name(name: str, other: str) -> None:
    assert resident_digest(name, "SW1A 1AA") == resident_digest(other, "sw1a-1aa") is not None


@pytest.mark.parametrize(
    ("name", "postcode"),
    [("Emma", "SW1A 1AA"), ("林", "200040"), ("", "200040"), ("Emma Clarke", "1"), ("Emma Clarke", "1" * 11)],
)
def test_what_says_too_little_to_find_a_person(name: str, postcode: str) -> None:
    assert resident_digest(name, postcode) is None


def test_other_people_and_places_are_other() -> None:
    digests = {
        resident_digest(name, place) for name in ("Emma Clarke", "Emma Clark") for place in ("10115", "10117")
    }
    assert len(digests) == 4


@given(st.text(), st.text())
def test_any_name_and_postcode_are_taken(name: str, postcode: str) -> None:
    resident_digest(name, postcode)
