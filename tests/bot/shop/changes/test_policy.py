"""The policy file: complete, explained, and checked; another shop's rules can be said in it."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

import bot.shop.policy as module
from bot.errors import ShopImportError
from bot.shop.policy import FILE, Policy, Region, Window, default_policy, policy_from, read_policy
from tests.bot.shop.changes.small_shop import HOME, HONG_KONG, LHASA

TEXT = Path(module.__file__).with_name(FILE).read_text(encoding="utf-8")
DOCUMENTS = Path(module.__file__).parent / "demo" / "documents"

STRICT = """
version: 1
cancel_order:
  states: [paid]
  reasons:
    no_longer_needed: {names: {en: [no longer needed]}}
    ordered_by_mistake: {names: {en: [ordered by mistake]}}
change_address: {states: [paid]}
change_items: {states: [paid], once_per: order}
change_payment: {states: [paid]}
return_items: {states: [delivered], reason_required: false}
exchange_items: {states: [delivered], reason_required: false, once_per: order, charge_when: received}
request_invoice: {states: []}
protect_price: {states: []}
report_problem: {states: [], kinds: {}}
refunds: {gift_card: existing, differences: any_own}
"""
"""A shop that cancels only what is paid and unshipped, knows no windows and no fees, and pays back to gift cards."""


def problems(text: str) -> list[str]:
    with pytest.raises(ShopImportError) as error:
        read_policy(text, "shop/policy.yaml")
    return error.value.problems


def test_the_default_is_read_once() -> None:
    assert policy_from(None) is default_policy()
    assert policy_from(TEXT) == default_policy()


def test_every_key_is_explained() -> None:
    """On its line, or on a comment above it; what every section has, in the introduction."""
    fields = {name for model in _models(Policy) for name in model.model_fields} - {"undo_minutes"}
    explained: set[str] = {"cancel_order", *_sections()}
    above = False
    for line in TEXT.splitlines():
        key = re.match(r'\s*"?[a-z_*]+"?:', line)
        if key and (above or "#" in line):
            explained |= set(re.findall(r"([a-z_]+):", line.partition("#")[0]))
        above = line.lstrip().startswith("#")
    intro = TEXT.partition("version:")[0]
    explained |= {word for word in ("undo_minutes", "days", "hours") if word in intro}
    assert fields <= explained


def test_every_rule_names_a_page_of_the_shop() -> None:
    pages = set(re.findall(r"document: ([a-z-]+)", re.sub("#.*", "", TEXT)))
    assert len(pages) > 8
    for language in ("en", "zh"):
        assert pages <= {path.stem for path in (DOCUMENTS / language).iterdir()}


def test_reasons_have_words_in_both_languages_and_none_twice() -> None:
    policy = default_policy()
    for rules in (policy.cancel_order, policy.return_items, policy.exchange_items):
        for language in ("zh", "en"):
            words = [word for reason in rules.reasons.values() for word in reason.names[language]]
            assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("version: 1", "version: 2"), "version: "),
        (("confirmation_minutes: 10", "confirmation_minutes: soon"), "confirmation_minutes: "),
        (("window: {days: 7}", "window: {days: -7}"), "return_items.window.days: "),
        (("window: {days: 7}", "window: {days: 7, hours: 3}"), "return_items.window: "),
        (("window: {days: 7}", "windows: {days: 7}"), "return_items.windows: "),
        (("states: [pending, paid, packing]", "states: [waiting]"), "cancel_order.states.0: "),
        (("remote: 2000", "remote: free"), "return_items.fees.remote: "),
        (
            ("recalculated: [remote", "recalculated: [moon"),
            "change_address.recalculated names the region 'moon'",
        ),
        (("names: {zh: [不想要了", "names: {zh: ['  '"), "cancel_order.reasons.changed_mind: "),
        (("document: returns", "document: ../secret"), "return_items.document: "),
    ],
)
def test_a_mistake_is_named_with_its_file_and_key(change: tuple[str, str], problem: str) -> None:
    assert change[0] in TEXT
    found = problems(TEXT.replace(*change, 1))
    assert any(one.startswith("shop/policy.yaml: ") and problem in one for one in found), found


@pytest.mark.parametrize("text", ["", "[]", "version: [", "a: &a [*a]", "{" * 4000, "\x00"])
def test_what_is_no_policy_at_all_is_refused(text: str) -> None:
    assert all(one.startswith("shop/policy.yaml:") for one in problems(text))


def test_a_broken_line_is_named() -> None:
    assert problems("version: 1\nrefunds: {a: b\n")[0].startswith("shop/policy.yaml:")


def test_another_shop_s_rules_can_be_said() -> None:
    policy = read_policy(STRICT)
    assert policy.return_items.window is None
    assert policy.return_items.fee("anywhere") is None
    assert policy.delivery.fee(HOME, 100) == 0
    assert policy.cancel_order.partial_states == ()
    assert policy.cancel_order.undo_minutes is None


def test_regions_are_told_by_country_and_province() -> None:
    delivery = default_policy().delivery
    assert [delivery.region(address) for address in (HOME, LHASA, HONG_KONG)] == [
        "*",
        "remote",
        "across_border",
    ]
    assert [delivery.fee(LHASA, goods) for goods in (29899, 29900)] == [2000, 0]
    assert delivery.fee(HONG_KONG, 10**6) == 4000


def test_a_policy_cannot_be_changed_while_it_is_used() -> None:
    with pytest.raises(ValueError, match="frozen"):
        default_policy().confirmation_minutes = 5  # type: ignore[misc]


def test_windows_have_one_measure() -> None:
    with pytest.raises(ValueError, match="either days or hours"):
        Window()
    assert Region(countries=("CN",)).provinces == ()


def _models(model: type[BaseModel], seen: frozenset[type[BaseModel]] = frozenset()) -> set[type[BaseModel]]:
    found = {model} | seen
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel) and part not in found:
                found |= _models(part, frozenset(found))
    return found


def _parts(annotation: object) -> list[object]:
    inner = getattr(annotation, "__args__", ())
    return [annotation, *(part for one in inner for part in _parts(one))]


def _sections() -> set[str]:
    return {name for name, field in Policy.model_fields.items() if isinstance(field.annotation, type)} - {
        "version",
        "confirmation_minutes",
    }
