"""Replies in words alone: what can be pressed is numbered, and the number finds it again."""

from dataclasses import replace

from bot.channels import named
from connectors.base import Button, Card
from connectors.email.hypertext import html_of
from connectors.plain import as_text, named_choices
from tests.connectors.sample import PLAIN

MUG = Card(
    "product", "P1", "保温杯", buttons=(Button("选它", "pick P1"), Button("详情", url="https://x.example"))
)
POT = Card("product", "P2", "咖啡机", buttons=(Button("选它", "pick P2"), Button("到货提醒", "restock P2")))
REPLY = replace(
    PLAIN, cards=(MUG, POT, MUG), quick_replies=(Button("都不要", "deny"), Button("都不要", "deny"))
)


def test_alike_buttons_of_several_cards_have_a_number_each() -> None:
    listed = "1. 选它 · 保温杯\n2. 选它 · 咖啡机\n3. 到货提醒\n4. 都不要"
    assert as_text(REPLY).endswith(listed)
    letter = html_of(REPLY, None)
    assert all(f"<li>{line[3:]}</li>" in letter for line in listed.splitlines())


def test_a_number_or_a_name_finds_the_button_that_was_shown() -> None:
    shown = named_choices(REPLY)
    said = {
        words: button.action if (button := named(words, shown)) else None
        for words in ("1", "2", "3", "4", "5", "选它", "选它 · 咖啡机", "到货提醒")
    }
    assert said == {
        "1": "pick P1",
        "2": "pick P2",
        "3": "restock P2",
        "4": "deny",
        "5": None,
        "选它": None,  # of which? The words are understood as words
        "选它 · 咖啡机": "pick P2",
        "到货提醒": "restock P2",
    }


def test_a_label_that_nobody_else_bears_stays_short() -> None:
    assert [name for name, _ in named_choices(replace(REPLY, cards=(MUG,)))] == ["选它", "都不要"]
