"""Training the intents of a server: examples in, the classifier's file and a report out."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from bot.prepared import classifier_file
from bot.progress import progress_bar
from bot.settings import Settings
from intents.classifier import BROUGHT_ALONG, ClassifierError, IntentClassifier
from intents.embedding_cache import EmbeddingCache
from intents.examples import DATA, Examples, load_examples
from intents.fine_tuning import unseen_fold
from intents.report import Report
from intents.report import report as make_report
from intents.training import train
from knowledge import adapter
from knowledge.encoder import Encoder, Vectors, normalised, open_encoder

_TOGETHER = 256
"""Examples between two steps of the progress bar."""


def train_intents(settings: Settings, folder: Path | None, out: Console, *, report: bool) -> None:
    """Save a classifier of the YAML examples.

    It is trained, and a report on examples kept apart is printed, when one is asked for. Without, the
    classifier that Kefu brings along is taken where encoder and examples are Kefu's own.
    """
    encoder = open_encoder(settings.cache, settings.encoder, threads=settings.threads)
    examples = load_examples(folder or DATA)
    if not report and (ready := _trained_already(examples, encoder.fingerprint)):
        ready.save(classifier_file(settings))
        out.print(f"{len(examples.rows)} examples of {len(examples.labels)} intents known already.")
        return
    vectors = _embedded(examples, encoder, settings, out)
    unseen = _unseen(settings, folder, examples)
    with out.status("Training"):
        trained = train(examples, vectors, encoder.fingerprint, unseen)
    trained.classifier.save(classifier_file(settings))
    out.print(f"{len(examples.rows)} examples of {len(examples.labels)} intents learned.")
    if report:
        _print(make_report(examples, trained), unseen, out)


def _embedded(examples: Examples, encoder: Encoder, settings: Settings, out: Console) -> Vectors:
    """(examples, dimension); only those that are not in the cache take time, 3 ms each."""
    with progress_bar("Embedding examples", out) as bar:
        task = bar.add_task("examples", total=None, visible=False)

        def embed(texts: Sequence[str]) -> Vectors:
            bar.update(task, total=len(texts), visible=True)
            found = []
            for start in range(0, len(texts), _TOGETHER):
                found.append(encoder.embed_queries(texts[start : start + _TOGETHER]))
                bar.advance(task, len(found[-1]))
            return np.concatenate(found)

        cache = EmbeddingCache(settings.cache / "intents", encoder.fingerprint)
        return cache.embed([row.text for row in examples.rows], embed)


def _trained_already(examples: Examples, encoder: str) -> IntentClassifier | None:
    """The classifier that Kefu brings along; None where it was made from other examples or another encoder."""
    try:
        brought = IntentClassifier.load(BROUGHT_ALONG, encoder)
    except ClassifierError:
        return None
    return brought if brought.origin.data == examples.digest() else None


def _unseen(settings: Settings, folder: Path | None, examples: Examples) -> int | None:
    """The fold that the encoder was not trained on; none when it was trained on no example at all."""
    if settings.encoder:
        return unseen_fold(Path(settings.encoder), examples)
    return adapter.unseen_fold() if folder is None else None


def fine_tune_encoder(settings: Settings, folder: Path | None, *, progress: Callable[[str], None]) -> Path:
    """Train the transformer itself on the examples; returns the folder to name in KEFU_ENCODER."""
    from intents.fine_tuning import FineTuning, fine_tune  # loads torch
    from knowledge.prepare import transformer_source

    source = transformer_source(settings.cache, settings.encoder)
    target = settings.cache / "fine-tuned"
    examples = load_examples(folder or DATA)
    tuned = fine_tune(source, target, examples, FineTuning(), progress, written=normalised)
    progress(f"{tuned.accuracy:.1%} right on the examples kept apart.")
    return tuned.folder


def _print(found: Report, unseen: int | None, out: Console) -> None:
    languages = Table("language", "examples", "accuracy", "top 3", "in scope accepted", "strangers caught")
    for row in found.languages:
        shares = (row.accuracy, row.top3, row.accepted, row.strangers_caught)
        languages.add_row(row.language, str(row.examples), *(f"{share:.1%}" for share in shares))
    measured = (
        "Five-fold cross-validation" if unseen is None else "The fifth that the encoder was not trained on"
    )
    out.print(measured, languages)
    out.print(
        f"Gate: area under the curve {found.separation:.3f}. Calibration error {found.calibration_error:.3f}."
    )
    confusions = Table("meant", "taken for", "times", "for example", title="Confused most")
    for one in found.confusions:
        confusions.add_row(one.truth, one.predicted, str(one.count), one.sample)
    out.print(confusions)
    weakest = Table("intent", "examples", "recall", "precision", title="Weakest intents")
    for intent in found.intents[:10]:
        weakest.add_row(
            intent.intent, str(intent.examples), f"{intent.recall:.1%}", f"{intent.precision:.1%}"
        )
    out.print(weakest)
