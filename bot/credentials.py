"""What a message says about who is asking: an order's number, a contact, a code, a name, a postcode."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from bot.understanding import Understanding

SLOTS = frozenset({"order_number", "contact", "email", "code", "name", "postcode"})
"""What `answer` reads."""
_CODE = re.compile(r"(?<![A-Za-z\d.#-])(\d{3})[ -]?(\d{3})(?![A-Za-z\d-])")
_AGAIN = re.compile(
    r"\b(again|resend|re-send|another( one| code)?|new (one|code)|(did ?n.?t|have ?n.?t|not) (get|got|receive\w*|arrive\w*|come))\b"
    r"|再发|重发|重新发|没(有)?收到|换一个|新的?验证码|过期",
    re.IGNORECASE,
)
_LED_IN = re.compile(
    r"^\s*(?:(?:hi|hello|sure|ok|yes|您好|你好|好的)[,.!，。！ ]+)?"
    r"(?:my (?:full )?name(?:'s| is)|the name(?:'s| is)|it(?:'s| is)|i(?:'m| am)|this is|name[:：]"
    r"|我的?(?:名字|姓名)?(?:是|叫)|姓名(?:是|[:：])?|名字(?:是|叫|[:：])?)\s*",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"[^\W\d_]+(?:[ .'’·-]+[^\W\d_]+){1,5}\.?|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af·]{2,10}"
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z\d-])(?:[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d|\d{5}-\d{4}"
    r"|\d{3}-\d{4}|\d{4} ?[A-Za-z]{2}|\d{3} \d{2}|\d{2}-\d{3}|\d{4,7})(?![A-Za-z\d-])"
)
_LED_TO = re.compile(
    r"(?:,|，|、|;|；|\b(?:and|my|the|post ?code|postal code|zip(?: code)?|is)\b|邮编|邮政编码|是|[:：]|\s)+$",
    re.I,
)
_SURELY_A_REQUEST = 0.55


def credentials(understanding: Understanding) -> dict[str, str]:
    """The order number and the contact that a message holds by themselves; an e-mail address is both."""
    entities = understanding.entities
    contacts = [one.address for one in entities.emails] + [one.number for one in entities.phones]
    found = {}
    if entities.order_numbers:
        found["order_number"] = entities.order_numbers[0].value
    if contacts:
        found["contact"] = contacts[0]
    if entities.emails:
        found["email"] = entities.emails[0].address
    return found


def answer(asking: str, understanding: Understanding) -> dict[str, str] | None:
    """What the message gives to the question about `asking`; None when it is no answer.

    Asked for a code, an empty answer wants another one.
    """
    if asking == "code":
        return _code(understanding)
    if asking in ("name", "postcode"):
        return _resident(asking, understanding) or None
    return credentials(understanding) or None


def spent(understanding: Understanding, given: Mapping[str, str]) -> Understanding:
    """What was given as a code or a postcode is no order's number as well."""
    used = {_plain(given[slot]) for slot in ("code", "postcode") if slot in given}
    entities = understanding.entities
    left = tuple(one for one in entities.order_numbers if _plain(one.value) not in used)
    return replace(understanding, entities=replace(entities, order_numbers=left))


def _plain(text: str) -> str:
    return "".join(character for character in text if character.isalnum()).upper()


def _code(understanding: Understanding) -> dict[str, str] | None:
    """Six digits that are not called an order's number; another address gets a code of its own."""
    if understanding.entities.emails or any(one.called for one in understanding.entities.order_numbers):
        return credentials(understanding)
    match = _CODE.search(unicodedata.normalize("NFKC", understanding.text))
    if match:
        return {"code": match[1] + match[2]}
    return {} if _AGAIN.search(understanding.text) else None


def _resident(asking: str, understanding: Understanding) -> dict[str, str]:
    """A name, a postcode, or both; an e-mail address begins another way."""
    if understanding.entities.emails:
        return credentials(understanding)
    text = unicodedata.normalize("NFKC", understanding.text).strip(" .。!！,，")
    postcodes = list(_POSTCODE.finditer(text))
    found = {}
    if postcodes:
        found["postcode"] = postcodes[-1][0]
        text = _LED_TO.sub("", text[: postcodes[-1].start()])
    name = _LED_IN.sub("", text, count=1).strip()
    told = name != text or bool(postcodes)
    if _NAME.fullmatch(name) and (told or (asking == "name" and not _is_a_request(understanding))):
        found["name"] = name
    return found


def _is_a_request(understanding: Understanding) -> bool:
    """A name alone is words like any other."""
    if re.search(r"[?？吗呢]", understanding.text):
        return True
    return any(one.accepted and one.confidence >= _SURELY_A_REQUEST for one in understanding.requests)
