"""Is a message understood as it was meant, and is what no shop can answer kept out?"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evaluation.cases import IntentCase
from bot.evaluation.measures import IN_SCOPE, Figures, bar_below, separation, shares
from bot.evaluation.report import Failure
from intents.classifier import IntentClassifier
from intents.clauses import clauses
from intents.report import calibration_error
from intents.requests import Request, requests, texts_to_embed
from knowledge.encoder import Encoder

PRIMARY = "accuracy"

Read = Callable[[str, str], tuple[Request, ...]]
"""(message, language) to what is asked for."""


@dataclass(frozen=True, slots=True)
class Understood:
    case: IntentCase
    requests: tuple[Request, ...]

    @property
    def kind(self) -> str:
        if self.case.negated:
            return "negated"
        return ("out of scope", "single")[len(self.case.intents)] if len(self.case.intents) < 2 else "several"

    @property
    def right(self) -> bool:
        """The first request ranks what was meant first."""
        return self.requests[0].intent in self.case.intents

    @property
    def in_top_3(self) -> bool:
        return bool({score.name for score in self.requests[0].ranked[:3]} & set(self.case.intents))

    @property
    def accepted(self) -> frozenset[str]:
        """What the bot would act on."""
        return frozenset(request.intent for request in self.requests if request.accepted)

    @property
    def in_scope(self) -> float:
        return max(request.in_scope for request in self.requests)

    @property
    def f1(self) -> float:
        """Of the requests accepted, against those meant."""
        common = len(self.accepted & set(self.case.intents))
        return 2 * common / (len(self.accepted) + len(self.case.intents))

    @property
    def heeded(self) -> bool:
        """What is meant is accepted, and nothing that is not wanted."""
        return set(self.case.intents) <= self.accepted and not set(self.case.negated) & self.accepted


def reader(encoder: Encoder, classifier: IntentClassifier) -> Read:
    """Reads a message as a turn does: cut into clauses, one encoder pass, one prediction each."""

    def read(text: str, language: str) -> tuple[Request, ...]:
        parts = clauses(text, language)
        texts = texts_to_embed(text, parts)
        return requests(text, parts, classifier.classify_all(encoder.embed_queries(texts), texts))

    return read


def understand(cases: Sequence[IntentCase], read: Read) -> list[Understood]:
    """What is read from each case; blocking."""
    return [Understood(case, read(case.message, case.language)) for case in cases]


def intent_figures(outcomes: Sequence[Understood]) -> Figures:
    """Shares of the messages with one request, unless the name says otherwise."""
    single, several, negated, outside = (
        [one for one in outcomes if one.kind == kind]
        for kind in ("single", "several", "negated", "out of scope")
    )
    in_scope, strangers = [one.in_scope for one in single], [one.in_scope for one in outside]
    bar = bar_below(in_scope, IN_SCOPE)
    return (
        {"messages": float(len(outcomes))}
        | shares(
            accuracy=(one.right for one in single),
            top_3=(one.in_top_3 for one in single),
            accepted=(bool(one.accepted) for one in single),
            split=(len(one.requests) > 1 for one in single),
        )
        | _calibration(single)
        | shares(strangers_caught=(not one.accepted for one in outside))
        | separation(in_scope, strangers)
        | (shares(strangers_caught_at_95_percent=(value < bar for value in strangers)) if single else {})
        | ({"several_f1": sum(one.f1 for one in several) / len(several)} if several else {})
        | shares(
            several_exact=(one.accepted == set(one.case.intents) for one in several),
            negation_heeded=(one.heeded for one in negated),
        )
    )


def intent_failures(outcomes: Sequence[Understood]) -> list[Failure]:
    return [
        Failure(
            id=one.case.id,
            part=one.case.part,
            what=one.kind,
            said=one.case.message,
            expected=_wanted(one.case),
            got=" + ".join(
                request.intent if request.accepted else f"({request.intent})" for request in one.requests
            ),
            confidence=one.requests[0].confidence,
        )
        for one in outcomes
        if _failing(one)
    ]


def _failing(one: Understood) -> bool:
    match one.kind:
        case "single":
            return not one.right or not one.accepted
        case "several":
            return one.accepted != set(one.case.intents)
        case "negated":
            return not one.heeded
        case _:
            return bool(one.accepted)


def _wanted(case: IntentCase) -> str:
    wanted = " + ".join(case.intents) or "nothing"
    return f"{wanted}, not {' or '.join(case.negated)}" if case.negated else wanted


def _calibration(single: Sequence[Understood]) -> Figures:
    if not single:
        return {}
    confidences = np.array([one.requests[0].confidence for one in single])
    return {"calibration_error": calibration_error(confidences, np.array([one.right for one in single]))}
