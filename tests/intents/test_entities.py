from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.entities import Entities, extract, masked
from intents.text import MAX_CHARS

TODAY = date(2026, 11, 18)  # a Wednesday


def read(text: str, language: str | None = None) -> Entities:
    chinese = any("\u4e00" <= character <= "\u9fff" for character in text)
    return extract(text, language or ("zh" if chinese else "en"), today=TODAY)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("订单104233到哪了", ["104233"]),
        ("#104233", ["104233"]),
        ("订单号１０４２３３", ["104233"]),
        ("order SG2024-0001 please", ["SG2024-0001"]),
        ("order no. 104233 and 104301", ["104233", "104301"]),
        ("order 1042", ["1042"]),
        ("sg20240001", ["SG20240001"]),
        ("订单号是 13812345678", ["13812345678"]),
        ("104233??", ["104233"]),
        ("104233.", ["104233"]),
        ("我手机13812345678", []),
        ("¥104233", []),
        ("2026-11-03", []),
        ("20261103 下的单", []),
        ("验证码 123456", []),
        ("邮编 310000", []),
        ("P001 有货吗", []),
        ("4111 1111 1111 1111", []),
        ("iphone15 case", []),
        ("call me at 91234567", []),
        ("2024 model", []),
    ],
)
def test_order_numbers(text: str, numbers: list[str]) -> None:
    assert [found.value for found in read(text).order_numbers] == numbers


def test_codes_that_are_no_orders() -> None:
    assert [found.value for found in read("SF1234567890123 到哪了").parcel_numbers] == ["SF1234567890123"]
    assert [found.value for found in read("快递单号 774412341234").parcel_numbers] == ["774412341234"]
    assert [found.value for found in read("p012 和 P001 哪个好").product_codes] == ["P012", "P001"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("13812345678", "13812345678"),
        ("138 1234 5678", "13812345678"),
        ("+86 138-1234-5678", "+8613812345678"),
        ("8613812345678", "8613812345678"),
        ("+852 9123 4567", "+85291234567"),
        ("9123 4567", "91234567"),
        ("电话 91234567", "91234567"),
        ("my phone is 91234567", "91234567"),
        ("400-820-0417", "4008200417"),
        ("0571-88886666", "057188886666"),
        ("(415) 555-0134", "4155550134"),
        ("电话１３８１２３４５６７８", "13812345678"),
    ],
)
def test_phones(text: str, number: str) -> None:
    found = read(text)
    assert [phone.number for phone in found.phones] == [number]
    assert not found.order_numbers


def test_emails() -> None:
    found = read("发到 Foo.Bar+1@mail.example.com 吧, 订单 104233")
    assert [email.address for email in found.emails] == ["foo.bar+1@mail.example.com"]
    assert [order.value for order in found.order_numbers] == ["104233"]


@pytest.mark.parametrize(
    ("text", "cents", "relation", "upper"),
    [
        ("200 以内的礼物", 20000, "under", None),
        ("200元以下", 20000, "under", None),
        ("不超过一百五", 15000, "under", None),
        ("预算200", 20000, "around", None),
        ("一百块左右", 10000, "around", None),
        ("200多块", 20000, "around", None),
        ("三百以上的", 30000, "over", None),
        ("超过500元", 50000, "over", None),
        ("100-200元", 10000, "between", 20000),
        ("100到200块", 10000, "between", 20000),
        ("预算100到200的包", 10000, "between", 20000),
        ("两三百块的", 20000, "between", 30000),
        ("¥129.00", 12900, "exactly", None),
        ("￥1,299", 129900, "exactly", None),
        ("九块9", 990, "exactly", None),
        ("under $50", 5000, "under", None),
        ("gifts under 50", 5000, "under", None),
        ("less than 50 dollars", 5000, "under", None),
        ("at least 20 euros", 2000, "over", None),
        ("around 50 bucks", 5000, "around", None),
        ("between 50 and 100 dollars", 5000, "between", 10000),
        ("$50-100", 5000, "between", 10000),
        ("$1,299.99", 129999, "exactly", None),
    ],
)
def test_money(text: str, cents: int, relation: str, upper: int | None) -> None:
    (found,) = read(text).money
    assert (found.cents, found.relation, found.upper_cents) == (cents, relation, upper)


