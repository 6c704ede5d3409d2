"""The chat page, and what its form and its script send."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response

from bot.channels.web import described, render
from bot.channels.web.exchange import Shown, exchange, history
from bot.channels.web.parse import Sent, View, from_of, is_embed, read
from bot.channels.web.ports import Message
from bot.channels.web.site import Site, address_of, starters
from bot.errors import BotError
from handlers.ports import Ports


def routes(site: Site) -> APIRouter:
    """`/`, `/chat` and `/healthz`."""
    router = APIRouter()

    @router.get("/", **described.PAGE)
    async def empty(request: Request) -> Response:
        sent = Sent(
            site.web.token(), site.web.token(), view=View(embed=is_embed(request)), source=from_of(request.query_params)
        )
        return chat_page(site, sent, first=await advertised(site, sent.source))

    @router.get("/chat", **described.PAGE)
    async def again(request: Request) -> Response:
        """Somebody reloaded or came back to the address of the form."""
        return await empty(request)

    @router.post("/chat", **described.CHAT)
    async def send(request: Request) -> Response:
        sent = await read(request, site.web.token)
        shown = await exchange(site.web, site.quota, address_of(request), sent)
        return answer_json(site, shown) if sent.wants_json else await answer_page(site, sent, shown)

    @router.get("/healthz", **described.HEALTH)
    async def health() -> Response:
        return PlainTextResponse("ok")

    return router


async def answer_page(site: Site, sent: Sent, shown: Shown) -> Response:
    """The whole page again, with the words just sent and what came of them."""
    messages = [m for m in await history(site.web, sent.token) if render.is_shown(m.reply)]
    now = {message.seq for message in shown.messages}
    page = chat_page(
        site,
        sent,
        shown,
        before=[m for m in messages if m.seq not in now],
        echo=_echo(sent, messages) if shown.taken else "",
        new=[m for m in shown.messages if render.is_shown(m.reply)],
    )
    return _with_retry(page, shown)


def chat_page(
    site: Site,
    sent: Sent,
    shown: Shown | None = None,
    before: Sequence[Message] = (),
    echo: str = "",
    new: Sequence[Message] = (),
    first: Sequence[str] = (),
) -> HTMLResponse:
    """The chat as a page. Words that were not taken stay in the box; `first` stands before what else one may ask."""
    ports = site.ports()
    source = sent.source if shown is None or not shown.taken else ""
    shown = shown or Shown()
    facts = {
        "token": sent.token,
        "key": sent.key.partition(".")[0] if shown.same_key else site.web.token(),
        "draft": _kept(sent, shown),
        "starters": (*first, *starters(ports)),
        "source": source,
        "view": sent.view,
        "urgent": shown.urgent,
        "problem": shown.problem,
        "before": before,
        "echo": echo,
        "new": new,
    }
    return site.page("chat.html", ports, facts, shown.status)


async def advertised(site: Site, code: str) -> tuple[str, ...]:
    """The title of the answer that a poster was about, to be asked with one tap; nothing while the store is away."""
    try:
        slug = await site.web.posters.entry(code.upper()) if code and site.web.posters else None
    except BotError:
        return ()
    entry = site.ports().library.entries.get(slug or "")
    return (entry.title,) if entry else ()


def _kept(sent: Sent, shown: Shown) -> str:
    """What stands in the message box afterwards: nothing that was taken, everything that was not."""
    if not shown.taken:
        return sent.draft or sent.text
    return "" if sent.text == sent.draft else sent.draft


def _echo(sent: Sent, messages: Sequence[Message]) -> str:
    """What they said, from the sending itself; for a button its label, from the message it stood under."""
    if sent.tap is None:
        return sent.text
    pressed = (button for m in messages for row in m.reply.buttons for button in row if button.token == sent.tap)
    return next((button.label for button in pressed), "")


def answer_json(site: Site, shown: Shown) -> Response:
    """The same for the script."""
    ports = site.ports()
    body = {
        "messages": [message_json(site, ports, m) for m in shown.messages if render.is_shown(m.reply)],
        "urgent": site.piece("urgent.html", ports, {"urgent": shown.urgent}) if shown.urgent else None,
        "problem": ports.texts.say(shown.problem) if shown.problem else None,
        "forgotten": shown.forgotten,
    }
    return _with_retry(JSONResponse(body, shown.status), shown)


def message_json(site: Site, ports: Ports, message: Message) -> dict[str, object]:
    """One message, ready to be put into the page."""
    html = site.piece("message.html", ports, {"message": message})
    return {"seq": message.seq, "html": html, "urgent": message.reply.urgent}


def _with_retry(response: Response, shown: Shown) -> Response:
    if shown.retry_after is not None:
        response.headers["Retry-After"] = str(shown.retry_after)
    return response
