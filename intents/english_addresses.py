"""An address written in English: number and street, then ever larger places; a name before or behind."""

import re

from intents.address_parts import AddressParts
from intents.places import COUNTRIES, ENGLISH_CITIES, ENGLISH_PROVINCES

_WAYS = (
    r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|place|pl|square|sq|terrace|crescent|close"
    r"|highway|hwy|alley|row|mews|gardens|plaza|parkway|quay)\b\.?"
)
_PREMISES = r"(?:flat|apt|apartment|unit|room|rm|suite|floor|fl|building|bldg|block|tower|house|villa|gate|level|no)\b\.?"
_STREET = re.compile(rf"\d.*\b{_WAYS}|\b{_WAYS}.*\d", re.IGNORECASE)
_PART = re.compile(rf"\b(?:{_WAYS}|{_PREMISES})|\d", re.IGNORECASE)
_UNIT = re.compile(rf"\b{_PREMISES}\s*#?\w{{0,4}}\d\w*|#\d+", re.IGNORECASE)
_DISTRICT = re.compile(r"^[A-Za-z' ]+ (?:District|County|New Area|Industrial Park)$", re.IGNORECASE)
_PLAIN = re.compile(r"\d+[A-Za-z]? [A-Z][a-z]")
"""A street of any other kind: 12 Broadway."""
_MOST_WORDS = 4
_UK = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})\b")
_US = re.compile(r"(?:\b(?P<state>[A-Z]{2}) |^)(?P<zip>\d{5}(?:-\d{4})?)$")
_NAMED = re.compile(
    r"\b(?:recipient|consignee|attn|name|addressee)(?:'s name)?\b\s*(?:is|:|to|should be|changed? to|=)*\s*"
    r"((?:(?:mr|mrs|ms|dr)\.? )?[A-Za-z][\w.'-]*(?: [A-Z][\w.'-]*){0,3})",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"^.*\b(?:change|changed|ship|send|deliver|delivered|update|move|moved|redirect|address|make|sent|reroute|put|use)\b.*?"
    r"(?:\b(?:to|is|at|be|should be)\b(?: (?:this|the following|my new)(?: address)?)?:?|:)\s+(?=\S)",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^(?:it'?s|the new one is|new address(?: is)?|address|to|at|from|for|phone|tel|mobile|my)\b[:\s]*",
    re.IGNORECASE,
)
_PHONE_LABEL = re.compile(
    r"[\s,;(]*(?:and )?\b(?:phone(?: number)?|tel|mobile|cell)(?: is)?[:.\s]*$", re.IGNORECASE
)
_SAME = r"(?:name|recipient|phone(?: number)?|number|mobile|contact)"
KEPT = re.compile(
    rf"\b(?:and )?(?:with )?(?:the )?same {_SAME}(?:(?:,| and|,? &) {_SAME})?(?: as before)?(?=\W*$|[,;.\n])"
    rf"|\b(?:and )?(?:(?:my|the) )?(?:{_SAME}(?:(?:,| and|,? &) {_SAME})?|everything(?: else)?|(?:all )?the rest)"
    r" (?:(?:stays?|remains?|is|are|as|keeps?) (?:the same|unchanged|before|as (?:before|it is|they are))|unchanged|(?:did|has|have|does)(?:n't| not) changed?)"
    r"(?=\W*$|[,;.\n])",
    re.IGNORECASE,
)
"""Same name and phone: nobody is called that."""
_PERSON = re.compile(r"(?:(?:Mr|Mrs|Ms|Dr)\.? )?[A-Z][\w.'-]+(?: [A-Z][\w.'-]*){1,3}")
_NO_PERSON = re.compile(
    r"\b(?:order|address|please|thanks|change|send|office|home|my|the|delivery|park|house|centre|center|company|ltd|inc)\b",
    re.IGNORECASE,
)


def parse(text: str) -> AddressParts:
    """`text` has its telephone numbers and its postcode replaced by line breaks."""
    found: dict[str, str] = {}
    text = KEPT.sub("\n", text)
    named = _NAMED.search(text)
    if named and not _NO_PERSON.search(named[1]):
        found["name"] = named[1].strip()
        text = f"{text[: named.start()]}\n{text[named.end() :]}"
    segments = [_without_lead(part) for part in re.split(r"[,;\n]|\. (?=[A-Z])", text)]
    rests = [(rest, "city" in found) for part in segments if part and (rest := _places(part, found))]
    numbered = any(_STREET.search(rest) or _UNIT.search(rest) or _PLAIN.match(rest) for rest, _ in rests)
    streets = [rest for rest, _ in rests if numbered and _PART.search(rest)]
    street = ", ".join(streets)
    if street and not found and not any(_STREET.search(one) or _PLAIN.match(one) for one in streets):
        return AddressParts(unit=street)
    if street or found.get("city") or found.get("postcode"):
        _assign(rests, streets, found)
    return AddressParts(**found, street=street)


def _without_lead(segment: str) -> str:
    segment = _LEAD.sub("", _PHONE_LABEL.sub("", segment.strip()))
    return _LEADS.sub("", segment).strip(" .")


def _places(segment: str, found: dict[str, str]) -> str:
    """What is left of the segment once postcode, country, province, city and district are taken out."""
    if postcode := _UK.search(segment):
        found["postcode"] = postcode[1]
        segment = segment.replace(postcode[1], "").strip()
    if state := _US.search(segment):
        found["postcode"] = state["zip"]
        if state["state"]:
            found["province"] = state["state"]
        segment = segment[: state.start()].strip()
    low = segment.casefold()
    if low in ENGLISH_CITIES and not (low in COUNTRIES and "city" in found):
        city, province, country = ENGLISH_CITIES[low]
        if "city" in found and low in ENGLISH_PROVINCES:
            found["province"] = ENGLISH_PROVINCES[low]
            return ""
        found["city"] = city
        if province:
            found.setdefault("province", province)
        found.setdefault("country", country)
        return ""
    if low in COUNTRIES:
        found["country"] = COUNTRIES[low]
        return ""
    if low in ENGLISH_PROVINCES:
        found["province"], found["country"] = ENGLISH_PROVINCES[low], "CN"
        return ""
    if _DISTRICT.match(segment):
        found["district"] = segment
        return ""
    return _last_words(segment, found)


def _last_words(segment: str, found: dict[str, str]) -> str:
    """ "88 Century Avenue Shanghai": a city at the end of a street."""
    words = segment.split()
    for count in (2, 1):
        tail = " ".join(words[-count:])
        place = ENGLISH_CITIES.get(tail.casefold())
        if len(words) > count and place and "city" not in found and tail[:1].isupper():
            found["city"] = place[0]
            found.setdefault("country", place[2])
            if place[1]:
                found.setdefault("province", place[1])
            return " ".join(words[:-count])
    return segment


def _assign(rests: list[tuple[str, bool]], streets: list[str], found: dict[str, str]) -> None:
    """Words without a number: a name before the street, a district or city behind it, a name at the end."""
    behind = not streets
    for words, after_city in rests:
        if words in streets:
            behind = True
            continue
        person = bool(_PERSON.fullmatch(words)) and not _NO_PERSON.search(words)
        if person and (not behind or after_city) and "name" not in found:
            found["name"] = words
        elif behind and not after_city and words[:1].isupper() and len(words.split()) <= _MOST_WORDS:
            found.setdefault("district" if "city" in found else "city", words)
        elif person:
            found.setdefault("name", words)
