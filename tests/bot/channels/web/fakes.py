"""A conversation with a script, kept in memory, and a library of two answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.channels.web.ports import Web
from bot.clock import FixedClock
from bot.errors import BotError, KeyReused
from handlers.catalogue import Texts
from handlers.ports import Decision, Held, Ports, Understood
from handlers.turn import Button, Outcome, Reply, Session, Turn
from knowledge.entry import Entry, Hours, Organisation, Source
from knowledge.library import Library
from knowledge.place import Place
from knowledge.prose import Paragraph, Span, Steps, line

COUNCIL = "http://localhost:8001"
PUBLIC_URL = "https://ask.example"
MONTHS = ("January", "February", "March", "April", "May", "June")
OTHERS = {
    "answer.general-advice": "General safety advice",
    "answer.checked": "Checked {date}",
    "answer.unchecked": "Not checked yet",
    "answer.draft": "This is a draft. Nobody has signed it off.",
    "answer.withheld": "We are checking our advice on this. Please ring the number below.",
    "answer.sources": "Sources:",
    "answer.facts-as-of": "Facts as of {date}.",
    "button.helped": "That helped",
    "button.not-meant": "Not what I meant",
    "button.visit": "Book a home visit",
    "button.more": "Tell me more",
    "button.wrong": "A detail is wrong",
    "hours.unknown": "-",
    "hours.always": "Open all day, every day",
    **{f"month.{n}": name for n, name in enumerate(MONTHS, start=1)},
}


class NotStored(BotError):
    """As `bot.conversation` raises it."""

    text_id = "error.try-again"

    def __init__(self, urgent: Reply | None = None) -> None:
        super().__init__()
        self.urgent = urgent


@dataclass(frozen=True)
class Delivered:
    """As `bot.store.outbox` has it."""

    seq: int
    reply: Reply
    at: dt.datetime


@dataclass(frozen=True)
class Taken:
    """As `bot.conversation` has it."""

    repeat: bool
    source: str
    outcome: Outcome | None


Script = Callable[[Turn], Outcome]


def said(words: str, *buttons: Button, urgent: bool = False) -> Reply:
    """A message of one paragraph."""
    return Reply(blocks=(line(words),), buttons=(buttons,) if buttons else (), urgent=urgent)


def outcome(*replies: Reply) -> Outcome:
    """An outcome that only says something."""
    return Outcome(session=Session(), replies=replies)


def echoing(turn: Turn) -> Outcome:
    """Answers with what it heard."""
    return outcome(said(f"You wrote {turn.text or turn.tap}.", Button(label="More", token="1~more~a~AAAA")))


@dataclass
class FakeConversation:
    """Takes turns once each and keeps what it answered. `failures` are raised first, one a turn."""

    script: Script = echoing
    failures: list[Exception] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    boxes: dict[str, list[Delivered]] = field(default_factory=dict)
    away: bool = False

    def __post_init__(self) -> None:
        self._fingerprints: dict[str, tuple[str, str | None]] = {}
        self._replies: dict[str, list[Delivered]] = {}

    async def take(self, turn: Turn) -> Taken:
        if self.failures:
            raise self.failures.pop(0)
        source = f"web::{turn.key}"
        if self._fingerprints.setdefault(source, (turn.text, turn.tap)) != (turn.text, turn.tap):
            raise KeyReused(key=turn.key)
        if source in self._replies:
            return Taken(repeat=True, source=source, outcome=None)
        self.turns.append(turn)
        decided = self.script(turn)
        self._replies[source] = [self.put(turn.chat, reply) for reply in decided.replies]
        return Taken(repeat=False, source=source, outcome=decided)

    async def replies(self, source: str) -> Sequence[Delivered]:
        return self._replies.get(source, [])

    async def after(self, chat: str, seq: int) -> Sequence[Delivered]:
        if self.away:
            raise NotStored
        return [message for message in self.boxes.get(chat, []) if message.seq > seq]

    def put(self, chat: str, reply: Reply) -> Delivered:
        """A message into a mailbox, as staff would write one."""
        box = self.boxes.setdefault(chat, [])
        message = Delivered(len(box) + 1, reply, FixedClock().now())
        box.append(message)
        return message


class Nobody:
    """The person of a page that knows nobody."""

    async def held(self) -> Held:
        return Held()

    async def copy(self, library: Library) -> str:
        return ""

    async def deletable_messages(self) -> tuple[Sequence[str], int]:
        return (), 0

    async def topics(self) -> Sequence[str]:
        return ()

    async def latest_ticket(self) -> int | None:
        return None


class NoSearch:
    """A page needs none."""

    def decide(self, understood: Understood, shown: Sequence[str] = ()) -> Decision:
        return Decision(route="unknown")


@dataclass
class FakeAnswers:
    """Two answers, of which one is signed off."""

    live: bool = False
    origins: tuple[str, ...] = (COUNCIL,)
    public_url: str | None = PUBLIC_URL

    def ports(self) -> Ports:
        place = Place(name="Braunstone", partnership="Braunstone Blues", live=self.live, embed_origins=self.origins)
        return Ports(
            library=Library(place=place, entries=ENTRIES, organisations={FIRE.id: FIRE}),
            search=NoSearch(),
            texts=texts(),
            person=Nobody(),
            now=FixedClock().now(),
            bank_holidays=frozenset(),
            public_url=self.public_url,
        )


@dataclass
class FakeCalendars:
    """Calendar files by the two parts of their address."""

    visits: dict[tuple[str, str], str] = field(default_factory=dict)
    staff: dict[tuple[str, str], str] = field(default_factory=dict)
    away: bool = False

    async def of_visit(self, reference: str, token: str) -> str | None:
        return self._found(self.visits, reference, token)

    async def of_staff(self, staff: str, token: str) -> str | None:
        return self._found(self.staff, staff, token)

    def _found(self, held: dict[tuple[str, str], str], name: str, token: str) -> str | None:
        if self.away:
            raise NotStored
        return held.get((name, token))


def texts() -> Texts:
    """The catalogue, with words of our own for what other rooms say."""
    return Texts(overrides=OTHERS)


def urgent(turn: Turn) -> Reply | None:
    """Stands in for the judge."""
    return urgent_for(turn.text) if "fire" in turn.text else None


def urgent_for(_words: str) -> Reply:
    """A 999 message."""
    ring = Span(text="Call 999", href="tel:999", strong=True)
    return Reply(blocks=(Paragraph(spans=(Span(text="Get out, stay out. "), ring)),), urgent=True)


def web(conversation: FakeConversation, answers: FakeAnswers | None = None, **options: int) -> Web:
    """The channel's dependencies, all of them fakes."""
    return Web(
        turns=conversation,
        mailbox=conversation,
        answers=answers or FakeAnswers(),
        calendars=FakeCalendars(),
        urgent=urgent,
        clock=FixedClock(),
        **options,  # type: ignore[arg-type]
    )


