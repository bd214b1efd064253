import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.clauses import MAX_CLAUSES, clauses
from intents.courtesies import courtesy_of
from intents.language import detect_language


def cut(text: str) -> list[str]:
    return [clause.text for clause in clauses(text, detect_language(text, fallback=None))]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("where's my order 104233 and do you have this mug in blue?", ["where's my order 104233", "and do you have this mug in blue?"]),
        ("查下物流,另外退货运费谁出", ["查下物流", "另外退货运费谁出"]),
        ("订单104233到哪了?发票怎么开?", ["订单104233到哪了?", "发票怎么开?"]),
        ("杯子有蓝色的吗,什么时候发货", ["杯子有蓝色的吗", "什么时候发货"]),
        ("帮我把地址改到杭州,顺便开个发票", ["帮我把地址改到杭州", "顺便开个发票"]),
        ("is it waterproof?? also how long is warranty", ["is it waterproof??", "also how long is warranty"]),
        ("dónde está mi pedido? y cuánto cuesta el envío?", ["dónde está mi pedido?", "y cuánto cuesta el envío?"]),
        ("Cancel order 104233. How do I get an invoice for the other one?", ["Cancel order 104233.", "How do I get an invoice for the other one?"]),
    ],
)  # fmt: skip
def test_several_requests_are_cut_apart(text: str, parts: list[str]) -> None:
    assert [part.rstrip(".") for part in cut(text)] == [part.rstrip(".") for part in parts]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("the jacket is too small, can I get it in L? and cancel the mug", ["the jacket is too small, can I get it in L?", "and cancel the mug"]),
        ("帮我把外套换成L码，杯子退了吧", ["帮我把外套换成L码", "杯子退了吧"]),
        ("外套太小了，能换L吗，杯子那单取消吧", ["外套太小了,能换L吗", "杯子那单取消吧"]),
        ("开张发票，抬头写公司，地址改到上海", ["开张发票,抬头写公司", "地址改到上海"]),
        ("cancel the mug. it's too big. and where is my coat", ["cancel the mug", "it's too big. and where is my coat"]),
        ("cancel the mug, it's too big. also where is my coat", ["cancel the mug, it's too big", "also where is my coat"]),
        ("my lamp stopped working, can you fix it, and is the new one shipped", ["my lamp stopped working, can you fix it", "and is the new one shipped"]),
    ],
)  # fmt: skip
def test_reasons_and_details_stay_with_their_request(text: str, parts: list[str]) -> None:
    assert [part.rstrip(".") for part in cut(text)] == parts


@pytest.mark.parametrize(
    "text",
    [
        "black and white hoodie",
        "我买的那个红色的,就是上周的,怎么还没到",
        "我想退货,怎么操作",
        "How do I return it and get a refund",
        "I ordered two mugs and I want to return one",
        "can you check 104233 and 104301",
        "衣服起球了,质量太差了,我要退款",
        "买的杯子碎了,怎么办",
        "我昨天下的单,104233,到现在还没发货",
        "行李箱有吗",
        "no refund yet",
        "thanks for nothing, my order is broken",
    ],
)
def test_one_request_stays_whole(text: str) -> None:
    assert len([part for part in cut(text) if not courtesy_of(part)]) == 1


@pytest.mark.parametrize(
    ("text", "denied", "wanted"),
    [
        ("I don't want to cancel, just change the address", "cancel", "just change the address"),
        ("不是退货,是换货", "退货", "是换货"),
        ("not a return, an exchange", "return", "an exchange"),
        ("I want to exchange instead of return", "return", "I want to exchange"),
        ("我要换货不是退货", "退货", "我要换货"),
        ("不退了,我要换", "退了", "我要换"),
        ("外套不退了,杯子我要退", "退了", "杯子我要退"),
        ("我要退货,不要换货", "换货", "我要退货"),
        ("not returning, want a different size", "returning", "want a different size"),
        (
            "don't cancel my order, I only want to change the address",
            "cancel my order",
            "I only want to change the address",
        ),
    ],
)
def test_what_is_not_wanted_is_told_from_what_is(text: str, denied: str, wanted: str) -> None:
    parts = clauses(text, detect_language(text, fallback=None))
    assert [part.core for part in parts if part.negated] == [denied]
    assert [part.text for part in parts if not part.negated] == [wanted]


