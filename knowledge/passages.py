"""What the index holds: a Document is read from a file, a Passage is a piece of it that can be quoted."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["document", "product", "faq"]


@dataclass(frozen=True, slots=True)
class Document:
    """One readable thing: a policy page, a help article, a product in one language."""

    id: str
    """Stable over versions: the path below the folder ingested, or the feed's own id, with the language."""
    title: str
    text: str
    """Markdown: headings split it, lists and tables survive."""
    language: str
    """ISO 639-1."""
    kind: Kind
    source: str
    """The file it came from, as the shop would name it."""
    updated_at: datetime
    url: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    """For products: `product_id`."""


@dataclass(frozen=True, slots=True)
class Passage:
    """About 40 to 150 tokens that make sense alone."""

    id: str
    """`document_id#position`, so that a changed document replaces its own passages."""
    document_id: str
    position: int
    title: str
    section: str
    """The headings above it, joined by ` › `; empty at the top of a document."""
    text: str
    """Verbatim from the document, ready to be quoted."""
    language: str
    kind: Kind
    source: str
    version: str
    """Hash of the document's content."""
    updated_at: datetime
    url: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    questions: tuple[str, ...] = ()
    """How shoppers ask for its section, as the page lists it, and its heading; they lead here and are never quoted."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, and why it ranks where it does."""

    passage: Passage
    confidence: float
    """0 to 1: the calibrated probability that this passage answers the question."""
    dense: float
    """Cosine of the embeddings."""
    keyword: float
    """BM25 as a share of the best score the question's words could reach, 0 to 1."""
