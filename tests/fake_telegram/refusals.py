"""How Telegram says no: status, description and parameters, worded as its server words them.

Wordings are those of tdlib/telegram-bot-api (`Client.cpp`, `fail_query_with_error`) and of public error reports.
"""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """One answer with `ok: false`."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def wire(self) -> dict[str, Any]:
        """The body of the response."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(what: str) -> Refusal:
    return Refusal(400, f"Bad Request: {what}")


def cannot_parse(why: str) -> Refusal:
    return bad_request(f"can't parse entities: {why}")


def retry_after(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def blocked() -> Refusal:
    return Refusal(403, "Forbidden: bot was blocked by the user")


def deactivated() -> Refusal:
    return Refusal(403, "Forbidden: user is deactivated")


def not_started() -> Refusal:
    return Refusal(403, "Forbidden: bot can't initiate conversation with a user")


def kicked() -> Refusal:
    return Refusal(403, "Forbidden: bot was kicked from the group chat")


def chat_not_found() -> Refusal:
    return bad_request("chat not found")


def not_modified() -> Refusal:
    same = "exactly the same as a current content and reply markup of the message"
    return bad_request(f"message is not modified: specified new message content and reply markup are {same}")


def edit_not_found() -> Refusal:
    return bad_request("message to edit not found")


def cannot_edit() -> Refusal:
    return bad_request("message can't be edited")


def delete_not_found() -> Refusal:
    return bad_request("message to delete not found")


def cannot_delete() -> Refusal:
    return bad_request("message can't be deleted for everyone")


def query_too_old() -> Refusal:
    return bad_request("query is too old and response timeout expired or query ID is invalid")


def conflict(why: str) -> Refusal:
    return Refusal(409, f"Conflict: {why}")


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def unauthorised() -> Refusal:
    return Refusal(401, "Unauthorized")


def server_error(code: int = 500) -> Refusal:
    return Refusal(code, {500: "Internal Server Error", 502: "Bad Gateway"}.get(code, "Service Unavailable"))