@pytest.mark.parametrize(
    "text",
    [
        "先别取消",
        "不要取消订单",
        "don't cancel it yet",
        "别退款了",
        "i do not want a refund",
        "I'm not asking for a refund",
    ],
)
def test_nothing_but_a_negation(text: str) -> None:
    (part,) = clauses(text, detect_language(text, fallback=None))
    assert part.negated


@pytest.mark.parametrize(
    "text",
    [
        "为什么不退款",
        "你们不退了是吗",
        "你们说不退了",
        "怎么还不退款",
        "why don't you refund me",
        "you didn't refund me",
        "I have not received my refund",
        "I did not order this",
        "not what I ordered",
        "haven't received my order",
        "I don't have a receipt",
        "我不想要了",
        "订单不要了",
        "不能退吗",
        "不是退货也能退款吗",
        "no tracking info",
        "can I return without a receipt",
        "there's no invoice in the box",
        "是不是不能换",
    ],
)
def test_a_complaint_is_no_negation(text: str) -> None:
    assert not any(part.negated for part in clauses(text, detect_language(text, fallback=None)))


@pytest.mark.parametrize(
    ("text", "courtesies", "rest"),
    [
        ("hi, where's my order", ["greet"], ["where's my order"]),
        ("hi where's my order", ["greet"], ["where's my order"]),
        ("你好我想退货", ["greet"], ["我想退货"]),
        ("您好,请问这个有货吗?谢谢", ["greet", "thanks"], ["请问这个有货吗?"]),
        ("亲,这个包邮吗", ["greet"], ["这个包邮吗"]),
        ("yes, cancel it", ["affirm"], ["cancel it"]),
        ("no, the other one", ["deny"], ["the other one"]),
        ("no I want to cancel", ["deny"], ["I want to cancel"]),
        ("好的,那怎么退", ["affirm"], ["那怎么退"]),
        ("great, when will it ship?", ["affirm"], ["when will it ship?"]),
        ("谢谢,再问下优惠券怎么用", ["thanks"], ["再问下优惠券怎么用"]),
        ("不用了谢谢", ["deny", "thanks"], []),
        ("thanks bye", ["thanks", "bye"], []),
        ("你好在吗", ["greet", "greet"], []),
        ("👍", [], ["👍"]),
    ],
)
def test_courtesies_stand_apart(text: str, courtesies: list[str], rest: list[str]) -> None:
    parts = clauses(text, detect_language(text, fallback=None))
    assert [part.courtesy for part in parts if part.courtesy] == courtesies
    assert [part.text for part in parts if not part.courtesy] == rest


@pytest.mark.parametrize(
    ("text", "courtesy"),
    [
        ("hello!!", "greet"), ("在吗?", "greet"), ("Good morning", "greet"), ("hola", "greet"), ("こんにちは", "greet"),
        ("thx", "thanks"), ("谢谢啦~", "thanks"), ("thanks for your help", "thanks"), ("merci beaucoup", "thanks"), ("ありがとうございます", "thanks"),
        ("bye", "bye"), ("拜拜", "bye"), ("ok", "affirm"), ("好的", "affirm"), ("嗯嗯", "affirm"), ("yes please", "affirm"), ("对", "affirm"),
        ("no", "deny"), ("不用了", "deny"), ("算了", "deny"), ("no, thanks", "deny"),
        ("行李", None), ("right size?", None), ("no refund", None), ("hi-fi", None), ("好看吗", None), ("对了", None), ("是不是", None), ("", None),
    ],
)  # fmt: skip
def test_courtesies_alone(text: str, courtesy: str | None) -> None:
    assert courtesy_of(text) == courtesy


def test_nothing_said_is_no_clause() -> None:
    assert clauses("  \n ", "en") == ()


def test_an_essay_is_not_twenty_requests() -> None:
    text = "where is my order? can I return it? how much is shipping? " * 30
    parts = clauses(text, "en")
    assert len(parts) == MAX_CLAUSES
    assert parts[-1].text.endswith("how much is shipping?")


@given(
    st.text(alphabet="ab不是退货,,。.? \n!好hi吗no't取消and另外", max_size=200),
    st.sampled_from(["zh", "en", "fr"]),
)
def test_any_text_is_cut_without_loss(text: str, language: str) -> None:
    letters = {character for character in text if character.isalnum()}
    parts = clauses(text, language)
    assert len(parts) <= MAX_CLAUSES
    assert letters == {character for part in parts for character in part.text if character.isalnum()}
