"""A draft on its way: what it changes, which known messages would be met in another way, and then the decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.datastructures import FormData

from bot.console.answers_page import editing_of
from bot.console.look import Look, look_at
from bot.console.replayed import MOST_SHOWN, groups
from bot.console.site import Number, Site
from bot.console.trials import Trial, Trials
from bot.staff import findings, history, versions
from bot.staff.edits import APPROVERS, CHANGED, GONE, PUBLISHERS, Editing
from bot.staff.findings import TIMES
from bot.staff.outcomes import Conflict, Done, Refusal, Rehearsal
from bot.staff.seen import mark_of
from bot.staff.versions import UNPUBLISHED
from bot.store import content
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.office import Colleague
from knowledge.references import references

AT_ONCE, PATIENCE = 1.0, 15.0
"""Seconds: until a page says how far the trial is; and until a button gives up waiting for it."""
Act = Literal["publish", "approve"]
Outcome = Done | Refusal | Conflict
Do = Callable[[Editing, FormData], Awaitable[Outcome]]


@dataclass(frozen=True, slots=True)
class On:
    """A version on its way, what is live, who wrote it, the revision, and what whoever looks may do with it."""

    row: Row
    live: Row | None
    author: str | None
    revision: str | None
    may: frozenset[str]


def routes(site: Site) -> APIRouter:
    """`/answers/{topic}/{name}/drafts/{number}` and what is done with it."""
    router, trials = APIRouter(), Trials(site.console.rehearsals)
    path = "/answers/{topic}/{name}/drafts/{number}"

    @router.get(path)
    async def show(request: Request, topic: str, name: str, number: Number) -> Response:
        return await _show(site, trials, request, f"{topic}/{name}", number)

    @router.post(f"{path}/publish")
    async def publish(request: Request, topic: str, name: str, number: Number) -> Response:
        return await _release(site, trials, request, f"{topic}/{name}", number, "publish")

    @router.post(f"{path}/approve")
    async def approve(request: Request, topic: str, name: str, number: Number) -> Response:
        return await _release(site, trials, request, f"{topic}/{name}", number, "approve")

    _others(router, site, trials, path)
    return router


def _others(router: APIRouter, site: Site, trials: Trials, path: str) -> None:
    @router.post(f"{path}/submit")
    async def submit(request: Request, topic: str, name: str, number: Number) -> Response:
        async def do(editing: Editing, form: FormData) -> Outcome:
            times = _times(form, site.zone)
            return times if isinstance(times, Refusal) else await editing.submit("entry", number, *times)

        return await _act(site, trials, request, f"{topic}/{name}", number, do)

    @router.post(f"{path}/discard")
    async def discard(request: Request, topic: str, name: str, number: Number) -> Response:
        async def do(editing: Editing, _form: FormData) -> Outcome:
            return await editing.discard("entry", number)

        return await _act(site, trials, request, f"{topic}/{name}", number, do)

    @router.post(f"{path}/sending-back")
    async def send_back(request: Request, topic: str, name: str, number: Number) -> Response:
        async def do(editing: Editing, form: FormData) -> Outcome:
            return await editing.send_back("entry", number, str(form.get("note", "")).strip())

        return await _act(site, trials, request, f"{topic}/{name}", number, do)


async def _release(site: Site, trials: Trials, request: Request, slug: str, number: int, act: Act) -> Response:
    """Publish or approve what was read, on what a trial of this very text found. What was changed since is shown as it
    reads now, a trial that takes long on its way."""
    on, seen = await _on(site, request, slug, number), str((await site.form(request)).get("seen", ""))
    if on is None:
        return await site.problem(request, 404, GONE.text_id)
    if seen != mark_of(on.row):
        return await _show(site, trials, request, slug, number, words_of(site, CHANGED))
    tried = await trials.tried(slug, versions.text_of(on.row), on.revision, PATIENCE)
    if isinstance(tried, Trial):
        return site.go(request, f"/answers/{slug}/drafts/{number}", "console.publish.still-trying")
    if isinstance(tried, Refusal):
        return await _show(site, trials, request, slug, number, words_of(site, tried))
    rehearsal = tried

    async def do(editing: Editing, form: FormData) -> Outcome:
        if act == "approve":
            return await editing.approve("entry", number, rehearsal, seen)
        times = _times(form, site.zone)
        return times if isinstance(times, Refusal) else await editing.publish("entry", number, rehearsal, *times, seen)

    return await _act(site, trials, request, slug, number, do)


async def _act(site: Site, trials: Trials, request: Request, slug: str, number: int, do: Do) -> Response:
    form, who = await site.form(request), site.staff(request).who
    async with site.unit() as unit:
        row = await versions.one(unit, "entry", number)
        ours = row is not None and row.slug == slug
        done = await do(editing_of(site, unit, who), form) if ours else GONE
    if isinstance(done, Refusal | Conflict):
        return await _show(site, trials, request, slug, number, words_of(site, done))
    return site.go(request, f"/answers/{slug}/versions", f"console.done.answer-{done.state}")


async def _show(site: Site, trials: Trials, request: Request, slug: str, number: int, problem: str = "") -> Response:
    on = await _on(site, request, slug, number)
    if on is None:
        return await site.problem(request, 404, GONE.text_id)
    seen = Look() if on.row.retires else look_at(site, slug, on.row.text)
    tried = Refusal("staff.edit.faults", {"what": seen.unreadable}) if seen.unreadable else await trials.tried(
        slug, versions.text_of(on.row), on.revision, AT_ONCE
    )  # fmt: skip
    facts: dict[str, Any] = {
        "slug": slug, "title": _title(site, slug), "on": on, "seen": seen, "problem": problem, "mark": mark_of(on.row),
        "references": references(site.library(), "entry", slug) if on.row.retires else (),
        "diff": history.diff(on.live.text if on.live else "", on.row.text),
        "trial": tried if isinstance(tried, Trial) else None,
        "not_tried": words_of(site, tried) if isinstance(tried, Refusal) else "",
        "replay": tried.replay if isinstance(tried, Rehearsal) else None,
        "groups": groups(site, tried.replay) if isinstance(tried, Rehearsal) else (), "most": MOST_SHOWN,
    }  # fmt: skip
    return site.page(request, "draft.html", status=422 if problem else 200, **facts)


async def _on(site: Site, request: Request, slug: str, number: int) -> On | None:
    who = site.staff(request).who
    async with site.reading() as unit:
        row = await versions.one(unit, "entry", number)
        if row is None or row.slug != slug or row.state not in UNPUBLISHED:
            return None
        live, revision = await versions.live(unit, "entry", slug), await content.revision(unit)
        author = await findings.who(unit, row.staff_id)
        return On(row, live, author, revision, await _may(site, unit, who, row))


async def _may(site: Site, unit: Unit, who: Colleague, row: Row) -> frozenset[str]:
    """What a person may do with a version; the service asks again."""
    own, publisher = row.staff_id == who.id, who.role in PUBLISHERS
    second = await editing_of(site, unit, who).needs_a_second("entry", row)
    able = {
        "publish": publisher and not second and row.state in ("draft", "waiting"),
        "submit": (own or publisher) and row.state == "draft" and (second or not publisher),
        "approve": who.role in APPROVERS and second and not own and row.state == "waiting",
        "send-back": who.role in APPROVERS and not own and row.state == "waiting",
        "take-over": row.state == "offered",
        "discard": own or publisher,
    }
    return frozenset(act for act, allowed in able.items() if allowed)


def words_of(site: Site, outcome: Refusal | Conflict) -> str:
    """Why something was not done, in a sentence."""
    facts = {"who": outcome.who, "version": outcome.version} if isinstance(outcome, Conflict) else outcome.facts
    return site.texts.say(outcome.text_id, **facts)


def _times(form: FormData, zone: str) -> tuple[dt.datetime | None, dt.datetime | None] | Refusal:
    """From when until when, by the place's wall clock; None where nothing was said."""
    try:
        return _moment(form.get("starts"), zone), _moment(form.get("ends"), zone)
    except (ValueError, OverflowError):
        return Refusal(TIMES)


def _moment(said: object, zone: str) -> dt.datetime | None:
    if not isinstance(said, str) or not said.strip():
        return None
    return dt.datetime.fromisoformat(said.strip()).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def _title(site: Site, slug: str) -> str:
    entry = site.library().entries.get(slug)
    return entry.title if entry else slug
