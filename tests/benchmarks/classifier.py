"""Train the classifier that Kefu brings along, so that a first start need not embed all examples.

    python -m tests.benchmarks.classifier

To be run when the examples in `intents/data`, the encoder's adapter or the training itself has changed.
"""

from dataclasses import replace

import numpy as np

from bot.settings import read_settings
from intents.classifier import BROUGHT_ALONG, Head, IntentClassifier
from intents.embedding_cache import EmbeddingCache
from intents.examples import load_examples
from intents.training import train
from knowledge import adapter
from knowledge.encoder import open_encoder


def main() -> None:
    settings = read_settings()
    encoder = open_encoder(settings.cache, None, threads=settings.threads)
    examples = load_examples()
    cache = EmbeddingCache(settings.cache / "intents", encoder.fingerprint)
    vectors = cache.embed([row.text for row in examples.rows], encoder.embed_queries)
    trained = train(examples, vectors, encoder.fingerprint, adapter.unseen_fold()).classifier
    IntentClassifier(_halved(trained.head), trained.origin).save(BROUGHT_ALONG)
    print(f"{BROUGHT_ALONG.name}: {BROUGHT_ALONG.stat().st_size / 1e6:.1f} MB")


def _halved(head: Head) -> Head:
    """In half precision: half the file, and no weight moves by more than a two-thousandth of itself."""
    names = ("weights", "gram_weights", "landmarks")
    return replace(head, **{name: getattr(head, name).astype(np.float16) for name in names})


if __name__ == "__main__":
    main()
