from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from intents.classifier import OUT_OF_SCOPE, Vector
from intents.embedding_cache import EmbeddingCache
from intents.examples import DATA, Examples, ExamplesError, load_examples
from intents.report import calibration_error, report
from intents.training import FOLDS, PENALTY, Ridge, Trained, folds, train
from tests.intents.hashed import hashed


def test_an_example_stays_in_its_fold_whatever_stands_beside_it() -> None:
    rows = load_examples(DATA).rows
    fold = folds(rows)
    assert (folds(rows[::3]) == fold[::3]).all()
    assert np.bincount(fold, minlength=FOLDS).min() > 0.9 * len(rows) / FOLDS
    for number in range(FOLDS):
        kinds = {(row.intent, row.language) for row, one in zip(rows, fold, strict=True) if one == number}
        assert kinds == {(row.intent, row.language) for row in rows}


def test_a_part_left_out_is_as_if_it_had_never_been_there() -> None:
    random = np.random.default_rng(1)
    parts = [
        (random.normal(size=(rows, 5)).astype(np.float32), random.normal(size=(rows, 3)).astype(np.float32))
        for rows in (7, 0, 12, 9)
    ]
    whole, apart = Ridge.of(parts), Ridge.of(parts[2:3])
    assert whole.weights(without=apart) == pytest.approx(Ridge.of([*parts[:2], parts[3]]).weights(), abs=1e-5)
    design, target = (np.concatenate(column) for column in zip(*parts, strict=True))
    assert whole.weights() == pytest.approx(
        np.linalg.solve(design.T @ design + PENALTY * np.eye(5), design.T @ target), abs=1e-5
    )


def test_the_stored_head_says_what_training_found(examples: Examples, trained: Trained) -> None:
    texts = [row.text for row in examples.rows]
    classifier = trained.classifier
    logits, _ = classifier.measure(hashed(texts), classifier.wording(texts))
    right = np.array(examples.labels)[logits.argmax(axis=1)] == [row.intent for row in examples.rows]
    assert right.mean() > 0.95


def test_training_twice_gives_the_same(examples: Examples, trained: Trained) -> None:
    vectors = hashed([row.text for row in examples.rows])
    again = train(examples, vectors, "hashed-1")
    assert again.out_of_fold.logits == pytest.approx(trained.out_of_fold.logits, abs=1e-4)


def test_the_gate_lets_in_what_it_promises(examples: Examples, trained: Trained) -> None:
    found = report(examples, trained)
    assert found.accepted == pytest.approx(0.95, abs=0.03)
    assert found.strangers_caught > 0.5
    assert 0.5 < found.separation <= 1


def test_the_report_counts_what_happened(examples: Examples, trained: Trained) -> None:
    found = report(examples, trained)
    assert {row.language for row in found.languages} == {"en", "zh"}
    assert sum(row.examples for row in found.languages) == len(examples.rows)
    assert all(row.accuracy > 0.6 and row.top3 >= row.accuracy for row in found.languages)
    assert {row.intent for row in found.intents} == set(examples.labels)
    assert [row.recall for row in found.intents] == sorted(row.recall for row in found.intents)
    assert set(found.measures()) >= {"accuracy_en", "accuracy_zh", "strangers_caught", "calibration_error"}
    for confusion in found.confusions:
        assert confusion.truth != confusion.predicted
        assert confusion.sample in {row.text for row in examples.rows if row.intent == confusion.truth}


def test_an_encoder_that_saw_the_examples_is_judged_by_the_fold_it_did_not_see(examples: Examples) -> None:
    vectors = hashed([row.text for row in examples.rows])
    found = train(examples, vectors, "tuned", unseen=0)
    assert set(found.out_of_fold.rows) == set(np.flatnonzero(folds(examples.rows) == 0))


def test_without_strangers_it_still_trains(examples: Examples) -> None:
    rows = tuple(row for row in examples.rows if row.intent != OUT_OF_SCOPE)
    about = {name: text for name, text in examples.about.items() if name != OUT_OF_SCOPE}
    few = Examples(rows, about)
    found = train(few, hashed([row.text for row in rows]), "hashed-1")
    prediction = found.classifier.classify(hashed(["where is my parcel"])[0], "where is my parcel")
    assert prediction.best.name == "track_parcel"
    assert report(few, found).strangers_caught == 0


