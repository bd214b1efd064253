"""The whole way on the demo shop: YAML in, real models and index, a report out."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bot.errors import CasesError, NotPrepared
from bot.evaluation.cases import load_intent_cases, load_retrieval_cases
from bot.evaluation.retrieval import places
from bot.evaluation.run import run_evaluation
from bot.prepared import classifier_file, open_index
from bot.settings import Settings, read_settings
from intents.classifier import IntentClassifier
from tests.conftest import CACHE

OWN = Path(__file__).parents[2] / "evaluation"


@pytest.fixture(scope="module")
def settings(demo_data: Path) -> Settings:
    return read_settings(data=demo_data, cache=CACHE)


def test_retrieval_on_a_shop_s_own_cases(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(
        """
- {id: pens, language: en, question: "Choosing between EF and F nibs", expect: [{document: stationery-help}]}
- {id: elsewhere, part: tune, language: zh, question: "怎么取消订单", expect: [{document: stores}]}
- {id: "[red]", language: en, question: "[bold]who won the football last night", expect: []}
""",
        encoding="utf-8",
    )
    encoder, index = open_index(settings)
    report = run_evaluation("retrieval", path, encoder=encoder, index=index)
    assert report.primary == "top_3"
    assert report.value == 0.5
    assert "elsewhere" in {failure.id for failure in report.failures}
    written = json.loads(report.to_json())
    assert written["groups"]["all cases"]["answerable"] == 2
    only = run_evaluation("retrieval", path, encoder=encoder, index=index, part="tune")
    assert (only.value, list(only.groups)) == (0, ["all cases", "tune"])
    with pytest.raises(CasesError, match="no part 'none', only: tune"):
        run_evaluation("retrieval", path, encoder=encoder, index=index, part="none")
    shown = io.StringIO()
    report.print(Console(file=shown, width=200))
    assert "top 3" in shown.getvalue()
    assert "怎么取消订单" in shown.getvalue()


def test_intents_on_a_shop_s_own_cases(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(
        """
- {id: one, language: en, message: "where is my refund", intents: [refund_status]}
- {id: two, language: zh, message: "不用转人工", intents: [], negated: [human]}
- {id: three, language: en, message: "what is the capital of France", intents: []}
""",
        encoding="utf-8",
    )
    encoder, _ = open_index(settings)
    classifier = IntentClassifier.load(classifier_file(settings), encoder.fingerprint)
    report = run_evaluation("intents", path, encoder=encoder, classifier=classifier)
    assert report.figures["accuracy"] == 1
    assert report.figures["negation_heeded"] == 1
    assert report.failures == ()


def test_what_is_measured_must_be_there(settings: Settings, tmp_path: Path) -> None:
    encoder, _ = open_index(settings)
    with pytest.raises(NotPrepared, match="kefu ingest"):
        run_evaluation("retrieval", tmp_path / "cases.yaml", encoder=encoder)
    with pytest.raises(NotPrepared, match="kefu train"):
        run_evaluation("intents", tmp_path / "cases.yaml", encoder=encoder)


def test_a_case_about_what_is_not_in_the_index_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("- {id: a, language: en, question: hi, expect: [{document: dragons}]}", encoding="utf-8")
    encoder, index = open_index(settings)
    with pytest.raises(CasesError, match="no document 'dragons'"):
        run_evaluation("retrieval", path, encoder=encoder, index=index)


def test_our_own_cases_fit_the_demo_shop(settings: Settings) -> None:
    """Whoever edits a heading of the demo documents edits the golden set with it."""
    encoder, index = open_index(settings)
    questions = load_retrieval_cases(OWN / "retrieval.yaml", places(index))
    classifier = IntentClassifier.load(classifier_file(settings), encoder.fingerprint)
    details = load_retrieval_cases(OWN / "retrieval_details.yaml", places(index))
    messages = load_intent_cases(OWN / "intents.yaml", set(classifier.origin.labels))
    strangers = [case for case in questions if not case.expect]
    assert len(questions) >= 120
    assert len(strangers) >= len(questions) / 5
    assert len([case for case in details if not case.expect]) >= len(details) / 5
    assert len(messages) >= 600
