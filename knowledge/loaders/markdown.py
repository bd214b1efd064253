"""Markdown with optional YAML front matter: title, language, url, updated, kind."""

import html
import re
from pathlib import Path
from typing import get_args

import yaml

from knowledge import asks
from knowledge.errors import Unreadable
from knowledge.loaders.base import Draft, clean, language_code, moment, read_text, web_address
from knowledge.passages import Kind

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)(?:^|\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_FIRST_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_KINDS: tuple[Kind, ...] = get_args(Kind)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def load(path: Path) -> list[Draft]:
    text = read_text(path)
    head, body = _split(path, text)
    if asks.is_left_open(body):
        raise Unreadable(path, "a comment that lists questions (asks) does not end with -->")
    body = clean(html.unescape(_COMMENT.sub(_kept, body)))
    heading = _FIRST_HEADING.match(body)
    title = str(head.get("title") or (heading[1] if heading else "")).strip()
    return [
        Draft(
            # The title is told beside every passage; a heading that repeats it adds nothing.
            body[heading.end() :] if heading and heading[1].strip() == title else body,
            title=clean(html.unescape(title)),
            language=language_code(head.get("language")),
            kind=_kind(path, head),
            url=web_address(head.get("url")),
            updated_at=moment(head.get("updated")),
        )
    ]


def _kept(comment: re.Match[str]) -> str:
    """Questions stay, on lines of their own so that no heading takes them for a part of it."""
    return f"\n{comment[0]}\n" if asks.is_asks(comment[0]) else ""


def _split(path: Path, text: str) -> tuple[dict[str, object], str]:
    match = _FRONT_MATTER.match(text)
    if not match:
        return {}, text
    try:
        head = yaml.safe_load(match[1]) or {}
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # A page that opens with a rule is not front matter; a page with broken front matter is a mistake.
        raise Unreadable(path, f"front matter is not YAML: {str(error).splitlines()[0]}") from error
    if not isinstance(head, dict):
        return {}, text
    return {str(key): value for key, value in head.items()}, text[match.end() :]


def _kind(path: Path, head: dict[str, object]) -> Kind | None:
    if "kind" not in head:
        return None
    for kind in _KINDS:
        if head["kind"] == kind:
            return kind
    raise Unreadable(path, f"front matter: kind is one of {', '.join(_KINDS)}, not {head['kind']!r}")
