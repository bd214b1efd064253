"""Keyboard, screen reader, contrast."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.shopper import Shopper

pytestmark = pytest.mark.browser


def violations(shopper: Shopper) -> list[str]:
    """What axe finds serious or critical, with the places."""
    found = Axe().run(shopper.page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:120] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize(
    ("language", "theme", "customer"),
    [("zh", "light", "C003"), ("zh", "dark", "C004"), ("en", "light", "C005"), ("en", "dark", "C033")],
)
def test_axe_finds_nothing_serious(arrive: Arrive, language: str, theme: str, customer: str) -> None:
    shopper = arrive(language, theme=theme).open_chat()
    assert violations(shopper) == []
    shopper.sign_in(customer)
    orders = shopper.ask("我的订单" if language == "zh" else "my orders")
    expect(orders.locator(".card").first).to_be_visible()
    shopper.ask("推荐一个保温杯" if language == "zh" else "recommend a bag")
    shopper.ask("怎么申请退货？" if language == "zh" else "How do I request a return?")
    assert violations(shopper) == []
    shopper.chips.last.click()
    expect(shopper.sheet.locator("mark")).to_be_visible()
    assert violations(shopper) == []


def test_everything_by_keyboard(arrive: Arrive) -> None:
    shopper = arrive().visit()
    keyboard = shopper.page.keyboard
    shopper.launcher.focus()
    keyboard.press("Enter")
    expect(shopper.input).to_be_focused()
    keyboard.type("怎么申请退货？")
    keyboard.press("Shift+Enter")
    keyboard.type("急")
    keyboard.press("Enter")
    expect(shopper.own.locator(".bubble")).to_have_text("怎么申请退货？\n急", use_inner_text=True)
    expect(shopper.chips.first).to_be_visible()
    for _ in range(20):
        keyboard.press("Shift+Tab")
        if shopper.chips.first.evaluate("node => node.getRootNode().activeElement === node"):
            break
    keyboard.press("Enter")
    expect(shopper.sheet).to_be_visible()
    keyboard.press("Escape")
    expect(shopper.chips.first).to_be_focused()
    keyboard.press("Escape")
    expect(shopper.panel).to_be_hidden()
    expect(shopper.launcher).to_be_focused()


def test_enter_of_an_input_method_sends_nothing(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.input.fill("tuihuo")
    shopper.input.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    shopper.input.dispatch_event("keydown", {"key": "Enter", "keyCode": 229})
    expect(shopper.own).to_have_count(0)
    expect(shopper.input).to_have_value("tuihuo")


def test_the_focus_stays_inside_when_the_panel_is_the_screen(arrive: Arrive) -> None:
    shopper = arrive(phone=True).open_chat()
    expect(shopper.launcher).to_be_hidden()
    for _ in range(25):
        shopper.page.keyboard.press("Tab")
        assert shopper.page.evaluate("document.activeElement.localName") == "kefu-chat"


def test_a_phone_is_not_covered_by_a_keyboard_nobody_asked_for(arrive: Arrive) -> None:
    shopper = arrive(phone=True).open_chat()
    expect(shopper.input).not_to_be_focused()
    box = shopper.panel.bounding_box()
    assert box == {"x": 0, "y": 0, "width": 390, "height": 844}


def test_the_counter_warns_before_the_end_and_stops_after(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.input.fill("字" * 1900)
    expect(shopper.widget.locator(".count")).to_have_text("还能写 100 个字")
    shopper.input.fill("字" * 2001)
    expect(shopper.widget.locator("button.send")).to_be_disabled()
