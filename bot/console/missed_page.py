"""Missed questions: what nobody could answer, together by likeness, the most asked first; and what is done about it."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bot.console.answers_page import editing_of, is_free, slug_of, topics
from bot.console.publish_page import PATIENCE
from bot.console.site import Number, Site
from bot.console.trials import Trial, Trials
from bot.knowing import Snapshot
from bot.staff import missed, missed_waiting, versions
from bot.staff.changing import Adding
from bot.staff.counts import Count
from bot.staff.edits import PUBLISHERS, Editing
from bot.staff.missed import Group
from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.phrasings import text_with
from bot.store import content
from bot.store.unit import Unit
from handlers.kept import Change
from handlers.office import Colleague

Tried = Rehearsal | Refusal | None


async def count(unit: Unit, _who: Colleague) -> Count:
    """How many questions are missed; they are everybody's."""
    return await missed.count(unit)


def routes(site: Site) -> APIRouter:
    """`/missed`, and what is done about one group."""
    router, trials = APIRouter(), Trials(site.console.rehearsals)

    @router.get("/missed")
    async def show(request: Request) -> Response:
        return await _show(site, request)

    @router.post("/missed/{number}/phrasing")
    async def add(request: Request, number: Number) -> Response:
        """Its first question becomes a way to ask for an answer."""
        return await _add(site, trials, request, number)

    @router.post("/missed/{number}/new")
    async def write(request: Request, number: Number) -> Response:
        """A draft of a new answer, asked for as these questions ask."""
        return await _write(site, request, number)

    @router.post("/missed/{number}/not-ours")
    async def not_ours(request: Request, number: Number) -> Response:
        who, group = site.staff(request).who, await _group(site, number)
        settled = 0
        if group is not None:
            async with site.unit() as unit:
                settled = await missed.not_for_us(unit, group, who, editing_of(site, unit, who).audit)
        return site.go(
            request, "/missed", "console.done.not-ours" if settled else "console.done.nothing", count=settled
        )

    return router


async def _add(site: Site, trials: Trials, request: Request, number: int) -> Response:
    form, who, group = await site.form(request), site.staff(request).who, await _group(site, number)
    slug, current = str(form.get("slug", "")), site.console.knowing.current
    if group is None or not isinstance(current, Snapshot):
        return await _show(site, request, site.texts.say("staff.missed.settled"))
    tried = await _tried(site, trials, who, group, slug)
    async with site.unit() as unit:
        adding = Adding(editing_of(site, unit, who), current.index, site.texts, tried)
        done = await adding.add(group, slug, anyway=form.get("anyway") == "yes")
    if done.came == "refused":
        return await _show(site, request, site.texts.say(done.why, **done.facts))
    if done.came == "worse":
        return _worse(site, request, group, slug, done)
    said = f"console.done.phrasing-{'waiting' if done.came == 'waiting' else 'live'}"
    title = titles(site).get(slug, slug)
    return site.go(request, "/missed", said, settled=done.settled, answered=done.answered, of=done.texts, title=title)


async def _tried(site: Site, trials: Trials, who: Colleague, group: Group, slug: str) -> Tried:
    """The change tried out, for whoever may publish it; None for others, and where that takes too long."""
    async with site.reading() as unit:
        text, revision = await text_with(unit, slug, group.texts[0]), await content.revision(unit)
        live = await versions.live(unit, "entry", slug)
        second = live is not None and await editing_of(site, unit, who).needs_a_second("entry", live)
    if text is None or second or who.role not in PUBLISHERS:
        return None
    tried = await trials.tried(slug, text, revision, PATIENCE)
    return None if isinstance(tried, Trial) else tried


async def _write(site: Site, request: Request, number: int) -> Response:
    form, who, group = await site.form(request), site.staff(request).who, await _group(site, number)
    if group is None:
        return await _show(site, request, site.texts.say("staff.missed.settled"))
    slug = slug_of(str(form.get("topic", "")), str(form.get("title", "")))
    async with site.unit() as unit:
        editing = editing_of(site, unit, who)
        if not await is_free(unit, site.library(), slug):
            done: Refusal | None = Refusal("console.new.taken")
        else:
            done = await missed.write_new(unit, group, who, editing.audit, partial(_kept, editing, slug))
    if done is not None:
        return await _show(site, request, site.texts.say(done.text_id))
    return site.go(request, f"/answers/{slug}", "console.done.begun")


async def _kept(editing: Editing, slug: str, text: str) -> int:
    """A text as this person's draft, also where it cannot be read yet; the number of its version."""
    return (await editing.draft("entry", slug, text)).version_id or 0


async def _show(site: Site, request: Request, problem: str = "") -> Response:
    found, library = await _groups(site), site.library()
    known = sorted((entry.title, slug) for slug, entry in library.entries.items())
    async with site.reading() as unit:
        waiting = await missed_waiting.waiting(unit)
    facts: dict[str, Any] = {
        "waiting": waiting,
        "groups": found or (), "no_index": found is None, "titles": titles(site), "known": known,
        "topics": topics(library), "topic_of": topic_of, "problem": problem,
    }  # fmt: skip
    return site.page(request, "missed.html", status=422 if problem else 200, **facts)


def _worse(site: Site, request: Request, group: Group, slug: str, done: Change) -> Response:
    """Asked once more, where some messages would be met worse."""
    facts: dict[str, Any] = {"group": group, "slug": slug, "title": titles(site).get(slug, slug), "found": done.verdict}
    return site.page(request, "missed_worse.html", **facts)


def topic_of(group: Group) -> str:
    """The topic that comes nearest to a group."""
    return group.suggested[0].partition("/")[0] if group.suggested else ""


def titles(site: Site) -> dict[str, str]:
    """The titles of answers by their ids."""
    return {slug: entry.title for slug, entry in site.library().entries.items()}


async def _groups(site: Site) -> list[Group] | None:
    """None where this process has no index to compare with."""
    current = site.console.knowing.current
    if not isinstance(current, Snapshot):
        return None
    async with site.reading() as unit:
        return await missed.groups(unit, current.index)


async def _group(site: Site, number: int) -> Group | None:
    return next((group for group in await _groups(site) or () if group.id == number), None)
