"""`kefu eval`: a shop's own cases against its own index and classifier."""

from pathlib import Path
from typing import Literal

from bot.errors import NotPrepared
from bot.evaluation import intents, retrieval
from bot.evaluation.cases import load_intent_cases, load_retrieval_cases, of_part
from bot.evaluation.measures import grouped
from bot.evaluation.report import Report
from intents.classifier import OUT_OF_SCOPE, IntentClassifier
from knowledge.encoder import Encoder
from knowledge.index import Index
from knowledge.search import Search, open_search

Which = Literal["retrieval", "intents"]


def run_evaluation(
    which: Which,
    cases: Path,
    *,
    encoder: Encoder,
    index: Index | None = None,
    classifier: IntentClassifier | None = None,
    part: str | None = None,
) -> Report:
    """Blocking; `retrieval` needs the index, `intents` the classifier.

    With a `part`, only its cases are asked, so that who tunes sees nothing of what is held back.

    Raises:
        CasesError: the cases are malformed or name a document, section or intent that does not exist.
        NotPrepared: what is measured is missing.
    """
    if which == "retrieval":
        if index is None or not index.shelves:
            raise NotPrepared("There is nothing in the index.", "kefu ingest PATH")
        return evaluate_retrieval(cases, index, open_search(index, encoder), encoder, part)
    if classifier is None:
        raise NotPrepared("There is no intent classifier.", "kefu train")
    return evaluate_intents(cases, classifier, encoder, part)


def evaluate_retrieval(
    cases: Path, index: Index, search: Search, encoder: Encoder, part: str | None = None
) -> Report:
    loaded = of_part(cases, load_retrieval_cases(cases, retrieval.places(index)), part)
    outcomes = retrieval.retrieve(loaded, search, encoder)
    return Report(
        name="retrieval",
        primary=retrieval.PRIMARY,
        groups=grouped(outcomes, retrieval.retrieval_figures),
        failures=tuple(retrieval.retrieval_failures(outcomes)),
    )


def evaluate_intents(
    cases: Path, classifier: IntentClassifier, encoder: Encoder, part: str | None = None
) -> Report:
    known = set(classifier.origin.labels) - {OUT_OF_SCOPE}
    loaded = of_part(cases, load_intent_cases(cases, known), part)
    outcomes = intents.understand(loaded, intents.reader(encoder, classifier))
    return Report(
        name="intents",
        primary=intents.PRIMARY,
        groups=grouped(outcomes, intents.intent_figures),
        failures=tuple(intents.intent_failures(outcomes)),
    )
