"""What stands on a sheet: the links with their codes, and the words of the catalogue."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import segno

from bot.errors import BotError
from handlers.catalogue import Texts, checked_languages
from knowledge.place import Place

Kind = Literal["poster", "leaflet"]
QUIET = 4
"""Modules of white around a code, as ISO/IEC 18004 asks."""
MILLIMETRES: dict[Kind, tuple[int, int]] = {"poster": (100, 76), "leaflet": (64, 52)}
"""How wide a code is with its quiet zone, where it stands alone and beside another. Without it none is under 30."""
LOGOS, MOST_LOGOS = "logos", 5
"""The folder of a place that holds its partners' logos; and how many stand side by side."""

Doors = tuple[tuple[Literal["web", "telegram"], str], ...]
"""Ways in, and the address of each."""


class NoDoor(BotError):
    """Neither the web address nor the one on Telegram is known."""

    text_id = "posters.problem.no-door"


@dataclass(frozen=True, slots=True)
class Card:
    """What is particular to one sheet. `about` is the title of its campaign's answer."""

    code: str
    label: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One way in: `address` is written out for whoever has no camera."""

    name: str
    words: str
    address: str
    qr: str
    alt: str
    millimetres: int


@dataclass(frozen=True, slots=True)
class Logo:
    """A partner's, as SVG; `alt` is read aloud."""

    svg: str
    alt: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that the template needs."""

    kind: Kind
    title: str
    partnership: str
    place: str
    headline: str
    purpose: str
    no_smartphone: str
    languages: str
    emergency: str
    not_emergency: str
    made_up: str
    small: str
    links: tuple[Link, ...]
    logos: tuple[Logo, ...] = ()

    def facts(self) -> dict[str, object]:
        """The same with names as the template has them."""
        return {name.replace("_", "-"): value for name, value in asdict(self).items()}


def doors_of(code: str, public_url: str | None, telegram: str | None) -> Doors:
    """The deep links of a code. `telegram` is our address there, such as https://t.me/SomeBot."""
    web: Doors = (("web", f"{public_url.rstrip('/')}/?from={code}"),) if public_url else ()
    ours: Doors = (("telegram", f"{telegram}?start={code}"),) if telegram else ()
    return (*web, *ours)


def logos_of(folder: Path | None) -> tuple[Logo, ...]:
    """The partners' logos of a place's folder, by name: `logos/1-our-council.svg` is read aloud as "our council"."""
    files = sorted((folder / LOGOS).glob("*.svg")) if folder else []
    return tuple(Logo(one.read_text(encoding="utf-8"), _spoken(one.stem)) for one in files[:MOST_LOGOS])


def _spoken(stem: str) -> str:
    return stem.lstrip("0123456789-_ ").replace("-", " ").replace("_", " ") or stem


def sheet(place: Place, kind: Kind, card: Card, doors: Doors, logos: tuple[Logo, ...] = ()) -> Sheet:
    """What stands on a poster or leaflet. Raises NoDoor where nothing would open."""
    if not doors:
        raise NoDoor
    texts, about = Texts(overrides=place.visit), card.about
    say = texts.say
    return Sheet(
        kind=kind,
        title=say("posters.title", place=place.name, code=card.code),
        partnership=place.partnership,
        place=place.name,
        headline=about or say("posters.headline"),
        purpose=say("posters.purpose.about" if about else "posters.purpose"),
        no_smartphone=_no_smartphone(texts, place, doors),
        languages=_languages(texts),
        emergency=say("posters.emergency"),
        not_emergency=say("posters.not-emergency"),
        made_up=say("menu.made-up", place=place.name) if place.made_up else "",
        small=say("posters.small", code=card.code),
        links=tuple(_link(texts, kind, door, address, len(doors) > 1) for door, address in doors),
        logos=logos,
    )


def qr_svg(address: str) -> str:
    """A code with its quiet zone as an SVG of its own. Level Q stands scratches and damp; never a micro code."""
    drawn = io.BytesIO()
    segno.make(address, error="q", micro=False, boost_error=False).save(drawn, kind="svg", border=QUIET, xmldecl=True)
    return drawn.getvalue().decode()


def _link(texts: Texts, kind: Kind, door: str, address: str, beside: bool) -> Link:
    return Link(
        name=texts.say(f"posters.door.{door}"),
        words=texts.say("posters.no-camera"),
        address=address.removeprefix("https://"),
        qr=qr_svg(address),
        alt=texts.say("posters.alt", address=address),
        millimetres=MILLIMETRES[kind][beside],
    )


def _no_smartphone(texts: Texts, place: Place, doors: Doors) -> str:
    """For who has none: the number of the team, if the place has one; else the address, which any computer opens."""
    if place.people and place.people.phone:
        return texts.say("posters.ring", phone=place.people.phone, who=place.people.answered_by)
    address = dict(doors).get("web", "").removeprefix("https://").partition("/?")[0]
    return texts.say("posters.computer", address=address) if address else ""


def _languages(texts: Texts) -> str:
    """The languages that a speaker has checked, each by its English name; empty while there is none."""
    names = ", ".join(sorted(texts.say(f"posters.in.{language}") for language in checked_languages()))
    return texts.say("posters.languages", languages=names) if names else ""