FIRE = Organisation(
    id="leicestershire-fire",
    name="Leicestershire Fire and Rescue Service",
    kind="statutory",
    area="Leicestershire",
    what_for="Home safety visits and smoke alarms",
    phone="0116 210 5555",
    website="https://leics-fire.gov.uk",
    hours=Hours(words="Monday to Friday, 9am to 5pm", always=True),
    cost="Free",
)


def _entry(slug: str, **more: object) -> Entry:
    found = {
        "id": slug,
        "title": "Smoke alarms: where to fit and how to test",
        "tier": "life-safety",
        "agency": "fire",
        "visit": True,
        "emergency": "If the alarm sounds and there is smoke or fire, get out, stay out and ring 999.",
        "lead": (Span(text="Have at least one smoke alarm on every floor of your home.", strong=True),),
        "first": (
            Steps(
                items=(
                    (Span(text="Fit them on the ceiling, near the middle of the hall and each landing."),),
                    (Span(text="Press the button once a month. If you cannot reach, use a broom handle."),),
                    (Span(text="Replace each alarm when it is 10 years old."),),
                )
            ),
        ),
        "more": (Paragraph(spans=(Span(text="Kitchen: ", strong=True), Span(text="use a heat alarm there."))),),
        "one_line": "Fit a smoke alarm on every floor. Test it once a month. Replace it when it is 10 years old.",
        "phrasings": ("smoke alarm",),
        "organisations": (FIRE.id,),
        "sources": (Source(name="National Fire Chiefs Council", url="https://nfcc.org.uk/smoke-alarms"),),
    }
    return Entry.model_validate(found | more)


SIGNED = _entry("fire-safety/smoke-alarms", checked_on=dt.date(2026, 5, 3), checked_by="A. Officer", tier="general")
DRAFT = _entry("fire-safety/draft")
ENTRIES = {entry.id: entry for entry in (SIGNED, DRAFT)}
