"""No source, no claim: what a part says it quotes stands word for word in a source of that part."""

from bot.errors import KefuError
from bot.parts import Part


class UnsourcedClaim(KefuError):
    """A quotation without its source; a fault of ours, so the turn is answered with an apology instead."""


def guard(part: Part) -> Part:
    """The part, unchanged.

    Raises:
        UnsourcedClaim: the quoted words are not in the part's text or not in any of its sources.
    """
    if part.quoted:
        sourced = any(part.quoted in source.quote for source in part.sources)
        if not sourced or part.quoted not in part.text:
            raise UnsourcedClaim("A quotation has no source.")
    elif part.sources:
        raise UnsourcedClaim("A source is given for words that are not quoted.")
    return part
