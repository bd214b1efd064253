"""KEFU_SHOP, kefu shop sync and kefu shop status, with a simulated WooCommerce."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from traceback import format_exception

import pytest
from typer.testing import CliRunner, Result

from bot.cli import make_app
from bot.commands.options import out
from bot.errors import SettingsError
from bot.settings import Settings, read_settings
from bot.shop_file import read_shop_file
from tests.bot.shop import sample
from tests.connectors.shop_seed import seed
from tests.connectors.woocommerce_server import WooServer, serve
from tests.connectors.woocommerce_shop import KEY, SECRET, WEBHOOK_SECRET, fill
from tests.contracts.platform import NOW

CONFIG = f"""
system: woocommerce
profile: profile.json
url: %s
consumer_key: {KEY}
consumer_secret: ${{WOO_SECRET}}
webhook_secret: {WEBHOOK_SECRET}
currency: CNY
"""


@pytest.fixture
def woo(tmp_path: Path) -> Iterator[str]:
    """Its address; it runs in a thread, for commands that have a loop of their own."""
    server, opened, loop = WooServer(NOW), Future[str](), asyncio.new_event_loop()
    fill(server, seed(tmp_path / "seed"))
    over = asyncio.Event()

    async def run() -> None:
        async with serve(server):
            opened.set_result(server.url)
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    yield opened.result(10)
    loop.call_soon_threadsafe(over.set)
    thread.join()
    loop.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "profile.json").write_text(json.dumps(sample.shop_profile(), ensure_ascii=False))
    return tmp_path / "shop.yaml"


@pytest.fixture
def own(demo_data: Path, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder of its own; `demo_data` has prepared the encoder."""
    monkeypatch.setenv("KEFU_SHOP", str(file))
    monkeypatch.setenv("WOO_SECRET", SECRET)
    return read_settings(data=tmp_path / "data")


def kefu(own: Settings, *arguments: str) -> Result:
    command, *rest = arguments
    out.width = 300  # where no terminal says how wide it is
    return CliRunner().invoke(make_app(), [command, *rest, "--data", str(own.data)])


def test_a_shop_is_read_and_read_on_and_its_products_are_found(own: Settings, file: Path, woo: str) -> None:
    file.write_text(CONFIG % woo)
    before = kefu(own, "shop", "status")
    assert before.exit_code == 0, before.output
    assert "orders: 0 in the copy; not yet read to the end" in before.output
    done = kefu(own, "shop", "sync")
    assert done.exit_code == 0, done.output
    for words in ("products: 4 read", "customers: 3 read", "orders: 6 read", "3 added"):
        assert words in done.output
    again = kefu(own, "shop", "sync")
    assert again.exit_code == 0, again.output
    assert "3 unchanged" in again.output
    status = kefu(own, "shop", "status")
    assert "orders: 6 in the copy; looked at just now" in status.output
    found = kefu(own, "search", "样品2", "--products", "--language", "zh")
    assert "样品2" in found.output
    refused = kefu(own, "shop", "import", str(file.parent))
    assert isinstance(refused.exception, SettingsError)
    assert "kefu shop sync" in str(refused.exception)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- a list", "shop.yaml"),
        ("", "must name at least"),
        ("profile: profile.json", "system: is missing"),
        ("system: 5\nprofile: profile.json", "system: must be text"),
        ("system: w\nkey: geheim: x", "line 2, column 12: mapping values are not allowed here.$"),
        ("system: woocommerce\nprofile: none.json", "none.json"),
        ("system: woocommerce\nprofile: profile.json\npolicy: none.yaml", "none.yaml"),
        ("system: woocommerce\nprofile: profile.json\nkey: ${WOO_NO_SECRET}", "WOO_NO_SECRET"),
        (": :", "cannot be read"),
    ],
)
def test_a_file_that_does_not_fit_is_named(file: Path, content: str, says: str) -> None:
    file.write_text(content)
    with pytest.raises(SettingsError, match=says) as stopped:
        read_shop_file(file)
    assert "geheim" not in "".join(format_exception(stopped.value)), "a line that is quoted may hold a secret"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("system: nobodys\nprofile: profile.json", "there is no shop system nobodys"),
        ("system: woocommerce\nprofile: profile.json", "woocommerce: url: is missing"),
        (CONFIG % "https://shop.example" + "colour: red", "woocommerce: colour: there is no such setting"),
    ],
)
def test_a_configuration_that_does_not_fit_stops_the_start(
    own: Settings, file: Path, content: str, says: str
) -> None:
    file.write_text(content)
    stopped = kefu(own, "shop", "status")
    assert isinstance(stopped.exception, SettingsError)
    assert str(stopped.exception).startswith("Setting KEFU_SHOP: ")
    assert says in str(stopped.exception)
    assert SECRET not in str(stopped.exception)


def test_without_a_system_there_is_nothing_to_read(own: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KEFU_SHOP")
    assert isinstance(kefu(own, "shop", "sync").exception, SettingsError)
