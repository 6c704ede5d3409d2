"""What strangers can send: Telegram's updates and webhook, buttons, the forms, headers and cookies of the web pages."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Message, Scope

from benchmarks.fuzzing import mutate
from benchmarks.fuzzing.mutate import Chance
from benchmarks.fuzzing.target import Target
from bot.channels.telegram import parse as telegram
from bot.channels.telegram.webhook import SECRET_HEADER, Webhook
from bot.channels.web import events, identity, security
from bot.channels.web import parse as web
from bot.channels.web.quota import network
from bot.clock import FixedClock
from bot.console import cookies, transport
from bot.store.vault import throwaway_vault
from bot.visits import team
from handlers import buttons
from handlers.buttons import Verb
from handlers.turn import Turn

CLOCK = FixedClock()
VAULT = throwaway_vault()
SECRET = "fuzzed"  # noqa: S105  (of nothing)
WHO = {"id": 7, "is_bot": False, "first_name": "Ann", "language_code": "pl"}
CHAT = {"id": 7, "type": "private", "first_name": "Ann"}
ABOUT = {"message_id": 5, "date": 1_764_000_000, "chat": CHAT, "from": WHO}
FILE = {"file_id": "a", "file_unique_id": "b"}
PICTURE = {**FILE, "width": 9, "height": 9, "duration": 3}
UPDATES: tuple[Mapping[str, Any], ...] = (
    {"message": {**ABOUT, "text": "my smoke alarm is beeping"}},
    {"message": {**ABOUT, "text": "/help fire", "entities": [{"type": "bot_command", "offset": 0, "length": 5}]}},
    {"message": {**ABOUT, "photo": [PICTURE], "caption": "smell of gas"}},
    {"message": {**ABOUT, "voice": {**FILE, "duration": 3}}},
    {"message": {**ABOUT, "video": PICTURE}},
    {"message": {**ABOUT, "document": {**FILE, "file_name": "letter.pdf"}}},
    {"message": {**ABOUT, "location": {"latitude": 52.62, "longitude": -1.18}}},
    {"message": {**ABOUT, "contact": {"phone_number": "+447700900123", "first_name": "Ann"}}},
    {"message": {**ABOUT, "chat": {"id": -9, "type": "group", "title": "G"}, "text": "@braunstone_bot hello"}},
    {"message": {**ABOUT, "reply_to_message": {**ABOUT, "text": "x"}, "text": "and at weekends?"}},
    {"edited_message": {**ABOUT, "edit_date": 1_764_000_001, "text": "my house is on fire"}},
    {"callback_query": {
        "id": "1", "from": WHO, "chat_instance": "1", "data": buttons.encode(Verb.SHOW, "fire-safety/candles"),
        "message": {**ABOUT, "text": "Choose"},
    }},
    {"my_chat_member": {
        "chat": CHAT, "from": WHO, "date": 1_764_000_000, "old_chat_member": {"user": WHO, "status": "member"},
        "new_chat_member": {"user": WHO, "status": "kicked", "until_date": 0},
    }},
)  # fmt: skip
NUMBERED = tuple({"update_id": number, **update} for number, update in enumerate(UPDATES, start=1))
BODIES = tuple(json.dumps(update).encode() for update in NUMBERED)
TOKENS = tuple(buttons.encode(verb, argument) for verb in Verb for argument in ("", "fire-safety/candles", "yes", "7"))
FIELDS = {"c": "t" * 43, "k": "12345678", "text": "what about my bins?", "say": "", "tap": TOKENS[0], "large": "1"}
WITH_FILE = (
    b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nfire\r\n--x\r\nContent-Disposition: form-data; '
    b'name="f"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n\xff\xd8\r\n--x--\r\n'
)
FORMS = (urlencode(FIELDS).encode(), urlencode({"text": "fire"}).encode(), json.dumps(FIELDS).encode(), WITH_FILE)
KINDS = (
    "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x",
    "multipart/form-data", "multipart/form-data; boundary=x; charset=no-such", "text/plain", "",
)  # fmt: skip
HEADERS = (
    "sec-fetch-site: same-origin", "origin: https://ask.example", "origin: null", "host: ask.example:8000",
    "authorization: Bearer " + "t" * 43, "last-event-id: 17", "accept-language: pt-BR,pt;q=0.8", "cookie: a=b; c=d",
    "x-forwarded-for: 192.0.2.1, 10.0.0.1", "x-forwarded-proto: https", "forwarded: for=192.0.2.1", "x-csrf: abc",
)  # fmt: skip
ADDRESSES = ("192.0.2.1", "2001:db8::1", "unknown", "::ffff:192.0.2.1", "fe80::1%eth0")
SEALED = tuple(cookies.sealed(VAULT, "console.done.signed-in", {"count": number}) for number in range(3))
CODES = ("7KQ2-M4WX-9PRT", "7KQ2M4-WX", *SEALED, "t" * 43)


class Hook:
    """Behind the webhook: only reads, so that what an update can do to its reader is seen."""

    async def commit(self, raw: telegram.Json) -> str | None:
        check(telegram.read(raw, "braunstone_bot", CLOCK.now()))
        return None


WEBHOOK = Webhook(Hook(), "path", SECRET)  # type: ignore[arg-type]


def check(turn: Turn | None) -> bool:
    """Can what was read be kept in a database, and found again? Raises ValueError."""
    if turn is None:
        return False
    turn.model_dump_json().encode()
    if "\0" in f"{turn.text}{turn.tap}{turn.argument}":
        raise ValueError("a zero in the words")
    return True


def request(path: str, body: bytes, headers: Mapping[str, str], query: str = "", method: str = "POST") -> Request:
    """A request as the server hands it on."""
    raw = [(name.lower().encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
    scope: Scope = {
        "type": "http", "method": method, "path": path, "query_string": query.encode("latin-1", "replace"),
        "headers": raw, "path_params": {"path": path.rpartition("/")[2]}, "client": ("192.0.2.1", 1), "scheme": "http",
        "server": ("ask.example", 80), "root_path": "", "app": None, "http_version": "1.1",
    }  # fmt: skip

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(scope, receive)


async def take_update(raw: Any) -> bool:
    """As polling hands it to the door."""
    return (
        isinstance(raw, dict)
        and isinstance(raw.get("update_id"), int)
        and check(telegram.read(raw, "braunstone_bot", CLOCK.now()))
    )


async def take_body(body: bytes) -> bool:
    """As the webhook gets it."""
    answer = await WEBHOOK._receive(request("/telegram/path", body, {SECRET_HEADER: SECRET}))
    if answer.status_code not in (200, 400, 413):
        raise ValueError(f"status {answer.status_code}")
    return answer.status_code == 200


async def take_token(token: str) -> bool:
    """A button that was tapped."""
    return bool(buttons.decode(token).verb)


async def take_form(sent: tuple[bytes, str]) -> bool:
    """A post to the chat: a form, JSON, or something that says it is."""
    found = await web.read(request("/chat", sent[0], {"content-type": sent[1]}), lambda: "n" * 43)
    return found.fault is None and check(found.turn(CLOCK))


async def take_headers(lines: tuple[list[str], str, str]) -> bool:
    """All that pages read from headers, from the query, and from the address."""
    headers = {
        name.strip().lower() or "x": value.strip() for name, _, value in (one.partition(":") for one in lines[0])
    }
    got = request("/chat", b"", headers, lines[1])
    same = security.is_same_origin(Headers(scope=got.scope))
    events.bearer(got), events.last_event_id(got), web.language_of(got), web.is_embed(got)
    security.in_frame(got.scope), transport.transport(got), transport.from_our_page(got), transport.has_name(got)
    cookies.read(got, cookies.STAFF), network(lines[2])
    return same


async def take_code(said: str) -> bool:
    """Cookies, tokens of sessions and one-time codes, as somebody types or sends them."""
    VAULT.index("staff_invite.code", team.clean_code(said))
    if said.isascii():  # a cookie is
        VAULT.index("staff_session.token", said)
        return cookies.opened(VAULT, said) is not None
    return identity.is_token(said) or identity.is_key(said)


def _form(chance: Chance) -> tuple[bytes, str]:
    return mutate.data(chance, FORMS), chance.choice(KINDS)


def _headers(chance: Chance) -> tuple[list[str], str, str]:
    lines = [mutate.text(chance, HEADERS)[:400] for _ in range(chance.randrange(5))]
    safe = [line.encode("latin-1", "replace").decode("latin-1").replace("\n", "").replace("\r", "") for line in lines]
    return safe, mutate.text(chance, ("embed=1", "number=7")), mutate.text(chance, ADDRESSES)


def _code(chance: Chance) -> str:
    if chance.random() < 0.3:
        return base64.urlsafe_b64encode(chance.randbytes(chance.randrange(80))).decode()
    return mutate.text(chance, CODES).encode("utf-8", "replace").decode()


TARGETS = (
    Target("Telegram update", 130, lambda chance: mutate.value(chance, NUMBERED), take_update),
    Target("Telegram webhook body", 120, lambda chance: mutate.data(chance, BODIES), take_body),
    Target("button token", 150, lambda chance: mutate.text(chance, TOKENS), take_token),
    Target("web form, JSON, multipart", 100, _form, take_form),
    Target("web headers, query, address", 80, _headers, take_headers),
    Target("cookie, session token, one-time code", 100, _code, take_code),
)