@pytest.mark.parametrize("kept", [["track_parcel"], ["track_parcel", "return_item"]])
def test_few_intents_are_enough(examples: Examples, kept: list[str]) -> None:
    rows = tuple(row for row in examples.rows if row.intent in kept)
    few = Examples(rows, {name: examples.about[name] for name in kept})
    classifier = train(few, hashed([row.text for row in rows]), "hashed-1").classifier
    asked = [row.text for row in rows]
    found = [one.best.name for one in classifier.classify_all(hashed(asked), asked)]
    assert found == [row.intent for row in rows]
    typed = classifier.head.gram_weights
    assert typed.any() == (len(kept) > 1)
    assert typed.sum(axis=1) == pytest.approx(0, abs=1e-4)


def test_calibration_error() -> None:
    assert calibration_error(np.array([0.95, 0.95]), np.array([True, True])) == pytest.approx(0.05)
    assert calibration_error(np.array([0.95, 0.95]), np.array([False, False])) == pytest.approx(0.95)


class Counting:
    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, texts: Sequence[str]) -> Vector:
        self.asked += texts
        return hashed(texts)


def test_only_new_texts_are_embedded(tmp_path: Path) -> None:
    embed = Counting()
    first = EmbeddingCache(tmp_path, "one").embed(["a", "b", "a"], embed)
    assert embed.asked == ["a", "b"]
    assert EmbeddingCache(tmp_path, "one").embed(["b", "c"], embed).shape == (2, first.shape[1])
    assert embed.asked == ["a", "b", "c"]
    EmbeddingCache(tmp_path, "another").embed(["a"], embed)
    assert embed.asked == ["a", "b", "c", "a"]


def test_a_damaged_cache_is_made_anew(tmp_path: Path) -> None:
    embed = Counting()
    EmbeddingCache(tmp_path, "one").embed(["a"], embed)
    (file,) = tmp_path.glob("*.npz")
    file.write_bytes(file.read_bytes()[:50])
    assert EmbeddingCache(tmp_path, "one").embed(["a"], embed) == pytest.approx(hashed(["a"]))
    assert embed.asked == ["a", "a"]


def write(folder: Path, text: str, name: str = "group.yaml") -> None:
    (folder / name).write_text(text, encoding="utf-8")


GOOD = "  about: One.\n  en: [a one, b two, c three, d four, e five]\n  zh: [一个, 两个, 三个, 四个, 五个]\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "a mapping from intent"),
        ("- a\n- b", "a mapping from intent"),
        ("greet: [", "cannot be read"),
        ("greet: hello", "about, en and zh are wanted"),
        ("Greet me!:\n" + GOOD, "no name for an intent"),
        ("greet:\n" + GOOD.replace("One.", "''"), "about is empty"),
        ("greet:\n" + GOOD + "  fr: [salut]\n", "unknown key 'fr'"),
        ("greet:\n" + GOOD.replace("c three, ", ""), "needs a list of 5"),
        ("greet:\n" + GOOD.replace("b two", "42"), "is no text"),
        ("greet:\n" + GOOD.replace("b two", "' '"), "is empty"),
        ("greet:\n" + GOOD.replace("b two", "x" * 500), "is longer"),
        ("greet:\n" + GOOD.replace("b two", "退货"), "is not English"),
        ("greet:\n" + GOOD.replace("两个", "ありがとう"), "is not Chinese"),
        ("greet:\n" + GOOD.replace("两个", "where is my order please now"), "is not Chinese"),
        ("greet:\n" + GOOD.replace("b two", "A  one"), "is there twice"),
        ("greet:\n" + GOOD + "bye:\n" + GOOD, "an example of both greet and bye"),
    ],
)
def test_bad_examples_are_named(tmp_path: Path, text: str, problem: str) -> None:
    write(tmp_path, text)
    with pytest.raises(ExamplesError, match=problem):
        load_examples(tmp_path)


def test_an_intent_in_two_files_and_an_empty_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ExamplesError, match="no examples"):
        load_examples(tmp_path)
    write(tmp_path, "greet:\n" + GOOD, "one.yaml")
    write(tmp_path, "greet:\n" + GOOD, "two.yaml")
    with pytest.raises(ExamplesError, match=r"two\.yaml: greet is in another file") as caught:
        load_examples(tmp_path)
    assert len(caught.value.problems) > 1


def test_the_shipped_examples_are_sound() -> None:
    examples = load_examples(DATA)
    assert len(examples.labels) == 39
    assert OUT_OF_SCOPE in examples.labels
    assert examples.digest() != Examples(examples.rows[1:], examples.about).digest()
