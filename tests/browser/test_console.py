"""Two real browsers: a shopper who gets stuck, and the agent who helps."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Route, expect

from tests.browser.agent import PASSWORD, AgentDesk
from tests.browser.conftest import Arrive, Attend
from tests.browser.shopper import Shopper

pytestmark = pytest.mark.browser


def stuck(shopper: Shopper, customer: str) -> None:
    """Two questions that no page answers."""
    shopper.open_chat()
    shopper.sign_in(customer)
    shopper.ask("支持以旧换新吗")
    expect(shopper.ask("那旧衣服你们回收吗，折多少钱")).to_contain_text("转给同事")


def test_stuck_handed_over_helped_handed_back_and_rated(arrive: Arrive, attend: Attend) -> None:
    shopper, desk = arrive("zh"), attend("zh").sign_in("lin")
    stuck(shopper, "C006")

    # The row comes by itself, with its packet.
    desk.open("李思远")
    expect(desk.packet).to_contain_text("那旧衣服你们回收吗")
    expect(desk.packet).to_contain_text("支持以旧换新吗")
    desk.press("t")
    expect(shopper.widget.locator(".entry.system").last).to_contain_text("小林来接待您了")

    # Both type live; the bot is silent.
    desk.reply("旧衣服我们暂时不回收。还有别的能帮您的吗？")
    expect(shopper.widget.locator(".entry").filter(has_text="暂时不回收")).to_contain_text("小林")
    shopper.write("退货运费谁出？")
    expect(desk.last("shopper")).to_have_text("退货运费谁出？")
    expect(desk.suggestion).to_be_visible()

    # A return on the shopper's behalf, shown before it is done.
    desk.page.get_by_role("button", name="代客操作").first.click()
    desk.tools.get_by_role("button", name="退货", exact=True).click()
    desk.tools.get_by_label("订单号").select_option("118451")
    desk.tools.get_by_role("checkbox").first.check()
    desk.tools.get_by_label("原因").select_option("does_not_fit")
    desk.tools.get_by_role("button", name="预览办理结果").click()
    expect(desk.tools).to_contain_text("¥")
    desk.tools.get_by_role("button", name=re.compile("确认")).click()
    receipt = shopper.widget.locator(".card.receipt")
    expect(receipt).to_have_count(1)
    expect(receipt).to_contain_text("118451")

    # Back to the bot, which knows what was done.
    desk.press("b")
    expect(shopper.answers.last).to_contain_text("退货")
    expect(shopper.ask("退款什么时候到")).to_contain_text("118451")

    # A person again, who closes; the shopper says how it was.
    desk.reply("退货已经安排好了，祝您愉快。")
    desk.press("e")
    shopper.widget.get_by_role("button", name=re.compile("非常满意|5")).first.click()
    expect(shopper.answers.last).to_contain_text("谢")
    desk.view("已结束")
    desk.open("李思远")
    assert [line["author"] for line in shopper.stored()].count("agent") == 3
    assert shopper.errors == desk.errors == []


def test_two_agents_see_and_do_not_step_on_each_other(arrive: Arrive, attend: Attend) -> None:
    shopper, lin, amy = arrive("en"), attend("zh").sign_in("lin"), attend("en").sign_in("amy")
    shopper.open_chat()
    shopper.sign_in("C009")
    shopper.ask("I want to talk to a human")
    amy.open_of(shopper)
    # His line is slow, and he presses the key before what it is about has come.
    reading: list[Route] = []
    lin.page.route(f"**/conversations/{shopper.conversation()}", lambda route: reading.append(route))
    lin.open_of(shopper)
    expect(amy.page.get_by_text("小林").first).to_be_visible()
    amy.composer.fill("I am here, too")
    lin.press("t")
    for one in reading:
        one.continue_()
    lin.page.unroute(f"**/conversations/{shopper.conversation()}")
    expect(amy.page.get_by_text("A colleague has this conversation now")).to_be_visible()
    expect(amy.page.get_by_text("Not yours")).to_be_visible()
    expect(amy.composer).to_be_hidden()
    lin.reply("Hello, how can I help?")
    assert not [line for line in shopper.stored() if line["text"] == "I am here, too"]


def test_a_reply_that_crosses_a_take_over_is_refused(arrive: Arrive, attend: Attend) -> None:
    shopper, lin, amy = arrive("en"), attend("zh").sign_in("lin"), attend("en").sign_in("amy")
    shopper.open_chat()
    shopper.sign_in("C018")
    shopper.ask("I want to talk to a human")
    # Amy does not hear of it: her line is down, and is not opened again while she writes.
    amy.page.route_web_socket("**/console/api/ws", lambda line: line.close())
    amy.page.reload()
    for desk, queue in ((lin, "待接入"), (amy, "Waiting")):
        desk.view(queue)
        desk.open_of(shopper)
    amy.composer.fill("I am here, too")
    lin.press("t")
    expect(lin.page.get_by_text("已接手，机器人不再回复").first).to_be_visible()
    amy.composer.press("Enter")
    expect(amy.page.get_by_text("小林 has this conversation")).to_be_visible()
    assert not [line for line in shopper.stored() if line["text"] == "I am here, too"]


@pytest.mark.parametrize(("language", "theme"), [("zh", "light"), ("en", "dark")])
def test_axe_finds_nothing_serious(arrive: Arrive, attend: Attend, language: str, theme: str) -> None:
    shopper = arrive(language)
    shopper.open_chat()
    shopper.sign_in("C010" if language == "zh" else "C011")
    shopper.ask("转人工" if language == "zh" else "human please")
    desk = attend(language, theme=theme)
    desk.page.goto(f"{desk.url}/console")
    expect(desk.page.get_by_role("textbox").first).to_be_visible()
    assert violations(desk) == []
    desk.sign_in("lin").open_of(shopper)
    expect(desk.packet).to_be_visible()
    assert violations(desk) == []
    for page in ("unanswered", "insights", "canned", "users", "audit"):
        desk.page.goto(f"{desk.url}/console/{page}")
        expect(desk.page.get_by_role("heading").first).to_be_visible()
        desk.page.wait_for_timeout(500)
        assert violations(desk) == [], page


def violations(desk: AgentDesk) -> list[str]:
    found = Axe().run(desk.page).response["violations"]
    return [
        f"{one['id']}: {[node['html'][:160] for node in one['nodes']]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def test_what_shoppers_write_stays_text(arrive: Arrive, attend: Attend) -> None:
    shopper, desk = arrive("zh"), attend("zh").sign_in("lin")
    shopper.open_chat()
    shopper.sign_in("C034")
    shopper.ask('<img src=x onerror="window.pwned=1"><script>window.pwned=1</script> 转人工')
    desk.open_of(shopper)
    expect(desk.last("shopper")).to_contain_text("<img src=x")
    assert desk.page.evaluate("window.pwned") is None
    assert desk.errors == []


def test_on_a_shared_computer_nobody_finds_what_a_colleague_wrote(arrive: Arrive, attend: Attend) -> None:
    shopper, desk = arrive("zh"), attend("zh").sign_in("lin")
    shopper.open_chat()
    shopper.sign_in("C015")
    shopper.ask("转人工")
    desk.open_of(shopper)
    desk.composer.fill("只有我看得到")
    desk.page.evaluate("fetch('/console/api/logout', { method: 'POST', headers: { 'X-Kefu-Console': '1' } })")
    address = desk.page.url
    desk.sign_in("amy")
    desk.page.goto(address)
    expect(desk.composer).to_have_value("")
    desk.page.evaluate("fetch('/console/api/logout', { method: 'POST', headers: { 'X-Kefu-Console': '1' } })")
    desk.sign_in("lin")
    desk.page.goto(address)
    expect(desk.composer).to_have_value("只有我看得到")


def test_a_conversation_from_end_to_end_by_keyboard(arrive: Arrive, attend: Attend) -> None:
    shopper, desk = arrive("en"), attend("en")
    shopper.open_chat()
    shopper.sign_in("C016")
    shopper.ask("human please")
    keyboard = desk.page.keyboard
    desk.page.goto(f"{desk.url}/console")
    expect(desk.page.get_by_label("Login", exact=True)).to_be_focused()
    for typed, key in (("lin", "Tab"), (PASSWORD, "Enter")):
        keyboard.type(typed)
        keyboard.press(key)
    own = desk.page.locator(f'li.row[data-id="{shopper.conversation()}"] a')
    expect(own).to_be_visible()
    for _ in range(desk.rows.count() + 1):
        keyboard.press("j")
        if own.evaluate("node => node === document.activeElement"):
            break
    keyboard.press("Enter")
    expect(desk.packet).to_be_visible()
    keyboard.press("t")
    expect(shopper.widget.locator(".entry.system").last).to_contain_text("小林")
    keyboard.press("r")
    expect(desk.composer).to_be_focused()
    keyboard.type("Hello, what can I do for you?")
    keyboard.press("Enter")
    expect(shopper.widget.locator(".entry").filter(has_text="what can I do")).to_be_visible()
    keyboard.press("Escape")
    keyboard.press("n")
    keyboard.type("Calls about the mug")
    keyboard.press("Enter")
    expect(desk.page.locator("li.entry.note")).to_contain_text("Calls about the mug")
    keyboard.press("Escape")
    keyboard.press("?")
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    keyboard.press("Escape")
    keyboard.press("e")
    expect(shopper.widget.get_by_role("button", name=re.compile("5")).first).to_be_visible()
    assert not [line for line in shopper.stored() if "mug" in line["text"]]
