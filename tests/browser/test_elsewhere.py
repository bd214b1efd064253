"""A conversation goes on in a messenger, and from there in another browser."""

import re
from contextlib import suppress
from itertools import count
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.shopper import Shopper

pytestmark = pytest.mark.browser
_updates = count(7000)
_CHAT = 4711


def tell(shopper: Shopper, text: str) -> None:
    """What Telegram brings."""
    person = {"id": _CHAT, "type": "private", "is_bot": False, "language_code": "zh"}
    message = {"message_id": 1, "from": person, "chat": person, "text": text}
    answer = shopper.page.request.post(
        f"{shopper.url}/channels/telegram",
        headers={"X-Telegram-Bot-Api-Secret-Token": "a-secret-of-some-length"},
        data={"update_id": next(_updates), "message": message},
    )
    assert answer.ok


def test_over_there_and_back_and_apart(arrive: Arrive) -> None:
    shopper = arrive(phone=True).open_chat()
    shopper.widget.locator(".header button[aria-expanded]").click()
    expect(shopper.widget.locator(".menu")).not_to_contain_text("换个渠道接着聊")  # Nothing was said yet.
    shopper.widget.locator(".header button[aria-expanded]").click()
    shopper.ask("退货运费谁出？")
    shopper.menu("换个渠道接着聊").click()
    code = shopper.sheet.locator("output").inner_text()
    assert re.fullmatch(r"JX-[A-Z0-9]{4}-[A-Z0-9]{4}", code)
    link = shopper.sheet.get_by_role("link", name="打开 Telegram").get_attribute("href") or ""
    assert urlsplit(link)[:3] == ("https", "t.me", "/my_shop_bot")
    assert parse_qs(urlsplit(link).query) == {"start": [code]}
    expect(shopper.sheet).to_contain_text("在 LINE 里发这个码")
    shopper.sheet.get_by_role("button", name="返回").click()

    yes = shopper.widget.locator(".quick").get_by_role("button", name="是我", exact=True)
    for _ in range(5):  # Over there it is asked anew each time; here nothing is seen of that.
        tell(shopper, f"/start {code}")
        shopper.page.wait_for_timeout(1500)
        tell(shopper, "接着聊")
        with suppress(PlaywrightTimeout):
            yes.wait_for(timeout=6_000)
            break
    yes.click()
    expect(shopper.widget.locator(".system").last).to_contain_text("Telegram", timeout=20_000)
    tell(shopper, "多久发货？")
    expect(shopper.answers).to_have_count(2)
    assert code not in repr(shopper.stored())

    # From there to another browser, which sees it all once both agreed.
    tell(shopper, "能在网页上继续聊吗")
    offered = shopper.widget.locator(".system", has_text="/continue#kefu=")
    token = re.search(r"#kefu=([\w.-]+)", offered.inner_text())
    assert token
    other = arrive()
    other.page.goto(f"{shopper.url}/continue#kefu={token[1]}")
    expect(other.sheet).to_contain_text("在这里接着聊")
    assert "kefu=" not in other.page.url
    other.sheet.get_by_role("button", name="接着聊").click()
    expect(other.sheet).to_contain_text("还差一步")
    expect(shopper.widget.locator(".system").last).to_contain_text("有人打开")
    tell(shopper, "是我")
    expect(other.sheet).to_be_hidden()
    expect(other.own.first).to_contain_text("退货运费谁出？")

    shopper.menu("换个渠道接着聊").click()
    expect(shopper.sheet.locator(".joined")).to_have_count(2)
    shopper.sheet.locator(".joined", has_text="Telegram").get_by_role("button", name="断开").click()
    expect(shopper.widget.locator(".system").last).to_contain_text("断开了")
    answers = shopper.answers.count()
    tell(shopper, "能开发票吗？")
    shopper.ask("有黑色的卫衣吗")
    expect(shopper.answers).to_have_count(answers + 1)
    assert not any("发票" in line["text"] for line in shopper.stored())
    assert shopper.errors == other.errors == []
