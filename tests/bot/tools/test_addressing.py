"""A new address out of several messages."""

from bot.shop.changes.fields import address_facts
from bot.shop.domain import Address
from bot.tools.addressing import Arguments, completed, place_text, wish

HOME = Address(
    "C1-A1", "林小满", "文三路 138 号", "杭州市", "CN", "13800000001", "浙江省", "西湖区", "310012"
)
OFFICE = Address("C1-office", "林小满", "五常大道 175 号", "杭州市", "CN", "13800000001", "浙江省", "余杭区")
MINE = (HOME, OFFICE)


def said(*words: str, **answers: str) -> Arguments:
    slots = ("address", "name", "phone", "street", "city", "province", "district", "postcode")
    return Arguments(words, **{slot: answers.get(slot) for slot in slots})  # type: ignore[arg-type]


def address_of(arguments: Arguments) -> Address:
    return completed(wish(arguments, MINE), HOME)


def test_nothing_said() -> None:
    assert wish(said("改地址"), MINE).empty
    assert wish(said("寄到我朋友家"), MINE).empty


def test_my_office_is_found_by_its_id() -> None:
    for text in ("寄到公司", "send it to my office", "寄到五常大道那个", "五常大道175号", "C1-office"):
        assert address_of(said(text)) == OFFICE, text


def test_a_street_of_mine_in_another_city_is_another_address() -> None:
    assert address_of(said("寄到深圳市福田区五常大道 175 号")).city == "深圳市"


def test_name_and_phone_are_kept() -> None:
    moved = address_of(said("改到深圳市南山区科技园1号"))
    assert (moved.name, moved.phone, moved.province, moved.postcode) == (
        "林小满",
        "13800000001",
        "广东省",
        "",
    )


def test_the_place_is_kept_where_only_the_person_is_another() -> None:
    other = address_of(said("收件人改成李华，电话13900000000"))
    assert (other.name, other.phone, other.street) == ("李华", "13900000000", HOME.street)


def test_one_of_mine_for_somebody_else() -> None:
    gift = address_of(said("寄到公司", "收件人改成李华"))
    assert (gift.name, gift.street) == ("李华", OFFICE.street)


def test_what_is_said_after_an_answer_corrects_it() -> None:
    arguments = said("改地址", "", "门牌错了，是深圳市南山区科技园2号", address="深圳市南山区科技园1号")
    assert address_of(arguments).street == "科技园2号"


def test_an_answer_corrects_what_was_said_before() -> None:
    arguments = said("收件人改成李华，电话139", "", phone="13900000000")
    assert address_of(arguments).phone == "13900000000"


def test_parts_are_added_up() -> None:
    arguments = said("寄到深圳市南山区", "", street="科技园1号")
    whole = address_of(arguments)
    assert (whole.province, whole.city, whole.district, whole.street) == (
        "广东省",
        "深圳市",
        "南山区",
        "科技园1号",
    )


def test_another_city_leaves_nothing_of_the_old_one() -> None:
    moved = address_of(said("寄到深圳市南山区科技园1号", "不对，上海市徐汇区淮海中路1号"))
    assert (moved.province, moved.district, moved.street) == ("上海市", "徐汇区", "淮海中路1号")


def test_read_aloud() -> None:
    assert place_text(address_facts(HOME)) == "浙江省杭州市西湖区文三路 138 号 310012"
    english = Address(
        "A", "Emma", "418 Yuyuan Road", "Shanghai", "CN", "1", "Shanghai", "Jing'an District", "200040"
    )
    assert place_text(address_facts(english)) == "418 Yuyuan Road, Jing'an District, Shanghai 200040"
