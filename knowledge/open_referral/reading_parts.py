"""The parts of a service of the standard, in the words of our organisations. None and "" for what it does not say."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from knowledge.check import is_phone
from knowledge.open_referral.values import Json
from knowledge.place import Place
from knowledge.prose import Frozen
from knowledge.yaml_text import read_yaml

Kind = Literal["statutory", "charity", "community"]
TAG = re.compile(r"<[^<>]*>")
WEB = re.compile(r"https?://[^\s<>]+")
MAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]+")
TEXTED = frozenset({"text", "sms"})


class Words(Frozen):
    """The words of reading.yaml."""

    source: str
    ages: dict[str, str]
    cost: str
    national: tuple[str, ...]
    kinds: dict[str, dict[str, Kind]]


@cache
def words() -> Words:
    """Read once."""
    path = Path(__file__).with_name("reading.yaml")
    return Words.model_validate(read_yaml(path.read_text(encoding="utf-8")))


def text_of(value: object) -> str:
    """The words of a value: no HTML, no characters that nobody sees, one line. "" for anything that is no text."""
    if not isinstance(value, str):
        return ""
    text = TAG.sub(" ", html.unescape(TAG.sub(" ", value)))
    return " ".join(UNSEEN.sub(" ", text.replace("<", " ")).split())


def first(shape: re.Pattern[str], *values: object) -> str | None:
    """The first of several values that has a shape."""
    return next((said for value in values if shape.fullmatch(said := text_of(value))), None)


def listed(thing: Mapping[str, Any], name: str) -> list[Json]:
    """The objects of a list; none where there is no list."""
    found = thing.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def organization(service: Json) -> Json:
    """Who gives a service."""
    found = service.get("organization")
    return found if isinstance(found, dict) else {}


def _locations(service: Json) -> list[Json]:
    links = listed(service, "service_at_locations")
    return [link["location"] for link in links if isinstance(link.get("location"), dict)]


def located(service: Json, name: str) -> list[Json]:
    """The lists of one name at all the places of a service."""
    return [each for link in listed(service, "service_at_locations") for each in listed(link, name)]


def aliases(service: Json, organization: Json, name: str) -> list[str]:
    """Its other names, and that of who gives it."""
    known = [*text_of(service.get("alternate_name")).split(", "), text_of(organization.get("name"))]
    return [alias for alias in dict.fromkeys(known) if alias and alias != name]


def kind_of(organization: Json) -> Kind | None:
    """As the feed says, else by the register it is in, else by its name; None where nobody can tell."""
    kinds, status = words().kinds, text_of(organization.get("legal_status")).casefold()
    schemes = [text_of(each.get("identifier_scheme")) for each in listed(organization, "organization_identifiers")]
    registered = next((kinds["registers"][scheme] for scheme in schemes if scheme in kinds["registers"]), None)
    named = text_of(organization.get("name")).casefold()
    guessed = next((kind for word, kind in kinds["names"].items() if re.search(rf"\b{word}\b", named)), None)
    return next((kind for kind in get_args(Kind) if kind == status), None) or registered or guessed


def area_of(service: Json, place: Place) -> str | None:
    """ "national", or the widest area of the place that the feed names; None for others."""
    named = {text_of(each.get("name")).casefold() for each in listed(service, "service_areas")}
    if named & set(words().national):
        return "national"
    return next((area.name for area in reversed(place.areas) if area.name.casefold() in named), None)


def ages(service: Json) -> str | None:
    """Whom it is for, where only ages are given."""
    given = {
        name: f"{service[key]:g}"
        for name, key in (("youngest", "minimum_age"), ("oldest", "maximum_age"))
        if isinstance(service.get(key), int | float)
    }
    form = words().ages.get("both" if len(given) == 2 else next(iter(given), ""))
    return form.format(**given) if form else None


def phones(service: Json) -> list[Json]:
    """All numbers, those of the service first."""
    holders = (service, *listed(service, "contacts"), *_locations(service), organization(service))
    return [phone for holder in holders for phone in listed(holder, "phones")]


def number(service: Json, *, texted: bool) -> str | None:
    """The first number of a kind that could be dialled, with the words around it where they hold the number."""
    for phone in phones(service):
        number, described = text_of(phone.get("number")), text_of(phone.get("description"))
        if (text_of(phone.get("type")) in TEXTED) != texted:
            continue
        if texted and number:
            return described if number in described else number
        if is_phone(number):
            return described if number in described and is_phone(described) else number
    return None


def address(service: Json) -> str | None:
    """The first physical address, its parts in one line; else how the place is described."""
    locations = [where for where in _locations(service) if where.get("location_type") in (None, "physical")]
    addresses = [each for where in locations for each in listed(where, "addresses")]
    addresses.sort(key=lambda each: each.get("address_type") != "physical")
    for each in addresses:
        parts = (text_of(each.get(name)) for name in ("address_1", "city", "postal_code"))
        return ", ".join(dict.fromkeys(part for part in parts if part)) or None
    return next((said for where in locations if (said := text_of(where.get("description")))), None)


def cost(service: Json) -> str | None:
    """What it costs, in words."""
    said = text_of(service.get("fees_description")) or text_of(service.get("fees"))
    return said or "; ".join(dict.fromkeys(filter(None, map(_price, listed(service, "cost_options"))))) or None


def _price(option: Json) -> str:
    amount, what = option.get("amount"), text_of(option.get("amount_description"))
    what = " ".join(filter(None, (what, f"({said})" if (said := text_of(option.get("option"))) else "")))
    return words().cost.format(amount=f"{amount:g}", what=what).strip() if isinstance(amount, int | float) else what


def access(service: Json) -> str | None:
    """How to get through, ramps, and languages."""
    ramps = (each.get("description") for where in _locations(service) for each in listed(where, "accessibility"))
    spoken = ", ".join(filter(None, (text_of(each.get("name")) for each in listed(service, "languages"))))
    said = (*map(text_of, (service.get("application_process"), *ramps)), spoken)
    return " ".join(dict.fromkeys(filter(None, said))) or None


def source(service: Json, publisher: str) -> Json:
    """Where all this was read."""
    url = first(WEB, service.get("url"))
    return {"name": words().source.format(publisher=publisher), **({"url": url} if url else {})}
