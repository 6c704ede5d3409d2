"""The methods that change what people see: send, edit, delete (docs: "Available methods", "Updating messages")."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.fake_telegram import formatting, markup, refusals
from tests.fake_telegram.incoming import Incoming, Json, Upload
from tests.fake_telegram.model import Chat, Message
from tests.fake_telegram.world import World

DELETABLE_FOR = dt.timedelta(hours=48)
MOST_DELETED = 100
_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip


class MessageMethods:
    """Each public method is the Bot API's method of the same name."""

    def __init__(self, world: World) -> None:
        self._world = world

    def send_message(self, call: Incoming) -> Json:
        return self._send(call, self._text(call.given))

    def send_photo(self, call: Incoming) -> Json:
        upload = self._upload(call, "photo")
        sizes = [_sized(upload, "photo", side) for side in (90, 320)] if upload else []
        return self._send(call, {"photo": sizes or [_known(call.given["photo"])]}, upload)

    def send_document(self, call: Incoming) -> Json:
        upload = self._upload(call, "document")
        about = _document(upload) if upload else {"file_id": call.given["document"], "file_unique_id": "known"}
        return self._send(call, {"document": about}, upload)

    def edit_message_text(self, call: Incoming) -> Json:
        new = self._text(call.given)
        message = self._editable(call.given)
        if "text" not in message.content:
            raise refusals.bad_request("there is no text in the message to edit")
        return self._edit(message, new, markup.check(call.given.get("reply_markup")))

    def edit_message_reply_markup(self, call: Incoming) -> Json:
        message = self._editable(call.given)
        return self._edit(message, message.content, markup.check(call.given.get("reply_markup")))

    def delete_message(self, call: Incoming) -> bool:
        message = self._world.chat(call.given["chat_id"]).find(call.given["message_id"])
        if message is None:
            raise refusals.delete_not_found()
        self._delete([message])
        return True

    def delete_messages(self, call: Incoming) -> bool:
        chat, numbers = self._world.chat(call.given["chat_id"]), call.given["message_ids"]
        if not 1 <= len(numbers) <= MOST_DELETED:
            raise refusals.bad_request("there are too many messages to delete")
        self._delete([message for number in numbers if (message := chat.find(number))])
        return True

    def send_chat_action(self, call: Incoming) -> bool:
        chat = self._world.open_chat(call.given["chat_id"])
        if call.given["action"] not in _ACTIONS:
            raise refusals.bad_request("wrong parameter action in request")
        self._world.actions[chat.id].append(call.given["action"])
        return True

    def answer_callback_query(self, call: Incoming) -> bool:
        """How long a query stays answerable is not documented; the 150 seconds of its update are assumed."""
        tap = self._world.taps.get(call.given["callback_query_id"])
        if tap is None or self._world.clock.now() - tap.at > dt.timedelta(seconds=150):
            raise refusals.query_too_old()
        if len(call.given.get("text", "")) > 200:
            raise refusals.bad_request("MESSAGE_TOO_LONG")
        tap.answers.append(call.given)
        return True

    def _send(self, call: Incoming, content: Json, upload: Upload | None = None) -> Json:
        if "text" not in content:
            content |= self._caption(call.given)
        chat = self._world.open_chat(call.given["chat_id"])
        dress, extra = markup.check(call.given.get("reply_markup")), self._reply(chat, call.given)
        message = chat.add(self._world.bot, self._world.clock.now(), content, extra)
        message.dress(dress)
        message.file = upload
        chat.note("sent", message, message.date)
        return message.wire()

    def _text(self, given: Json) -> Json:
        if not given.get("text"):
            raise refusals.bad_request("message text is empty")
        text, entities = formatting.content(given, "text", "entities", formatting.LONGEST_TEXT)
        if not text:
            raise refusals.bad_request("text must be non-empty")
        preview = given.get("link_preview_options")
        return (
            {"text": text}
            | ({"entities": entities} if entities else {})
            | ({"link_preview_options": preview} if preview else {})
        )

    def _caption(self, given: Json) -> Json:
        text, found = formatting.content(given, "caption", "caption_entities", formatting.LONGEST_CAPTION)
        return ({"caption": text} if text else {}) | ({"caption_entities": found} if found else {})

    def _reply(self, chat: Chat, given: Json) -> Json:
        wanted = given.get("reply_parameters")
        quoted = chat.find(wanted["message_id"]) if wanted else None
        if wanted and quoted is None and not wanted.get("allow_sending_without_reply"):
            raise refusals.bad_request("message to be replied not found")
        return {"reply_to_message": quoted.wire(quoted=True)} if quoted else {}

    def _upload(self, call: Incoming, name: str) -> Upload | None:
        upload = call.file(name)
        if upload is not None and not upload.content:
            raise refusals.bad_request("file must be non-empty")
        return upload

    def _editable(self, given: Json) -> Message:
        if "inline_message_id" in given:
            raise NotImplementedError("inline messages are not modelled")
        message = self._world.open_chat(given.get("chat_id")).find(given.get("message_id", 0))
        if message is None:
            raise refusals.edit_not_found()
        shows_reply_keyboard = message.markup is not None and markup.inline(message.markup) is None
        if message.sender != self._world.bot or shows_reply_keyboard:
            raise refusals.cannot_edit()
        return message

    def _edit(self, message: Message, content: Json, dress: Json | None) -> Json:
        if (content, dress) == (message.content, message.markup):
            raise refusals.not_modified()
        message.content = content
        message.dress(dress)
        message.edited = self._world.clock.now()
        message.chat.note("edited", message, message.edited)
        return message.wire()

    def _delete(self, messages: list[Message]) -> None:
        """A bot deletes its own messages, and in private chats the resident's, for 48 hours."""
        now = self._world.clock.now()
        for message in messages:
            own = message.sender == self._world.bot or message.chat.is_private
            if not own or now - message.date > DELETABLE_FOR:
                raise refusals.cannot_delete()
        for message in messages:
            message.deleted = True
            message.chat.note("deleted", message, now)


def _sized(upload: Upload, kind: str, side: int) -> Json:
    named = f"{kind}-{upload.name}-{side}"
    return {"file_id": named, "file_unique_id": f"u-{named}", "width": side, "height": side}


def _known(file_id: Any) -> Json:
    return {"file_id": file_id, "file_unique_id": "known", "width": 90, "height": 90}


def _document(upload: Upload) -> Json:
    return {
        "file_id": f"document-{upload.name}",
        "file_unique_id": f"u-{upload.name}",
        "file_name": upload.name,
        "mime_type": upload.kind,
        "file_size": len(upload.content),
    }
