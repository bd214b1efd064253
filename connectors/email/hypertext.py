"""Letters in HTML: theirs as text, ours from a reply. Nothing of theirs is ever shown as HTML."""

import html
import re

from selectolax.lexbor import LexborHTMLParser

from connectors.base import Card, Reply
from connectors.pictures import picture
from connectors.plain import asks, named_choices, sources_text, speaker

_UNSEEN = (
    "head, style, script, title, template, noscript, svg, iframe, [hidden], "
    "[style*='display:none' i], [style*='display: none' i], [style*='font-size:0' i]"
)
_QUOTED = (
    "blockquote, .gmail_quote, .gmail_attr, .moz-cite-prefix, .yahoo_quoted, includetail, .ntes-mailmaster-quote, "
    ".gmail_signature, .moz-signature, #divRplyFwdMsg, #divRplyFwdMsg ~ *, #appendonsend ~ *, .qmbox"
)
_BLOCKS = "p, div, li, tr, ul, ol, table, h1, h2, h3, h4, h5, h6, pre, hr, br, blockquote"
_BREAK = "\x1e"


def text_of(content: str, *, quoted: bool) -> str:
    """What a reader sees, line by line; with `quoted`, what is quoted, too."""
    tree = LexborHTMLParser(content.replace(_BREAK, ""))
    for node in tree.css(_UNSEEN if quoted else f"{_UNSEEN}, {_QUOTED}"):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_before(_BREAK)
        node.insert_after(_BREAK)
    root = tree.root
    words = re.sub(r"[ \t\r\n\f\xa0]+", " ", root.text(deep=True)) if root is not None else ""
    lines = [line.strip() for line in words.split(_BREAK)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def html_of(reply: Reply, public_url: str | None) -> str:
    """The same as its text: everything that is not ours is escaped."""
    parts = [_paragraph(speaker(reply))]
    parts += [_card(card, public_url) for card in reply.cards]
    if reply.sources:
        parts.append(_paragraph(sources_text(reply.sources, reply.language), "color:#666"))
    if shown := named_choices(reply):
        items = "".join(f"<li>{html.escape(name)}</li>" for name, _ in shown)
        parts.append(f"{_paragraph(asks(reply.language))}<ol>{items}</ol>")
    body = "\n".join(part for part in parts if part)
    return f'<!doctype html>\n<html lang="{html.escape(reply.language)}"><body>\n{body}\n</body></html>\n'


def _paragraph(text: str, style: str = "") -> str:
    if not text:
        return ""
    styled = f' style="{style}"' if style else ""
    return f"<p{styled}>{_escaped(text)}</p>"


def _card(card: Card, public_url: str | None) -> str:
    address = picture(card, public_url)
    rows = [f'<img src="{html.escape(address)}" alt="" width="160"><br>'] if address else []
    rows.append(f"<b>{html.escape(card.title)}</b>")
    if card.badge:
        rows.append(f" · {html.escape(card.badge)}")
    if card.price:
        before = f" <s>{html.escape(card.price_before)}</s>" if card.price_before else ""
        rows.append(f" · {html.escape(card.price)}{before}")
    told = [card.subtitle, *(f"{label}: {value}" for label, value in card.lines)]
    told += [f"{at} {what}" for at, what in card.steps[:5]]
    rows += [f"<br>{_escaped(line)}" for line in told if line]
    for button in card.buttons:
        if button.url and button.url.startswith(("https://", "http://")):
            rows.append(f'<br><a href="{html.escape(button.url)}">{html.escape(button.label)}</a>')
    return f'<p style="border-left:3px solid #ccc;padding-left:10px">{"".join(rows)}</p>'


def _escaped(text: str) -> str:
    return html.escape(text).replace("\n", "<br>\n")
