"""A change of an answer as the phone makes it: the words below the settings, tried out, published or sent on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.staff import missed, versions
from bot.staff.ahead import Tried
from bot.staff.edits import GONE, PUBLISHERS, Editing
from bot.staff.missed import Group
from bot.staff.outcomes import Conflict, Done, Draft, Refusal, Rehearsal
from bot.staff.phrasings import CANNOT, CarefulPhrasings
from bot.store.content import Row
from bot.store.unit import Unit
from handlers.catalogue import Texts, facts_of
from handlers.kept import Change, Reading, Verdict
from handlers.office import Colleague
from knowledge.check_one import parse
from knowledge.entry import Entry
from knowledge.errors import UnreadableFile
from knowledge.library import FRONT_MATTER
from knowledge.replay import Replay
from knowledge.search import Index

NOT_READY = Change(came="refused", why="staff.keep.not-ready")
EXAMPLES = 3
WHOLE_FILE = "---\n"


def refused(why: Refusal | Conflict) -> Change:
    """Nothing was done, or a draft was kept of which nobody else knows."""
    if isinstance(why, Conflict):
        return Change(came="refused", why=why.text_id, facts={"who": why.who, "version": why.version})
    return Change(came="refused", why=why.text_id, facts=why.facts, version=why.version_id)


async def reading(unit: Unit, who: Colleague, slug: str) -> Reading | None:
    """One's own draft of an answer where there is one, else what is live."""
    live, own = await versions.live(unit, "entry", slug), await versions.draft_of(unit, "entry", slug, who.id)
    own = None if own is not None and own.retires else own  # nothing to read
    row = own or live
    if row is None:
        return None
    over = row.version if own is None else (own.base or 0)
    entry = _entry(row)
    title = entry.title if entry is not None else slug
    return Reading(slug=slug, title=title, words=words_below(row.text), version=over, drafted=own is not None)


async def edit(editing: Editing, slug: str, text: str, base: int) -> Change:
    """Keep other words as one's own draft of an answer, and say what is wrong with them."""
    own = await versions.draft_of(editing.unit, "entry", slug, editing.staff.id)
    row = own if own is not None and not own.retires else await versions.live(editing.unit, "entry", slug)
    if row is None:
        return refused(GONE)
    drafted = await editing.draft("entry", slug, with_words(row.text, text), base=base or None)
    if isinstance(drafted, Refusal):
        return refused(drafted)
    kept = await versions.one(editing.unit, "entry", drafted.version_id)
    return await _as_draft(editing, drafted, kept) if kept is not None else refused(GONE)


async def try_out(editing: Editing, version: int, tried: Tried) -> Change:
    """What a draft would do to known messages; it was tried out before this transaction."""
    row = await _own(editing, version)
    if row is None:
        return refused(GONE)
    if not isinstance(tried, Rehearsal):
        return NOT_READY if tried is None else refused(tried)
    if tried.text != row.text:
        return refused(Refusal("staff.edit.replay-first"))
    return Change(came="tried", version=version, verdict=verdict_of(tried.replay))


async def publish(editing: Editing, version: int, tried: Tried) -> Change:
    """Make a draft live, where no second person is needed and nothing stands in the way."""
    if await _own(editing, version) is None:
        return refused(GONE)
    if not isinstance(tried, Rehearsal):
        return NOT_READY if tried is None else refused(tried)
    done = await editing.publish("entry", version, tried)
    return _done(done).model_copy(update={"verdict": verdict_of(tried.replay)})


async def submit(editing: Editing, version: int) -> Change:
    """Send a draft to a second person."""
    return _done(await editing.submit("entry", version)) if await _own(editing, version) else refused(GONE)


async def discard(editing: Editing, version: int) -> bool:
    """Put a draft away."""
    own = await _own(editing, version)
    return own is not None and isinstance(await editing.discard("entry", version), Done)


