"""What every page of the console is made with: who is signed in, the database, forms, templates."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path as Folder
from typing import Annotated

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from bot.channels.web import render
from bot.channels.web import site as chat
from bot.channels.web.templating import environment
from bot.clock import Clock, SystemClock
from bot.console import cookies, guard, words
from bot.console.transport import has_name, transport
from bot.console.underway import Underway
from bot.knowing import Knowing
from bot.staff import sessions
from bot.staff.counts import Count
from bot.staff.replay import Rehearsals
from bot.staff.sessions import Signed
from bot.store.unit import Store, Unit
from handlers.catalogue import Texts
from handlers.office import Colleague
from knowledge.library import Library
from knowledge.visits.names import RandomBytes

HOME = "/staff"
MOST = 2_147_483_647
Number = Annotated[int, Path(ge=0, le=MOST)]
"""A number in an address; one that no row can have is a page that isn't there."""
NumberAsked = Annotated[int | None, Query(ge=0, le=MOST)]
"""The same behind a question mark, or nothing."""
CountOf = Callable[[Unit, Colleague], Awaitable[Count]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What else Today counts; left out where nobody counts it."""

    reviews: CountOf | None = None
    missed: CountOf | None = None


@dataclass(frozen=True, slots=True)
class Console:
    """All that the console needs of the rest of the program."""

    store: Store
    knowing: Knowing
    clock: Clock = field(default_factory=SystemClock)
    counts: Counts = field(default_factory=Counts)
    random_bytes: RandomBytes = secrets.token_bytes
    tries_a_minute: int = 10
    """Tries to sign in from one address."""
    posts_a_minute: int = 300
    """Forms of all sorts from one address; an office has one address for everybody in it."""
    folder: Folder | None = None
    """The files of the place; None: nothing can be imported."""
    rehearsals: Rehearsals | None = None
    """Tries changes out before they are published; None: no change that the search would notice goes live."""
    demonstration: bool = False
    """Everybody in it is made up; reports say so."""


class Site:
    """The console's own things, shared by its pages."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.texts = Texts()
        self.underway = Underway()

    def library(self) -> Library:
        """The content in use at this moment."""
        return self.console.knowing.library()

    @property
    def zone(self) -> str:
        """The place's time zone, such as Europe/London."""
        return self.library().place.timezone

    def unit(self) -> AbstractAsyncContextManager[Unit]:
        """A transaction that writes: `async with site.unit() as unit`. Raises StoreUnavailable."""
        return self.console.store.write()

    def reading(self) -> AbstractAsyncContextManager[Unit]:
        """A transaction that only reads; whoever opens personal data writes, for the audit. Raises StoreUnavailable."""
        return self.console.store.read()

    def staff(self, request: Request) -> Signed:
        """Who asks for this page. Only for pages that the guard lets signed-in people into."""
        found: Signed = request.state.signed
        return found

    async def signed(self, request: Request) -> Signed | None:
        """Who is signed in, looked up once a request; None: nobody."""
        if not hasattr(request.state, "signed"):
            request.state.signed = await self._look(cookies.read(request, cookies.STAFF))
        found: Signed | None = request.state.signed
        return found

    async def form(self, request: Request) -> FormData:
        """What a form sent. The guard has checked where it came from."""
        return await request.form()

    def page(self, request: Request, template: str, *, status: int = 200, **facts: object) -> HTMLResponse:
        """A whole page: with the menu of whoever is signed in, and with what was just done."""
        kept = cookies.read(request, cookies.SAID)
        said = cookies.opened(self.console.store.vault, kept) if kept else None
        signed: Signed | None = getattr(request.state, "signed", None)
        done = self.texts.say(said[0], **said[1]) if said else ""
        html = (
            environment(words.TEMPLATES)
            .get_template(template)
            .render(self._always(request, signed) | {"said": done} | facts)
        )
        response = HTMLResponse(html, status)
        if kept:
            cookies.drop(request, response, cookies.SAID)
        return response

    async def problem(self, request: Request, status: int, text_id: str) -> HTMLResponse:
        """A page that says one thing that went wrong, and the way back. Raises StoreUnavailable."""
        await self.signed(request)
        return self.page(request, "problem.html", status=status, problem=text_id)

    def go(self, request: Request, path: str, said: str = "", **facts: object) -> RedirectResponse:
        """To another page after a form, which then shows the text `said`. `path` is below /staff, such as `/audit`."""
        response = RedirectResponse(HOME + path, 303)
        if said:
            cookies.put(request, response, cookies.SAID, cookies.sealed(self.console.store.vault, said, facts))
        return response

    async def _look(self, token: str) -> Signed | None:
        if not token:
            return None
        async with self.reading() as unit:
            found = await sessions.find(unit, token)
        if found is not None and found.stale:
            async with self.unit() as unit:
                await sessions.seen(unit, found.session_id)
        return found

    def _always(self, request: Request, signed: Signed | None) -> dict[str, object]:
        place = self.library().place
        return {
            "say": self.texts.say,
            "texts": self.texts,
            "render": render,
            "asset": words.asset,
            "look": chat.asset,
            "place": place,
            "home": HOME,
            "me": signed.who if signed else None,
            "csrf": signed.csrf if signed else "",
            "menu": guard.menu(signed.who.role, request.scope["path"].removeprefix(HOME)) if signed else (),
            "on_own_machine": transport(request) == "local",
            "passkeys_work": has_name(request),
            "when": lambda moment: words.when(moment, place.timezone),
            "age": lambda moment: words.age(moment, self.console.clock.now()),
        }
