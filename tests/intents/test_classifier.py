import json
import sys
from pathlib import Path
from subprocess import run

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.classifier import (
    GRAM_BUCKETS,
    OUT_OF_SCOPE,
    ClassifierError,
    IntentClassifier,
    familiarity,
    gram_ids,
    heard,
    word_ids,
)
from intents.training import Trained
from tests.intents.hashed import DIMENSION, hashed


@pytest.fixture
def stored(classifier: IntentClassifier, tmp_path: Path) -> Path:
    path = tmp_path / "intents.npz"
    classifier.save(path)
    return path


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("where is my parcel", "track_parcel"),
        ("包裹到哪了呀", "track_parcel"),
        ("I want to return the scarf", "return_item"),
        ("取消昨天的订单", "cancel_order"),
    ],
)
def test_it_ranks_the_right_intent_first(classifier: IntentClassifier, text: str, intent: str) -> None:
    prediction = classifier.classify(hashed([text])[0], text)
    assert prediction.best.name == intent
    assert prediction.accepted


def test_strangers_score_below_the_known(classifier: IntentClassifier) -> None:
    known, stranger = "where is my parcel", "tell me about chess news"
    inside, outside = classifier.classify_all(hashed([known, stranger]), [known, stranger])
    assert inside.in_scope > 0.5 > outside.in_scope
    assert not outside.accepted


def test_confidences_are_ordered_and_leave_room_for_the_stranger(classifier: IntentClassifier) -> None:
    prediction = classifier.classify(hashed(["hm"])[0], "hm")
    confidences = [score.confidence for score in prediction.ranked]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) < 1 + len(confidences) * 1e-4
    assert OUT_OF_SCOPE not in [score.name for score in prediction.ranked]
    assert prediction.margin == pytest.approx(confidences[0] - confidences[1])


def test_stored_and_loaded_it_says_the_same(classifier: IntentClassifier, stored: Path) -> None:
    texts = ["where is my parcel", "退杯子", "what"]
    loaded = IntentClassifier.load(stored, "hashed-1")
    assert loaded.origin == classifier.origin
    for before, after in zip(
        classifier.classify_all(hashed(texts), texts), loaded.classify_all(hashed(texts), texts), strict=True
    ):
        assert before.best.name == after.best.name
        assert before.in_scope == pytest.approx(after.in_scope, abs=0.01)


def test_another_encoder_is_refused(stored: Path) -> None:
    with pytest.raises(ClassifierError, match="kefu train"):
        IntentClassifier.load(stored, "hashed-2")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ClassifierError, match="kefu train"):
        IntentClassifier.load(tmp_path / "none.npz", "hashed-1")


def test_a_torn_file_is_refused(stored: Path) -> None:
    whole = stored.read_bytes()
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 1):
        stored.write_bytes(whole[:length])
        with pytest.raises(ClassifierError, match="kefu train"):
            IntentClassifier.load(stored, "hashed-1")


def changed(path: Path, **arrays: object) -> None:
    with np.load(path, allow_pickle=False) as stored:
        content = {name: stored[name] for name in stored.files}
    np.savez(path, **(content | arrays))  # type: ignore[arg-type]


def test_a_pickle_is_never_opened(stored: Path) -> None:
    changed(stored, facts=np.array([{"labels": object}], dtype=object))
    with pytest.raises(ClassifierError):
        IntentClassifier.load(stored, "hashed-1")


@pytest.mark.parametrize(
    "name", ["weights", "gram_weights", "words", "bias", "centres", "landmarks", "inside"]
)
def test_arrays_that_do_not_fit_are_refused(stored: Path, name: str) -> None:
    changed(stored, **{name: np.zeros((3, 3), dtype=np.float32)})
    with pytest.raises(ClassifierError, match="broken"):
        IntentClassifier.load(stored, "hashed-1")


def test_a_newer_format_is_refused(stored: Path) -> None:
    with np.load(stored, allow_pickle=False) as content:
        facts = json.loads(str(content["facts"]))
    changed(stored, facts=np.array(json.dumps(facts | {"format": 99})))
    with pytest.raises(ClassifierError, match="format 99"):
        IntentClassifier.load(stored, "hashed-1")


def test_words_of_a_language_without_examples_say_nothing() -> None:
    known = set(word_ids("where is my parcel 包裹到哪了"))
    assert familiarity("Where is it? 包裹呢", known) == pytest.approx(4 / 7)
    assert familiarity("¿dónde está?", known) == 0
    assert familiarity("👍", known) == 1
    meaning, typed = np.array([[0.6, 0.4], [0.6, 0.4]]), np.array([[0.0, 0.5], [0.0, 0.5]])
    strange, familiar = heard(meaning, typed, np.array([0.0, 1.0], dtype=np.float32))
    assert strange.argmax() == 0
    assert familiar.argmax() == 1


def test_serving_needs_no_training_library() -> None:
    code = (
        "import sys, intents.classifier, intents.requests, intents.clauses, intents.entities, intents.language\n"
        "heavy = {'sklearn', 'scipy', 'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    assert run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], check=False).returncode == 0


@given(st.text(max_size=300))
def test_any_text_is_classified(trained: Trained, text: str) -> None:
    prediction = trained.classifier.classify(np.full(DIMENSION, DIMENSION**-0.5, dtype=np.float32), text)
    assert 0 <= prediction.in_scope <= 1
    assert all(0 <= bucket < GRAM_BUCKETS for bucket in gram_ids(text))
