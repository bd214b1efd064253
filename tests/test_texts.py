"""What Kefu says: complete in every language, with the same facts, typeset as its readers expect."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from bot.texts.catalogue import load_texts
from bot.tools.registry import TOOLS

ROOT = Path(__file__).parent.parent
TEXTS = load_texts({tool.name: tool.texts for tool in TOOLS}).templates
LANGUAGES = sorted(TEXTS)
_HALF_WIDTH = re.compile(r"[\u4e00-\u9fff}][,:;?!()]|[,:;?!()][\u4e00-\u9fff]")
_SPEAKERS = {"say", "_say", "_plain", "_offer_human"}
"""Functions whose first argument is a key."""


def facts(template: str) -> set[str]:
    """The names of what is filled in; `days|day|days` is `days`."""
    return {name.partition("|")[0] for _, name, _, _ in Formatter().parse(template) if name}


def literals(tree: ast.AST) -> set[str]:
    return {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def prefixes(tree: ast.AST) -> set[str]:
    """The fixed words of keys that are put together: `topic.` of f"topic.{intent}"."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            found |= literals(node)
    return {text for text in found if re.fullmatch(r"[a-z_.]{4,}", text)}


def spoken(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in _SPEAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def sources() -> dict[Path, ast.AST]:
    return {path: ast.parse(path.read_text()) for path in sorted((ROOT / "bot").rglob("*.py"))}


def test_english_and_chinese_are_spoken() -> None:
    assert {"en", "zh"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language: str) -> None:
    assert set(TEXTS[language]) == set(TEXTS["en"])


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_the_same_facts_are_filled_in(language: str) -> None:
    """A translation may leave one out that its grammar carries otherwise, but never asks for another."""
    for key, template in TEXTS[language].items():
        extra = facts(template) - facts(TEXTS["en"][key])
        assert not extra, f"{key}: {extra}"
        missing = facts(TEXTS["en"][key]) - facts(template)
        assert not missing, f"{key}: {missing}"


def test_chinese_has_full_width_marks() -> None:
    wrong = [
        key for key, template in TEXTS["zh"].items() if _HALF_WIDTH.search(re.sub(r"\{\w+\}", "", template))
    ]
    assert not wrong


def test_chinese_addresses_people_as_nin() -> None:
    assert not [key for key, template in TEXTS["zh"].items() if "你" in template or "亲" in template]


def test_bad_news_comes_without_exclamation_marks() -> None:
    bad = ("failed", "unknown", "identity_mismatch", "identity_locked", "complaint", "handover_timed_out")
    assert not [key for key in bad for language in ("en", "zh") if re.search("[!！]", TEXTS[language][key])]


@pytest.mark.parametrize("language", LANGUAGES)
def test_braces_are_balanced(language: str) -> None:
    for key, template in TEXTS[language].items():
        list(Formatter().parse(template))
        assert template.strip(), key


def test_what_the_code_says_exists() -> None:
    tools = {tool.name for tool in TOOLS}
    for path, tree in sources().items():
        for key in spoken(tree):
            known = key in TEXTS["en"] or any(f"{tool}.{key}" in TEXTS["en"] for tool in tools)
            assert known, f"{path.relative_to(ROOT)} says {key}"


def test_every_text_is_said_somewhere() -> None:
    trees = sources().values()
    words = set().union(*(literals(tree) for tree in trees))
    starts = set().union(*(prefixes(tree) for tree in trees))
    own = tuple(f"{tool.name}." for tool in TOOLS)
    for key in TEXTS["en"]:
        plain = key.partition("@")[0]
        short = next((plain.removeprefix(name) for name in own if plain.startswith(name)), plain)
        put_together = any(short.startswith(start) or short.endswith(start) for start in starts)
        assert short in words or put_together, f"{key} is never said"
