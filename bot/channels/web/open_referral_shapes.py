"""What readers of the Open Referral feed may ask, and the shapes of what they get, for checks and for our OpenAPI."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledge.open_referral import ServiceFilter, TermFilter

PER_PAGE, MOST_PER_PAGE = 50, 1000
UNANSWERED = frozenset(
    ("postcode", "proximity", "minimum_age", "maximum_age", "start_time", "end_time", "day", "taxonomy_type")
)
"""Filters of the standard that our data cannot answer. To ignore one would be to answer another question."""
TOLERANT = ConfigDict(frozen=True, extra="ignore")


class Paging(BaseModel):
    """What every list understands."""

    model_config = TOLERANT
    page: int = Field(default=1, ge=1)
    per_page: int = Field(default=PER_PAGE, ge=1, le=MOST_PER_PAGE)
    format: Literal["json"] = "json"


class ListQuery(Paging):
    """A list that can be searched."""

    model_config = TOLERANT
    search: str = ""


class OrganizationsQuery(ListQuery):
    """`/organizations`."""

    model_config = TOLERANT
    full: bool = False
    full_service: bool = False


class PlacesQuery(Paging, ServiceFilter):
    """`/service_at_locations`: filtered by the service that is there."""

    model_config = TOLERANT
    full: bool = False


class ServicesQuery(PlacesQuery):
    """`/services`. With `minimal` everything comes at once."""

    model_config = TOLERANT
    minimal: bool = False


class TermsQuery(Paging, TermFilter):
    """`/taxonomy_terms`."""

    model_config = TOLERANT


class Thing(BaseModel):
    """Any object of the standard; its own schema says what else is in it."""

    model_config = ConfigDict(extra="allow")
    id: str


class Page(BaseModel):
    """One page of a list."""

    total_items: int
    total_pages: int
    page_number: int
    size: int
    first_page: bool
    last_page: bool
    empty: bool
    contents: list[Thing]


class Details(BaseModel):
    """What is served here."""

    version: str
    profile: str
    openapi_url: str


class Problem(BaseModel):
    """Why there is no answer; `fields` are the parameters that are wrong."""

    status: int
    error: str
    fields: list[str] = []


def shape(model: type[BaseModel]) -> dict[int | str, dict[str, Any]]:
    """The successful answer of a route, for its description."""
    return {200: {"model": model}}
