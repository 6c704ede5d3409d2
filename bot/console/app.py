"""The console as one application: `add_console(app, console)` puts it at /staff.

How to add a page:

1. A file here with `routes(site: Site) -> APIRouter`, paths below /staff, and a template that extends `base.html`.
2. Its path with the roles it is for in `guard.PAGES` (else it is nobody's), and in `guard.MENU` if it belongs there.
3. Its name in PARTS below. The words it says go into handlers/texts/en.console.po.

Inside a page: `site.staff(request).who` is who asks, `await site.form(request)` what they sent, `site.unit()` and
`site.reading()` the database, `site.page(request, "x.html", fact=…)` a page, `site.go(request, "/x", "console.done.x")`
the way on after a form, `raise HTTPException(404)` for what there isn't or what isn't theirs. Every form holds
`{{ token(csrf) }}` from `parts.html`; a script sends the same in the header X-CSRF. Whatever reads or changes something
calls `audit.record(unit, who.id, "read visit", "J7M-4Q3")` last in its transaction.
"""

from __future__ import annotations

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from bot.channels.web.app import Assets
from bot.channels.web.quota import Quota
from bot.channels.web.security import security_headers
from bot.console import (
    answer_buttons,
    answers_page,
    audit_page,
    book_page,
    campaign_page,
    campaigns_page,
    check_page,
    checks_page,
    edit_page,
    history_page,
    import_out,
    import_page,
    insight_page,
    missed_page,
    moving_page,
    organisation_buttons,
    organisation_new,
    organisation_page,
    organisation_retiring,
    organisations_page,
    passkey_pages,
    posters_page,
    publish_page,
    reviews_page,
    ring_page,
    rota_page,
    settings_page,
    signin,
    switch_page,
    today,
    visit_acts,
    visit_page,
    visits_page,
    waiting_page,
)
from bot.console.door import Door, SignInFirst, admission
from bot.console.site import HOME, Console, Site
from bot.console.words import STATIC
from bot.errors import StoreUnavailable

PARTS = (
    signin,
    passkey_pages,
    today,
    organisations_page,
    organisation_new,
    organisation_page,
    organisation_buttons,
    organisation_retiring,
    checks_page,
    check_page,
    reviews_page,
    waiting_page,
    import_page,
    import_out,
    answers_page,
    edit_page,
    answer_buttons,
    publish_page,
    history_page,
    missed_page,
    insight_page,
    switch_page,
    posters_page,
    audit_page,
    settings_page,
    visits_page,
    book_page,
    visit_page,
    visit_acts,
    moving_page,
    ring_page,
    rota_page,
    campaigns_page,
    campaign_page,
)
PROBLEMS = {
    403: "console.problem.form",
    404: "console.problem.no-page",
    413: "console.problem.too-much",
    426: "console.problem.no-tls",
    429: "console.problem.too-often",
    503: "error.try-again",
}
BROKEN = "console.problem.broken"


def add_console(app: FastAPI, console: Console) -> None:
    """Serve the console at /staff, beside whatever the application serves already."""
    app.add_api_route(HOME, _home, include_in_schema=False)
    app.mount(HOME, create_console(console))


def create_console(console: Console) -> FastAPI:
    """Everything below /staff."""
    site = Site(console)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, dependencies=[Depends(admission(site))])
    app.router.redirect_slashes = False
    for part in PARTS:
        app.include_router(part.routes(site))
    app.mount("/static", Assets(directory=STATIC))
    _say_kindly(app, site)

    async def refuse(request: Request, status: int) -> Response:
        request.state.signed = None  # refused before anybody looked who it is
        return await site.problem(request, status, PROBLEMS[status])

    app.add_middleware(Door, refuse=refuse, quota=Quota(console.posts_a_minute, streams=0))
    return app


def _say_kindly(app: FastAPI, site: Site) -> None:
    """What went wrong, as a page. What isn't there, isn't theirs, or can't be done that way looks alike."""

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        if error.status_code in (404, 405):
            return await nothing(request, error)
        status = error.status_code
        return await site.problem(request, status, PROBLEMS.get(status, BROKEN))

    @app.exception_handler(RequestValidationError)
    async def nothing(request: Request, _error: Exception) -> Response:
        if await site.signed(request) is None:
            return _to_sign_in()
        return await site.problem(request, 404, PROBLEMS[404])

    @app.exception_handler(SignInFirst)
    async def stranger(_request: Request, _error: SignInFirst) -> Response:
        return _to_sign_in()

    @app.exception_handler(StoreUnavailable)
    async def away(request: Request, _error: StoreUnavailable) -> Response:
        return await _without_database(site, request, 503)

    @app.exception_handler(Exception)
    async def broken(request: Request, _error: Exception) -> Response:
        response = await _without_database(site, request, 500)
        response.headers.update(
            security_headers(tls=request.scope["scheme"] == "https")
        )  # this page is made outside the door
        return response


async def _without_database(site: Site, request: Request, status: int) -> Response:
    request.state.signed = None
    return await site.problem(request, status, PROBLEMS.get(status, BROKEN))


def _to_sign_in() -> RedirectResponse:
    return RedirectResponse(f"{HOME}/sign-in", 303)


async def _home() -> RedirectResponse:
    return RedirectResponse(f"{HOME}/", 303)
