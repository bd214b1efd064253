"""Who the demo shop is."""

from datetime import time

from bot.shop.demo.data import load
from bot.shop.domain import OpeningHours, ShopProfile


def profile() -> ShopProfile:
    texts = load("profile.yaml")
    assert isinstance(texts, dict)
    return ShopProfile(
        currency="CNY",
        timezone="Asia/Shanghai",
        languages=("zh", "en"),
        tone="warm",
        email="service@shiguang.example",
        phone="400-820-0417",
        url="https://shiguang.example",
        logo="images/logo.svg",
        hours=(OpeningHours((1, 2, 3, 4, 5, 6, 7), time(9), time(21)),),
        **texts,
    )
