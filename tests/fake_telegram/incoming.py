"""One request of a bot, as form, multipart, JSON or query string (docs: "Making requests")."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request

Json = dict[str, Any]

_JSON = {
    "reply_markup", "entities", "caption_entities", "allowed_updates", "message_ids", "commands", "scope",
    "reply_parameters", "link_preview_options",
}  # fmt: skip
_NUMBERS = {"chat_id", "message_id", "message_thread_id", "offset", "limit", "timeout", "max_connections", "cache_time"}
_FLAGS = {
    "disable_notification", "protect_content", "show_alert", "drop_pending_updates", "allow_paid_broadcast",
    "disable_content_type_detection", "show_caption_above_media", "has_spoiler",
}  # fmt: skip


@dataclass(frozen=True)
class Upload:
    """A file that the bot sent, with its bytes."""

    name: str
    kind: str
    content: bytes


@dataclass
class Incoming:
    """What a call says: values by name, and files by the name of their part."""

    given: Json = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

    def file(self, name: str) -> Upload | None:
        """The upload behind a parameter, directly or as `attach://part`."""
        value = self.given.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            return self.files.get(value.removeprefix("attach://"))
        return self.files.get(name)


async def read(request: Request) -> Incoming:
    """Everything a request carries; a value that cannot be decoded stays text, for the validation to find."""
    if request.headers.get("content-type", "").startswith("application/json"):
        return Incoming({name: _decoded(name, value) for name, value in (await request.json()).items()})
    incoming = Incoming({name: _decoded(name, value) for name, value in request.query_params.items()})
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                upload = Upload(value.filename or "file", value.content_type or "", await value.read())
                incoming.files[name] = upload
            else:
                incoming.given[name] = _decoded(name, value)
    for name in incoming.files.keys() - incoming.given.keys():
        if f"attach://{name}" not in incoming.given.values():
            incoming.given[name] = incoming.files[name].content
    return incoming


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str) or name not in _JSON | _NUMBERS | _FLAGS:
        return value
    if name in _FLAGS:
        return {"true": True, "false": False, "1": True, "0": False}.get(value.lower(), value)
    try:
        return json.loads(value)
    except ValueError:
        return value
