"""The words that all layers share: what came in (Turn), what goes out (Reply), what is remembered (Session)."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from handlers.draft import Draft
from handlers.evidence import Evident
from handlers.home_check_state import Check
from knowledge.prose import Block, Frozen

Channel = Literal["telegram", "web", "terminal"]
Route = Literal["emergency", "crisis", "abuse", "action", "answer", "choose", "unknown", "smalltalk"]
TurnKind = Literal["text", "command", "tap", "location", "attachment", "edited", "blocked", "unblocked"]
Attachment = Literal["photo", "voice", "sticker", "contact", "document", "video", "audio", "poll", "other"]
Contact = Literal["ok", "reply_only", "never"]
Pace = Literal["fine", "fast", "flood"]
"""How fast a chat writes: as people do; so fast that it is asked to wait; so fast that it was asked before."""

SESSION_VERSION = 1


class Turn(Frozen):
    """One thing that somebody said, tapped or sent, as its channel understood it."""

    channel: Channel
    bot: str = Field(default="", description="which account of ours it came to; part of the inbox key")
    key: str = Field(description="the channel's own id of this update; a repeat has the same")
    chat: str = Field(description="the channel's id of the conversation")
    at: dt.datetime
    kind: TurnKind = "text"
    text: str = Field(default="", description="the words, a caption, or a command with its words")
    command: str | None = Field(default=None, description="without the slash")
    argument: str = ""
    tap: str | None = Field(default=None, description="a button's token")
    message_id: str | None = Field(default=None, description="the resident's message, or the tapped one")
    attachment: Attachment | None = None
    location: tuple[float, float] | None = Field(default=None, description="latitude, longitude")
    group: bool = Field(default=False, description="others read along")
    language_code: str | None = None
    source: str = Field(default="", description="the code of the poster that led to the web page; with the first words")


class Button(Frozen):
    """A choice. Its label is words; `token` is made by `buttons.encode`."""

    label: str
    token: str | None = None
    url: str | None = None


class File(Frozen):
    """A small text file that goes with a message, where the channel can send one."""

    name: str
    media_type: str
    text: str


class Reply(Frozen):
    """One message to one person, for any screen."""

    blocks: tuple[Block, ...] = ()
    buttons: tuple[tuple[Button, ...], ...] = ()
    urgent: bool = Field(default=False, description="a 999 or helpline message: nothing may stand in front of it")
    strip_buttons_of: str | None = Field(default=None, description="edit this earlier message instead of sending")
    forget_messages: tuple[str, ...] = Field(default=(), description="delete these messages instead of sending")
    file: File | None = Field(default=None, description="sent after the words; only Telegram sends files")


class Waiting(Frozen):
    """What the bot has asked and not yet heard. `data` holds ids and keys, never the resident's words."""

    form: str
    step: str = ""
    data: dict[str, str] = Field(default_factory=dict)


class Session(Frozen):
    """All that is remembered of a conversation between two turns. Saved as JSON, encrypted, with its version."""

    version: int = SESSION_VERSION
    language: str = "en"
    shown: tuple[str, ...] = Field(default=(), description="entries answered with last")
    others: tuple[str, ...] = Field(default=(), description="the next best entries, for 'not what I meant'")
    choices: tuple[str, ...] = Field(default=(), description="tokens of the last message's numbered choices")
    waiting: Waiting | None = None
    paused: Waiting | None = Field(default=None, description="the form that a safety question interrupted")
    misses: int = Field(default=0, description="turns in a row without a useful answer")
    visit: Draft | None = Field(default=None, description="a visit that is being asked for")
    check: Check | None = Field(default=None, description="a home check that was begun")
    area: str = Field(default="", description="the area of the place that they named; for counts, and to sort by")
    campaign: int = Field(default=0, description="the campaign whose button opened what is shown; 0: none")
    asked: dt.datetime | None = Field(default=None, description="when they were last asked what else they would do")
    quiet: bool = Field(default=False, description="after a crisis or abuse message: nothing is kept or sent later")
    alarmed: dt.datetime | None = Field(default=None, description="when an emergency was last answered with 999")

    def bare(self) -> Session:
        """What stays where all else is forgotten: how to speak to them, and when not to write first."""
        return Session(language=self.language, quiet=self.quiet, alarmed=self.alarmed)


