"""`/_control/…`: the same handles for a test whose bot, or whose driver, is another process.

    POST /_control/person            {"first_name": "Ann"}                      → {"id": 500000001}
    POST /_control/person/ID/VERB    {"text": "hello"}                          → {"message_id": 1}
    POST /_control/fail              {"fault": "retry_after", "with": [5], "method": "sendMessage", "times": 2}
    POST /_control/move              {"minutes": 5}                             (the clock, if it is a FixedClock)
    GET  /_control/chat/ID           → {"transcript": ["Ann sent: hello"]}
    POST /_control/group             {"title": "Neighbours"}                    → {"id": -4000001}
    GET  /_control/violations        → {"violations": []}
    GET  /_control/calls             → {"calls": [{"method": …, "given": …, "outcome": …}]}

A `message` or `reply_to` in a body is the id of a message, in that person's own chat unless a `chat` is said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.fake_telegram import refusals
from tests.fake_telegram.faults import Fault, Garbled, Lost, Refuse, Slow
from tests.fake_telegram.model import Message
from tests.fake_telegram.people import Person
from tests.fake_telegram.refusals import Refusal
from tests.fake_telegram.world import World

Json = dict[str, Any]

_VERBS = (
    "says", "starts", "forwards", "edits", "deletes", "taps", "picks", "blocks_bot", "unblocks_bot", "deactivates",
    "sends_photo", "sends_voice", "sends_video", "sends_document", "sends_sticker", "sends_location",
    "sends_contact", "sends_dice", "sends_poll",
)  # fmt: skip
_FAULTS: dict[str, Callable[..., Fault]] = {"lost": Lost, "slow": Slow, "garbled": Garbled}
_REFUSALS: dict[str, Callable[..., Refusal]] = {
    name: getattr(refusals, name)
    for name in ("retry_after", "blocked", "deactivated", "chat_not_found", "query_too_old", "server_error")
}


class Controls:
    """The handles, as one request handler."""

    def __init__(self, world: World, fail: Callable[..., None]) -> None:
        self._world, self._fail = world, fail

    async def __call__(self, request: Request) -> Response:
        verb, *rest = request.url.path.removeprefix("/_control/").split("/")
        given = await request.json() if request.method == "POST" else {}
        try:
            done = self._act(verb, rest, given) if request.method == "POST" else self._look(verb, rest)
        except (AssertionError, KeyError, Refusal, TypeError, ValueError) as error:
            return JSONResponse({"error": repr(error)}, 400)
        return JSONResponse(done)

    def _look(self, verb: str, rest: list[str]) -> Json:
        if verb == "chat":
            return {"transcript": [str(line) for line in self._world.chat(int(rest[0])).transcript()]}
        if verb == "violations":
            return {"violations": self._world.violations}
        return {
            "calls": [
                {"method": call.method, "given": call.given, "outcome": call.outcome} for call in self._world.calls
            ]
        }

    def _act(self, verb: str, rest: list[str], given: Json) -> Json:
        if verb == "fail":
            return self._fail_next(given)
        if verb == "move":
            self._world.move(**given)
            return {"ok": True}
        if verb == "group":
            return {"id": self._world.new_group(**given).id}
        if not rest:
            return {"id": self._world.new_person(**given).id}
        return self._let(Person(self._world, self._world.chat(int(rest[0]))), rest[1], given)

    def _let(self, person: Person, verb: str, given: Json) -> Json:
        if verb not in _VERBS:
            raise ValueError(f"nobody can {verb}")
        chat = self._world.chat(given["chat"]) if "chat" in given else person.chat
        given |= {name: chat.messages[given[name]] for name in given.keys() & {"message", "reply_to"}}
        said_elsewhere = "chat" in given and "message" not in given
        given = {name: value for name, value in given.items() if name != "chat"}
        given |= {"chat": chat} if said_elsewhere else {}
        done = getattr(person, verb)(**given)
        return {"message_id": done.message_id} if isinstance(done, Message) else {"ok": True}

    def _fail_next(self, given: Json) -> Json:
        name, values = given.pop("fault"), given.pop("with", [])
        made = Refuse(_REFUSALS[name](*values)) if name in _REFUSALS else _FAULTS[name](*values)
        self._fail(made, **given)
        return {"ok": True}
