"""Personal data at rest: AES-256-GCM with the column as associated data, and keyed blind indexes for look-up.

A sealed value is `key id (1 byte) + nonce (12) + ciphertext`. Keys live in a file of mode 0600 beside the database
and never in its backup; the newest key seals, every key opens, so keys can be rotated.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import KeyMissing

NONCE = 12
KEY_BYTES = 32


class Vault:
    """Seals and opens. Made from a mapping of key ids (1 to 255) to 32-byte keys, and one index key."""

    def __init__(self, keys: Mapping[int, bytes], index_key: bytes) -> None:
        self._newest = max(keys)
        self._ciphers = {id_: AESGCM(key) for id_, key in keys.items()}
        self._index_key = index_key

    def seal(self, column: str, text: str) -> bytes:
        """Encrypt `text` for `table.column`."""
        nonce = secrets.token_bytes(NONCE)
        sealed = self._ciphers[self._newest].encrypt(nonce, text.encode(), column.encode())
        return bytes([self._newest]) + nonce + sealed

    def open(self, column: str, sealed: bytes) -> str:
        """Decrypt what `seal` made for the same column. Raises KeyMissing, also for a value of another column."""
        cipher = self._ciphers.get(sealed[0])
        if cipher is None:
            raise KeyMissing(column=column, key=sealed[0])
        try:
            return cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], column.encode()).decode()
        except InvalidTag as error:
            raise KeyMissing(column=column, key=sealed[0]) from error

    def index(self, purpose: str, value: str) -> str:
        """A keyed hash by which an equal value can be found again."""
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()


def throwaway_vault() -> Vault:
    """A vault whose keys are forgotten with the process, for `bot ask`, `bot chat` and tests."""
    return Vault({1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))


def vault_from(path: Path) -> Vault:
    """Read the key file, or write a new one with random keys, readable by its owner alone."""
    if not path.exists():
        _write_new(path)
    held = json.loads(path.read_text(encoding="utf-8"))
    return Vault({int(id_): bytes.fromhex(key) for id_, key in held["keys"].items()}, bytes.fromhex(held["index"]))


def _write_new(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = {"keys": {"1": secrets.token_hex(KEY_BYTES)}, "index": secrets.token_hex(KEY_BYTES)}
    temporary = path.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(fresh, file)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(temporary, path)  # two processes starting at once: the first one's keys win
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
