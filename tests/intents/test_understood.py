"""Several requests in one message, on the real encoder: tests/evaluation/requests.yaml, the part one may look at."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.evaluation.intents import reader
from bot.prepared import classifier_file
from bot.settings import read_settings
from bot.shipped import shipped
from intents.classifier import IntentClassifier
from intents.requests import Request
from knowledge.encoder import open_encoder
from tests.conftest import CACHE, ROOT

Case = Mapping[str, Any]
Read = Callable[[str, str], tuple[Request, ...]]

CASES: list[Case] = shipped(ROOT / "tests/evaluation/requests.yaml")


@pytest.fixture(scope="module")
def read(demo_data: Path) -> Read:
    settings = read_settings(data=demo_data, cache=CACHE)
    encoder = open_encoder(settings.cache, settings.encoder, threads=settings.threads)
    return reader(encoder, IntentClassifier.load(classifier_file(settings), encoder.fingerprint))


def understood(case: Case, requests: Sequence[Request]) -> bool:
    """The right intents in order, each with its own words and with nobody else's, and nothing that is not wanted."""
    found = [one for one in requests if one.accepted and one.intent not in ("greet", "thanks")]
    wanted = [next(iter(one.items())) for one in case["requests"]]
    if len(found) != len(wanted) or {one.intent for one in found} & set(case.get("negated", ())):
        return False
    return all(
        one.intent in intents.split("/")
        and all(word in one.text for word in words)
        and not any(word in other.text for word in words for other in found if other is not one)
        for one, (intents, words) in zip(found, wanted, strict=True)
    )


def test_cases_are_sound() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    for case in CASES:
        for request in case["requests"]:
            ((_, words),) = request.items()
            assert all(word in case["message"] for word in words), case["id"]


@pytest.mark.parametrize(
    ("message", "requests"),
    [
        (
            "the jacket is too small, can I get it in L? and cancel the mug",
            [{"exchange_item": ["jacket", "in L"]}, {"cancel_order": ["mug"]}],
        ),
        ("帮我把外套换成L码，杯子退了吧", [{"exchange_item": ["外套", "L码"]}, {"return_item": ["杯子"]}]),
        ("颜色不喜欢，想退", [{"return_item": ["颜色", "想退"]}]),
        ("外套不退了，杯子还是要退的", [{"return_item": ["杯子"]}]),
    ],
)
def test_each_request_has_its_own_words(
    message: str, requests: list[dict[str, list[str]]], read: Read
) -> None:
    language = "zh" if message[0] > "\u2e80" else "en"
    assert understood({"requests": requests}, read(message, language))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_most_messages_with_several_requests_are_understood(language: str, read: Read) -> None:
    cases = [case for case in CASES if case["language"] == language and case["part"] == "tune"]
    wrong = [case["message"] for case in cases if not understood(case, read(case["message"], language))]
    assert len(wrong) <= 0.1 * len(cases), wrong
