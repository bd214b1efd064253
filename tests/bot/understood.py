"""Understandings made by hand: what decisions are made from, without a model."""

from datetime import date

import numpy as np

from bot.handover.topics import topic_of
from bot.shop.mentions import Mention
from bot.understanding import Understanding
from intents.classifier import Score
from intents.entities import extract
from intents.requests import Request


def request(
    intent: str, confidence: float = 0.95, *, text: str = "", row: int = 0, **more: object
) -> Request:
    """`second` and `second_confidence` name the runner-up; `accepted` is what the gate says."""
    ranked = [Score(intent, confidence)]
    if "second" in more:
        ranked.append(Score(str(more["second"]), float(str(more.get("second_confidence", 0.1)))))
    accepted = bool(more.get("accepted", True))
    return Request(text, tuple(ranked), accepted, confidence, row)


def understood(
    text: str,
    *requests: Request,
    language: str = "zh",
    mentions: tuple[Mention, ...] = (),
    repairs: bool = False,
) -> Understanding:
    """Entities are really read from the text; requests get its words unless they have their own."""
    whole = tuple(
        Request(one.text or text, one.ranked, one.accepted, one.in_scope, one.row, one.negated)
        for one in requests
    )
    vectors = np.zeros((len(whole) + 1, 4), np.float32)
    entities = extract(text, language, today=date(2026, 11, 23))
    return Understanding(text, language, whole, vectors, entities, mentions, repairs, topic_of(text))
