"""Envelopes: AES-256-CBC inside, SHA-1 over the sorted parts outside."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.channel import Denied
from connectors.signatures import check_same, from_base64

AES_KEY = r"^[A-Za-z0-9+/]{43}$"
"""What an EncodingAESKey looks like."""
_SALT_BYTES, _LENGTH_BYTES, _BLOCK_BYTES = 16, 4, 32


@dataclass(frozen=True, slots=True)
class Envelope:
    encrypted: str
    signature: str
    timestamp: str
    nonce: str


def signature_of(*parts: str) -> str:
    return hashlib.sha1("".join(sorted(parts)).encode("utf-8", "replace")).hexdigest()  # noqa: S324 -- theirs


def check_signature(given: str | None, *parts: str | None) -> None:
    """
    Raises:
        Denied: a part is missing, or the signature is another.
    """
    there = [part for part in parts if part is not None]
    if len(there) < len(parts):
        raise Denied("no timestamp or nonce")
    check_same(signature_of(*there), given)


class Crypto:
    def __init__(self, token: str, aes_key: str, receiver: str) -> None:
        """`aes_key`: the EncodingAESKey of 43 characters; `receiver`: app or company that envelopes are for."""
        self._token, self._receiver = token, receiver.encode()
        self._key = base64.b64decode(f"{aes_key}=")

    def open(self, signature: str | None, timestamp: str | None, nonce: str | None, encrypted: str) -> bytes:
        """
        Raises:
            Denied: it is not signed, not sealed with our key, or for somebody else.
        """
        check_signature(signature, self._token, timestamp, nonce, encrypted)
        sealed = from_base64(encrypted)
        if not sealed or len(sealed) % 16:
            raise Denied("no envelope")
        decryptor = self._cipher().decryptor()
        plain = decryptor.update(sealed) + decryptor.finalize()
        if not 1 <= plain[-1] <= _BLOCK_BYTES:
            raise Denied("wrong key")
        inner = plain[_SALT_BYTES : -plain[-1]]
        length = int.from_bytes(inner[:_LENGTH_BYTES], "big")
        content, receiver = inner[_LENGTH_BYTES:][:length], inner[_LENGTH_BYTES:][length:]
        check_same(self._receiver, receiver, "receiver")
        return content

    def seal(self, content: bytes, timestamp: str, nonce: str, *, salt: bytes | None = None) -> Envelope:
        """`salt`: 16 bytes, drawn by lot unless a test knows better."""
        start = secrets.token_hex(_SALT_BYTES // 2).encode() if salt is None else salt
        plain = start + len(content).to_bytes(_LENGTH_BYTES, "big") + content + self._receiver
        padding = _BLOCK_BYTES - len(plain) % _BLOCK_BYTES
        encryptor = self._cipher().encryptor()
        sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        encrypted = base64.b64encode(sealed).decode()
        signature = signature_of(self._token, timestamp, nonce, encrypted)
        return Envelope(encrypted, signature, timestamp, nonce)

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
