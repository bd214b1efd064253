"""Feishu's envelope: AES-256-CBC under the encrypt key's SHA-256, and a signature that is a plain SHA-256."""

import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from connectors.channel import Denied
from connectors.signatures import from_base64

_BLOCK_BYTES = 16


def signature_of(timestamp: str, nonce: str, encrypt_key: str, body: bytes) -> str:
    return hashlib.sha256(f"{timestamp}{nonce}{encrypt_key}".encode("utf-8", "replace") + body).hexdigest()


def unseal(encrypt_key: str, encrypted: str) -> bytes:
    """
    Raises:
        Denied: it is not sealed with the key.
    """
    sealed = from_base64(encrypted)
    if len(sealed) < 2 * _BLOCK_BYTES or len(sealed) % _BLOCK_BYTES:
        raise Denied("no envelope")
    key = hashlib.sha256(encrypt_key.encode()).digest()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(sealed[:_BLOCK_BYTES])).decryptor()
    plain = decryptor.update(sealed[_BLOCK_BYTES:]) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= _BLOCK_BYTES or plain[-padding:] != bytes([padding]) * padding:
        raise Denied("wrong key")
    return plain[:-padding]
