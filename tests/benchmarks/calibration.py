"""Fit the confidence of search to the demo shop's pages, and say how well it does on pages it has not seen.

    python -m tests.benchmarks.calibration [--write]

The pages are indexed with the questions that they list, with those of every other page, and without any.
The cases are those written for this, and of the golden set the part that one may tune on.
"""

import sys
import tempfile
from pathlib import Path

import yaml

from knowledge.asks import taken_out
from knowledge.calibrate import Case, collect, cross_validated, figures, fit, load_cases
from knowledge.confidence import PARAMETERS
from knowledge.encoder import Encoder, open_encoder
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.search import Search

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ROOT / "bot/shop/demo/documents"
CASES = ROOT / "tests/knowledge/calibration.yaml"
GOLDEN = ROOT / "tests/evaluation/retrieval.yaml"
INTENTS = ROOT / "intents/data"
STRANGERS = (("products.yaml", "product_question"), ("out_of_scope.yaml", "out_of_scope"))
CACHE = Path.home() / ".cache/kefu"


def main(folder: Path, *, write: bool) -> None:
    encoder = open_encoder(CACHE)
    searches = {
        name: _search(_pages(folder / "pages" / str(every), every), folder / str(every), encoder)
        for name, every in (("with questions", 0), ("half with questions", 2), ("without questions", 1))
    }
    cases = load_cases(CASES) + _golden()
    fitted = fit(cases, list(searches.values()), encoder, _strangers())
    for name, search in searches.items():
        _tell(name, _places(cases, search, encoder))
    samples = [collect(cases, search, encoder) for search in searches.values()]
    chances = cross_validated([sample for some in samples for sample in some])
    start = 0
    for name, some in zip(searches, samples, strict=True):
        _tell(name, figures(some, chances[start : start + len(some)]))
        start += len(some)
    _tell("all, by one threshold", fitted.figures)
    _tell(f"threshold {fitted.threshold}, sure from {fitted.sure}, bias {fitted.bias}", fitted.weights)
    _tell("ranking", fitted.ranking)
    if write:
        fitted.save(PARAMETERS)


def _pages(folder: Path, every: int) -> Path:
    """A copy of the demo shop's pages, every so many of them without its questions; 0 leaves all as they are."""
    for number, page in enumerate(sorted(DOCUMENTS.rglob("*.*"), key=lambda page: page.name)):
        text = page.read_text(encoding="utf-8")
        copy = folder / page.relative_to(DOCUMENTS)
        copy.parent.mkdir(parents=True, exist_ok=True)
        # Both languages of a page stand together in this order.
        bare = every and number // 2 % every == 0
        copy.write_text(taken_out(text)[0] if bare else text, encoding="utf-8")
    return folder


def _golden() -> list[Case]:
    """The part of the golden set that one may tune on; the other is not looked at."""
    rows = yaml.safe_load(GOLDEN.read_text(encoding="utf-8"))
    return [
        Case(row["question"], row["language"], tuple(_ids(row["expect"])))
        for row in rows
        if row["part"] == "tune"
    ]


def _strangers() -> list[Case]:
    """What pages seldom answer, from the examples that the intents are learnt from."""
    return [
        Case(text, language)
        for name, intent in STRANGERS
        for language, texts in yaml.safe_load((INTENTS / name).read_text(encoding="utf-8"))[intent].items()
        if language in ("zh", "en")
        for text in texts
    ]


def _ids(places: list[dict[str, str]]) -> list[str]:
    return [
        " › ".join(
            [f"{page.relative_to(DOCUMENTS)}@{page.parent.name}", *filter(None, [place.get("section")])]
        )
        for place in places
        for page in DOCUMENTS.rglob(f"{place['document']}.*")
    ]


def _search(pages: Path, folder: Path, encoder: Encoder) -> Search:
    index = Index(folder, encoder.fingerprint)
    ingest([pages], index, encoder)
    return Search(index)


def _places(cases: list[Case], search: Search, encoder: Encoder) -> dict[str, float]:
    """Shares of the answerable questions whose section comes first, and among the first three."""
    asked = [case for case in cases if case.expected]
    vectors = encoder.embed_queries([case.question for case in asked])
    right = [
        [
            case.is_answered_by(hit.passage)
            for hit in search.find(vector, case.question, language=case.language, limit=3)
        ]
        for case, vector in zip(asked, vectors, strict=True)
    ]
    return {"top_1": sum(row[0] for row in right) / len(right), "top_3": sum(map(any, right)) / len(right)}


def _tell(name: str, values: dict[str, float]) -> None:
    print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in values.items()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary), write="--write" in sys.argv)
