"""Replies that a channel must be able to show."""

from dataclasses import replace

from connectors.base import Button, Card, IntentScore, Reply, Source
from tests.contracts.platform import NOW

PLAIN = Reply(
    id="a1b2c3d4e5f60718293a4b5c6d7e8f90",
    conversation_id="c1",
    seq=4,
    in_reply_to=("m1",),
    text="118606 已经发出，预计明天送到。",
    language="zh",
    created_at=NOW,
    intent=IntentScore("order_status", 0.9),
)
RICH = replace(
    PLAIN,
    text="Shall I go ahead?",
    language="en",
    sources=(Source("p1", "Returns", "Window", "You have 30 days.", "en", "https://shop.example/returns"),),
    cards=(
        Card(
            "product",
            "P001",
            "Grey hoodie & <b>hat</b>",
            subtitle="Cotton",
            badge="In stock",
            image="/media/products/P001.svg",
            price="¥129.00",
            price_before="¥159.00",
            lines=(("Colour", "grey"), ("Size", "L")),
            buttons=(
                Button("Look", "product_facts P001"),
                Button("Shop page", url="https://shop.example/p/1"),
            ),
        ),
        Card(
            "change",
            "k1",
            "Cancel order 118606",
            lines=(("Refund", "¥899.00 to WeChat Pay"),),
            buttons=(Button("Confirm", "confirm " + "k" * 16), Button("Not now", "never_mind")),
        ),
    ),
    quick_replies=(Button("Talk to a person", "human"), Button("How long do refunds take?")),
)
LONG = replace(PLAIN, text="这是一句很长的话，说了很多。" * 1500)
MANY = replace(RICH, cards=tuple(replace(RICH.cards[0], id=f"P{number:03}") for number in range(20)))
AGENT = replace(PLAIN, author="agent", agent="小林", text="我看看", intent=None)
