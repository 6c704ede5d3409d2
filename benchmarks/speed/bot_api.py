"""The Bot API with nothing behind it: takes every call, and says when who was written to. Cheap, so that what is
measured is the bot; `tests/fake_telegram` is the one that knows Telegram's rules."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs

TOKEN = "42:benchmarks"  # noqa: S105  nobody's
ME = {"id": 42, "is_bot": True, "first_name": "Bench", "username": "bench_bot", "can_join_groups": False,
      "can_read_all_group_messages": False, "supports_inline_queries": False}  # fmt: skip
WRITES = frozenset({"sendMessage", "editMessageText"})
HEAD_ENDS = b"\r\n\r\n"


@dataclass
class BotApi:
    """Give `heard` to learn of each message: the chat, and the moment (`time.perf_counter`)."""

    heard: Callable[[int, float], None] = lambda _chat, _at: None
    calls: dict[str, int] = field(default_factory=dict)
    messages: int = 0
    server: asyncio.Server | None = None

    async def __aenter__(self) -> BotApi:
        self.server = await asyncio.get_running_loop().create_server(lambda: Wire(self.answer), "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.server is not None:
            self.server.close()

    @property
    def url(self) -> str:
        """Where it is."""
        if self.server is None:
            raise RuntimeError("not started")
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    def answer(self, method: str, form: bytes) -> object:
        """What Telegram would send back, as far as a bot needs it."""
        self.calls[method] = self.calls.get(method, 0) + 1
        if method not in WRITES:
            return ME if method == "getMe" else True
        chat = int(parse_qs(form.decode())["chat_id"][0])
        self.messages += 1
        self.heard(chat, time.perf_counter())
        person = {"id": chat, "type": "private", "first_name": "P"}
        return {"message_id": self.messages, "date": 1764064800, "chat": person, "from": ME, "text": "x"}


class Wire(asyncio.Protocol):
    """Just enough HTTP/1.1: a POST with its length, connections kept open."""

    def __init__(self, answer: Callable[[str, bytes], object]) -> None:
        self._answer, self._waiting = answer, b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every request that is whole."""
        self._waiting += data
        while (found := _request(self._waiting)) is not None:
            method, form, self._waiting = found
            body = json.dumps({"ok": True, "result": self._answer(method, form)}).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            if self._transport is not None:
                self._transport.write(head.encode() + body)


def _request(data: bytes) -> tuple[str, bytes, bytes] | None:
    """The method called, its form, and the bytes after it; None for half a request."""
    head, found, rest = data.partition(HEAD_ENDS)
    if not found:
        return None
    lines = head.decode("latin-1").split("\r\n")
    lengths = [int(line.split(":")[1]) for line in lines[1:] if line.lower().startswith("content-length:")]
    size = lengths[0] if lengths else 0
    if len(rest) < size:
        return None
    return lines[0].split()[1].rpartition("/")[2], rest[:size], rest[size:]
