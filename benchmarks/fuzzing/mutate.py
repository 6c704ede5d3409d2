"""Valid things, damaged: text, bytes, JSON. The same for the same seed."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from typing import Any

ODD_WORDS = (
    "", " ", "\0", "\r\n", "\n\n", "'", '"', "\\", "%s", "{0}", "{{x}}", "../", "~", ";", ",", "=cmd", "<b>", "&amp;",
    "\ud800", "\u202e", "\ufeff", "İ", "ß", "ﷺ", "１２", "²", "٣", "🏽", "e\u0301", "-1", "0", "1e309", "NaN", "None",
    "9" * 400, "a" * 5000, "---\n", "- ", "# ", "[x](javascript:alert(1))", "24:00", "31/02/2026", "2026-13-45", "LE3",
)  # fmt: skip
ODD_BYTES = (
    b"", b"\0", b"\xff", b"\xfe\xff", b"\xed\xa0\x80", b"\xf0\x9f", b"\r\n", b'"', b"\\", b"\\ud800", b"{", b"}", b"[",
    b"[" * 3000, b"%", b"%ff", b"%00", b"&", b"=", b";", b"--", b"1e999", b"NaN", b"-", b"9" * 5000, b"<!ENTITY x '1'>",
    b"PK\x03\x04", b"=1+1", b"null", b"true",
)  # fmt: skip
ODD_VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 2**31, 2**53, -(2**63), 2**70, 0.5, 1e308, "", " ", "\0", "\ud800", "x" * 5000, "None",
    "0116 496 0123", "2026-13-45", "javascript:x", [], [[]], [None], {}, {"id": None}, {"": {}}, ["x"] * 50,
)  # fmt: skip
LETTERS = "abcxyzABC019 .,:;-_/'\"()[]{}<>@#&|~\n\t£é"
MOST_CHANGES = 6

Chance = random.Random
Change = Callable[[Chance, Any, Sequence[Any]], Any]


def text(chance: Chance, seeds: Sequence[str]) -> str:
    """One of the seeds with up to six changes; now and then letters of any script."""
    if chance.random() < 0.02:
        return "".join(chr(chance.choice((chance.randrange(0x300), chance.randrange(0x110000)))) for _ in range(40))
    found: str = _damaged(chance, chance.choice(seeds), seeds, ODD_WORDS, chance.choice(LETTERS))
    return found


def data(chance: Chance, seeds: Sequence[bytes]) -> bytes:
    """The same for bytes."""
    if chance.random() < 0.02:
        return chance.randbytes(chance.randrange(200))
    found: bytes = _damaged(chance, chance.choice(seeds), seeds, ODD_BYTES, chance.randbytes(1))
    return found


def _damaged(chance: Chance, found: Any, seeds: Sequence[Any], odd: Sequence[Any], letter: Any) -> Any:
    for _ in range(chance.randrange(MOST_CHANGES + 1)):
        start = chance.randrange(len(found) + 1)
        end = min(len(found), start + chance.choice((0, 0, 1, 1, 3, 12, 200)))
        match chance.randrange(5):
            case 0:
                put = chance.choice(odd)
            case 1:
                put = letter
            case 2:
                put = found[:0]
            case 3:
                put = found[start:end] * 2
            case _:
                other = chance.choice(seeds)
                at = chance.randrange(len(other) + 1)
                put = other[at : at + chance.choice((4, 20, 200))]
        found = found[:start] + put + found[end:]
    return found


def value(chance: Chance, seeds: Sequence[Any]) -> Any:
    """One of the seeds, which are JSON, with up to three of its values replaced, taken away, doubled or renamed."""
    found = copy.deepcopy(chance.choice(seeds))
    for _ in range(chance.randrange(1, 4)):
        found = _replaced(chance, found, seeds)
    return found


def _replaced(chance: Chance, whole: Any, seeds: Sequence[Any]) -> Any:
    """Walk down a random way and change what stands at its end."""
    inside, held = whole, None
    for _ in range(chance.randrange(1, 7)):
        keys = list(inside) if isinstance(inside, dict) else list(range(len(inside))) if _is_list(inside) else []
        if not keys:
            break
        held = (inside, chance.choice(keys))
        inside = inside[held[1]]
    if held is None:
        return chance.choice(ODD_VALUES)
    _change(chance, held[0], held[1], seeds)
    return whole


def _change(chance: Chance, holder: Any, key: Any, seeds: Sequence[Any]) -> None:
    match chance.randrange(6):
        case 0:
            del holder[key]
        case 1 if isinstance(holder[key], str):
            holder[key] = text(chance, (holder[key],))
        case 2 if isinstance(holder, dict):
            holder[chance.choice((text(chance, (str(key),)), str(key).upper(), ""))] = holder.pop(key)
        case 3:
            holder[key] = [holder[key], copy.deepcopy(holder[key])]
        case 4:
            holder[key] = copy.deepcopy(chance.choice(seeds))
        case _:
            holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
