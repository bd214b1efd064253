"""Product feeds: the shop's own JSON Lines, and CSV as shops and marketplaces export it.

One Document per product and language. Prices and stock are left out on purpose: they change by the
hour and are asked of the shop when they are needed.
"""

import csv
import html
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from knowledge.errors import Unreadable
from knowledge.language import detect_language, script_language
from knowledge.loaders.base import FEED_LIMIT, Draft, clean, language_code, moment, read_text, web_address

Localized = dict[str, str]
"""Text by language; `*` stands for every language not named."""

_LABELS = {
    "zh": {"brand": "品牌", "category": "类别", "aliases": "也叫", "colon": "：", "comma": "、"},
    "en": {"brand": "Brand", "category": "Category", "aliases": "Also called", "colon": ": ", "comma": ", "},
}
_COLUMNS = {
    "id": ("id", "product_id", "item_group_id", "sku", "handle"),
    "name": ("name", "title", "product_name"),
    "description": ("description", "body_html", "body (html)"),
    "category": ("category", "product_type", "google_product_category", "type"),
    "brand": ("brand", "vendor"),
    "url": ("url", "link"),
}
_OPTION_COLUMNS = ("color", "colour", "size", "material", "capacity", "pattern")
_TAG = re.compile(r"<[^<>]{0,500}>")


def load_json_lines(path: Path) -> list[Draft]:
    drafts: list[Draft] = []
    # Not splitlines: JSON strings may hold the exotic line ends that it splits at.
    for number, line in enumerate(read_text(path, FEED_LIMIT).split("\n"), 1):
        if line.strip():
            try:
                drafts.extend(_product(json.loads(line)))
            except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
                raise Unreadable(path, f"line {number} is not a product: {error}") from error
    return _with_languages(drafts)


def load_csv(path: Path) -> list[Draft]:
    text = read_text(path, FEED_LIMIT)
    head = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=head.count)
    try:
        rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
        return _with_languages([draft for product in _grouped(rows) for draft in _product(product)])
    except (csv.Error, ValueError) as error:
        raise Unreadable(path, f"is not a product feed: {error}") from error


def _product(row: Any) -> Iterator[Draft]:
    """One Draft per language of a product in the shop's import format."""
    if not isinstance(row, dict) or not row.get("id") or not row.get("name"):
        raise ValueError("id and name are required")
    if not isinstance(row.get("variants"), list):
        raise ValueError("variants are missing")
    if row.get("active") is False:
        return
    name = _localized(row["name"])
    if not any(name.values()):
        raise ValueError("name is empty")
    for language in _languages(name):
        words = language or script_language(_in(name, "*")) or "en"
        yield Draft(
            _text(row, words),
            title=_in(name, words),
            language=language,
            kind="product",
            url=web_address(row.get("url")),
            updated_at=moment(row.get("updated_at")),
            key=str(row["id"])[:64],
            metadata={"product_id": str(row["id"])[:64]},
        )


def _languages(name: Localized) -> list[str | None]:
    """The languages the name is given in; None where the feed does not say."""
    named = sorted({code for key in name if (code := language_code(key))})
    return [*named] or [None]


def _with_languages(drafts: Sequence[Draft]) -> list[Draft]:
    """Unnamed languages filled in: by script for each product, for the rest by the feed as a whole.

    A product's few words are too short for statistics.
    """
    found = [draft.language or script_language(f"{draft.title}\n{draft.text}") for draft in drafts]
    unknown = [draft for draft, language in zip(drafts, found, strict=True) if language is None]
    rest = (
        detect_language("\n".join(f"{draft.title}. {draft.text}" for draft in unknown[:200]))
        if unknown
        else None
    )
    return [replace(draft, language=language or rest) for draft, language in zip(drafts, found, strict=True)]


def _localized(value: object) -> Localized:
    if isinstance(value, dict):
        return {str(key): _plain(text) for key, text in value.items()}
    return {"*": _plain(value)} if value is not None else {}


def _plain(value: object) -> str:
    """Text of a field, without the HTML that marketplaces put into descriptions."""
    return re.sub(r"[ \t]{2,}", " ", clean(html.unescape(_TAG.sub(" ", str(value))))).strip()


def _in(text: Localized, language: str) -> str:
    for key in (language, "*", "en"):
        if key in text:
            return text[key]
    return next(iter(text.values()), "")


def _text(row: Mapping[str, Any], language: str) -> str:
    """The product as Markdown: description, then a list of facts."""
    labels = _LABELS.get(language, _LABELS["en"])
    colon, comma = labels["colon"], labels["comma"]
    facts = [
        (labels["brand"], _plain(row.get("brand") or "")),
        (labels["category"], _plain(row.get("category") or "")),
        *_options(row.get("options") or (), language, comma),
        *(
            (_in(_localized(fact.get("label")), language), _in(_localized(fact.get("value")), language))
            for fact in row.get("attributes") or ()
        ),
        (labels["aliases"], comma.join(_plain(alias) for alias in row.get("aliases") or ())),
    ]
    lines = "\n".join(
        f"- {' '.join(label.split())}{colon}{' '.join(value.split())}" for label, value in facts if value
    )
    description = _in(_localized(row.get("description")), language)
    return "\n\n".join(part for part in (description, lines) if part)


def _options(options: Iterable[Mapping[str, Any]], language: str, comma: str) -> Iterator[tuple[str, str]]:
    for option in options:
        values = (_in(_localized(value.get("label")), language) for value in option.get("values") or ())
        yield _in(_localized(option.get("label")), language), comma.join(values)


def _grouped(rows: list[dict[str, str]]) -> Iterator[dict[str, Any]]:
    """CSV rows as products: rows of one group are the variants of one product."""
    products: dict[str, dict[str, Any]] = {}
    for number, raw in enumerate(rows, 2):
        row = {
            str(key).strip().lower(): value
            for key, value in raw.items()
            if isinstance(value, str) and value.strip()
        }
        identifier = row.get("item_group_id") or _column(row, "id")
        if not identifier:
            raise ValueError(f"row {number} has no {' or '.join(_COLUMNS['id'])}")
        product = products.setdefault(identifier, _first_row(identifier, row, number))
        for column in _OPTION_COLUMNS:
            values = product["chosen"].setdefault(column, {})
            values.update({value.strip(): None for value in row.get(column, "").split("/") if value.strip()})
    for product in products.values():
        product["options"] = [
            {"label": column, "values": [{"label": value} for value in values]}
            for column, values in product.pop("chosen").items()
            if values
        ]
        yield product


def _first_row(identifier: str, row: Mapping[str, str], number: int) -> dict[str, Any]:
    """What the first row of a group says for the whole product; name and description may be per language."""
    name = _by_language(row, "name")
    if not name:
        raise ValueError(f"row {number} has no {' or '.join(_COLUMNS['name'])}")
    return {
        "id": identifier,
        "name": name,
        "description": _by_language(row, "description"),
        "category": _column(row, "category"),
        "brand": _column(row, "brand"),
        "url": _column(row, "url"),
        "variants": [],
        "chosen": {},
    }


def _column(row: Mapping[str, str], name: str) -> str:
    return next((row[column] for column in _COLUMNS[name] if column in row), "")


def _by_language(row: Mapping[str, str], name: str) -> Localized:
    text = {"*": plain} if (plain := _column(row, name)) else {}
    for column in _COLUMNS[name]:
        for key, value in row.items():
            if code := re.fullmatch(rf"{re.escape(column)}[_:-]([a-z]{{2}})", key):
                text[code[1]] = value
    return text
