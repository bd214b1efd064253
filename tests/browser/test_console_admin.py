"""What admins connect: webhooks to a real receiver, and channels."""

import asyncio
import re
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Attend
from tests.browser.test_console import violations
from tests.contracts.receiver import Receiver, answering, good

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    """In a thread with a loop of its own: Playwright has this one."""
    loop, opened = asyncio.new_event_loop(), Receiver()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(opened.start(), loop).result(10)
    yield opened
    asyncio.run_coroutine_threadsafe(opened.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_a_webhook_is_added_tested_fails_and_is_sent_again(attend: Attend, receiver: Receiver) -> None:
    desk = attend("en").sign_in("lin")
    page = desk.page
    page.locator("nav").get_by_role("link", name="Webhooks").click()
    expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()

    # What cannot be called is refused in words; the form stays as it was filled in.
    page.get_by_role("button", name="Add a webhook").click()
    form = page.locator("form.card-form")
    form.get_by_role("textbox", name="Address").fill("https://user:secret@shop.example/")
    form.get_by_role("textbox", name="Name").fill("Warehouse")
    form.get_by_role("textbox", name="Name").press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("without user, password")
    expect(form.get_by_role("textbox", name="Address")).to_be_focused()
    form.get_by_role("textbox", name="Address").fill(f"{receiver.url}/hook")
    form.get_by_text("Only some").click()
    form.get_by_role("button", name="Add a webhook").click()
    expect(form.get_by_role("alert")).to_contain_text("at least one")
    form.get_by_label("An order changed").check()
    form.get_by_role("button", name="Add a webhook").click()

    # The secret, this once.
    secret = page.get_by_role("dialog", name="Signing secret")
    expect(secret.locator("code")).to_contain_text("whsec_")
    assert violations(desk) == []
    secret.get_by_role("button", name="I've saved it").click()
    expect(secret).to_have_count(0)
    card = page.locator("article.hook")
    expect(card).to_contain_text("One event")
    assert "whsec_" not in page.content()

    # It arrives.
    card.get_by_role("link", name="Warehouse").click()
    page.get_by_role("button", name="Send test event").click()
    rows = page.locator(".log-row")
    expect(rows.first).to_contain_text("Delivered")
    expect(card).to_contain_text("200")
    assert receiver.got[-1].payload["type"] == "webhook.test"

    # It does not.
    receiver.mood = answering(500)
    page.get_by_role("button", name="Send test event").click()
    expect(page.locator(".toast.bad")).to_contain_text("it answered 500")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("Will be retried")
    rows.first.click()
    opened = page.get_by_role("dialog", name="Test event")
    expect(page.locator(".toast")).to_have_count(0)  # They would lie over its buttons.
    expect(opened).to_contain_text("webhook-signature")
    expect(opened.get_by_role("region", name="Body")).to_contain_text('"type": "webhook.test"')
    expect(opened.get_by_role("region", name="Response")).to_contain_text("xxx")
    assert receiver.got[-1].headers["webhook-signature"] in (opened.text_content() or "")
    assert violations(desk) == []

    # Mended, it is sent again, with the same id.
    receiver.mood = good
    opened.get_by_role("button", name="Send again").click()
    expect(page.locator(".toast", has_text="It arrived")).to_be_visible()
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("Delivered")
    assert len({got.id for got in receiver.got[-2:]}) == 1
    page.get_by_text("Given up", exact=True).click()
    expect(page.locator(".log-section")).to_contain_text("Nothing was given up")

    # Another secret beside the old one; paused; gone, by keyboard.
    page.get_by_role("button", name="Replace secret").click()
    page.get_by_role("button", name="Replace", exact=True).click()
    expect(secret).to_contain_text("The old secret works until tomorrow")
    page.keyboard.press("Escape")
    expect(card).to_contain_text("Old secret works until")
    page.get_by_role("button", name="Pause").click()
    expect(card).to_contain_text("Paused")
    expect(page.get_by_role("button", name="Send test event")).to_be_disabled()
    page.get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    confirm = page.get_by_role("dialog", name="Delete")
    expect(confirm.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="No webhooks yet")).to_be_visible()
    assert desk.errors == []


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_axe_finds_nothing_serious(attend: Attend, receiver: Receiver, language: str, theme: str) -> None:
    desk = attend(language, theme=theme).sign_in("lin")
    page = desk.page
    if theme == "dark":
        page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{desk.url}/console/channels")
    expect(page.locator(".more-channels li").first).to_be_visible()
    expect(page.locator(".channel").first).to_contain_text("/channels/webhook")
    assert violations(desk) == [], "channels"
    assert "whsec_" not in page.content()
    page.goto(f"{desk.url}/console/webhooks")
    page.locator(".page-tools .button.first").click()
    page.locator(".which-events label").nth(1).click()
    page.locator("form.card-form [name=url]").fill(receiver.url)
    page.locator("form.card-form [type=checkbox]").first.check()
    assert violations(desk) == [], "the form"
    page.locator("form.card-form [type=submit]").click()
    expect(page.locator(".secret-sheet code")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator(".hook h2 a").first.click()
    page.locator("[data-does=test]").click()
    expect(page.locator(".log-row .done")).to_have_count(1)
    assert violations(desk) == [], "the log"
    assert page.evaluate("document.querySelector('.page-body').scrollWidth <= innerWidth")
    page.locator("[data-does=remove]").click()
    page.locator(".popover [type=submit]").click()
    expect(page.locator(".empty h2")).to_be_visible()
    assert desk.errors == []


def test_only_admins_are_shown_the_way(attend: Attend) -> None:
    desk = attend("en").sign_in("amy")
    expect(desk.page.locator("nav").get_by_role("link", name=re.compile("Webhooks|Channels"))).to_have_count(
        0
    )
    desk.page.goto(f"{desk.url}/console/webhooks")
    expect(desk.page.locator(".list")).to_be_visible()
