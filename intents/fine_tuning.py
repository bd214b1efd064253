"""Fine-tuning the transformer itself on the examples: minutes on a GPU, half an hour on a laptop."""

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from intents.examples import Example, Examples
from intents.training import folds

if TYPE_CHECKING:
    from torch import Tensor

UNSEEN = 0
"""The fold kept apart, so that confidence can be measured on examples the encoder has not seen."""
NOTE = "fine_tuned.json"

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class FineTuning:
    epochs: int = 4
    learning_rate: float = 1e-4
    batch: int = 32
    top_layers: int | None = None
    """Train only the last so many layers; the word table is never trained, it holds the other languages."""
    smoothing: float = 0.1
    longest: int = 64
    """Tokens of an example that are read."""
    seed: int = 7


@dataclass(frozen=True, slots=True)
class FineTuned:
    folder: Path
    """A sentence-transformers folder: usable as KEFU_ENCODER."""
    accuracy: float
    """Of the transformer's own head on the fold kept apart, all labels."""
    losses: tuple[float, ...]
    """The mean loss of each epoch."""


def unseen_fold(folder: Path, examples: Examples) -> int | None:
    """The fold that this fine-tuned encoder has not seen; none when it was not tuned on these examples."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        return int(note["unseen"]) if note["examples"] == examples.digest() else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def fine_tune(
    source: str,
    target: Path,
    examples: Examples,
    options: FineTuning,
    progress: Progress = lambda _: None,
    *,
    written: Callable[[str], str] = str,
) -> FineTuned:
    """Train `source` (a folder or a hub's id) on all folds but one and save it to `target`.

    `written` is how a message is written when it is embedded: the transformer is to learn what it will see.
    """
    import torch  # training only
    from sentence_transformers import SentenceTransformer  # training only

    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model: Any = SentenceTransformer(source, device=device)
    _freeze(model, options.top_layers)
    fold = folds(examples.rows)
    seen = [row for row, number in zip(examples.rows, fold, strict=True) if number != UNSEEN]
    apart = [row for row, number in zip(examples.rows, fold, strict=True) if number == UNSEEN]
    tuner = _Tuner(model, examples.labels, options, len(seen), written)
    losses = []
    for epoch in range(options.epochs):
        losses.append(tuner.epoch(seen, random.Random(options.seed + epoch)))  # noqa: S311  # order, no secret
        progress(
            f"epoch {epoch + 1} of {options.epochs}: loss {losses[-1]:.3f}, unseen {tuner.accuracy(apart):.1%}"
        )
    target.mkdir(parents=True, exist_ok=True)
    model.save(str(target))
    note = {"examples": examples.digest(), "unseen": UNSEEN, "options": asdict(options)}
    (target / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")
    return FineTuned(target, tuner.accuracy(apart), tuple(losses))


def _freeze(model: Any, top_layers: int | None) -> None:
    transformer = model[0].auto_model
    for parameter in transformer.embeddings.parameters():
        parameter.requires_grad = False
    layers = list(transformer.encoder.layer)
    for layer in layers[: max(0, len(layers) - top_layers)] if top_layers is not None else []:
        for parameter in layer.parameters():
            parameter.requires_grad = False


class _Tuner:
    """The model, a linear head on its embedding, and the optimiser of both."""

    def __init__(
        self,
        model: Any,
        labels: Sequence[str],
        options: FineTuning,
        rows: int,
        written: Callable[[str], str],
    ) -> None:
        import torch  # training only

        self._model, self._options, self._written = model, options, written
        self._label = {label: index for index, label in enumerate(labels)}
        self._prefix = str((model.prompts or {}).get("query", ""))
        # Embeddings have length one: the scale gives the softmax room to be sure.
        self._head = torch.nn.Linear(model.get_embedding_dimension(), len(labels), device=model.device)
        self._scale = 20.0
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self._parameters = [*trained, *self._head.parameters()]
        groups = [
            {"params": trained, "lr": options.learning_rate},
            {"params": self._head.parameters(), "lr": 3e-3},
        ]
        self._optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
        steps = options.epochs * math.ceil(rows / options.batch)
        self._schedule = torch.optim.lr_scheduler.LambdaLR(self._optimiser, lambda step: _ramp(step, steps))

    def epoch(self, rows: Sequence[Example], order: random.Random) -> float:
        """One pass over the rows; the mean loss."""
        import torch  # training only

        self._model.train()
        total = 0.0
        for batch in _batches(rows, self._options.batch, order):
            truth = torch.tensor([self._label[row.intent] for row in batch], device=self._model.device)
            loss = torch.nn.functional.cross_entropy(
                self._logits(batch), truth, label_smoothing=self._options.smoothing
            )
            self._optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
            self._optimiser.step()
            self._schedule.step()
            total += float(loss.detach()) * len(batch)
        return total / len(rows)

    def accuracy(self, rows: Sequence[Example]) -> float:
        import torch  # training only

        self._model.eval()
        right = 0
        with torch.no_grad():
            for start in range(0, len(rows), 64):
                batch = rows[start : start + 64]
                best = self._logits(batch).argmax(dim=1).tolist()
                right += sum(self._label[row.intent] == one for row, one in zip(batch, best, strict=True))
        return right / max(1, len(rows))

    def _logits(self, batch: Sequence[Example]) -> "Tensor":
        import torch  # training only

        device = self._model.device
        texts = [self._prefix + self._written(row.text) for row in batch]
        features = {
            name: value[:, : self._options.longest].to(device)
            if hasattr(value, "to") and value.ndim == 2
            else value
            for name, value in self._model.preprocess(texts).items()
        }
        with torch.autocast(device.type, dtype=torch.bfloat16, enabled=device.type == "cuda"):
            embedding = self._model(features)["sentence_embedding"]
        logits: Tensor = self._head(embedding.float() * self._scale)
        return logits


def _ramp(step: int, steps: int) -> float:
    """Up over the first tenth, then down in a straight line."""
    warm = max(1, steps // 10)
    return (step + 1) / warm if step < warm else max(0.0, (steps - step) / max(1, steps - warm))


def _batches(rows: Sequence[Example], size: int, order: random.Random) -> Iterator[list[Example]]:
    """Texts of about one length together, so that little is padded, in an order of their own each time."""
    near = sorted(rows, key=lambda row: len(row.text) + 8 * order.random())
    batches = [near[start : start + size] for start in range(0, len(near), size)]
    order.shuffle(batches)
    yield from batches
