"""From clauses and their predictions to what the shopper wants, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from intents.classifier import Prediction, Score
from intents.clauses import Clause

SURE = 0.5
"""A clause among several counts as a request of its own from this confidence on."""

LIKELY = 0.3
_CLEAR = 0.7
"""Turned away by the gate, which is strict, yet likely one of the intents, and if so, then clearly this one."""

_AGAIN = 0.8
"""From this confidence on, a thing that is named is wanted although another is not."""

_REMEDIES = frozenset(
    {"return_item", "exchange_item", "refund_status", "cancel_order", "change_address", "change_items"}
    | {"warranty", "price_protection", "restock_notice", "track_parcel", "complaint"}
)
"""What is asked for because of something told beside it."""

_PAID_BACK = frozenset({"cancel_order", "return_item", "change_items"})
_MONEY = frozenset({"refund_status", "return_item"})
"""Wished for after one of `_PAID_BACK`, without a question, it is what follows from it: "cancel it and refund me"."""

_FAMILIES = (frozenset({"exchange_item", "change_items"}), frozenset({"order_status", "track_parcel"}))
"""Told apart by the state of an order, not by the words of a clause."""

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
        (part, _request(part.text, predictions[rows[index]], rows[index], negated, part.named))
        for index, part in enumerate(parts)
        if not part.courtesy and not part.negated
    ]
    answers = [request for request in courtesies if request.intent in ("affirm", "deny")][:1]
    if answers and len(asked) == 1 and asked[0][1].intent in _TALK:
        asked = []  # "no, the other one": the rest says which one, it is no request
    if asked:
        # One request is read from its own words, several sentences about one thing from all of them.
        whole = asked[0][1] if len(asked) == 1 else _request(text, predictions[0], 0, negated)
        return (*answers, *_distinct(text, asked, whole))
    if negated:
        return (_named("deny", text, 0, negated),)
    if answers and answers[0].intent == "affirm" and courtesies[-1].intent in ("thanks", "bye"):
        return (*answers, courtesies[-1])  # "ok, thanks": a yes where something was offered, else thanks
    return tuple(answers or courtesies[-1:]) or (_request(text, predictions[0], 0, ()),)


def _several(parts: Sequence[Clause]) -> bool:
    return len(parts) > 1 or any(part.negated for part in parts)


def _named(intent: str, text: str, row: int, negated: tuple[str, ...] = ()) -> Request:
    return Request(text, (Score(intent, 1.0),), True, 1.0, row, negated)


def _courtesy(part: Clause, row: int) -> Request:
    assert part.courtesy is not None
    return _named(part.courtesy, part.text, row)


def _request(
    text: str, prediction: Prediction, row: int, negated: tuple[str, ...], named: bool = False
) -> Request:
    """外套不退,杯子退: one thing is not wanted, the same is said of another."""
    again = named and prediction.best.confidence >= _AGAIN
    wanted = tuple(score for score in prediction.ranked if again or score.name not in negated)
    accepted = prediction.accepted or (prediction.in_scope >= LIKELY and prediction.best.confidence >= _CLEAR)
    return Request(text, wanted or prediction.ranked, accepted, prediction.in_scope, row, negated)


def _distinct(text: str, asked: Sequence[tuple[Clause, Request]], whole: Request) -> tuple[Request, ...]:
    """Several requests only where several clauses are surely about different things."""
    sure = _told_apart(asked)
    if len(sure) >= 2:
        return tuple(sure)
    if len(sure) == 1 and not (whole.accepted and whole.confidence >= SURE):
        return (replace(sure[0], text=text),)
    return (whole,)


def _told_apart(asked: Sequence[tuple[Clause, Request]]) -> list[Request]:
    """Every sure request with the text of the unsure beside it, and with its reason."""
    found: list[tuple[Clause, Request]] = []
    waiting = ""
    for clause, request in asked:
        if clause.announced and found:
            found[-1] = _longer(found[-1], waiting)
            waiting = ""
        if not _is_sure(request):
            if found and not (waiting or clause.announced or clause.kind == "statement"):
                found[-1] = _longer(found[-1], request.text)
            else:
                waiting = f"{waiting} {request.text}".strip()
            continue
        request = replace(request, text=f"{waiting} {request.text}".strip())
        waiting = ""
        same = next((index for index, (_, one) in enumerate(found) if _alike(one, request)), None)
        if same is not None:
            found[same] = _longer(found[same], request.text)
        elif found and _are_one(found[-1], (clause, request)):
            first, second = found[-1], request
            wish = second if first[0].kind == "statement" else first[1]
            found[-1] = (clause, replace(wish, text=f"{first[1].text} {second.text}"))
        else:
            found.append((clause, request))
    if found:
        found[-1] = _longer(found[-1], waiting)
    return [request for _, request in found]


def _longer(one: tuple[Clause, Request], text: str) -> tuple[Clause, Request]:
    return (one[0], replace(one[1], text=f"{one[1].text} {text}".strip()))


def _is_sure(request: Request) -> bool:
    return request.accepted and request.confidence >= SURE and request.intent not in _TALK


def _alike(one: Request, other: Request) -> bool:
    return one.intent == other.intent or any({one.intent, other.intent} <= family for family in _FAMILIES)


def _are_one(first: tuple[Clause, Request], second: tuple[Clause, Request]) -> bool:
    """A trouble and what is wanted for it, in either order, unless the second names a thing of its own."""
    if second[0].announced or second[0].named:
        return False
    if first[0].kind != "statement" and second[0].kind == "wish":
        return first[1].intent in _PAID_BACK and second[1].intent in _MONEY
    reason, wish = (first, second) if first[0].kind == "statement" else (second, first)
    if reason[0].kind != "statement" or wish[0].kind == "statement":
        return False
    return wish[1].intent in _REMEDIES
