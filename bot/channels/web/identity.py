"""Who is writing: a random token that only their own page holds. What is stored is its hash."""

from __future__ import annotations

import hashlib
import re

TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
KEY = re.compile(r"[A-Za-z0-9_.-]{8,80}")
KEY_LENGTH = 40


def is_token(text: str) -> bool:
    """Is it one that we could have made?"""
    return TOKEN.fullmatch(text) is not None


def is_key(text: str) -> bool:
    """Can it tell one sending from another?"""
    return KEY.fullmatch(text) is not None


def chat_of(token: str) -> str:
    """The conversation's name in the store, from which nobody gets back to the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def turn_key(token: str, key: str) -> str:
    """The inbox key of one sending; two conversations never share one."""
    return hashlib.sha256(f"{token}\0{key}".encode()).hexdigest()[:KEY_LENGTH]
