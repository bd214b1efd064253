"""The training examples: one YAML file per group of intents, checked before anything is trained."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from intents.language import script_of

DATA = Path(__file__).parent / "data"
LANGUAGES = ("en", "zh")
LONGEST = 400
FEWEST = 5
"""Cross-validation needs one example per fold and language."""


# Shoppers mix: a word of the other language is welcome, a sentence of it is not.
_LATIN = re.compile(r"[A-Za-z]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_FOREIGN = re.compile(r"[\u3041-\u30fa\uac00-\ud7a3\u0400-\u052f\u0600-\u06ff]{2}")


class ExamplesError(Exception):
    """All that is wrong with the examples, one line each, with file and intent."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Example:
    text: str
    intent: str
    language: str


@dataclass(frozen=True, slots=True)
class Examples:
    rows: tuple[Example, ...]
    about: dict[str, str]
    """One line in English per intent."""

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted(self.about))

    def digest(self) -> str:
        """Changes whenever an example does."""
        lines = sorted(f"{row.intent}\t{row.language}\t{row.text}" for row in self.rows)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def load_examples(folder: Path = DATA) -> Examples:
    """Raises ExamplesError naming every problem at once."""
    problems: list[str] = []
    rows: list[Example] = []
    about: dict[str, str] = {}
    for path in sorted(folder.glob("*.yaml")):
        for intent, content in _intents(path, problems):
            if intent in about:
                problems.append(f"{path.name}: {intent} is in another file already")
            about[intent] = str(content.get("about", "")).strip()
            rows.extend(_rows(f"{path.name}: {intent}", intent, content, problems))
    if not rows:
        problems.append(f"no examples in {folder}")
    problems.extend(_repeated(rows))
    if problems:
        raise ExamplesError(problems)
    return Examples(tuple(rows), about)


def _intents(path: Path, problems: list[str]) -> Iterator[tuple[str, dict[str, object]]]:
    try:
        # libyaml is ten times as fast, and nothing odd brings down the other.
        loader = yaml.CSafeLoader if path.parent == DATA else yaml.SafeLoader
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(f"{path.name}: cannot be read: {' '.join(str(error).split())}")
        return
    if not isinstance(content, dict):
        problems.append(f"{path.name}: a mapping from intent to examples is wanted")
        return
    for intent, body in content.items():
        if not isinstance(intent, str) or not intent.replace("_", "a").isalnum() or not intent.isascii():
            problems.append(f"{path.name}: {intent!r} is no name for an intent")
        elif not isinstance(body, dict):
            problems.append(f"{path.name}: {intent}: about, en and zh are wanted")
        else:
            yield intent, body


def _rows(where: str, intent: str, content: dict[str, object], problems: list[str]) -> Iterator[Example]:
    unknown = set(content) - {"about", *LANGUAGES}
    problems.extend(f"{where}: unknown key {key!r}" for key in sorted(map(str, unknown)))
    if not str(content.get("about") or "").strip():
        problems.append(f"{where}: about is empty")
    for language in LANGUAGES:
        texts = content.get(language)
        if not isinstance(texts, list) or len(texts) < FEWEST:
            problems.append(f"{where}: {language} needs a list of {FEWEST} examples or more")
            continue
        for text in texts:
            if problem := _problem(text, language):
                problems.append(f"{where}: {language}: {text!r} {problem}")
            else:
                yield Example(" ".join(text.split()), intent, language)


def _problem(text: object, language: str) -> str:
    """Why the text cannot be an example of the language; nothing when it can."""
    if not isinstance(text, str):
        return "is no text (quote it)"
    if not text.strip() or len(text) > LONGEST:
        return "is empty" if not text.strip() else f"is longer than {LONGEST} characters"
    if language == "en" and script_of(text) and not _LATIN.search(text):
        return "is not English"
    if language == "zh" and (_FOREIGN.search(text) or (len(text.split()) > 5 and not _HAN.search(text))):
        return "is not Chinese"
    return ""


def _repeated(rows: list[Example]) -> list[str]:
    seen: dict[str, str] = {}
    problems = []
    for row in rows:
        key = " ".join(row.text.lower().split())
        if key in seen and seen[key] != row.intent:
            problems.append(f"{row.text!r} is an example of both {seen[key]} and {row.intent}")
        elif key in seen:
            problems.append(f"{row.intent}: {row.text!r} is there twice")
        seen.setdefault(key, row.intent)
    return problems
