"""Finding conversations by parts of what was said, noted or tagged, of a customer's id or an order's number.

Substrings, since Chinese has no spaces and one or two characters are a word; read from the rows, since no index
of SQLite's or PostgreSQL's own finds words that short.
"""

import json

from sqlalchemy import ColumnElement, Select, and_, or_, select, union_all

from bot.store.tables import conversations, handovers, messages, notes, scrub, tags

MOST_WORDS = 5
"""Each word reads all lines once; more than that add nothing to a search."""
_SHORTEST_NUMBER = 3


def says(text: str) -> ColumnElement[bool]:
    """Every word is somewhere in the conversation, each where it wants."""
    return and_(*(_holds(word) for word in scrub(text).split()[:MOST_WORDS]))


def _holds(word: str) -> ColumnElement[bool]:
    places = [
        select(messages.c.conversation_id).where(_in(messages.c.text, word)),
        select(notes.c.conversation_id).where(_in(notes.c.text, word)),
        select(tags.c.conversation_id).where(_in(tags.c.name, word)),
        select(conversations.c.id).where(_in(conversations.c.customer_id, word)),
    ]
    if word.isascii():
        places += _numbers(word)
    return conversations.c.id.in_(union_all(*places))


def _numbers(word: str) -> list[Select[tuple[str]]]:
    """Who was proved, and the orders that were spoken of, as the state and the packet have them in JSON."""
    begun = json.dumps(word)[:-1]
    proved = [_in(conversations.c.state, f'"{key}":{begun}') for key in ("customer_id", "order_number")]
    places = [select(conversations.c.id).where(or_(*proved))]
    if len(word) >= _SHORTEST_NUMBER and any(character.isdigit() for character in word):
        places.append(select(handovers.c.conversation_id).where(_in(handovers.c.packet, begun)))
    return places


def _in(column: ColumnElement[str], word: str) -> ColumnElement[bool]:
    """Both databases lower ASCII for sure and nothing else, so other letters are tried as people write them."""
    if word.lower() == word.upper():
        return column.contains(word, autoescape=True)
    forms = [word] if word.isascii() else sorted({word.lower(), word.upper(), word.capitalize()})
    return or_(*(column.icontains(form, autoescape=True) for form in forms))
