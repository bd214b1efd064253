"""The language of a whole document: the script decides where it can, statistics decide for the rest."""

import re

from langdetect import DetectorFactory, detect  # type: ignore[import-untyped]  # it ships no types
from langdetect.lang_detect_exception import LangDetectException  # type: ignore[import-untyped]

DetectorFactory.seed = 0  # langdetect draws at random: the same file must get the same answer every day

_KANA = re.compile(r"[\u3040-\u30ff\u31f0-\u31ff]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_HANGUL = re.compile(r"[\uac00-\ud7af\u1100-\u11ff]")
_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_NOISE = re.compile(r"https?://\S+|`[^`\n]*`|[#*_|>\-]+")

DETECTED_CHARACTERS = 10_000
FALLBACK = "en"


def detect_language(text: str) -> str:
    """ISO 639-1 code of the language most of `text` is written in; English when nothing can be said."""
    return script_language(text) or _by_statistics(_sample(text))


def script_language(text: str) -> str | None:
    """`zh`, `ja` or `ko` where most of `text` is written in their scripts, else None."""
    sample = _sample(text)
    kana, han, hangul = (len(script.findall(sample)) for script in (_KANA, _HAN, _HANGUL))
    # A Chinese character says about as much as a Latin word: shop pages mix in brand names and units.
    words = len(_LATIN_WORD.findall(sample))
    if kana + han + hangul <= words:
        return None
    if hangul > kana + han:
        return "ko"
    return "ja" if kana * 10 > kana + han else "zh"


def _sample(text: str) -> str:
    return _NOISE.sub(" ", text[: 4 * DETECTED_CHARACTERS])[:DETECTED_CHARACTERS]


def _by_statistics(text: str) -> str:
    try:
        found: str = detect(text)
    except LangDetectException:
        return FALLBACK
    return found.split("-")[0]