@pytest.mark.parametrize(
    "text",
    [
        "less than 30 days",
        "about 3 days",
        "3-5天",
        "7天无理由",
        "5折",
        "100% cotton",
        "over 100 reviews",
        "42码",
        "30 day return",
        "3天以内",
        "订单104233",
        "within 2 weeks",
        "满两件",
    ],
)
def test_not_money(text: str) -> None:
    assert not read(text).money


def test_currency() -> None:
    assert [money.currency for money in read("HK$200 or 200元 or 20 euros or under 300").money] == [
        "HKD",
        "CNY",
        "EUR",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("昨天买的", "2026-11-17", None),
        ("前天", "2026-11-16", None),
        ("大前天", "2026-11-15", None),
        ("上周五下单的", "2026-11-13", None),
        ("上上周三", "2026-11-04", None),
        ("下周二", "2026-11-24", None),
        ("周一买的", "2026-11-16", None),
        ("周一能到吗", "2026-11-23", None),
        ("11月3号买的", "2026-11-03", None),
        ("十一月三号", "2026-11-03", None),
        ("1月5日", "2027-01-05", None),
        ("2025年11月3日", "2025-11-03", None),
        ("3天前", "2026-11-15", None),
        ("两周前", "2026-11-04", None),
        ("18号能到吗", "2026-11-18", None),
        ("双十一买的", "2026-11-11", None),
        ("上个月", "2026-10-01", "2026-10-31"),
        ("上周", "2026-11-09", "2026-11-15"),
        ("周末送吗", "2026-11-21", "2026-11-22"),
        ("11/3", "2026-11-03", None),
        ("yesterday", "2026-11-17", None),
        ("the day before yesterday", "2026-11-16", None),
        ("last Friday", "2026-11-13", None),
        ("I ordered on Monday", "2026-11-16", None),
        ("deliver on Monday", "2026-11-23", None),
        ("3 Nov", "2026-11-03", None),
        ("Nov 3rd, 2025", "2025-11-03", None),
        ("the 2nd of November", "2026-11-02", None),
        ("a week ago", "2026-11-11", None),
        ("in 3 days", "2026-11-21", None),
        ("last week", "2026-11-09", "2026-11-15"),
        ("2026-11-03", "2026-11-03", None),
        ("20261103下的单", "2026-11-03", None),
    ],
)
def test_dates(text: str, first: str, last: str | None) -> None:
    (found,) = read(text).dates
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last or first)


@pytest.mark.parametrize(
    "text",
    ["31/11/2026x", "2月31号", "13月5号", "sun hat", "may I ask", "7天无理由", "第3天", "0月0日", "1号线"],
)
def test_not_a_date(text: str) -> None:
    assert not read(text).dates


def test_a_slash_means_month_first_in_chinese_and_the_nearer_day_elsewhere() -> None:
    assert read("12/10", "zh").dates[0].first == date(2026, 12, 10)
    assert read("12/10", "en").dates[0].first == date(2026, 12, 10)
    assert read("10/12", "en").dates[0].first == date(2026, 12, 10)
    assert read("3/11", "en").dates[0].first == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("text", "indices"),
    [
        ("第二个", [2]), ("第2件", [2]), ("第二双", [2]), ("②", [2]), ("2️⃣", [2]), ("the second one", [2]), ("the second", [2]),
        ("second one please", [2]), ("2nd", [2]), ("No. 2", [2]), ("option 2", [2]), ("last one", [-1]), ("the last item", [-1]),
        ("最后一个", [-1]), ("倒数第二个", [-2]), ("前两个", [1, 2]), ("the first two", [1, 2]), ("第一个和第三个", [1, 3]), ("前者", [1]),
        ("the latter", [-1]), ("第二", [2]),
        ("wait a second", []), ("第二次了", []), ("第二天", []), ("my last order", []), ("last week", []), ("3rd of November", []),
        ("the last one i ordered", []), ("last one we bought", []),
    ],
)  # fmt: skip
def test_ordinals(text: str, indices: list[int]) -> None:
    assert [found.index for found in read(text).ordinals] == indices


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("XL 有吗", ["XL"]), ("xxl", ["XXL"]), ("2XL", ["XXL"]), ("3xl", ["XXXL"]), ("M码", ["M"]), ("m码", ["M"]), ("size m", ["M"]),
        ("do you have this in M", ["M"]), ("S or L?", ["S", "L"]), ("大号", ["L"]), ("extra large", ["XL"]), ("均码", ["ONE SIZE"]),
        ("鞋码 42", ["42"]), ("39.5码有吗", ["39.5"]), ("size 42", ["42"]), ("US 9", ["9"]), ("EU 42.5", ["42.5"]), ("42 码换 43 码", ["42", "43"]),
        ("I'm fine", []), ("it's s nice", []), ("穿3天了", []), ("a large number of", []), ("A5纸", []), ("t-shirt", []),
    ],
)  # fmt: skip
def test_sizes(text: str, sizes: list[str]) -> None:
    assert [found.value for found in read(text).sizes] == sizes


