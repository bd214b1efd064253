"""Fit the confidence of search to shops' pages, and say how well it does on pages it has not seen.

    python -m tests.benchmarks.calibration [--write]

The demo shop's pages are indexed with the questions that they list, with those of every other page, and
without any; its cases are those written for this, and of the golden set the part that one may tune on.
Three invented shops that the encoder's adapter was not trained on are indexed with half of the questions
written for each section, and without any; the other half, and what they do not answer, are their cases.
"""

import sys
import tempfile
from pathlib import Path

import numpy as np
import yaml

from knowledge.asks import taken_out
from knowledge.calibrate import Case, Trial, collect, cross_validated, figures, fit, fit_reading, load_cases
from knowledge.confidence import PARAMETERS
from knowledge.encoder import Encoder, open_encoder
from knowledge.index import Index
from knowledge.ingest import ingest
from knowledge.search import Search, open_search

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = ROOT / "bot/shop/demo/documents"
CASES = ROOT / "tests/knowledge/calibration.yaml"
GOLDEN = ROOT / "tests/evaluation/retrieval.yaml"
INTENTS = ROOT / "intents/data"
SHOPS = ROOT / "tests/knowledge/shops"
KEPT_APART = ("fellstride", "inkling-oak", "radwerk-autoteile")
"""Shops that the adapter does not learn from (`adapter.py`)."""
STRANGERS = (("products.yaml", "product_question"), ("out_of_scope.yaml", "out_of_scope"))
CACHE = Path.home() / ".cache/kefu"


def main(folder: Path, *, write: bool) -> None:
    encoder = open_encoder(CACHE)
    cases = tuple(load_cases(CASES) + _golden())
    trials = [
        Trial(
            name, _search(_pages(folder / "pages" / str(every), every), folder / str(every), encoder), cases
        )
        for name, every in (("with questions", 0), ("half with questions", 2), ("without questions", 1))
    ]
    for shop in KEPT_APART:
        for name, listing in (("other shops with questions", True), ("other shops without questions", False)):
            pages, asked = _invented(folder / f"{shop} {name}", shop, listing=listing)
            trials.append(Trial(name, _search(pages, folder / f"{shop} {name} index", encoder), asked))
    fitted = fit(trials, encoder, _strangers())
    for name in dict.fromkeys(trial.name for trial in trials):
        mine = [trial for trial in trials if trial.name == name]
        _tell(name, _places(mine, encoder))
    samples = [sample for trial in trials for sample in collect(trial, encoder)]
    chances = fit_reading(samples, cross_validated(samples))[1]
    for name in dict.fromkeys(trial.name for trial in trials):
        rows = np.array([sample.trial == name for sample in samples])
        some = [sample for sample in samples if sample.trial == name]
        _tell(name, figures(some, chances[rows]))
    _tell("all, by one threshold", fitted.figures)
    _tell(f"threshold {fitted.threshold}, sure from {fitted.sure}, bias {fitted.bias}", fitted.weights)
    _tell("ranking", fitted.ranking)
    if write:
        fitted.save(PARAMETERS)


def _invented(folder: Path, shop: str, *, listing: bool) -> tuple[Path, tuple[Case, ...]]:
    """The pages of an invented shop, and its cases."""
    content = yaml.safe_load((SHOPS / f"{shop}.yaml").read_text(encoding="utf-8"))
    cases: list[Case] = []
    for language in ("en", "zh"):
        page = [f"---\ntitle: {content['shop']}\nlanguage: {language}\n---\n"]
        for row in content["sections"]:
            asks, (heading, text) = row[f"asks_{language}"], (row[language]["heading"], row[language]["text"])
            listed = f"<!-- asks: {' | '.join(asks[::2])} -->\n" if listing else ""
            page.append(f"## {heading}\n{listed}{text}\n")
            cases += [Case(one, language, (f"{language}.md@{language} › {heading}",)) for one in asks[1::2]]
        cases += [Case(one, language) for one in content["unanswerable"][language]]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{language}.md").write_text("\n".join(page), encoding="utf-8")
    return folder, tuple(cases)


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
    return open_search(index, encoder)


def _places(trials: list[Trial], encoder: Encoder) -> dict[str, float]:
    """Shares of the answerable questions whose section comes first, and among the first three."""
    right = [
        [
            case.is_answered_by(hit.passage)
            for hit in trial.search.find(vector, case.question, language=case.language, limit=3)
        ]
        for trial in trials
        for asked in [[case for case in trial.cases if case.expected]]
        for case, vector in zip(asked, encoder.embed_queries([case.question for case in asked]), strict=True)
    ]
    return {"top_1": sum(row[0] for row in right) / len(right), "top_3": sum(map(any, right)) / len(right)}


def _tell(name: str, values: dict[str, float]) -> None:
    print(f"{name}: " + ", ".join(f"{key} {value:.4g}" for key, value in values.items()))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        main(Path(temporary), write="--write" in sys.argv)
