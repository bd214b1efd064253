from collections.abc import Sequence

import pytest

from intents.classifier import Prediction, Score
from intents.clauses import clauses
from intents.language import detect_language
from intents.requests import Request, requests, texts_to_embed

# What a classifier would say of each text; the rest is unclear.
SAID = {
    "where's my order 104233": "track_parcel",
    "and do you have this mug in blue?": "stock",
    "cancel": "cancel_order",
    "just change the address": "change_address",
    "退货": "return_item",
    "是换货": "exchange_item",
    "退款": "refund_status",
    "cancel it": "cancel_order",
    "where's my order": "track_parcel",
    "I bought a mug last week It arrived broken": "item_damaged",
    "I bought a mug last week. It arrived broken. What can I do?": "item_damaged",
    "where is 104233?": "track_parcel",
    "and where is 104301?": "track_parcel",
    "取消": "cancel_order",
    "What can I do?": "bot_identity",
    "the other one": "bye",
    "杯子碎了": "item_damaged",
    "我要退款": "return_item",
    "盘子我要退": "return_item",
    "另外我要退款": "return_item",
    "退了": "return_item",
    "cancel my order": "cancel_order",
    "and refund me": "refund_status",
    "and when do I get the refund": "refund_status",
    "change it to M": "change_items",
    "swap the hat": "exchange_item",
}


def said(text: str) -> Prediction:
    name = SAID.get(text)
    if name is None:
        return Prediction((Score("product_question", 0.3), Score("stock", 0.2)), 0.2, False)
    return Prediction((Score(name, 0.9), Score("exchange_item", 0.05), Score("complaint", 0.01)), 0.97, True)


def understood(text: str) -> tuple[Request, ...]:
    parts = clauses(text, detect_language(text, fallback=None))
    return requests(text, parts, [said(one) for one in texts_to_embed(text, parts)])


def intents(text: str) -> list[str]:
    return [request.intent for request in understood(text)]


def test_two_requests_in_their_order_each_with_its_row() -> None:
    text = "where's my order 104233 and do you have this mug in blue?"
    found = understood(text)
    assert [request.intent for request in found] == ["track_parcel", "stock"]
    parts = clauses(text, "en")
    assert [texts_to_embed(text, parts)[request.row] for request in found] == [
        request.text for request in found
    ]


def test_what_is_not_wanted_is_not_a_request() -> None:
    (found,) = understood("I don't want to cancel, just change the address")
    assert found.intent == "change_address"
    assert found.negated == ("cancel_order",)
    assert intents("不是退货,是换货") == ["exchange_item"]


def test_nothing_but_a_negation_is_a_no() -> None:
    (found,) = understood("先别取消")
    assert (found.intent, found.negated) == ("deny", ("cancel_order",))


def test_a_denied_intent_is_not_ranked() -> None:
    found = understood("不是退货,是这样的东西")
    assert all("return_item" not in [score.name for score in request.ranked] for request in found)


def test_courtesies_step_back_behind_requests() -> None:
    assert intents("hi, where's my order") == ["track_parcel"]
    assert intents("where's my order, thanks") == ["track_parcel"]
    assert intents("hi") == ["greet"]
    assert intents("thanks bye") == ["bye"]
    assert intents("不用了谢谢") == ["deny"]


def test_yes_and_no_stay_in_front() -> None:
    assert intents("yes, cancel it") == ["affirm", "cancel_order"]
    assert intents("no, the other one") == ["deny"]


def test_one_thing_told_in_three_sentences_is_one_request() -> None:
    text = "I bought a mug last week. It arrived broken. What can I do?"
    (found,) = understood(text)
    assert (found.intent, found.text, found.row) == ("item_damaged", text, 0)


def test_the_same_wish_twice_is_one_request_with_both_texts() -> None:
    found = understood("where is 104233? and where is 104301?")
    assert [request.intent for request in found] == ["track_parcel"]
    assert "104233" in found[0].text
    assert "104301" in found[0].text


@pytest.mark.parametrize(
    ("text", "told_apart"),
    [
        ("杯子碎了,我要退款", False),
        ("我要退款,杯子碎了", False),
        ("杯子碎了,盘子我要退", True),
        ("杯子碎了,另外我要退款", True),
        ("cancel my order and refund me", False),
        ("cancel my order and when do I get the refund", True),
        ("change it to M, swap the hat", False),
    ],
)
def test_a_reason_is_one_with_its_remedy_unless_that_names_another_thing(text: str, told_apart: bool) -> None:
    assert (len(understood(text)) > 1) is told_apart


def test_what_is_denied_of_one_thing_may_be_wanted_of_another() -> None:
    (found,) = understood("外套不退了,盘子我要退")
    assert (found.intent, found.text) == ("return_item", "盘子我要退")


def test_the_unsure_goes_with_the_request_beside_it() -> None:
    found = understood("where's my order 104233 and tell me a story. just change the address")
    assert [(request.intent, request.text) for request in found] == [
        ("track_parcel", "where's my order 104233 and tell me a story"),
        ("change_address", "just change the address"),
    ]


def test_the_unclear_stays_unclear() -> None:
    (found,) = understood("blah blah")
    assert not found.accepted
    assert found.margin == pytest.approx(0.1)


def test_one_text_is_embedded_once() -> None:
    for text in ("退货怎么弄", "ok"):
        assert texts_to_embed(text, clauses(text, "zh")) == [text]


def test_predictions_must_match() -> None:
    wrong: Sequence[Prediction] = []
    with pytest.raises(ValueError, match="one prediction"):
        requests("hi", clauses("hi", "en"), wrong)
