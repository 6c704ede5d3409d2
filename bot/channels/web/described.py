"""What the addresses of the chat take and give: their OpenAPI description, which tests hold the answers to."""

from __future__ import annotations

from typing import Any

from fastapi import Depends
from fastapi.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import BaseModel, ConfigDict, Field

from bot.channels.web.parse import LONGEST, TAP_LIMIT

Described = dict[str, Any]
"""Arguments of a route."""
TEXT = {"schema": {"type": "string"}}
HTML = {"text/html": TEXT}
EVENT = {"schema": {"type": "object", "properties": {"id": {"type": "string"}, "data": {"type": "string"}}}}


class Sending(BaseModel):
    """What the chat's script sends. Whatever is missing or odd is made up for."""

    model_config = ConfigDict(extra="allow")
    c: str = Field(default="", description="the conversation's token")
    k: str = Field(default="", description="tells one sending from another, so that none counts twice")
    text: str = Field(default="", max_length=LONGEST)
    tap: str = Field(default="", description="the button that was pressed", max_length=TAP_LIMIT)


class Said(BaseModel):
    """One message of ours, ready to be put into the page."""

    seq: int
    html: str
    urgent: bool


class Answered(BaseModel):
    """What came of a sending. `urgent` stands where it was not taken, but speaks of danger."""

    messages: list[Said]
    urgent: str | None
    problem: str | None
    forgotten: bool


def problems(*statuses: int | str, content: Described | None = None) -> dict[int | str, Described]:
    """Answers that say what went wrong: pages, unless another content is given."""
    return {
        status: {"description": "What went wrong", "content": HTML if content is None else content}
        for status in statuses
    }


PAGE: Described = {"response_class": HTMLResponse}
CHAT: Described = {
    "responses": problems(403, 413)
    | {
        status: {"model": Answered, "description": words, "content": HTML}
        for status, words in {
            200: "What they read, as JSON for the script, else as the page",
            400: "Nothing was said, or too much",
            409: "The same key with other words",
            429: "Too many in a minute",
            503: "It could not be stored",
        }.items()
    },
    "openapi_extra": {
        "requestBody": {
            "content": {
                kind: {"schema": Sending.model_json_schema()}
                for kind in ("application/json", "application/x-www-form-urlencoded")
            }
        }
    },
}
EVENTS: Described = {
    "response_class": StreamingResponse,
    "responses": problems(401, 503, content={})
    | {200: {"description": "Messages as they come", "content": {"text/event-stream": EVENT}}},
    "dependencies": [Depends(HTTPBearer(scheme_name="conversation", auto_error=False))],
}
HEALTH: Described = {"response_class": PlainTextResponse}
SCRIPT: Described = {
    "response_class": Response,
    "responses": {200: {"description": "The script", "content": {"text/javascript": TEXT}}},
}
CALENDAR: Described = {
    "response_class": Response,
    "responses": problems(503) | {200: {"description": "A calendar file", "content": {"text/calendar": TEXT}}},
}