@pytest.mark.parametrize(
    ("text", "height", "weight"),
    [
        ("180cm/70kg", 180, 70), ("身高175体重140斤", 175, 70), ("1米75 65公斤", 175, 65), ("一米八", 180, None), ("1.68m 52kg", 168, 52),
        ("5'10\" 160 lbs", 177.8, 72.6), ("175/70", 175, 70), ("I'm 172, 60kg", 172, 60), ("一米七五", 175, None), ("165 110斤", 165, 55),
        ("500ml", None, None), ("2kg 的包", None, None), ("11 inch", None, None),
    ],
)  # fmt: skip
def test_measures(text: str, height: float | None, weight: float | None) -> None:
    found = {measure.kind: measure.value for measure in read(text).measures}
    assert found == {
        kind: value for kind, value in (("height", height), ("weight", weight)) if value is not None
    }


def test_foot_length() -> None:
    (found,) = read("脚长24.5cm 穿多大").measures
    assert (found.kind, found.value) == ("foot", 24.5)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("改成3件", [3]), ("要两双", [2]), ("x2", [2]), ("2 of them", [2]), ("two mugs", [2]), ("quantity 3", [3]), ("数量改成5", [5]), ("3个杯子和两条毛巾", [3, 2]),
        ("I have two questions", []), ("这个", []), ("3个月", []), ("3 days", []), ("第二个", []), ("两百块", []), ("50 litres", []),
    ],
)  # fmt: skip
def test_quantities(text: str, values: list[int]) -> None:
    assert [found.value for found in read(text).quantities] == values


@pytest.mark.parametrize(
    "text",
    ["全部退", "都要", "两个都要", "everything", "cancel both", "all of them", "the whole order", "整单取消"],
)
def test_everything(text: str) -> None:
    assert read(text).everything


@pytest.mark.parametrize("text", ["is that all right", "第二个", "我都说了", "how are you all doing"])
def test_not_everything(text: str) -> None:
    assert not read(text).everything


def test_latest_order() -> None:
    for text in ("my last order", "where's my latest order", "刚下的单", "最近一单", "最新的订单"):
        assert read(text).latest_order, text
    assert not read("where is order 104233").latest_order


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2", 2),
        ("两个", 2),
        ("二", 2),
        ("two", 2),
        ("#3", 3),
        ("42", 42),
        ("2 please now", None),
        ("2024款", None),
        ("104233", None),
    ],
)
def test_bare_numbers(text: str, value: int | None) -> None:
    assert read(text).bare_number == value


def test_spans_index_the_text_as_given() -> None:
    text = "订单１０４２３３,昨天买的,预算200以内"
    found = read(text)
    assert found.order_numbers[0].span.of(text) == "１０４２３３"
    assert found.dates[0].span.of(text) == "昨天"
    assert found.money[0].span.of(text) == "200以内"


def test_masking_hides_what_is_private() -> None:
    text = "订单104233,手机138 1234 5678,邮箱a@b.com,卡 4111 1111 1111 1111,L码"
    hidden = masked(text, read(text))
    assert len(hidden) == len(text)
    assert not any(secret in hidden for secret in ("104233", "138", "5678", "a@b.com", "4111"))
    assert hidden.endswith("L码")


_PIECES = [
    "1",
    "12",
    "0",
    "-",
    " ",
    ".",
    ",",
    "@",
    "+86",
    "¥",
    "元",
    "第",
    "二",
    "百",
    "月",
    "日",
    "a",
    "A",
    "nov",
    "x",
    "/",
    "'",
    "到",
    "(",
    "under ",
    "不",
    "\x00",
    "\n",
    "①",
    "周",
    "，",
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=60), st.integers(1, 300), st.sampled_from(["zh", "en"]))
def test_hostile_text_is_read_without_error(pieces: list[str], times: int, language: str) -> None:
    text = "".join(pieces) * times
    found = extract(text, language, today=TODAY)
    assert all(span.end <= MAX_CHARS for span in found.private())


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    found = extract(text, "en", today=TODAY)
    assert len(masked(text, found)) == len(text)