class KeepQuestion(Frozen):
    """Keep a question for staff, personal details removed."""

    kind: Literal["keep-question"] = "keep-question"
    text: str
    route: Route
    shown: tuple[str, ...] = ()
    score: float = 0.0
    area: str = ""


class CountRoute(Frozen):
    """Count that a turn took a route; no words are kept."""

    kind: Literal["count-route"] = "count-route"
    route: Route


class MarkHelped(Frozen):
    """Whether the last answers helped."""

    kind: Literal["mark-helped"] = "mark-helped"
    entry: str
    helped: bool


class Chose(Frozen):
    """One of the offered entries was tapped: what was asked has found its answer."""

    kind: Literal["chose"] = "chose"
    entry: str


class OpenHandover(Frozen):
    """A person is asked for: `wish` is how they want to hear back."""

    kind: Literal["open-handover"] = "open-handover"
    wish: Literal["reply", "callback"]
    phone: str | None = None
    about: str | None = None


class HandoverSaid(Frozen):
    """More words for an open ticket."""

    kind: Literal["handover-said"] = "handover-said"
    ticket: int
    text: str


class ReportDetail(Frozen):
    """Somebody says that a detail of an organisation is wrong."""

    kind: Literal["report-detail"] = "report-detail"
    organisation: str
    words: str
    thank: bool


class SetContact(Frozen):
    """Whether this chat may be written to when it has not just written to us."""

    kind: Literal["set-contact"] = "set-contact"
    contact: Contact


class SetSource(Frozen):
    """Where they came from: a leaflet's, surgery's or school's code."""

    kind: Literal["set-source"] = "set-source"
    code: str


class Subscribe(Frozen):
    """They want to hear about a topic; `area` is the one they named, or empty."""

    kind: Literal["subscribe"] = "subscribe"
    topic: str
    area: str = ""


class SubscriptionArea(Frozen):
    """Which area's news they want with all their topics; empty: only what is for everybody."""

    kind: Literal["subscription-area"] = "subscription-area"
    area: str


class Unsubscribe(Frozen):
    """They want to hear no more about a topic; empty: about none."""

    kind: Literal["unsubscribe"] = "unsubscribe"
    topic: str = ""


class CampaignSaid(Frozen):
    """What somebody did with a campaign that was sent to them. Counted once for each of them."""

    kind: Literal["campaign-said"] = "campaign-said"
    campaign: int
    what: Literal["opened", "helped", "unhelpful", "stopped"]


class CountCheck(Frozen):
    """An answer of the home check was given; with an empty topic: begun, finished, visit."""

    kind: Literal["count-check"] = "count-check"
    topic: str
    answer: str
    area: str = ""


class ForgetPerson(Frozen):
    """Delete all that is held about this chat, except what must stay."""

    kind: Literal["forget-person"] = "forget-person"


class ForgetConversation(Frozen):
    """Forget what was said, and stop messages that wait to be sent."""

    kind: Literal["forget-conversation"] = "forget-conversation"


Effect = (
    KeepQuestion
    | CountRoute
    | MarkHelped
    | Chose
    | OpenHandover
    | HandoverSaid
    | ReportDetail
    | SetContact
    | SetSource
    | Subscribe
    | SubscriptionArea
    | Unsubscribe
    | CampaignSaid
    | CountCheck
    | ForgetPerson
    | ForgetConversation
    | Evident
)


class Trace(Frozen):
    """What was decided, for `bot ask --json`, statistics and tests."""

    route: Route = "smalltalk"
    tier: Literal["certain", "maybe"] | None = None
    answered: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()
    action: str | None = None
    reasons: tuple[str, ...] = ()
    score: float = 0.0
    """The chance that the search gave its first answer."""


class Outcome(Frozen):
    """What a turn leads to: the session as it is afterwards, messages in order, and effects."""

    session: Session
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    trace: Trace = Trace()
