"""A place is a folder; `place.toml` says what is local about it."""

from __future__ import annotations

from pydantic import Field

from knowledge.entry import Agency, Hours, Slug, Text
from knowledge.prose import Frozen
from knowledge.topics import LocalTopics


class Area(Frozen):
    """A named area and the postcodes in it. Areas stand from the nearest to the widest; only used to sort."""

    name: Text
    outward_postcodes: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None


class People(Frozen):
    """Who answers when somebody asks for a person. Left out of place.toml where nobody does."""

    answered_by: Text
    hours: Hours
    reply_within: Text = "two working days"
    phone: Text | None = Field(default=None, description="a number that anybody may ring; it stands on posters")


class Place(Frozen):
    """One estate, its partnership, and whether it is live."""

    name: Text
    partnership: Text
    live: bool = Field(default=False, description="only then does the bot speak for a team that answers today")
    made_up: bool = Field(default=False, description="no such place: every greeting and page says so")
    timezone: str = "Europe/London"
    areas: tuple[Area, ...] = ()
    postcodes_served: tuple[str, ...] = Field(default=(), description="beginnings of postcodes, as LE3 1")
    roles: dict[str, Slug] = Field(default_factory=dict, description="@role in an entry, organisation here")
    fallback: tuple[Slug, ...] = Field(default=(), description="whom to ring when nothing else fits")
    local_words: tuple[str, ...] = Field(default=(), description="names that spelling repair must know")
    people: People | None = None
    embed_origins: tuple[str, ...] = ()
    visit: dict[str, str] = Field(default_factory=dict, description="wording about visits: text id, text")
    agencies: dict[Agency, Slug] = Field(default_factory=dict, description="who owns an answer, organisation here")
    topics: LocalTopics = LocalTopics()

    @property
    def area_names(self) -> frozenset[str]:
        """What the place and its areas are called, in small letters."""
        return frozenset(name.casefold() for name in (self.name, *(area.name for area in self.areas)))

    def resolve(self, name: str) -> str | None:
        """An organisation's id: a role's holder here, or the name itself; None for a role nobody holds."""
        return self.roles.get(name[1:]) if name.startswith("@") else name
