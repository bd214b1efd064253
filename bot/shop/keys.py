"""What shoppers type, brought to one form: order numbers, e-mail addresses, phone numbers, names, postcodes."""

import hashlib
import re
import unicodedata

# ITU calling codes of one and two digits; every other one has three.
_CALLING_CODE = re.compile(r"1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|...")
_LONGEST_CONTACT = 320  # an e-mail address may have that many characters, a phone number fewer
_LONGEST_NUMBER = 64
_FEWEST_DIGITS = 5
_LONGEST_NAME = 100
_WRITTEN_IN_ONE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Chinese, Japanese, Korean
_SHORTEST_POSTCODE, _LONGEST_POSTCODE = 3, 10


def storable(text: str) -> str:
    """Without what no database keeps: NUL and halves of surrogate pairs."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()


def order_key(number: str) -> str:
    """`#SG-１０４２` and `sg1042` are one order: letters and digits only, case-folded."""
    folded = unicodedata.normalize("NFKC", number[:_LONGEST_NUMBER]).casefold()
    return "".join(character for character in folded if character.isalnum())[:_LONGEST_NUMBER]


def contact_key(contact: str) -> str | None:
    """The one form of an e-mail address or phone number, or None when it is neither."""
    if len(contact) > _LONGEST_CONTACT:
        return None
    text = unicodedata.normalize("NFKC", contact).strip().casefold()
    return _email_key(text) if "@" in text else _phone_key(text)


def contact_digest(contact: str) -> str | None:
    """SHA-256 of the contact's key in hex: equal length, so that comparing takes equal time."""
    key = contact_key(contact)
    return None if key is None else _sha256(key)


def email_digest(email: str) -> str | None:
    """As `contact_digest`; None for anything but an e-mail address."""
    return contact_digest(email) if "@" in email else None


def resident_digest(name: str, postcode: str) -> str | None:
    """SHA-256 of a person's whole name and a postcode in hex; None when either says too little."""
    person, place = _name_key(name), _plain(postcode)
    if person is None or not _SHORTEST_POSTCODE <= len(place) <= _LONGEST_POSTCODE:
        return None
    # No contact has a line break, so no contact's digest is ever one of these.
    return _sha256(f"{person}\n{place}")


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode(errors="replace")).hexdigest()


def _name_key(name: str) -> str | None:
    """First and last name in either order, without accents; where names are written in one, in one."""
    if len(name) > _LONGEST_NAME:
        return None
    folded = unicodedata.normalize("NFKC", name).casefold()
    apart = "".join(
        character if character.isalnum() else " "
        for character in unicodedata.normalize("NFKD", folded)
        if not unicodedata.combining(character) and character not in "'’"
    )
    words = apart.split()
    if _WRITTEN_IN_ONE.search(folded):
        return "".join(words) if len("".join(words)) > 1 else None
    return " ".join(sorted(words)) if len(words) > 1 else None


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[: 4 * _LONGEST_POSTCODE]).casefold()
    return "".join(character for character in folded if character.isalnum())


def _email_key(text: str) -> str | None:
    name, _, domain = text.rpartition("@")
    return text if name and domain and not re.search(r"\s", text) else None


def _phone_key(text: str) -> str | None:
    if not re.fullmatch(r"[+\d\s().\-/]+", text, re.ASCII):
        return None
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        digits = _without_code(digits)
    elif digits.startswith("00"):
        digits = _without_code(digits[2:])
    elif len(digits) == 13 and digits.startswith("861"):  # a Chinese mobile number typed without the plus
        digits = digits[2:]
    digits = digits.lstrip("0")  # the trunk prefix is dialled at home only
    return digits if len(digits) >= _FEWEST_DIGITS else None


def _without_code(digits: str) -> str:
    code = _CALLING_CODE.match(digits)
    return digits[code.end() :] if code else ""
