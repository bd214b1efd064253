"""Pictures of cards: platforms fetch them from our server, where it has a public address."""

from urllib.parse import urljoin, urlsplit

from connectors.base import Card

_SHOWN = (".jpg", ".jpeg", ".png")
"""What every platform shows; drawings (SVG) none does."""


def picture(card: Card, public_url: str | None) -> str | None:
    """The whole address, or None: there is no picture, none that others can reach, or none that they can show."""
    if not card.image or not (public_url or card.image.startswith("https://")):
        return None
    address = urljoin((public_url or "").rstrip("/") + "/", card.image)
    return address if urlsplit(address).path.lower().endswith(_SHOWN) else None
