"""A refusal in words: the rule, with this order's facts, and what can be done instead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.shop.changes.plan import Refused
from bot.shop.domain import localize
from bot.texts.catalogue import Texts
from bot.texts.formatting import day, listing, money

_MONEY = ("amount", "balance")


def refusal(
    texts: Texts, refused: Refused, language: str, *, currency: str, now: datetime, zone: ZoneInfo
) -> str:
    """What to tell the shopper."""

    def shown(name: str, value: Any) -> object:
        if name in _MONEY:
            return money(value, currency)
        if name == "arrived":
            return _on(datetime.fromisoformat(value).astimezone(zone), language, now.astimezone(zone))
        if name == "item":
            return localize(value, language)
        if name == "field":
            return texts.say(f"field.{value}", language)
        if name == "window":
            return span(texts, value, language)
        if name == "reasons":
            return ("、" if language == "zh" else ", ").join(localize(one, language) for one in value)
        if name == "lengths":
            return listing([str(one) for one in value], language)
        return value

    return texts.say(
        f"refused.{refused.rule}",
        language,
        **{key: shown(key, value) for key, value in refused.facts.items()},
    )


def _on(date: datetime, language: str, now: datetime) -> str:
    """11月2日（周一）; on Mon 2 Nov, yesterday."""
    named = day(date.date(), language, today=now.date())
    near = abs((date.date() - now.date()).days) <= 1
    return named if language == "zh" or near else f"on {named}"


def span(texts: Texts, window: Mapping[str, int | None], language: str) -> str:
    """7 days, 48 hours; 7 天, 48 小时."""
    unit, count = next((unit, count) for unit, count in window.items() if count is not None)
    return texts.say(f"span.{unit}", language, count=count)
