"""The classifier that Kefu brings along belongs to the examples and the encoder that come with it."""

import numpy as np

from intents.classifier import BROUGHT_ALONG, IntentClassifier
from intents.examples import load_examples
from knowledge.encoder import open_encoder
from tests.conftest import CACHE


def test_it_was_made_from_these_examples_with_this_encoder() -> None:
    encoder, examples = open_encoder(CACHE), load_examples()
    brought = IntentClassifier.load(BROUGHT_ALONG, encoder.fingerprint)
    assert brought.origin.data == examples.digest(), "run `python -m tests.benchmarks.classifier`"
    assert brought.origin.labels == examples.labels


def test_it_knows_what_it_has_learnt() -> None:
    encoder, examples = open_encoder(CACHE), load_examples()
    brought = IntentClassifier.load(BROUGHT_ALONG, encoder.fingerprint)
    rows = examples.rows[::200]
    texts = [row.text for row in rows]
    found = brought.classify_all(encoder.embed_queries(texts), texts)
    inside = [
        (row.intent, one.best.name)
        for row, one in zip(rows, found, strict=True)
        if row.intent != "out_of_scope"
    ]
    assert np.mean([wanted == named for wanted, named in inside]) > 0.95
