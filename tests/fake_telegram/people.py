"""People, and what they do with the bot: write, tap, edit, send things, block it. Every act is an update."""

from __future__ import annotations

from typing import Any

from tests.fake_telegram import markup as keyboards
from tests.fake_telegram.formatting import detect
from tests.fake_telegram.model import Access, Chat, Message, User
from tests.fake_telegram.world import Tap, World

Json = dict[str, Any]

_MEMBER = {"open": "member", "kicked": "left"}


class Person:
    """One resident; `chat` is their private chat with the bot."""

    def __init__(self, world: World, chat: Chat) -> None:
        if chat.owner is None:
            raise TypeError("a group is nobody's private chat")
        self._world, self.chat = world, chat
        self.user: User = chat.owner

    @property
    def id(self) -> int:
        """Also the id of the private chat."""
        return self.user.id

    def says(
        self, text: str, *, chat: Chat | None = None, reply_to: Message | None = None, extra: Json | None = None
    ) -> Message:
        """Write a message, here or in a group; commands, mentions and links in it are marked."""
        found = detect(text)
        return self._sends({"text": text} | ({"entities": found} if found else {}), chat, reply_to, extra)

    def starts(self, payload: str = "") -> Message:
        """Press Start, perhaps from a link with `?start=payload`; unblocks the bot first."""
        if self.chat.access != "open":
            self.unblocks_bot()
        return self.says(f"/start {payload}".rstrip())

    def forwards(self, text: str, *, of: Person | str = "Somebody hidden", chat: Chat | None = None) -> Message:
        """Forward what somebody wrote; a plain name is a person whose account stays hidden."""
        date = int(self._world.clock.now().timestamp())
        origin: Json = {"type": "hidden_user", "date": date}
        if isinstance(of, Person):
            origin |= {"type": "user", "sender_user": of.user.wire()}
        else:
            origin |= {"sender_user_name": of}
        return self.says(text, chat=chat, extra={"forward_origin": origin})

    def edits(self, message: Message, text: str) -> Message:
        """Change the words of one's own message."""
        found = detect(text)
        message.content = {"text": text} | ({"entities": found} if found else {})
        message.edited = self._world.clock.now()
        message.chat.note("edited", message, message.edited)
        self._world.deliver("edited_message", message.wire(), ("chat", message.chat.id))
        return message

    def deletes(self, message: Message) -> None:
        """Telegram tells the bot nothing of it."""
        message.deleted = True
        message.chat.note("deleted", message, self._world.clock.now())

    def taps(self, message: Message, button: str, *, stale: bool = False) -> Tap:
        """Press a button under a message, by its label or data. `stale`: one that a slow phone still shows, from
        any earlier keyboard of the message, even of a deleted one."""
        shown = message.markups if stale else [message.markup] if message.markup and not message.deleted else []
        found = keyboards.find(shown, button)
        if found is None:
            raise AssertionError(f"no button {button!r} under {message.seen()!r}, only {message.buttons}")
        if "callback_data" not in found:
            raise AssertionError(f"the bot hears nothing of a tap on {found}")
        return self._world.tap(self.user, message, found["callback_data"])

    def picks(self, message: Message, label: str) -> Message:
        """Press a key of the keyboard that came in place of the phone's own: it writes its label, or a contact."""
        found = keyboards.find([message.markup] if message.markup else [], label)
        if found is None:
            raise AssertionError(f"no key {label!r}, only {message.buttons}")
        if found.get("request_contact"):
            return self.sends_contact(chat=message.chat)
        return self.says(found["text"], chat=message.chat)

    def sends_photo(self, caption: str = "", *, chat: Chat | None = None) -> Message:
        sizes = [self._file("photo") | {"width": side, "height": side} for side in (90, 800)]
        return self._sends({"photo": sizes} | _caption(caption), chat)

    def sends_voice(self, *, chat: Chat | None = None) -> Message:
        return self._sends({"voice": self._file("voice") | {"duration": 4, "mime_type": "audio/ogg"}}, chat)

    def sends_video(self, caption: str = "", *, chat: Chat | None = None) -> Message:
        video = self._file("video") | {"width": 640, "height": 360, "duration": 9}
        return self._sends({"video": video} | _caption(caption), chat)

    def sends_document(self, name: str = "letter.pdf", caption: str = "", *, chat: Chat | None = None) -> Message:
        document = self._file("document") | {"file_name": name, "mime_type": "application/pdf"}
        return self._sends({"document": document} | _caption(caption), chat)

    def sends_sticker(self, emoji: str = "👍", *, chat: Chat | None = None) -> Message:
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._sends({"sticker": self._file("sticker") | kind | {"emoji": emoji}}, chat)

    def sends_location(self, latitude: float = 52.62, longitude: float = -1.18, *, chat: Chat | None = None) -> Message:
        return self._sends({"location": {"latitude": latitude, "longitude": longitude}}, chat)

    def sends_contact(self, phone: str = "+447700900123", *, chat: Chat | None = None) -> Message:
        contact = {"phone_number": phone, "first_name": self.user.first_name, "user_id": self.id}
        return self._sends({"contact": contact}, chat)

    def sends_dice(self, value: int = 6, *, chat: Chat | None = None) -> Message:
        return self._sends({"dice": {"emoji": "🎲", "value": value}}, chat)

    def sends_poll(self, question: str = "Tea?", *options: str, chat: Chat | None = None) -> Message:
        given = options or ("Yes", "No")
        poll: Json = {
            "id": f"poll-{question}",
            "question": question,
            "options": [_option(number, text) for number, text in enumerate(given)],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        }
        return self._sends({"poll": poll}, chat)

    def blocks_bot(self) -> None:
        """Stop the bot: `my_chat_member`, and 403 for whatever it sends."""
        self._changes_access("blocked")

    def unblocks_bot(self) -> None:
        """Restart a stopped bot."""
        self._changes_access("open")

    def deactivates(self) -> None:
        """The account goes away; the bot only finds out by a 403."""
        self.chat.access = "deactivated"

    def removes_bot(self, group: Chat) -> None:
        """Put the bot out of a group."""
        self._changes_access("kicked", group)

    def _sends(
        self, content: Json, chat: Chat | None, reply_to: Message | None = None, extra: Json | None = None
    ) -> Message:
        where = chat or self.chat
        if where.access == "unstarted":
            where.access = "open"
        extra = dict(extra or {})
        if reply_to is not None:
            extra["reply_to_message"] = reply_to.wire(quoted=True)
        message = where.add(self.user, self._world.clock.now(), content, extra)
        where.note("sent", message, message.date)
        self._world.deliver("message", message.wire(), ("chat", where.id))
        return message

    def _changes_access(self, access: Access, chat: Chat | None = None) -> None:
        where = chat or self.chat
        before, where.access = where.access, access
        if before == "unstarted" or before == access:
            return
        change = {
            "chat": where.wire(),
            "from": self.user.wire(),
            "date": int(self._world.clock.now().timestamp()),
            "old_chat_member": self._member(before, where),
            "new_chat_member": self._member(access, where),
        }
        self._world.deliver("my_chat_member", change, ("member", where.id))

    def _member(self, access: Access, chat: Chat) -> Json:
        status = _MEMBER.get(access, "kicked")
        until = {"until_date": 0} if status == "kicked" else {}
        return {"status": status, "user": self._world.bot.wire()} | until

    def _file(self, kind: str) -> Json:
        number = sum(len(chat.messages) for chat in self._world.chats.values()) + 1
        return {"file_id": f"{kind}-{number}", "file_unique_id": f"u-{kind}-{number}"}


def _caption(text: str) -> Json:
    return {"caption": text} if text else {}


def _option(number: int, text: str) -> Json:
    return {"persistent_id": str(number), "text": text, "voter_count": 0}
