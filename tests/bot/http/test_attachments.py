"""Photos through the door: who may send and see them, and what is none."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import FormData

from tests.bot import pictures
from tests.bot.http.conftest import API_KEY, TOKENS, Client, Server
from tests.conftest import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def send(client: Client, content: bytes, *, status: int = 201, path: str = "", **headers: str) -> Any:
    named = client.with_headers(**headers) if headers else client
    response = await named.request("POST", f"/v1/attachments{path}", data=content)
    assert response.status == status, await response.text()
    return await response.json()


async def shopper(door: Client, customer: str | None = None) -> Client:
    client = door.with_headers(Accept_Language="zh")
    await client.session(**({"shopper_token": TOKENS.sign_shopper(customer)} if customer else {}))
    return client


async def test_there_and_back_without_the_place(door: Client) -> None:
    client = await shopper(door)
    kept = await send(client, pictures.told_jpeg())
    assert kept["media_type"] == "image/jpeg"
    response = await client.get(f"/v1/attachments/{kept['id']}")
    assert response.status == 200
    content = await response.read()
    assert pictures.GPS not in content
    assert len(content) == kept["size"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Type"] == "image/jpeg"
    assert response.headers["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "private" in response.headers["Cache-Control"]


async def test_a_form_does_as_well_and_its_name_is_nothing(door: Client) -> None:
    client = await shopper(door)
    form = FormData()
    form.add_field("note", "not this")
    form.add_field("file", pictures.png(), filename="../../etc/passwd.html", content_type="text/html")
    response = await client.request("POST", "/v1/attachments", data=form)
    assert response.status == 201
    assert (await response.json())["media_type"] == "image/png"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"GIF89a/*" + b"\0" * 60 + b"*/=alert(1)",
        b"%PDF-1.7\n",
        b"MZ" + b"\0" * 100,
        b"\xff\xd8\xff<script>alert(1)</script>",
        pictures.png()[:40],
    ],
)
async def test_what_is_no_photo_is_refused_whatever_it_is_called(door: Client, content: bytes) -> None:
    client = await shopper(door)
    answer = await send(client, content, status=415, Content_Type="image/jpeg")
    assert answer["error"]["code"] == "not_a_photo"
    assert "JPG" in answer["error"]["message"]


async def test_what_follows_the_picture_is_cut_off(door: Client) -> None:
    client = await shopper(door)
    kept = await send(client, pictures.told_png())
    content = await (await client.get(f"/v1/attachments/{kept['id']}")).read()
    assert b"script" not in content


async def test_too_large(server: Server) -> None:
    door = await server.open(max_attachment_bytes=100_000)
    client = await shopper(door)
    large = pictures.png() + b"\0" * 200_000
    assert (await send(client, large, status=413))["error"]["code"] == "too_large"
    form = FormData()
    form.add_field("file", large, filename="a.png")
    assert (await client.request("POST", "/v1/attachments", data=form)).status == 413


async def test_larger_than_a_message_may_be(door: Client) -> None:
    client = await shopper(door)
    assert await send(client, pictures.png() + b"\0" * 1_000_000)


async def test_forms_without_a_file(door: Client) -> None:
    client = await shopper(door)
    form = FormData(default_to_multipart=True)
    form.add_field("file", "only words")
    assert (await client.request("POST", "/v1/attachments", data=form)).status == 400
    broken = client.with_headers(Content_Type="multipart/form-data; boundary=b")
    for body in (b"--nothing", b'--b\r\nContent-Disposition: form-data; name="\x7f"\r\n\r\n{}\r\n--b--\r\n'):
        assert (await broken.request("POST", "/v1/attachments", data=body)).status == 400


async def test_nobody_else_sees_it(door: Client) -> None:
    owner, other, signed_in = await shopper(door), await shopper(door), await shopper(door, "C002")
    kept = await send(owner, pictures.png())
    for somebody in (other, signed_in):
        assert (await somebody.get(f"/v1/attachments/{kept['id']}")).status == 404
    assert (await door.get(f"/v1/attachments/{kept['id']}")).status == 401
    assert (await door.request("POST", "/v1/attachments", data=pictures.png())).status == 401
    integrator = door.with_headers(Authorization=f"Bearer {API_KEY}")
    assert (await integrator.get(f"/v1/attachments/{kept['id']}")).status == 200


async def test_nobody_else_can_send_it(door: Client) -> None:
    owner, other = await shopper(door), await shopper(door)
    kept = await send(owner, pictures.png())
    stolen = {"id": "m1", "text": "", "attachments": [kept["id"]]}
    response = await other.post("/v1/messages", stolen)
    assert response.status == 400
    assert (await response.json())["error"]["code"] == "unknown_attachment"
    made_up = {"id": "m2", "text": "", "attachments": [uuid4().hex]}
    assert (await owner.post("/v1/messages", made_up)).status == 400


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e%2f%2e%2e%2fkefu.db",
        "ab/../../kefu.db",
        "A" * 32,
        "0" * 31,
        "0" * 32 + ".part",
        "%00" * 8,
    ],
)
async def test_no_path_leads_out(door: Client, name: str) -> None:
    client = await shopper(door)
    assert (await client.get(f"/v1/attachments/{name}")).status == 404
    sent = {"id": uuid4().hex, "text": "", "attachments": [name]}
    assert (await client.post("/v1/messages", sent)).status == 400


async def test_only_photos_and_no_words_is_a_message(door: Client) -> None:
    client = await shopper(door, "C006")
    ids = [(await send(client, pictures.png()))["id"] for _ in range(2)]
    answer = await client.say("", attachments=[*ids, ids[0]], language="zh")
    assert "照片收到了" in answer["replies"][0]["text"]
    line = (await client.history())["messages"][-2]
    assert line["attachments"] == ids
    too_many = {"id": "m9", "text": "", "attachments": [uuid4().hex for _ in range(10)]}
    assert (await client.post("/v1/messages", too_many)).status == 400


async def test_a_report_with_photos(door: Client, server: Server) -> None:
    client = await shopper(door, "C019")
    await client.say("the cable in 118551 arrived broken, please refund me")
    photo = (await send(client, pictures.told_jpeg()))["id"]
    answer = await client.say("", attachments=[photo], language="en")
    (card,) = answer["replies"][0]["cards"]
    answer = await client.say("yes")
    assert card["kind"] == "change"
    assert answer["replies"][0]["tools"] == [{"name": "report_problem", "outcome": "ok"}]
    order = await server.kefu.shop.order("118551", customer_id="C019")
    assert order is not None
    assert order.reports[0].photos == (photo,)


async def test_a_report_over_rest_names_photos_of_its_own(door: Client) -> None:
    client, other = await shopper(door, "C039"), await shopper(door, "C002")
    integrator = door.with_headers(Authorization=f"Bearer {API_KEY}")
    mine, theirs = (await send(client, pictures.png()))["id"], (await send(other, pictures.png()))["id"]
    vouched = (await send(integrator, pictures.png(), path="?sender=crm"))["id"]
    report = {"order_number": "118327", "problem": "wrong", "items": {"I1": 1}}

    async def propose(photo: str) -> tuple[int, str]:
        arguments = report | {"photos": [photo]}
        response = await client.post("/v1/tools/report_problem", {"arguments": arguments})
        answer = await response.json()
        return response.status, answer.get("outcome") or answer["error"]["code"]

    assert await propose(mine) == (200, "proposed")
    assert await propose(vouched) == (200, "proposed")
    assert await propose(theirs) == (400, "unknown_attachment")
    assert await propose(uuid4().hex) == (400, "unknown_attachment")


async def test_photos_are_counted_like_messages(server: Server) -> None:
    client = await shopper(await server.open(rate_session="2/minute"))
    for _ in range(2):
        await send(client, pictures.png())
    assert (await send(client, pictures.png(), status=429))["error"]["retry_after"] > 0


async def test_what_no_message_names_is_forgotten(door: Client, server: Server) -> None:
    client = await shopper(door, "C007")
    named, orphan = (await send(client, pictures.png()))["id"], (await send(client, pictures.png()))["id"]
    await client.say("", attachments=[named])
    folder = server.settings.data / "attachments"

    def is_there(one: str) -> bool:
        return Path(folder, one[:2], one).exists()

    attachments = server.kefu.attachments
    assert is_there(orphan)
    later = type(attachments)(server.kefu.store, folder, clock=lambda: NOW + timedelta(days=1, seconds=1))
    assert await later.tidy() >= 1
    assert is_there(named)
    assert not is_there(orphan)
    assert (await client.get(f"/v1/attachments/{orphan}")).status == 404
    assert (await client.get(f"/v1/attachments/{named}")).status == 200
