"""Over what somebody reaches the console: TLS, their own machine, or neither; and whether our own page sent a form."""

from __future__ import annotations

import ipaddress
from typing import Literal
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection

from bot.channels.web.security import split

Transport = Literal["tls", "local", "open"]
OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
PROXIED = ("forwarded", "x-forwarded-for", "x-real-ip")


def transport(connection: HTTPConnection) -> Transport:
    """How private the way is.

    The scheme is the server's own: uvicorn believes X-Forwarded-Proto only from the proxies it was told to trust
    (FORWARDED_ALLOW_IPS; by default this machine). A request that came through a proxy is never a local one.
    """
    if connection.scope["scheme"] == "https":
        return "tls"
    proxied = any(name in connection.headers for name in PROXIED)
    return "local" if hostname(connection) in OWN_MACHINE and not proxied else "open"


def hostname(connection: HTTPConnection) -> str:
    """The host that was asked for, without its port; empty where it is none."""
    try:
        return urlsplit(f"//{connection.headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def has_name(connection: HTTPConnection) -> bool:
    """Is the host a name? A passkey belongs to a name, never to a bare address."""
    host = hostname(connection)
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(host)
    return False


def origin(connection: HTTPConnection) -> str:
    """The origin of our own pages, as a browser writes it."""
    return f"{connection.scope['scheme']}://{connection.headers.get('host', '')}"


def from_our_page(connection: HTTPConnection) -> bool:
    """Did one of our own pages send this?

    With no-referrer a plain form says `Origin: null`; then only Sec-Fetch-Site can tell. Without either nothing is
    taken: a browser that is too old for both has to be renewed before it opens residents' details.
    """
    headers: Headers = connection.headers
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    said = headers.get("origin", "null")
    return said != "null" and split(said) == split(origin(connection))
