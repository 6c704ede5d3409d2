"""Personal data at rest: AES-256-GCM with the column as associated data, and keyed blind indexes for look-up.

A sealed value is `key id (1 byte) + nonce (12) + ciphertext`. Keys live in a file of mode 0600 beside the database
and never in its backup; the current key seals, every key opens, so keys can be rotated.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import KeyMissing

NONCE = 12
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Ring:
    """The keys of a moment: what opens, which of them seals, and what indexes are made with."""

    ciphers: Mapping[int, AESGCM]
    current: int
    index_key: bytes


class Vault:
    """Seals and opens. Made from a mapping of key ids (1 to 255) to 32-byte keys, one index key, and which key seals:
    the highest where nothing else is said."""

    def __init__(self, keys: Mapping[int, bytes], index_key: bytes, current: int | None = None) -> None:
        self._ring = ring_of(keys, index_key, current)

    @property
    def current(self) -> int:
        """The id of the key that seals."""
        return self._newest().current

    def seal(self, column: str, text: str) -> bytes:
        """Encrypt `text` for `table.column`."""
        ring, nonce = self._newest(), secrets.token_bytes(NONCE)
        sealed = ring.ciphers[ring.current].encrypt(nonce, text.encode(), column.encode())
        return bytes([ring.current]) + nonce + sealed

    def open(self, column: str, sealed: bytes) -> str:
        """Decrypt what `seal` made for the same column. Raises KeyMissing, also for a value of another column."""
        cipher = self._ring.ciphers.get(sealed[0]) or self._newest().ciphers.get(sealed[0])
        if cipher is None:
            raise KeyMissing(column=column, key=sealed[0])
        try:
            return cipher.decrypt(sealed[1 : 1 + NONCE], sealed[1 + NONCE :], column.encode()).decode()
        except InvalidTag as error:
            raise KeyMissing(column=column, key=sealed[0]) from error

    def index(self, purpose: str, value: str) -> str:
        """A keyed hash by which an equal value can be found again."""
        return hmac.new(self._ring.index_key, f"{purpose}\0{value}".encode(), hashlib.sha256).hexdigest()

    def _newest(self) -> Ring:
        return self._ring


class FiledVault(Vault):
    """A vault that follows its file: what another process makes the current key seals here from that moment."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen = _mark(path)
        self._ring = _read(path)

    def _newest(self) -> Ring:
        seen = _mark(self._path)
        if seen is not None and seen != self._seen:
            self._seen, self._ring = seen, _read(self._path)
        return self._ring


def ring_of(keys: Mapping[int, bytes], index_key: bytes, current: int | None = None) -> Ring:
    """The keys, ready for use."""
    return Ring({id_: AESGCM(key) for id_, key in keys.items()}, current or max(keys), index_key)


def throwaway_vault() -> Vault:
    """A vault whose keys are forgotten with the process, for `bot ask`, `bot chat` and tests."""
    return Vault({1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))


def vault_from(path: Path) -> Vault:
    """Read the key file, or write a new one with random keys, readable by its owner alone."""
    if not path.exists():
        _write_new(path)
    return FiledVault(path)


def _read(path: Path) -> Ring:
    held = json.loads(path.read_text(encoding="utf-8"))
    keys = {int(id_): bytes.fromhex(key) for id_, key in held["keys"].items()}
    return ring_of(keys, bytes.fromhex(held["index"]), held.get("current"))


def _mark(path: Path) -> tuple[int, int] | None:
    """What differs once the file was replaced. None while it cannot be reached: then the keys in hand are good."""
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns


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
