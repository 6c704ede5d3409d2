"""One Telegram update in, a Turn out; None for what is not for us. Nothing odd in an update may raise."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from telegram import CallbackQuery, Chat, ChatMemberUpdated, Message, Update, User

from bot.channels.cleaning import clean
from handlers.commands import COMMANDS
from handlers.turn import Attachment, Turn, TurnKind
from knowledge.safety import judge

log = structlog.get_logger()

Json = Mapping[str, Any]

COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@(\w{1,64}))?(?:\s+(.*))?", re.DOTALL)
GROUPS = frozenset({Chat.GROUP, Chat.SUPERGROUP})
TALKED_IN = GROUPS | {Chat.PRIVATE}
CAME_OR_WENT: dict[str, TurnKind] = {"kicked": "blocked", "left": "blocked", "member": "unblocked"}

# In this order: an animation is a document too. What is in no row (somebody joined, a pinned message) is no message.
ATTACHMENTS: tuple[tuple[str, Attachment], ...] = (
    ("photo", "photo"), ("voice", "voice"), ("sticker", "sticker"), ("contact", "contact"), ("animation", "video"),
    ("video", "video"), ("video_note", "video"), ("document", "document"), ("audio", "audio"), ("poll", "poll"),
    ("dice", "other"), ("story", "other"), ("game", "other"), ("paid_media", "other"), ("checklist", "other"),
    ("giveaway", "other"), ("invoice", "other"),
)  # fmt: skip
SOMETHING = {"dice": {"emoji": "🎲", "value": 1}}
"""Stands for an attachment that cannot be read: it is still answered."""
ESSENTIAL: Mapping[str, tuple[str, ...]] = {
    "message": ("message_id", "date", "chat", "from", "text", "caption"),
    "edited_message": ("message_id", "date", "chat", "from", "text", "caption"),
    "callback_query": ("id", "from", "data", "chat_instance", "message"),
}


def read(raw: Json, bot: str, now: dt.datetime) -> Turn | None:
    """An update as it came. What cannot be read whole is read for its words alone, which may say that a house burns."""
    for update in (raw, essential(raw)):
        try:
            return parse(Update.de_json(dict(update), None), bot, now)
        except (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError) as error:
            log.warning("odd update", error=type(error).__name__, kinds=sorted(map(str, raw))[:3])
    return None


def essential(raw: Json) -> Json:
    """The same update without anything that could be left out of what was said or tapped."""
    kept = {name: _only(raw[name], wanted) for name, wanted in ESSENTIAL.items() if isinstance(raw.get(name), Mapping)}
    for query in (body for body in kept.values() if isinstance(body.get("message"), Mapping)):
        query["message"] = _only(query["message"], ESSENTIAL["message"])
    if "message" in kept and any(name in raw["message"] for name, _ in ATTACHMENTS):
        kept["message"].update(SOMETHING)
    return {"update_id": raw.get("update_id"), **kept}


def _only(body: Json, wanted: Iterable[str]) -> dict[str, Any]:
    return {name: body[name] for name in wanted if name in body}


def parse(update: Update, bot: str, now: dt.datetime) -> Turn | None:
    """What somebody did, or None. `bot` is our own user name, without the @."""
    about = {"channel": "telegram", "bot": bot, "key": str(update.update_id), "at": now}
    if update.callback_query is not None:
        return _tap(update.callback_query, about)
    if update.my_chat_member is not None:
        return _came_or_went(update.my_chat_member, about)
    if update.edited_message is not None:
        return _message(update.edited_message, about, edited=True)
    return None if update.message is None else _message(update.message, about, edited=False)


def _tap(query: CallbackQuery, about: dict[str, Any]) -> Turn | None:
    message = query.message  # an inaccessible one too has its chat and number
    if message is None or not query.data or query.from_user.is_bot or message.chat.type not in TALKED_IN:
        return None
    return _turn(about, "tap", message.chat, query.from_user, message.message_id, tap=clean(query.data))


def _came_or_went(change: ChatMemberUpdated, about: dict[str, Any]) -> Turn | None:
    kind = CAME_OR_WENT.get(change.new_chat_member.status)
    if kind is None or change.chat.type != Chat.PRIVATE:
        return None
    return _turn(about, kind, change.chat, change.from_user, None)


def _message(message: Message, about: dict[str, Any], *, edited: bool) -> Turn | None:
    text, attachment = clean(message.text or message.caption or ""), _attachment(message)
    if edited and not text:
        return None  # a shared position that moves is edited all the time
    if not (text or attachment or message.location) or not _from_a_person(message):
        return None
    grouped = message.chat.type in GROUPS
    command, argument = _command(text, about["bot"], grouped) if message.text else (None, "")
    if grouped and command is None and not _for_us(message, text, about["bot"]):
        return None
    place = message.location
    return _turn(
        about,
        _kind(edited=edited, command=command, placed=place is not None, attachment=attachment),
        message.chat,
        message.from_user,
        message.message_id,
        text=text if command is None else f"/{command} {argument}".rstrip(),
        command=command,
        argument=argument,
        attachment=attachment,
        location=(place.latitude, place.longitude) if place else None,
    )


def _turn(
    about: dict[str, Any], kind: TurnKind, chat: Chat, who: User | None, message_id: int | None, **said: Any
) -> Turn:
    return Turn(
        **about,
        kind=kind,
        chat=clean(str(chat.id)),
        message_id=None if message_id is None else clean(str(message_id)),
        group=chat.type in GROUPS,
        language_code=clean(who.language_code) if who and isinstance(who.language_code, str) else None,
        **said,
    )


def _kind(*, edited: bool, command: str | None, placed: bool, attachment: Attachment | None) -> TurnKind:
    if edited:
        return "edited"
    if command is not None:
        return "command"
    return "location" if placed else "attachment" if attachment else "text"


def _attachment(message: Message) -> Attachment | None:
    return next((kind for name, kind in ATTACHMENTS if getattr(message, name, None)), None)


def _from_a_person(message: Message) -> bool:
    """Not a bot, and not a channel; a group's administrator who stays anonymous writes as a bot in the group's name."""
    if message.from_user is None or message.is_automatic_forward or message.chat.type not in TALKED_IN:
        return False
    anonymous = message.sender_chat is not None and message.sender_chat.id == message.chat.id
    return anonymous or not message.from_user.is_bot


def _command(text: str, bot: str, grouped: bool) -> tuple[str | None, str]:
    """Its name and its words. In a group other bots have commands too, so there it has to be one of ours."""
    found = COMMAND.fullmatch(text.strip())
    if found is None:
        return None, ""
    name, addressed, argument = found[1].lower(), found[2], (found[3] or "").strip()
    ours = addressed.casefold() == bot.casefold() if addressed else name in COMMANDS
    return (name, argument) if ours or not grouped else (None, "")


def _for_us(message: Message, text: str, bot: str) -> bool:
    """In a group: named, answered, or a danger to life, whoever it was said to."""
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and _same_name(replied.from_user.username, bot):
        return True
    named = re.search(rf"(?<![\w@])@{re.escape(bot)}(?!\w)", text, re.IGNORECASE)
    return named is not None or judge(text).route == "emergency"


def _same_name(one: str | None, other: str) -> bool:
    return one is not None and one.casefold() == other.casefold()
