"""A shopper sends photos and sees them; what is none is said to be none."""

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from tests.bot import pictures
from tests.browser.conftest import Arrive
from tests.browser.shopper import Shopper

pytestmark = pytest.mark.browser


def photo(name: str = "IMG_0001.png", content: bytes | None = None) -> FilePayload:
    return {"name": name, "mimeType": "image/png", "buffer": content or pictures.png(400, 300)}


def pick(shopper: Shopper, *photos: FilePayload) -> Locator:
    shopper.widget.locator("input[type=file]").set_input_files(list(photos))
    return shopper.widget.locator(".tray > *")


def is_shown(image: Locator) -> None:
    expect(image).to_be_visible()
    image.page.wait_for_function(
        "(image) => image.complete && image.naturalWidth > 0", arg=image.element_handle()
    )


@pytest.mark.parametrize(("language", "button"), [("zh", "发照片"), ("en", "Send a photo")])
def test_a_photo_without_words(arrive: Arrive, language: str, button: str) -> None:
    shopper = arrive(language, phone=language == "en").open_chat()
    send = shopper.widget.locator("button.send")
    expect(shopper.widget.get_by_role("button", name=button)).to_be_visible()
    expect(send).to_be_disabled()
    tray = pick(shopper, photo())
    is_shown(tray.locator("img"))
    expect(send).to_be_enabled()
    send.click()
    expect(tray).to_have_count(0)
    is_shown(shopper.own.locator("img"))
    expect(shopper.answers).to_have_count(1)
    shopper.page.reload()
    if language == "en":
        shopper.launcher.click()
    is_shown(shopper.own.locator("img"))
    assert len(shopper.stored()[0]["attachments"]) == 1
    assert shopper.errors == []


def test_words_and_photos_one_taken_back(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    tray = pick(
        shopper, photo(), photo("2.png", pictures.png(20, 20)), photo("3.jpg", pictures.png(3000, 40))
    )
    expect(tray).to_have_count(3)
    expect(shopper.widget.locator("button.send")).to_be_enabled()
    tray.nth(1).get_by_role("button", name="去掉这张照片").click()
    expect(tray).to_have_count(2)
    shopper.ask("收到的东西坏了")
    expect(shopper.own.locator("img")).to_have_count(2)
    expect(shopper.own.locator(".bubble")).to_have_text("收到的东西坏了")
    assert len(shopper.stored()[0]["attachments"]) == 2


@pytest.mark.parametrize(("language", "says"), [("zh", "不是能打开的照片"), ("en", "no photo I can open")])
def test_what_is_no_photo_is_told(arrive: Arrive, language: str, says: str) -> None:
    shopper = arrive(language).open_chat()
    tray = pick(shopper, photo("holiday.png", b"<html><script>alert(1)</script>"))
    expect(shopper.widget.locator(".count")).to_contain_text(says)
    expect(tray).to_have_count(0)
    expect(shopper.widget.locator("button.send")).to_be_disabled()


def test_no_more_than_nine(arrive: Arrive) -> None:
    shopper = arrive("en").open_chat()
    tray = pick(shopper, *(photo(f"{number}.png", pictures.png(8 + number, 8)) for number in range(10)))
    expect(tray).to_have_count(9)
    expect(shopper.widget.locator(".count")).to_contain_text("At most 9 photos")


def test_without_a_network_it_is_told_and_the_words_stay(arrive: Arrive) -> None:
    shopper = arrive("en").open_chat()
    shopper.input.fill("it arrived like this")
    shopper.page.route("**/v1/attachments", lambda route: route.abort())
    tray = pick(shopper, photo())
    expect(shopper.widget.locator(".count")).to_contain_text("didn't go through")
    expect(tray).to_have_count(0)
    expect(shopper.input).to_have_value("it arrived like this")
