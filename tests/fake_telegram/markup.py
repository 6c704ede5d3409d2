"""`reply_markup`: keyboards under a message or in place of the phone's own, checked as the server checks them."""

from __future__ import annotations

from typing import Any

from tests.fake_telegram.links import check_url
from tests.fake_telegram.refusals import bad_request

Json = dict[str, Any]

MOST_BUTTONS = 100
LONGEST_DATA = 64  # bytes


def check(markup: Json | None) -> Json | None:
    """The keyboard as the message keeps it; an empty one, or the removal of one, is none at all."""
    if not markup or "remove_keyboard" in markup:
        return None
    if "inline_keyboard" not in markup:
        return markup
    rows = [[_button(each) for each in row] for row in markup["inline_keyboard"] if row]
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad_request("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _button(button: Json) -> Json:
    if not button.get("text", "").strip():
        raise bad_request("can't parse inline keyboard button: Button text must be non-empty")
    if len(button.keys() - {"text", "style", "icon_custom_emoji_id"}) != 1:
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= LONGEST_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    return {**button, "url": _url(button["url"])} if "url" in button else button


def _url(url: str) -> str:
    try:
        return check_url(url)
    except ValueError as error:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: {error}") from error


def inline(markup: Json | None) -> Json | None:
    """The part of a keyboard that is repeated in the message itself."""
    return markup if markup and "inline_keyboard" in markup else None


def buttons(markup: Json | None) -> list[Json]:
    """Every button of either sort of keyboard, in reading order."""
    rows = (markup or {}).get("inline_keyboard") or (markup or {}).get("keyboard") or []
    return [each if isinstance(each, dict) else {"text": each} for row in rows for each in row]


def labels(markup: Json | None) -> list[str]:
    """What stands on the buttons."""
    return [each["text"] for each in buttons(markup)]


def find(markups: list[Json], wanted: str) -> Json | None:
    """The button with this label, or failing that this data, in the newest keyboard that has it."""
    for field in ("text", "callback_data"):
        for markup in reversed(markups):
            for each in buttons(markup):
                if each.get(field) == wanted:
                    return each
    return None