@dataclass(frozen=True, slots=True)
class Adding:
    """A missed question becomes a way to ask for an answer. At once, where no second person must agree, after it was
    tried out; `index` is what is answered with."""

    editing: Editing
    index: Index
    texts: Texts
    tried: Tried

    async def add(self, group: Group, slug: str, *, anyway: bool) -> Change:
        """With `anyway` also where some messages would be met worse; never where one of danger would be missed."""
        if isinstance(self.tried, Refusal):
            return refused(self.tried)
        if self.tried is None and await self._at_once(slug):
            return NOT_READY
        verdict = verdict_of(self.tried.replay) if self.tried is not None else None
        if verdict is not None and verdict.blocked:
            return refused(Refusal("staff.edit.blocked", {"count": verdict.blocked}))
        if verdict is not None and verdict.worse and not anyway:
            return Change(came="worse", verdict=verdict)
        return await self._added(group, slug, verdict)

    async def _at_once(self, slug: str) -> bool:
        live = await versions.live(self.editing.unit, "entry", slug)
        return live is not None and await _may_publish(self.editing, live)

    async def _added(self, group: Group, slug: str, verdict: Verdict | None) -> Change:
        edits = CarefulPhrasings(self.editing, self.tried_or_nothing, self.texts)
        unit, who, audit = self.editing.unit, self.editing.staff, self.editing.audit
        done = await missed.add_phrasing(unit, group, slug, who, self.index, edits, audit)
        if isinstance(done, Refusal):
            return refused(done if facts_of(self.texts.raw(done.text_id)) <= set(done.facts) else Refusal(CANNOT))
        counted = {"settled": done.settled, "answered": done.answered, "texts": done.of}
        return Change(came="waiting" if done.waits else "live", verdict=verdict, **counted)

    @property
    def tried_or_nothing(self) -> Rehearsal:
        """A rehearsal of nothing covers no text: with it nothing can be published."""
        return self.tried if isinstance(self.tried, Rehearsal) else Rehearsal("", None, Replay())


def words_below(text: str) -> str:
    """An entry's file in, the words below its settings out; all of it where it has none."""
    match = FRONT_MATTER.match(text)
    return match[2] if match is not None else text


def with_words(text: str, words: str) -> str:
    """The file with other words below its settings, or another file where the words begin as one."""
    words = words.replace("\r\n", "\n").strip() + "\n"
    match = FRONT_MATTER.match(text)
    return words if match is None or words.startswith(WHOLE_FILE) else text[: match.start(2)] + words


def verdict_of(replay: Replay) -> Verdict:
    """What was found, in numbers, and a few of the messages that would be met worse."""
    worse = replay.those("worse")
    return Verdict(
        of=replay.of, better=len(replay.those("better")), worse=len(worse), changed=len(replay.those("changed")),
        blocked=len(replay.blocked), examples=tuple(each.asked.message.text for each in worse[:EXAMPLES]),
    )  # fmt: skip


async def _as_draft(editing: Editing, drafted: Draft, kept: Row) -> Change:
    return Change(
        came="draft", version=kept.id, faults=drafted.faults, warnings=drafted.warnings, preview=_entry(kept),
        may_publish=await _may_publish(editing, kept),
    )  # fmt: skip


async def _may_publish(editing: Editing, row: Row) -> bool:
    return editing.staff.role in PUBLISHERS and not await editing.needs_a_second("entry", row)


async def _own(editing: Editing, version: int) -> Row | None:
    row = await versions.one(editing.unit, "entry", version)
    return row if row is not None and row.staff_id == editing.staff.id else None


def _entry(row: Row) -> Entry | None:
    try:
        found = parse("entry", row.slug, row.text)
    except UnreadableFile:
        return None
    return found if isinstance(found, Entry) else None


def _done(done: Done | Refusal | Conflict) -> Change:
    if not isinstance(done, Done):
        return refused(done)
    return Change(came="live" if done.state == "live" else "waiting", version=done.version_id)
