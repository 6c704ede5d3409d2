"""What a browser sent, read once into a small value: a plain form or JSON in, Sent out."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypedDict

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request

from bot.channels.cleaning import clean
from bot.channels.web import identity
from bot.clock import Clock
from handlers.turn import Turn, TurnKind

FROM = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may stand behind `?from=`: the code of a poster."""
LONGEST = 4_000
"""Characters in one message."""
TAP_LIMIT = 64


class About(TypedDict):
    """What a request says beside its body."""

    language: str | None
    embed: bool
    wants_json: bool


@dataclass(frozen=True)
class View:
    """How the page looks: in a council's frame, with larger text, in the other colours."""

    embed: bool = False
    large: bool = False
    flip: bool = False


@dataclass(frozen=True)
class Sent:
    """One sending. `draft` is what stands in the message box, also when a button was pressed instead; `file`: something
    was put beside the words, which is never read; `source`: the code of the poster that the page was opened from."""

    token: str
    key: str
    text: str = ""
    tap: str | None = None
    draft: str = ""
    language: str | None = None
    wants_json: bool = False
    view: View = View()
    file: bool = False
    source: str = ""

    @property
    def fault(self) -> str | None:
        """The id of the sentence that says why this cannot be taken; None where it can."""
        if self.tap is not None:
            return None if 0 < len(self.tap.encode()) <= TAP_LIMIT else "web.broken"
        if not self.text.strip():
            return None if self.file else "web.empty"
        return "web.too-long" if len(self.text) > LONGEST else None

    def turn(self, clock: Clock) -> Turn:
        """The same, as every channel hands it on."""
        command, argument = command_of(self.text) if self.tap is None else (None, "")
        return Turn(
            channel="web",
            key=identity.turn_key(self.token, self.key),
            chat=identity.chat_of(self.token),
            at=clock.now(),
            kind=self._kind(command),
            text=self.text if self.tap is None else "",
            command=command,
            argument=argument,
            tap=self.tap,
            attachment="document" if self.file else None,
            language_code=self.language,
            source=self.source,
        )

    def _kind(self, command: str | None) -> TurnKind:
        if self.tap is not None:
            return "tap"
        return "command" if command else "attachment" if self.file else "text"


async def read(request: Request, new_token: Callable[[], str]) -> Sent:
    """A request's body. What is missing or odd is made up for; words are never dropped."""
    wants_json = request.headers.get("content-type", "").startswith("application/json")
    about: About = {"language": language_of(request), "embed": is_embed(request), "wants_json": wants_json}
    if wants_json:
        return sent(_fields(await request.body()), new_token, **about)
    async with request.form() as form:
        return sent(_words(form), new_token, **about, file=_has_file(form))


def sent(
    fields: Mapping[str, str],
    new_token: Callable[[], str],
    *,
    language: str | None = None,
    embed: bool = False,
    wants_json: bool = False,
    file: bool = False,
) -> Sent:
    """The fields of a form, or of a JSON object, as a Sent."""
    token, key, tap, draft = (clean(fields.get(name, "")) for name in ("c", "k", "tap", "text"))
    if not identity.is_token(token):
        token = new_token()
    if not identity.is_key(key):
        key = new_token()
    if tap and not wants_json:
        key = f"{key}.{tap}"  # every button of a page shares the page's key; each is a sending of its own
    text = "" if tap else clean(fields.get("say", "")) or draft
    view = View(embed=embed, large="large" in fields, flip="flip" in fields)
    return Sent(token, key, text, tap or None, draft, language, wants_json, view, file, from_of(fields))


def command_of(text: str) -> tuple[str | None, str]:
    """`/visit tomorrow` as ("visit", "tomorrow"); (None, "") for words."""
    first, _, rest = text.strip().partition(" ")
    name = first[1:].casefold()
    return (name, rest.strip()) if first.startswith("/") and name.isidentifier() else (None, "")


def is_embed(request: Request) -> bool:
    """Is the page shown in a frame?"""
    return request.query_params.get("embed") == "1"


def from_of(given: Mapping[str, str]) -> str:
    """The code behind `?from=`, or in the form's field; empty where there is none that could be one."""
    code = given.get("from", "")
    return code if FROM.fullmatch(code) else ""


def language_of(request: Request) -> str | None:
    """The browser's first language, as `pl` or `pt-BR`."""
    first = request.headers.get("accept-language", "").split(",")[0].split(";")[0].strip()
    return first if first.replace("-", "").isalnum() and len(first) <= 20 else None


def _fields(body: bytes) -> Mapping[str, str]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _words(form: FormData) -> Mapping[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _has_file(form: FormData) -> bool:
    return any(isinstance(value, UploadFile) and value.filename for _, value in form.multi_items())
