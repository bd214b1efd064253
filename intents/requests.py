"""From clauses and their predictions to what the shopper wants, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intents.classifier import Prediction, Score
from intents.clauses import Clause

SURE = 0.5
"""A clause among several counts as a request of its own from this confidence on."""

# "What can I do?" after a complaint asks nothing of its own.
_TALK = frozenset({"greet", "thanks", "bye", "affirm", "deny", "small_talk", "bot_identity"})


@dataclass(frozen=True, slots=True)
class Request:
    text: str
    ranked: tuple[Score, ...]
    """Likeliest first, without what was said not to be wanted; never empty."""
    accepted: bool
    """Whether it is one of the intents at all; else the gate calls it out of scope."""
    in_scope: float
    row: int
    """The row of `texts_to_embed` that this request was read from."""
    negated: tuple[str, ...] = ()
    """Intents said not to be wanted."""

    @property
    def intent(self) -> str:
        return self.ranked[0].name

    @property
    def confidence(self) -> float:
        return self.ranked[0].confidence

    @property
    def margin(self) -> float:
        """How far the first intent is ahead of the second."""
        return self.confidence - (self.ranked[1].confidence if len(self.ranked) > 1 else 0.0)


def texts_to_embed(text: str, parts: Sequence[Clause]) -> list[str]:
    """For one encoder pass: the whole message, then its clauses where there are several."""
    return [text, *(part.meaning for part in parts)] if _several(parts) else [text]


def requests(text: str, parts: Sequence[Clause], predictions: Sequence[Prediction]) -> tuple[Request, ...]:
    """`predictions` belong to `texts_to_embed(text, parts)`, in that order; yes and no come first."""
    if len(predictions) != len(texts_to_embed(text, parts)):
        raise ValueError("one prediction per embedded text")
    rows = {index: index + 1 if _several(parts) else 0 for index in range(len(parts))}
    negated = tuple(
        dict.fromkeys(predictions[rows[index]].best.name for index, part in enumerate(parts) if part.negated)
    )
    courtesies = [_courtesy(part, rows[index]) for index, part in enumerate(parts) if part.courtesy]
    asked = [
        _request(part.text, predictions[rows[index]], rows[index], negated)
        for index, part in enumerate(parts)
        if not part.courtesy and not part.negated
    ]
    answers = [request for request in courtesies if request.intent in ("affirm", "deny")][:1]
    if answers and len(asked) == 1 and asked[0].intent in _TALK:
        asked = []  # "no, the other one": the rest says which one, it is no request
    if asked:
        return (*answers, *_distinct(text, asked, _whole(text, asked, predictions[0], negated)))
    if negated:
        return (_named("deny", text, 0, negated),)
    return tuple(answers or courtesies[-1:]) or (_request(text, predictions[0], 0, ()),)


def _several(parts: Sequence[Clause]) -> bool:
    return len(parts) > 1 or any(part.negated for part in parts)


def _named(intent: str, text: str, row: int, negated: tuple[str, ...] = ()) -> Request:
    return Request(text, (Score(intent, 1.0),), True, 1.0, row, negated)


def _courtesy(part: Clause, row: int) -> Request:
    assert part.courtesy is not None
    return _named(part.courtesy, part.text, row)


def _request(text: str, prediction: Prediction, row: int, negated: tuple[str, ...]) -> Request:
    ranked = tuple(score for score in prediction.ranked if score.name not in negated) or prediction.ranked
    return Request(text, ranked, prediction.accepted, prediction.in_scope, row, negated)


def _whole(text: str, asked: Sequence[Request], prediction: Prediction, negated: tuple[str, ...]) -> Request:
    """One request is read from its own words, several sentences about one thing from all of them."""
    return asked[0] if len(asked) == 1 else _request(text, prediction, 0, negated)


def _distinct(text: str, asked: Sequence[Request], whole: Request) -> tuple[Request, ...]:
    """Several requests only where several clauses are surely about different things."""
    sure: dict[str, Request] = {}
    for request in asked:
        if request.accepted and request.confidence >= SURE and request.intent not in _TALK:
            same = sure.get(request.intent)
            sure[request.intent] = (
                request if same is None else replace(same, text=f"{same.text} {request.text}")
            )
    if len(sure) >= 2:
        return tuple(sure.values())
    if len(sure) == 1 and not whole.accepted:
        return tuple(replace(request, text=text) for request in sure.values())
    return (whole,)
