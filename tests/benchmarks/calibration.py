"""Fit the confidence of search to the demo shop's pages, and say how well it does on pages it has not seen.

    python -m tests.benchmarks.calibration [--write]

The pages are indexed twice, with the questions that they list and without any.
"""

import shutil
import sys
import tempfile
from pathlib import Path

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
CACHE = Path.home() / ".cache/kefu"


def main(folder: Path, *, write: bool) -> None:
    encoder = open_encoder(CACHE)
    bare = folder / "bare"
    shutil.copytree(DOCUMENTS, bare)
    for page in bare.rglob("*.*"):
        page.write_text(taken_out(page.read_text(encoding="utf-8"))[0], encoding="utf-8")
    searches = {
        "with questions": _search(DOCUMENTS, folder / "with", encoder),
        "without questions": _search(bare, folder / "without", encoder),
    }
    cases = load_cases(CASES)
    for name, search in searches.items():
        _tell(name, _places(cases, search, encoder))
    fitted = fit(cases, list(searches.values()), encoder)
    samples = [collect(cases, search, encoder) for search in searches.values()]
    chances = cross_validated([sample for some in samples for sample in some])
    _tell("with questions", figures(samples[0], chances[: len(samples[0])]))
    _tell("without questions", figures(samples[1], chances[len(samples[0]) :]))
    _tell("both, by one threshold", fitted.figures)
    _tell(f"threshold {fitted.threshold}, bias {fitted.bias}", fitted.weights)
    if write:
        fitted.save(PARAMETERS)


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
