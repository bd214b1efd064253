"""HTML pages: the readable part as Markdown, so that headings, lists and tables survive."""

import re
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge import asks
from knowledge.errors import Unreadable
from knowledge.loaders.base import (
    TEXT_LIMIT,
    Draft,
    clean,
    decode,
    moment,
    read_bytes,
    table_markdown,
    web_address,
)

DROPPED = (
    "script,style,nav,noscript,template,svg,iframe,object,form,button,select,aside,dialog,"
    "body > header,body > footer,[hidden],[aria-hidden=true],[role=navigation],[role=banner],"
    "[role=contentinfo],[role=search]"
)
MAX_DEPTH = 200

_BLOCKS = frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "pre", "blockquote", "hr", "address"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "figure", "figcaption", "details", "summary"),
        *("article", "body", "div", "fieldset", "footer", "header", "main", "section"),
    )
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*(?:gb2312|gbk|gb18030)", re.IGNORECASE)


def load(path: Path) -> list[Draft]:
    tree = LexborHTMLParser(_source(path))
    title = _text_of(tree, "title") or _text_of(tree, "h1")
    canonical = tree.css_first("link[rel=canonical]")
    changed = tree.css_first("meta[property='article:modified_time'],meta[name='last-modified']")
    url = web_address(canonical.attributes.get("href")) if canonical else None
    updated_at = moment(changed.attributes.get("content")) if changed else None
    for node in tree.css(DROPPED):
        node.decompose()
    body = tree.css_first("main") or tree.css_first("article") or tree.body
    text = clean("\n\n".join(_blocks(body, 0))) if body else ""
    # The lang attribute is not asked: many templates say "en" on pages in any language.
    return [Draft(_without_title(text, title), title=title, url=url, updated_at=updated_at)]


def _source(path: Path) -> str:
    data = read_bytes(path, TEXT_LIMIT)
    text = data.decode("gb18030", "replace") if _META_CHARSET.search(data[:2048]) else decode(data)
    if text is None:
        raise Unreadable(path, "is not text in UTF-8, UTF-16 or GB18030")
    return text


def _text_of(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return _inline(node) if node else ""


def _without_title(text: str, title: str) -> str:
    return text.removeprefix(f"# {title}").lstrip("\n") if title else text


def _inline(node: LexborNode) -> str:
    return " ".join(clean(node.text(deep=True)).split())


def _blocks(node: LexborNode, depth: int) -> list[str]:
    """The Markdown blocks under `node`, loose text between them included."""
    blocks: list[str] = []
    loose = ""
    for child in node.iter(include_text=True):
        tag = child.tag or ""
        if child.is_comment_node and asks.is_asks(child.html or ""):
            blocks.append(asks.listing(child.html or ""))  # before the text around it, which stays whole
        elif tag in _BLOCKS or (tag not in ("-text", "br", "a") and _holds_blocks(child, depth)):
            blocks.append(_line(loose))
            loose = ""
            blocks.extend(_block(child, tag, depth + 1))
        else:
            loose += "\n" if tag == "br" else child.text(deep=True) if depth < MAX_DEPTH else ""
    return [block for block in (*blocks, _line(loose)) if block]


def _holds_blocks(node: LexborNode, depth: int) -> bool:
    """Whether an inline or unknown element wraps paragraphs, as custom elements and spans often do."""
    return depth < MAX_DEPTH and any((child.tag or "") in _BLOCKS for child in node.iter())


def _line(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip() if text.strip() else ""


def _block(node: LexborNode, tag: str, depth: int) -> list[str]:
    if depth > MAX_DEPTH:
        return [_inline(node)]
    if re.fullmatch(r"h[1-6]", tag):
        return [f"{'#' * int(tag[1])} {heading}"] if (heading := _inline(node)) else []
    if tag in ("summary", "dt"):
        return [f"#### {question}"] if (question := _inline(node)) else []
    if tag in ("ul", "ol"):
        return [_list(node, tag == "ol", depth)]
    if tag == "table":
        return [_table(node)]
    if tag == "pre":
        return [f"```\n{clean(node.text(deep=True))}\n```"]
    return _blocks(node, depth)


def _list(node: LexborNode, ordered: bool, depth: int) -> str:
    lines = []
    items = [child for child in node.iter() if child.tag == "li"]
    for number, item in enumerate(items, 1):
        mark = f"{number}. " if ordered else "- "
        text = "\n".join(_blocks(item, depth))
        if text:
            lines.append(mark + text.replace("\n", "\n" + " " * len(mark)))
    return "\n".join(lines)


def _table(node: LexborNode) -> str:
    return table_markdown([[_inline(cell) for cell in row.css("th,td")] for row in node.css("tr")])
