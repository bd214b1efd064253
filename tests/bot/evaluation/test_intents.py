import pytest

from bot.evaluation.cases import IntentCase
from bot.evaluation.intents import Understood, intent_failures, intent_figures
from intents.classifier import Score
from intents.requests import Request


def request(*names: str, confidence: float = 0.8, accepted: bool = True, in_scope: float = 0.9) -> Request:
    ranked = tuple(Score(name, confidence / (place + 1)) for place, name in enumerate(names))
    return Request("…", ranked, accepted, in_scope, 0)


def said(intents: str, *requests: Request, negated: str = "", id_: str = "a") -> Understood:
    case = IntentCase(
        id=id_,
        language="en",
        message="…",
        intents=tuple(intents.split()),
        negated=tuple(negated.split()),
    )
    return Understood(case, requests)


OUTCOMES = [
    said("greet", request("greet", confidence=0.95), id_="right"),
    said("bye", request("greet", "thanks", "bye", confidence=0.95), id_="third"),
    said("stock", request("stock", accepted=False, in_scope=0.3), id_="doubted"),
    said("stock", request("stock"), request("coupon"), id_="split"),
    said("", request("stock", accepted=False, in_scope=0.2), id_="caught"),
    said("", request("stock", in_scope=0.6), id_="missed"),
    said("stock coupon", request("stock"), request("coupon"), id_="both"),
    said("stock coupon", request("stock"), id_="half"),
    said("stock", request("stock"), negated="coupon", id_="heeded"),
    said("", request("coupon"), negated="coupon", id_="ignored"),
    said("", request("deny"), negated="coupon", id_="refused"),
]


def test_figures() -> None:
    figures = intent_figures(OUTCOMES)
    assert figures == {
        "messages": 11,
        "accuracy": 0.75,
        "top_3": 1,
        "accepted": 0.75,
        "split": 0.25,
        # Two at 0.95, one of them right; two at 0.8, both right.
        "calibration_error": pytest.approx(0.5 * 0.45 + 0.5 * 0.2),
        "strangers_caught": 0.5,
        "separation": pytest.approx((4 + 3) / 8),
        "strangers_caught_at_95_percent": 0.5,
        "several_f1": pytest.approx((1 + 2 / 3) / 2),
        "several_exact": 0.5,
        "negation_heeded": pytest.approx(2 / 3),
    }


def test_failures() -> None:
    found = {one.id: (one.what, one.expected, one.got) for one in intent_failures(OUTCOMES)}
    assert found == {
        "third": ("single", "bye", "greet"),
        "doubted": ("single", "stock", "(stock)"),
        "missed": ("out of scope", "nothing", "stock"),
        "half": ("several", "stock + coupon", "stock"),
        "ignored": ("negated", "nothing, not coupon", "coupon"),
    }


def test_figures_of_strangers_alone() -> None:
    assert intent_figures([said("", request("stock", accepted=False))]) == {
        "messages": 1,
        "strangers_caught": 1,
    }
