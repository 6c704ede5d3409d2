"""An answer being written: its file, each part of it explained, and beside it how it looks and what the bot would say.

Saving keeps a draft, whatever is wrong with it; residents read nothing of it before it is published.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from bot.console.answers_page import editing_of
from bot.console.look import look_at
from bot.console.site import Site
from bot.console.tryout import LONGEST, Said, Tryout
from bot.staff import history, notices, proof, versions
from bot.staff.edits import PUBLISHERS
from bot.staff.outcomes import Draft
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge.errors import UnreadableFile
from knowledge.references import references

PARTS = (
    "title", "tier", "agency", "visit", "emergency", "organisations", "one_line", "phrasings", "authority",
    "facts_as_of", "checked", "sources", "words", "more",
)  # fmt: skip
"""Parts of a file: texts `console.part.*` explain them."""
NO_DATABASE_NUMBER = 10
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the form. `base` is the version that it is written over, None for a new answer."""

    text: str
    note: str = ""
    question: str = ""
    base: int | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What was typed in beside the form, a notice's words and day or a reason, and why it was refused."""

    problem: str = ""
    notice: tuple[str, str] = ("", "")
    reason: str = ""
    refused: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """The versions that an editor has to know of: what is live, their own draft, what waits of others."""

    live: Row | None
    own: Row | None
    others: tuple[Row, ...]
    retired: Row | None = None
    """By which it was taken away, where nothing is live."""

    @property
    def behind(self) -> bool:
        """Did somebody publish since the draft was begun?"""
        return self.own is not None and self.live is not None and self.own.base != self.live.version

    def written(self) -> Written | None:
        """The form at first; None where there is nothing to be edited."""
        own = None if self.own is not None and self.own.retires else self.own
        row, over = own or self.live, self.live or self.retired
        base = over.version if over else None
        return Written(row.text, own.note if own else "", base=base) if row else None


def routes(site: Site) -> APIRouter:
    """`/answers/{topic}/{name}`."""
    router, tryout = APIRouter(), Tryout(site)

    @router.get("/answers/{topic}/{name}")
    async def show(request: Request, topic: str, name: str) -> Response:
        slug = f"{topic}/{name}"
        shelf = await _shelf(site, request, slug)
        written = shelf.written()
        if written is None and shelf.retired is not None:
            return site.go(request, f"/answers/{slug}/versions")
        if written is None:
            return await site.problem(request, 404, "console.edit.gone")
        return await _show(site, request, slug, shelf, written)

    @router.post("/answers/{topic}/{name}")
    async def act(request: Request, topic: str, name: str) -> Response:
        """Save; or only look, or ask: then nothing is kept."""
        slug, written = f"{topic}/{name}", _written(await site.form(request))
        act, shelf = (await site.form(request)).get("act"), await _shelf(site, request, slug)
        if shelf.written() is None:
            return await site.problem(request, 404, "console.edit.gone")
        if act == "save":
            return await _save(site, request, slug, written)
        said = await _said(tryout, slug, written) if act == "ask" and written.question else ""
        return await _show(site, request, slug, shelf, written, said)

    return router


async def show_again(site: Site, request: Request, slug: str, beside: Beside) -> Response:
    """The page with what went wrong beside the form."""
    shelf = await _shelf(site, request, slug)
    written = shelf.written()
    if written is None:
        return await site.problem(request, 404, "console.edit.gone")
    return await _show(site, request, slug, shelf, written, beside=beside)


async def _save(site: Site, request: Request, slug: str, written: Written) -> Response:
    who = site.staff(request).who
    async with site.unit() as unit:
        done = await editing_of(site, unit, who).draft("entry", slug, written.text, written.note, written.base)
    ready = isinstance(done, Draft) and not done.faults
    return site.go(request, f"/answers/{slug}", "console.done.draft" if ready else "console.done.draft-faulty")


async def _said(tryout: Tryout, slug: str, written: Written) -> Said | str:
    """What the bot would say; or the id of why that cannot be told."""
    try:
        return await tryout.ask(slug, written.text, written.question) or "console.edit.no-index"
    except UnreadableFile:
        return "console.edit.not-asked"


async def _show(
    site: Site, request: Request, slug: str, shelf: Shelf, written: Written, said: Said | str = "",
    beside: Beside | None = None,
) -> Response:  # fmt: skip
    beside = beside or Beside(site.texts.say(said) if isinstance(said, str) and said else "")
    who = site.staff(request).who
    async with site.reading() as unit:
        standing = [one for one in await notices.current(unit) if (one.kind, one.about) == ("entry", slug)]
        proved = await proof.of_entry(unit, slug) if shelf.live else ()
    behind = history.diff(shelf.live.text, written.text) if shelf.behind and shelf.live else ()
    facts: dict[str, Any] = {
        "slug": slug, "shelf": shelf, "written": written, "seen": look_at(site, slug, written.text), "parts": PARTS,
        "said_to": "" if isinstance(said, str) else said, "problem": beside.problem,
        "behind": behind, "longest": LONGEST, "title": _title(site, slug), "notices": standing,
        "may_notice": shelf.live is not None and notices.may_add(who, "entry", shelf.live),
        "may_end": who.role in PUBLISHERS,
        "notice": beside.notice, "longest_notice": notices.LONGEST, "reason": beside.reason,
        "longest_reason": LONGEST_REASON, "references": references(site.library(), "entry", slug),
        "proof": proved,
    }  # fmt: skip
    return site.page(request, "edit_answer.html", status=422 if beside.refused else 200, **facts)


async def _shelf(site: Site, request: Request, slug: str) -> Shelf:
    async with site.reading() as unit:
        return await shelf_of(unit, slug, site.staff(request).who)


async def shelf_of(unit: Unit, slug: str, who: Colleague) -> Shelf:
    """What there is of an answer, for one person."""
    own = await versions.draft_of(unit, "entry", slug, who.id)
    rows = await versions.unpublished(unit, "entry")
    others = tuple(row for row in rows if row.slug == slug and (own is None or row.id != own.id))
    retired = next(iter(await versions.retired(unit, "entry", slug)), None)
    return Shelf(await versions.live(unit, "entry", slug), own, others, retired)


def _written(form: FormData) -> Written:
    said = {name: str(form.get(name, "")) for name in ("text", "note", "question", "base")}
    base = said["base"]
    number = int(base) if base.isascii() and base.isdigit() and len(base) < NO_DATABASE_NUMBER else None
    return Written(said["text"].replace("\r\n", "\n"), said["note"].strip(), said["question"].strip(), number)


def _title(site: Site, slug: str) -> str:
    entry = site.library().entries.get(slug)
    return entry.title if entry else slug
