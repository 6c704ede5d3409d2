"""The two cookies of the console: who is signed in, and what the next page says was done."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import Response

from bot.console.transport import transport
from bot.errors import KeyMissing
from bot.store.vault import Vault

STAFF, SAID = "staff", "staff-said"
SHOWN_ONCE = "console.said"
Said = tuple[str, Mapping[str, object]]


def name_of(request: HTTPConnection, name: str) -> str:
    """A browser takes `__Host-` only over TLS; on one's own machine the cookie has another name."""
    return f"__Host-{name}" if transport(request) == "tls" else f"{name}-local"


def read(request: HTTPConnection, name: str) -> str:
    """What a cookie holds; empty where there is none."""
    return request.cookies.get(name_of(request, name), "")


def put(request: HTTPConnection, response: Response, name: str, value: str) -> None:
    """Set a cookie until the browser closes: for this host alone, out of reach of scripts and of other sites."""
    secure = transport(request) == "tls"
    response.set_cookie(name_of(request, name), value, path="/", secure=secure, httponly=True, samesite="strict")


def drop(request: HTTPConnection, response: Response, name: str) -> None:
    """Take a cookie out of the browser."""
    secure = transport(request) == "tls"
    response.delete_cookie(name_of(request, name), path="/", secure=secure, httponly=True, samesite="strict")


def sealed(vault: Vault, text_id: str, facts: Mapping[str, object]) -> str:
    """Words for the next page; sealed, so that nobody else can put words there."""
    said = json.dumps([text_id, {name: str(fact) for name, fact in facts.items()}])
    return base64.urlsafe_b64encode(vault.seal(SHOWN_ONCE, said)).decode()


def opened(vault: Vault, value: str) -> Said | None:
    """What `sealed` made; None for anything else."""
    try:
        text_id, facts = json.loads(vault.open(SHOWN_ONCE, base64.urlsafe_b64decode(value)))
    except (KeyMissing, ValueError, IndexError):
        return None
    return str(text_id), dict(facts)
