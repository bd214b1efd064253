"""A sentence transformer to ONNX: pooling and normalisation inside the graph."""

import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knowledge import manifest
from knowledge.encoder import Vectors
from knowledge.errors import KnowledgeError
from knowledge.manifest import Manifest
from knowledge.quantise import Attention, quantise

OPSET = 17
LONGEST = 512
FUSED = ("bert", "roberta", "xlm-roberta")
"""Whose attention ONNX Runtime can make one operation of."""
E5 = re.compile(r"(?:^|[-_/])e5[-_]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Loaded:
    """A sentence transformer with what its export must remember."""

    model: Any
    source: str
    query_prefix: str
    passage_prefix: str

    @property
    def longest(self) -> int:
        return min(int(self.model.max_seq_length or LONGEST), LONGEST)

    def embed(self, texts: list[str]) -> Vectors:
        """Unquantised vectors of texts that carry their prefix already."""
        found = [self.model.encode(text, normalize_embeddings=True, prompt="") for text in texts]
        return np.vstack(found).astype(np.float32)


def load(source: str) -> Loaded:
    """Any Hugging Face id or folder that sentence-transformers can read."""
    # Preparing needs torch underneath; serving never comes here.
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(source, device="cpu", model_kwargs={"attn_implementation": "eager"})
    except Exception as error:  # hub, file and format errors share no base class
        raise KnowledgeError(f"the model {source} cannot be loaded: {error}") from error
    return Loaded(model.eval(), source, *prefixes(source, model.prompts))


def prefixes(source: str, prompts: Mapping[str, str | None]) -> tuple[str, str]:
    """For queries and passages: the model's own prompts, else those every E5 was trained with."""
    known = {name: text for name, text in prompts.items() if text}
    if known:
        return known.get("query", ""), known.get("document", known.get("passage", ""))
    if E5.search(Path(source).name) and "instruct" not in source.lower():
        return "query: ", "passage: "
    return "", ""


def export(loaded: Loaded, folder: Path, *, lower: int | None = None) -> None:
    """Write the graph with its table, and the tokenizer, into the folder.

    `lower` is the number of layers whose states are told as well: what a cross-encoder goes on from.
    """
    full = folder / "full.onnx"
    _trace_encoder(loaded.model, full, lower)
    quantise(full, folder, _attention(loaded.model))
    for left in folder.glob("full.onnx*"):
        left.unlink()
    tokenizer = getattr(loaded.model.tokenizer, "backend_tokenizer", None)
    if tokenizer is None:
        raise KnowledgeError(f"{loaded.source} has no fast tokenizer, which serving needs")
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(folder / manifest.TOKENIZER))


def _attention(model: Any) -> Attention | None:
    config = getattr(getattr(model[0], "auto_model", None), "config", None)
    if config is None or config.model_type not in FUSED:
        return None
    return Attention(config.num_attention_heads, config.hidden_size)


def describe(loaded: Loaded, folder: Path, name: str, origin: str, vectors_from: str | None) -> Manifest:
    """The manifest of whatever lies in the folder now, under the model's public name.

    Where it is known what the vectors are made from, the fingerprint is of that: exports differ by roundings
    from processor to processor, which is no reason to embed anything anew.
    """
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    files = {path.relative_to(folder).as_posix(): manifest.stamp(path) for path in found}
    exported = [files[name].sha256 for name in manifest.SERVING if name in files]
    weights = exported if vectors_from is None else [vectors_from]
    told = (loaded.query_prefix, loaded.passage_prefix, str(loaded.longest), manifest.QUERIES)
    return Manifest(
        source=name,
        origin=origin,
        fingerprint=manifest.fingerprint([*weights, *told]),
        dimension=int(loaded.model.get_embedding_dimension()),
        longest=loaded.longest,
        query_prefix=loaded.query_prefix,
        passage_prefix=loaded.passage_prefix,
        files=files,
    )


def trace(graph: Any, inputs: dict[str, Any], outputs: dict[str, dict[int, str]], path: Path) -> None:
    """Write a torch module as an ONNX graph. Inputs are (batch, length, …); of outputs the free sizes are named."""
    import torch

    with warnings.catch_warnings():
        # The newer exporter needs onnxscript; this one warns of its age and of traced shape checks.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph.eval(),
            tuple(inputs.values()),
            str(path),
            input_names=list(inputs),
            output_names=list(outputs),
            dynamic_axes={name: {0: "batch", 1: f"length_{name}"} for name in inputs} | outputs,
            opset_version=OPSET,
            dynamo=False,
        )


def _trace_encoder(model: Any, path: Path, lower: int | None) -> None:
    import torch

    class Graph(torch.nn.Module):  # type: ignore[misc, unused-ignore]
        """Token ids to one normalised vector, through all modules of the sentence transformer."""

        def __init__(self) -> None:
            super().__init__()
            self.steps = torch.nn.ModuleList(model)
            self.states: list[torch.Tensor] = []
            if lower is not None:
                model[0].auto_model.encoder.layer[lower].register_forward_pre_hook(
                    lambda _, inputs: self.states.append(inputs[0])
                )

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
            self.states.clear()
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for step in self.steps:
                features = step(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1), *self.states

    inputs = {
        "input_ids": torch.tensor([[1, 5, 6, 2], [1, 7, 2, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1, 1], [1, 1, 1, 0]]),
    }
    states = {} if lower is None else {"states": {0: "batch", 1: "length"}}
    trace(Graph(), inputs, {"embedding": {0: "batch"}} | states, path)
