"""A real server in a process of its own, and a real Chromium in front of it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.agent import PASSWORD, AgentDesk
from tests.browser.shopper import Shopper
from tests.hours import always_open

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_ROOT = Path(__file__).parents[2]
_CHANNELS = """
webhook:
  secrets: [whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=]
  reply_url: https://shop.example/replies
telegram:
  token: 123456:a-token-of-some-length
  secret: a-secret-of-some-length
  username: my_shop_bot
  api: http://127.0.0.1:9
line:
  secret: a-secret-of-line
  token: a-long-lived-token-of-line
  api: http://127.0.0.1:9
"""
_LIMITS = {"KEFU_RATE_SESSION": "1000/minute", "KEFU_RATE_ADDRESS": "10000/minute"}


@pytest.fixture(scope="session")
def kefu_url(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `kefu serve --demo`, on a copy of the demo's data."""
    data = tmp_path_factory.mktemp("browser") / "data"
    shutil.copytree(demo_data, data)
    always_open(data)
    _hire(data)
    channels = data / "channels.yaml"
    channels.write_text(_CHANNELS)
    setting = {"KEFU_CHANNELS": str(channels), "KEFU_WEBHOOK_ALLOW_PRIVATE": "true"}
    setting["KEFU_PUBLIC_URL"] = "https://kefu.shop.example"
    command = [sys.executable, "-m", "bot.cli", "serve", "--demo", "--data", str(data), "--port", "0"]
    with (data / "server.log").open("w") as log:
        server = subprocess.Popen(
            command,
            cwd=_ROOT,
            env=os.environ | _LIMITS | setting,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    try:
        yield _address(server, data / "server.log")
    finally:
        server.terminate()
        server.wait(timeout=20)
        assert server.stdout is not None
        server.stdout.close()


def _hire(data: Path) -> None:
    for login, name, role, languages in (("lin", "小林", "admin", "zh,en"), ("amy", "Amy", "agent", "en")):
        command = [sys.executable, "-m", "bot.cli", "users", "add", login, "--name", name, "--role", role]
        command += ["--language", languages, "--password-stdin", "--data", str(data)]
        subprocess.run(command, cwd=_ROOT, input=PASSWORD, text=True, check=True, capture_output=True)


def _address(server: "subprocess.Popen[str]", log: Path) -> str:
    assert server.stdout is not None
    for line in server.stdout:
        if found := re.search(r"Kefu is ready: (\S+)", line):
            return found[1]
    raise AssertionError(f"the server did not start:\n{log.read_text()[-3000:]}")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Not for the whole session: while Playwright runs, no other event loop can run in this thread."""
    if CHROMIUM is None:
        how = "no Chromium: apt-get install chromium, or name one in the variable CHROMIUM"
        pytest.fail(how) if os.environ.get("CI") else pytest.skip(how)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(_ARGUMENTS))
        yield chromium
        chromium.close()


Arrive = Callable[..., Shopper]
Attend = Callable[..., AgentDesk]
_LOCALES = {"zh": "zh-CN", "en": "en-GB"}


@pytest.fixture
def arrive(browser: Browser, kefu_url: str) -> Iterator[Arrive]:
    """Makes a shopper who has just opened the demo shop; each has a browser profile of their own."""
    contexts: list[BrowserContext] = []

    def arrive(language: str = "zh", *, theme: str = "light", phone: bool = False) -> Shopper:
        size = (390, 844) if phone else (1440, 900)
        contexts.append(
            browser.new_context(
                locale=_LOCALES[language],
                color_scheme="dark" if theme == "dark" else "light",
                viewport={"width": size[0], "height": size[1]},
                has_touch=phone,
                is_mobile=phone,
                reduced_motion="reduce",
            )
        )
        contexts[-1].set_default_timeout(20_000)
        return Shopper(contexts[-1].new_page(), kefu_url)

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def attend(browser: Browser, kefu_url: str) -> Iterator[Attend]:
    """Makes an agent's browser; nobody is signed in yet."""
    contexts: list[BrowserContext] = []

    def attend(
        language: str = "zh", *, theme: str = "light", size: tuple[int, int] = (1440, 900)
    ) -> AgentDesk:
        contexts.append(
            browser.new_context(
                locale=_LOCALES[language],
                color_scheme="dark" if theme == "dark" else "light",
                viewport={"width": size[0], "height": size[1]},
                reduced_motion="reduce",
            )
        )
        contexts[-1].set_default_timeout(20_000)
        return AgentDesk(contexts[-1].new_page(), kefu_url, language)

    yield attend
    for context in contexts:
        context.close()
