"""A bad network: nothing is lost, nothing is sent twice."""

import json

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from tests.browser.conftest import Arrive

pytestmark = pytest.mark.browser


def test_typed_offline_is_sent_once_when_back(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.ask("运费多少？")
    shopper.page.context.set_offline(True)
    expect(shopper.strips).to_contain_text("没有网络")
    shopper.write("怎么开发票？")
    expect(shopper.own.last).to_contain_text("连上后自动发出")
    shopper.page.context.set_offline(False)
    expect(shopper.answers).to_have_count(2)
    expect(shopper.strips).to_have_count(0)
    assert shopper.said("怎么开发票？") == 1


def test_typed_offline_survives_a_reload(arrive: Arrive) -> None:
    shopper = arrive().open_chat()
    shopper.ask("运费多少？")
    shopper.page.context.set_offline(True)
    shopper.write("怎么开发票？")
    expect(shopper.own.last).to_contain_text("连上后自动发出")
    shopper.page.close()
    shopper.page.context.set_offline(False)
    again = type(shopper)(shopper.page.context.new_page(), shopper.url).visit()
    again.launcher.click()
    expect(again.answers).to_have_count(2)
    assert again.said("怎么开发票？") == 1


def test_a_lost_acknowledgement_is_not_a_second_message(arrive: Arrive) -> None:
    shopper = arrive()
    lost: list[str] = []

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_page(frame: str | bytes) -> None:
            if not lost and json.loads(frame)["type"] == "accepted":
                lost.append(json.loads(frame)["id"])
                socket.close()
            else:
                socket.send(frame)

        server.on_message(to_page)

    shopper.page.route_web_socket("**/v1/ws", route)
    shopper.open_chat()
    shopper.ask("怎么开发票？")
    assert lost
    assert shopper.said("怎么开发票？") == 1
    expect(shopper.own).to_have_count(1)


def test_events_and_posts_where_no_socket_opens(arrive: Arrive) -> None:
    shopper = arrive()
    shopper.page.route_web_socket("**/v1/ws", lambda socket: socket.close())
    shopper.open_chat()
    shopper.ask("怎么开发票？")
    shopper.ask("运费多少？")
    assert [line["author"] for line in shopper.stored()] == ["shopper", "bot"] * 2
    expect(shopper.own).to_have_count(2)


def test_too_many_messages_wait_and_go_out_by_themselves(arrive: Arrive) -> None:
    shopper = arrive()
    refused: list[str] = []

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_server(frame: str | bytes) -> None:
            sent = json.loads(frame)
            if sent["type"] == "message" and not refused:
                refused.append(sent["id"])
                error = {
                    "type": "error",
                    "code": "too_many",
                    "message": "…",
                    "id": sent["id"],
                    "retry_after": 2,
                }
                socket.send(json.dumps(error))
            else:
                server.send(frame)

        socket.on_message(to_server)

    shopper.page.route_web_socket("**/v1/ws", route)
    shopper.open_chat()
    shopper.write("怎么开发票？")
    expect(shopper.strips).to_contain_text("秒后自动发出")
    expect(shopper.answers).to_have_count(1)
    assert shopper.said("怎么开发票？") == 1


def test_a_refused_message_can_be_edited(arrive: Arrive) -> None:
    shopper = arrive()

    def route(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def to_server(frame: str | bytes) -> None:
            sent = json.loads(frame)
            if sent.get("text") == "坏的":
                error = {"type": "error", "code": "too_long", "message": "At most.", "id": sent["id"]}
                socket.send(json.dumps(error))
            else:
                server.send(frame)

        socket.on_message(to_server)

    shopper.page.route_web_socket("**/v1/ws", route)
    shopper.open_chat()
    shopper.write("坏的")
    expect(shopper.own).to_contain_text("太长了")
    shopper.own.get_by_role("button", name="修改").click()
    expect(shopper.own).to_have_count(0)
    expect(shopper.input).to_have_value("坏的")
    shopper.ask("怎么开发票？")


def test_works_where_storage_is_blocked(arrive: Arrive) -> None:
    shopper = arrive()
    shopper.page.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });"
    )
    shopper.open_chat()
    shopper.ask("怎么开发票？")
    assert shopper.errors == []


def test_who_signs_out_while_the_session_is_read_is_gone(arrive: Arrive) -> None:
    shopper = arrive("en").open_chat()
    shopper.sign_in("C036")
    shopper.ask("how long does delivery take?")
    asked: list[Route] = []
    shopper.page.route("**/v1/session", lambda route: asked.append(route))
    shopper.page.add_init_script(
        'addEventListener("kefu:ready", () => (window.left = window.Kefu.signOut()))'
    )
    shopper.page.reload()
    shopper.page.wait_for_timeout(1_000)
    assert len(asked) == 2, "the next person's session does not wait for the last one's"
    # What was asked for the last person is answered after the next one's.
    for one in reversed(asked):
        one.continue_()
        shopper.page.wait_for_timeout(300)
    shopper.page.evaluate("window.left")
    expect(shopper.own).to_have_count(0)
    assert shopper.conversation() is None
