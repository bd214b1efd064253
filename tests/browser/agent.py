"""What an agent does at the console, in one place; tests read as a story."""

from typing import Self

from playwright.sync_api import Locator, Page, expect

from tests.browser.shopper import Shopper

PASSWORD = "a password for browsers"
_WORDS = {
    "zh": {"login": "账号", "password": "密码", "enter": "登录"},
    "en": {"login": "Login", "password": "Password", "enter": "Sign in"},
}


class AgentDesk:
    def __init__(self, page: Page, url: str, language: str) -> None:
        self.page, self.url, self._words = page, url, _WORDS[language]
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.rows = page.locator("li.row")
        self.lines = page.locator("li.entry")
        self.composer = page.locator("#composer")
        self.packet = page.locator(".packet")
        self.tools = page.locator(".tools")
        self.suggestion = page.locator(".suggestion")

    def sign_in(self, login: str) -> Self:
        self.page.goto(f"{self.url}/console")
        self.page.get_by_label(self._words["login"], exact=True).fill(login)
        self.page.get_by_label(self._words["password"], exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name=self._words["enter"], exact=True).click()
        expect(self.page.locator("nav")).to_be_visible()
        return self

    def open(self, name: str) -> None:
        """The shopper's conversation in the list on screen."""
        self.rows.filter(has_text=name).first.locator("a").click()
        expect(self.composer).to_be_visible()

    def open_of(self, shopper: Shopper) -> None:
        """The conversation of that shopper."""
        self.page.locator(f'li.row[data-id="{shopper.conversation()}"] a').click()
        expect(self.composer).to_be_visible()

    def view(self, name: str) -> None:
        self.page.locator("nav").get_by_role("link", name=name).first.click()

    def press(self, key: str) -> None:
        """A shortcut, with the focus in no field."""
        self.page.evaluate("document.activeElement.blur()")
        self.page.keyboard.press(key)

    def reply(self, text: str) -> None:
        self.composer.fill(text)
        self.composer.press("Enter")
        expect(self.last("agent")).to_have_text(text)

    def last(self, author: str) -> Locator:
        """The last bubble by the shopper, the bot or an agent."""
        return self.page.locator(f"li.entry.by-{author}:not(.outgoing) .bubble").last
