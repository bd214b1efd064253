"""What a person does with the widget, in one place; tests read as a story."""

from typing import Any, Self

from playwright.sync_api import Locator, Page, expect

expect.set_options(timeout=20_000)


class Shopper:
    """Locators reach into the widget's shadow tree by themselves."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.errors: list[str] = []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.widget = page.locator("kefu-chat")
        self.launcher = self.widget.locator("button.launcher")
        self.panel = self.widget.locator("section.panel")
        self.input = self.widget.locator(".field textarea")
        self.answers = self.widget.locator(".entry.bot:not([aria-hidden]):not(:has(.dots))")
        self.own = self.widget.locator(".entry.own")
        self.chips = self.widget.locator("button.chip")
        self.openers = self.widget.locator(".openers button")
        self.sheet = self.widget.locator(".sheet")
        self.strips = self.widget.locator(".strip")

    def visit(self) -> Self:
        self.page.goto(self.url)
        expect(self.launcher).to_be_visible()
        return self

    def open_chat(self) -> Self:
        self.visit()
        self.launcher.click()
        expect(self.widget.locator(".welcome h3")).to_be_visible()
        return self

    def write(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def ask(self, text: str) -> Locator:
        """The answer to it; the last one when it is not the first."""
        before = self.answers.count()
        self.write(text)
        expect(self.answers).to_have_count(before + 1)
        return self.answers.last

    def choose_identity(self, customer: str) -> None:
        """By the demo page's own list; an empty one is a guest."""
        self.page.locator("#customer").select_option(customer)
        expect(self.page.locator("#customer")).to_be_enabled()
        self._connected()

    def sign_in(self, customer: str) -> None:
        """As any customer of the demo shop; one for each test, since a customer has one conversation."""
        self.page.evaluate(
            """async (customer) => {
                const body = JSON.stringify({ customer_id: customer });
                const answer = await fetch("/demo/sign-in", { method: "POST", body });
                await window.Kefu.signIn((await answer.json()).shopper_token);
            }""",
            customer,
        )
        self._connected()

    def _connected(self) -> None:
        self.page.wait_for_function(
            "({ chat }) => chat.loaded && chat.line.open", arg=self.widget.element_handle()
        )

    def menu(self, name: str) -> Locator:
        self.widget.locator(".header button[aria-expanded]").click()
        return self.widget.locator(".menu").get_by_text(name, exact=True)

    def stored(self) -> list[dict[str, Any]]:
        """The conversation as the server has it."""
        lines: list[dict[str, Any]] = self.page.evaluate(
            "async () => (await document.querySelector('kefu-chat').chat.history('limit=100')).messages"
        )
        return lines

    def said(self, text: str) -> int:
        """How often the server has a message with exactly these words of the shopper's."""
        return sum(line["author"] == "shopper" and line["text"] == text for line in self.stored())

    def conversation(self) -> str:
        """Its id."""
        found: str = self.page.evaluate("document.querySelector('kefu-chat').chat.conversationId")
        return found
