"""Messages as they come, by server-sent events, read from the mailbox after the last one the page has."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from bot.channels.web import described, identity, render
from bot.channels.web.pages import message_json
from bot.channels.web.site import Site, address_of
from bot.errors import BotError

LOOK_EVERY = 2.0
"""Seconds between two looks: another process may have written."""
LOOKS = 150
"""After so many (five minutes) a stream ends and the page opens a new one, perhaps with another worker."""
BEAT_EVERY = 7
"""Looks without news before a comment is sent, so that nobody between takes the line for dead."""


def routes(site: Site) -> APIRouter:
    """`/chat/events`."""
    router = APIRouter()

    @router.get("/chat/events", **described.EVENTS)
    async def events(request: Request) -> Response:
        token = bearer(request)
        if token is None:
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        if site.web.bell.closed or not site.quota.may_listen(address_of(request)):
            return Response(status_code=503, headers={"Retry-After": "5"})
        chat, after = identity.chat_of(token), last_event_id(request)
        stream = counted(site, address_of(request), stream_of(site, chat, after))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

    return router


def bearer(request: Request) -> str | None:
    """The conversation's token from the Authorization header, never from the address, which servers log."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.casefold() == "bearer" and identity.is_token(token) else None


def last_event_id(request: Request) -> int:
    """The sequence number of the last message that the page has."""
    said = request.headers.get("last-event-id", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 18 else 0


async def counted(site: Site, address: str, stream: AsyncIterator[str]) -> AsyncIterator[str]:
    """The same stream, counted for its address while it is open."""
    with site.quota.listening(address):
        async for event in stream:
            yield event


async def stream_of(site: Site, chat: str, after: int) -> AsyncIterator[str]:
    """Events until the bell closes, the store goes away, or the stream has had its time."""
    quiet = 0
    yield ": open\n\n"
    for _ in range(LOOKS):
        ringing = site.web.bell.listen(chat)
        try:
            found = await site.web.mailbox.after(chat, after)
        except BotError:
            return
        ports = site.ports()
        for message in found:
            after = message.seq
            if render.is_shown(message.reply):
                yield event_text(message.seq, message_json(site, ports, message))
        quiet = 0 if found else quiet + 1
        if quiet % BEAT_EVERY == BEAT_EVERY - 1:
            yield ": still here\n\n"
        if site.web.bell.closed:
            return
        await site.web.bell.wait(ringing, LOOK_EVERY)


def event_text(seq: int, data: dict[str, object]) -> str:
    """One event. JSON holds no line break, so it is one data line."""
    return f"id: {seq}\ndata: {json.dumps(data)}\n\n"
