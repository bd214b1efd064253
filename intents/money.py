"""Amounts of money, and whether they are a limit, a target or a range."""

import re
from dataclasses import dataclass
from typing import Literal

from intents.numerals import number
from intents.text import Span

Relation = Literal["exactly", "under", "over", "around", "between"]

_CURRENCIES = {
    "¥": "CNY", "元": "CNY", "块": "CNY", "塊": "CNY", "rmb": "CNY", "cny": "CNY", "yuan": "CNY", "人民币": "CNY",
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "buck": "USD", "美元": "USD", "美金": "USD", "刀": "USD",
    "hk$": "HKD", "hkd": "HKD", "港币": "HKD", "港元": "HKD", "nt$": "TWD", "twd": "TWD", "台币": "TWD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "欧元": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP", "英镑": "GBP",
    "円": "JPY", "jpy": "JPY", "日元": "JPY", "원": "KRW", "₩": "KRW", "руб": "RUB", "₽": "RUB",
}  # fmt: skip
_BEFORE = r"(?:(?P<before{0}>hk\$|nt\$|us\$|[¥$€£₩]|rmb|cny|usd|hkd|eur|gbp) ?)"
_AFTER = (
    r"(?: ?(?P<after{0}>元|块钱?|塊|人民币|美元|美金|刀(?!具|叉|片)|港[币元]|台币|欧元|英镑|日元|円|원|руб|[€£$¥₽]"
    r"|(?:rmb|cny|yuan|usd|hkd|eur(?:os?)?|gbp|jpy|dollars?|bucks?|pounds?)\b))"
)
_DECIMAL = r"\d{1,3}(?:,\d{3}){1,3}(?:\.\d{1,2})?|\d{1,8}(?:\.\d{1,2})?"
_NUMBER = rf"(?:(?:{_DECIMAL})[k千万百]?|[一二两三四五六七八九十百千万零]{{1,10}}|(?:a )?hundred|(?:twenty|thirty|forty|fifty)\b)"

_AMOUNT = re.compile(
    rf"(?<![\d.A-Za-z第#-]){_BEFORE.format('')}?(?P<low>{_NUMBER})(?P<more>多|几|来)?"
    rf"(?:{_AFTER.format('')}(?P<fraction>\d(?!\d))?)?(?![\d%折])", re.IGNORECASE)  # fmt: skip
_RANGE = re.compile(
    rf"(?<![\d.A-Za-z第#-]){_BEFORE.format('1')}?(?P<low>{_NUMBER}){_AFTER.format('1')}?"
    rf" ?(?:-|~|～|—|到|至|和|to|and) ?{_BEFORE.format('2')}?(?P<high>{_NUMBER}){_AFTER.format('2')}?(?![\d%折])",
    re.IGNORECASE,
)  # fmt: skip
# 两三百块 is 200 to 300.
_TWO_DIGITS = re.compile(
    rf"(?<![一二两三四五六七八九十百千万零\d])(?P<one>[一二两三四五六七八])(?P<two>[二两三四五六七八九])(?P<unit>[十百千])(?:多)?{_AFTER.format('')}?"
)

