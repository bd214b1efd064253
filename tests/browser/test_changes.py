"""A shopper changes an order in the widget: the card, the button, the receipt, and what a card is worth later."""

from playwright.sync_api import expect

from tests.browser.conftest import Arrive


def test_a_card_is_confirmed_once_and_leaves_a_receipt(arrive: Arrive) -> None:
    shopper = arrive("en")
    shopper.open_chat()
    shopper.sign_in("C012")
    shopper.ask("cancel order 118619, I ordered it by mistake")
    card = shopper.widget.locator(".card.change")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Cancel order")
    confirm = card.get_by_role("button", name="Confirm")
    confirm.dblclick()
    receipt = shopper.widget.locator(".card.receipt")
    expect(receipt).to_have_count(1)
    expect(receipt).to_contain_text("KF-")
    expect(confirm).to_be_disabled()
    assert sum(len(line.get("cards", [])) for line in shopper.stored()) >= 2
    assert not shopper.errors


def test_a_no_changes_nothing(arrive: Arrive) -> None:
    shopper = arrive("zh", phone=True)
    shopper.open_chat()
    shopper.sign_in("C008")
    shopper.ask("取消118604，不想要了")
    card = shopper.widget.locator(".card.change")
    expect(card).to_contain_text("待确认")
    card.get_by_role("button", name="先不办").click()
    expect(shopper.answers.last).to_contain_text("没有动")
    expect(shopper.widget.locator(".card.receipt")).to_have_count(0)
    assert not shopper.errors
