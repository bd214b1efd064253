"""A shopper and the shop's assistant, through the widget and a real server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive

pytestmark = pytest.mark.browser

ASKED = {"zh": "怎么申请退货？", "en": "How do I request a return?"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_policy_question_is_answered_with_its_source(arrive: Arrive, language: str) -> None:
    shopper = arrive(language).open_chat()
    answer = shopper.ask(ASKED[language])
    chip = answer.locator("button.chip").first
    chip.click()
    expect(shopper.sheet.locator("mark")).to_be_visible()
    quoted = shopper.sheet.locator("mark").inner_text()
    assert quoted in answer.locator(".bubble").inner_text()
    shopper.page.keyboard.press("Escape")
    expect(shopper.sheet).to_be_hidden()
    expect(chip).to_be_focused()
    assert shopper.errors == []


def test_a_signed_in_shopper_opens_an_order_with_one_tap(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.choose_identity("C001")
    opener = shopper.openers.filter(has_text=re.compile(r"\d{6}")).first
    number = re.search(r"\d{6}", opener.inner_text())
    opener.click()
    assert number is not None
    expect(shopper.answers.locator(".card.order, .card.parcel").first).to_contain_text(number[0])


def test_signing_out_leaves_nothing_behind(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.choose_identity("C002")
    shopper.ask("我的订单")
    shopper.choose_identity("")
    expect(shopper.widget.locator(".entry")).to_have_count(0)
    expect(shopper.openers.filter(has_text=re.compile(r"\d{6}"))).to_have_count(0)


def test_a_guest_does_not_see_what_was_said_signed_in_and_back(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.ask("我是访客，运费多少？")
    shopper.sign_in("C007")
    expect(shopper.own.filter(has_text="我是访客")).to_have_count(0)


def test_a_reload_keeps_the_history_and_goes_on(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    text = shopper.ask("运费多少？").locator(".bubble").inner_text()
    shopper.page.reload()
    expect(shopper.answers).to_have_count(1)
    expect(shopper.answers.first.locator(".bubble")).to_have_text(text, use_inner_text=True)
    shopper.ask("怎么开发票？")
    assert [line["author"] for line in shopper.stored()] == ["shopper", "bot"] * 2


def test_two_messages_quickly_stand_in_order(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.write("你好")
    shopper.write("怎么开发票？")
    expect(shopper.answers.last).to_contain_text("发票")
    own = [line["text"] for line in shopper.stored() if line["author"] == "shopper"]
    assert own == ["你好", "怎么开发票？"]
    expect(shopper.own.locator(".bubble")).to_have_text(own)


def test_a_quick_reply_is_said_and_goes_away(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.ask("转人工")
    expect(shopper.strips).to_have_count(1)
    shopper.strips.get_by_role("button").click()
    expect(shopper.strips).to_have_count(0)
    expect(shopper.answers).to_have_count(2)
    expect(shopper.widget.locator(".quick").get_by_text("不用转人工了")).to_have_count(0)


def test_thumbs_down_takes_a_remark(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    answer = shopper.ask("运费多少？")
    answer.get_by_role("button", name="没帮助").click()
    remark = shopper.widget.locator(".remark")
    expect(remark.locator("textarea")).to_be_focused()
    remark.locator("textarea").fill("没说新疆")
    remark.get_by_role("button", name="提交").click()
    expect(shopper.widget.locator(".rate [role=status]")).to_have_text("谢谢，记下了。")
    assert shopper.stored()[-1]["helpful"] is False


def test_the_language_switches_and_stays(arrive: Arrive) -> None:
    shopper = arrive("zh").open_chat()
    shopper.menu("English").click()
    expect(shopper.input).to_have_attribute("placeholder", "Write a message…")
    expect(shopper.widget.locator(".welcome h3")).to_contain_text("Xiao Shi")
    expect(shopper.ask("hello")).to_have_attribute("lang", "en")
    shopper.page.reload()
    expect(shopper.input).to_have_attribute("placeholder", "Write a message…")


def test_what_is_typed_never_becomes_html(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    hostile = '<img src=x onerror="document.title=1"> <b>x</b> https://shop.example/a?b=1&c=2'
    shopper.ask(hostile)
    expect(shopper.own.locator(".bubble")).to_have_text(hostile)
    expect(shopper.own.locator("img, b")).to_have_count(0)
    expect(shopper.own.locator("a")).to_have_attribute("rel", re.compile("noopener"))


def test_two_tabs_tell_the_same_story(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.ask("运费多少？")
    other = type(shopper)(shopper.page.context.new_page(), shopper.url).visit()
    other.launcher.click()
    expect(other.answers).to_have_count(1)
    other.ask("怎么开发票？")
    expect(shopper.answers).to_have_count(2)
    expect(shopper.own).to_have_count(2)


def test_the_badge_counts_what_came_while_closed(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.ask("运费多少？")
    shopper.input.fill("怎么开发票？")
    # Both keys at once: an answer takes milliseconds and would come before the second.
    shopper.input.evaluate(
        """input => ["Enter", "Escape"].forEach(key => input.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, composed: true, cancelable: true})))"""
    )
    expect(shopper.launcher.locator(".badge")).to_have_text("1")
    shopper.launcher.click()
    expect(shopper.launcher.locator(".badge")).to_have_count(0)