_LEADING: tuple[tuple[re.Pattern[str], Relation], ...] = (
    (re.compile(r"(?:不超过|不要超过|别超过|低于|少于|小于|最多|不到|under|below|less than|up to|at most|max(?:imum)?|within|cheaper than|no more than|not (?:over|more than)|menos de|moins de|unter|до|jusqu'à|hasta)(?: of)? ?$", re.I), "under"),
    (re.compile(r"(?:(?<!不)(?<!不要)(?<!别)超过|(?<!不)高于|大于|(?<!不)多于|至少|起码|最少|不低于|over|above|more than|at least|min(?:imum)?|más de|plus de|über|mehr als)(?: of)? ?$", re.I), "over"),
    (re.compile(r"(?:大概|大约|差不多|大致|约|around|about|approximately|approx\.?|roughly|circa|~) ?$", re.I), "around"),
)  # fmt: skip
_TRAILING: tuple[tuple[re.Pattern[str], Relation], ...] = (
    (re.compile(r" ?(?:的?以内|以下|之内|之下|封顶|内(?!存)|以里|or less|or under|or below|max\b|tops\b|以内で|이하)", re.I), "under"),
    (re.compile(r" ?(?:以上|之上|起(?!球|来)|往上|or more|or above|and up\b|\+(?!\d)|이상)", re.I), "over"),
    (re.compile(r" ?(?:左右|上下|前后|ish\b|or so\b|くらい|ぐらい|정도)", re.I), "around"),
)  # fmt: skip
_BUDGET = re.compile(r"(?:预算|budget|price range|价位|价格|价钱)[^\d一-十百]{0,8}$", re.IGNORECASE)
# A bare number after "under" is money unless it counts something else.
_NOT_MONEY = re.compile(
    r" ?(?:[天日周月年号點点时分秒岁度码寸个件双条套盒包只瓶箱台部张份次人位公克斤升毫米厘cm%°]|折|小时|[a-z]{1,2}\b|"
    r"(?!(?:for|or|please|pls|in|and|if|but|per|each|total|all)\b)[a-z]{3,})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Money:
    cents: int
    relation: Relation
    span: Span
    upper_cents: int | None = None
    """The upper end, when the relation is `between`."""
    currency: str | None = None
    """ISO 4217; none when only a number was named."""


def find_money(text: str) -> list[Money]:
    found = _ranges(text)
    for match in _AMOUNT.finditer(text):
        span = Span(*match.span())
        if not any(span.start < other.span.end and other.span.start < span.end for other in found):
            found.extend(_amount(text, match))
    return sorted(found, key=lambda money: money.span)


def _ranges(text: str) -> list[Money]:
    found: list[Money] = []
    for match in _RANGE.finditer(text):
        named = [match[name] for name in ("before1", "after1", "before2", "after2") if match[name]]
        low, high = number(match["low"]), number(match["high"])
        if low is None or high is None or not low < high:
            continue
        alone = not text.replace(match[0], "").strip() and low >= 10
        if (
            named
            or alone
            or (_BUDGET.search(text[: match.start()][-30:]) and not _NOT_MONEY.match(text, match.end()))
        ):
            found.append(
                Money(round(low * 100), "between", Span(*match.span()), round(high * 100), _currency(named))
            )
    for match in _TWO_DIGITS.finditer(text):
        low, high = number(match["one"] + match["unit"]), number(match["two"] + match["unit"])
        if match["after"] and low and high and low < high:
            span = Span(*match.span())
            found.append(
                Money(round(low * 100), "between", span, round(high * 100), _currency([match["after"]]))
            )
    return found


def _amount(text: str, match: re.Match[str]) -> list[Money]:
    value = number(match["low"])
    if value is None:
        return []
    named = [name for name in (match["before"], match["after"]) if name]
    before, start = text[: match.start()][-30:], match.start()
    relation: Relation = "around" if match["more"] else "exactly"
    end = match.end()
    for pattern, meaning in _LEADING:
        if lead := pattern.search(before):
            relation, start = meaning, match.start() - len(before) + lead.start()
    for pattern, meaning in _TRAILING:
        if trail := pattern.match(text, match.end()):
            relation, end = meaning, trail.end()
    bare = not named
    if bare and (not _plausible(text, match, relation, end) or value < 10):
        return []
    if match["fraction"] and match["after"]:  # 九块9
        value += int(match["fraction"]) / 10
    if bare and relation == "exactly":
        relation = "around"
    return [Money(round(value * 100), relation, Span(start, end), None, _currency(named))]


def _plausible(text: str, match: re.Match[str], relation: Relation, end: int) -> bool:
    """Whether a number without a currency is money: a limit or a budget that counts nothing else."""
    if len(match["low"]) > 5 or (_NOT_MONEY.match(text, match.end()) and end == match.end()):
        return False
    if _BUDGET.search(text[: match.start()][-30:]):
        return True
    return relation in ("under", "over", "around") and not match["more"] and not _NOT_MONEY.match(text, end)


def _currency(named: list[str]) -> str | None:
    for name in named:
        lowered = name.lower().rstrip("s").replace("块钱", "块")
        if lowered in _CURRENCIES:
            return _CURRENCIES[lowered]
    return None
