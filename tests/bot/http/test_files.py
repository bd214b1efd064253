import gzip

import pytest

from connectors.web.assets import WIDGET
from tests.bot.http.conftest import Client, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_widget_is_small_on_the_wire_and_not_sent_twice(door: Client) -> None:
    response = await door.http.get(
        door.url + "/widget.js", headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    )
    packed = await response.read()
    assert response.headers["Content-Encoding"] == "gzip"
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert len(packed) < 30_000
    assert gzip.decompress(packed) == WIDGET.read_bytes()
    again = await door.with_headers(If_None_Match=response.headers["ETag"]).get("/widget.js")
    assert (again.status, await again.read()) == (304, b"")
    assert again.headers["ETag"] == response.headers["ETag"]
    weak = await door.with_headers(If_None_Match=f'"x", W/{response.headers["ETag"]}').get("/widget.js")
    assert weak.status == 304
    other = await door.with_headers(If_None_Match='"something-else"').get("/widget.js")
    assert other.status == 200


async def test_who_cannot_unpack_gets_it_plain(door: Client) -> None:
    response = await door.with_headers(Accept_Encoding="identity").get("/widget.js")
    assert "Content-Encoding" not in response.headers
    assert response.headers["Vary"] == "Accept-Encoding"


async def test_an_image_cannot_run_anything(door: Client) -> None:
    products = await (await door.get("/demo/products?language=zh")).json()
    response = await door.get(products[0]["image"])
    assert response.status == 200
    assert response.content_type == "image/svg+xml"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


WAYS_OUT = [
    "../kefu.db",
    "..%2fkefu.db",
    "%2e%2e/kefu.db",
    "%2e%2e%2fkefu.db",
    "..%5ckefu.db",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "a/../../kefu.db",
    "....//kefu.db",
    "../../../../../../../../etc/hostname.svg",
    "link.svg",
    "%00.svg",
    "a%00.svg",
    "%ff.svg",
    "a" * 5000 + ".svg",
    "folder.svg",
    ".",
    "",
]


@pytest.mark.parametrize("folder", ["media", "shop"])
@pytest.mark.parametrize("way", WAYS_OUT)
async def test_nothing_leaves_its_folder(server: Server, door: Client, folder: str, way: str) -> None:
    media = server.kefu.media
    if not (media / "link.svg").is_symlink():
        (media / "link.svg").symlink_to(media.parent / "kefu.db")
        (media / "folder.svg").mkdir()
    response = await door.http.get(f"{door.url}/{folder}/{way}", allow_redirects=False)
    assert response.status == 404


async def test_a_folder_is_no_list(door: Client) -> None:
    for path in ("/media/", "/media", "/shop/", "/v1/"):
        assert (await door.get(path)).status == 404


async def test_without_a_demo_there_is_none(server: Server) -> None:
    client = await server.open(demo=False)
    assert (await client.get("/")).status == 200
    for path in ("/shop/demo.js", "/demo/products"):
        assert (await client.get(path)).status == 404
    assert (await client.post("/demo/sign-in", {"customer_id": "C001"})).status == 404


async def test_the_demo_signs_only_its_own_customers_in(door: Client) -> None:
    assert (await door.post("/demo/sign-in", {"customer_id": "nobody"})).status == 404
    assert (await door.post("/demo/sign-in", {"customer_id": "C001", "admin": True})).status == 400
