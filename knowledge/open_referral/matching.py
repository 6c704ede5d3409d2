"""Is a service of another directory one that we have? Same, likely, or new; nothing here changes anything."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import phonenumbers
from rapidfuzz import fuzz

from knowledge.entry import Organisation

Why = Literal["name", "phone", "website", "like-name"]
ALIKE = 88
"""From this likeness of two names on (0 to 100) somebody should look."""
SHARED_HOSTS = frozenset(
    {"facebook.com", "instagram.com", "twitter.com", "x.com", "nhs.uk", "gov.uk", "sites.google.com"}
)
SMALL = frozenset(
    {"the", "a", "of", "and", "for", "in", "ltd", "limited", "cic", "cio", "uk", "charity", "service", "services"}
)


@dataclass(frozen=True, slots=True)
class Match:
    """What we have that a service may be: `same`, `likely` (and why), or `new` with no id."""

    kind: Literal["same", "likely", "new"]
    id: str | None = None
    why: tuple[Why, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """What two organisations are compared by. `names` are bare, its own name first."""

    id: str
    names: tuple[str, ...]
    phone: str | None
    host: str | None


def signs_of(one: Organisation) -> Signs:
    """The signs of one organisation."""
    names = tuple(bare for name in (one.name, *one.aliases) if (bare := bare_name(name)))
    return Signs(one.id, names, digits_of(one.phone), host_of(one.website))


class Matcher:
    """The organisations we have, ready to be compared with."""

    def __init__(self, known: Iterable[Organisation]) -> None:
        self._known = tuple(map(signs_of, known))
        self._hosts = Counter(one.host for one in self._known)

    def match(self, wanted: Organisation) -> Match:
        """The best match. A name alone is enough, unless both give a number and they differ."""
        signs = signs_of(wanted)
        found = [(one, why) for one in self._known if (why := self._why(signs, one))]
        if not found:
            return Match("new")
        best, why = max(found, key=lambda each: (_weight(each[1]), each[0].id))
        same = "name" in why and ("phone" in why or not (signs.phone and best.phone))
        return Match("same" if same else "likely", best.id, why)

    def _why(self, wanted: Signs, one: Signs) -> tuple[Why, ...]:
        own = wanted.names[:1]  # its other names may be of a body that gives many services
        found: dict[Why, bool] = {
            "name": any(name in one.names for name in own),
            "phone": wanted.phone is not None and wanted.phone == one.phone,
            "website": wanted.host is not None and wanted.host == one.host and self._hosts[one.host] == 1,
        }
        found["like-name"] = not found["name"] and any(_alike(a, b) for a in own for b in one.names)
        return tuple(why for why, is_so in found.items() if is_so)


def _alike(name: str, other: str) -> bool:
    return fuzz.token_sort_ratio(name, other, score_cutoff=ALIKE) >= ALIKE


def _weight(why: tuple[Why, ...]) -> int:
    weights: dict[Why, int] = {"name": 8, "phone": 4, "like-name": 2, "website": 1}
    return sum(weights[sign] for sign in why)


def bare_name(name: str) -> str:
    """A name without small words and signs; "St." and "&" as they are said."""
    said = re.sub(r"[’']", "", name.casefold().replace("&", " and "))
    found = re.findall(r"\w+", said)
    return " ".join([word for word in found if word not in SMALL] or found)


def digits_of(phone: str | None) -> str | None:
    """A number as it is compared: with its country where it has one, else its digits."""
    if not phone:
        return None
    try:
        parsed = phonenumbers.parse(phone, "GB")
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", phone) or None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def host_of(website: str | None) -> str | None:
    """The host of an address without www; None for one that many share."""
    try:
        host = (urlsplit(website or "").hostname or "").removeprefix("www.")
    except ValueError:
        return None
    return host if host and host not in SHARED_HOSTS else None
