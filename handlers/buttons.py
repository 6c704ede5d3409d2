"""The only encoder and decoder of button tokens.

A token is `VERSION VERB ~ ARGUMENT ~ CHECK`, at most 64 bytes (Telegram's limit for callback data). The check
catches damage and buttons of an older bot; it is no secret, so a token never carries a right to anything.
"""

from __future__ import annotations

import base64
import hashlib
from enum import StrEnum
from typing import NamedTuple

from handlers.errors import OldButton

VERSION = "1"
LIMIT = 64
SEPARATOR = "~"


class Verb(StrEnum):
    """What a button does. Two letters, so that the longest id of an entry fits beside one."""

    SHOW = "sh"
    NONE_OF_THESE = "no"
    HELPED = "he"
    NOT_MEANT = "nm"
    MORE = "mo"
    WRONG = "wr"
    WRONG_ORGANISATION = "wo"
    TAKE_AWAY = "ta"
    NEAR = "ne"
    DANGER = "da"
    INSTEAD = "in"
    SAFE = "sa"
    CLEAR = "cl"
    PERSON = "pe"
    HANDOVER = "ha"
    VISIT = "vi"
    MENU = "me"
    LANGUAGE = "la"
    PRIVACY = "pr"
    STAFF = "st"
    CHECK = "ch"
    PROOF = "pf"
    ASK_LATER = "al"
    ASK_ABOUT = "ao"
    DO_NOT_ASK = "dn"
    TOPIC = "to"
    CAMPAIGN = "cm"


class Tapped(NamedTuple):
    """What a token says."""

    verb: str
    argument: str


def encode(verb: Verb, argument: str = "") -> str:
    """A token for a button. Raises ValueError when it would not fit: a programming error, caught by tests."""
    body = f"{VERSION}{verb}{SEPARATOR}{argument}"
    token = f"{body}{SEPARATOR}{_check(body)}"
    if len(token.encode()) > LIMIT:
        raise ValueError(f"a button token of {len(token)} bytes: {token}")
    return token


def decode(token: str) -> Tapped:
    """A token back into its verb and argument. Raises OldButton."""
    body, _, check = token.rpartition(SEPARATOR)
    if not body.startswith(VERSION) or check != _check(body):
        raise OldButton(token=token[:LIMIT])
    verb, _, argument = body.removeprefix(VERSION).partition(SEPARATOR)
    return Tapped(verb, argument)


def _check(body: str) -> str:
    return base64.urlsafe_b64encode(
        hashlib.blake2s(body.encode("utf-8", "surrogatepass"), digest_size=3).digest()
    ).decode()
