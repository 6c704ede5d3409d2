"""python-telegram-bot over aiohttp, about four times cheaper than its own client (docs/decisions/0004)."""

from __future__ import annotations

import io
from collections.abc import Callable
from urllib.parse import urlencode

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

UNSAID: ODVInput[float] = BaseRequest.DEFAULT_NONE
PLAIN_FORM = {"Content-Type": "application/x-www-form-urlencoded"}

SERVER_FAULT = 500


class AiohttpRequest(BaseRequest):
    """One aiohttp session; give one to `Bot(request=…)` and another to `get_updates_request=…`. `heard` is told of each
    exchange whether there was an answer."""

    def __init__(
        self,
        read: float = 5.0,
        write: float = 20.0,
        connect: float = 5.0,
        pool: float = 1.0,
        size: int = 256,
        heard: Callable[[bool], object] = bool,
    ) -> None:
        self._heard = heard
        self._timeouts = (read, write, connect, pool)
        self._size = size
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._timeouts[0]

    async def initialize(self) -> None:
        """Open the session; also after `shutdown()`; twice does nothing."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._size),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the session and its sockets; twice does nothing."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = UNSAID,
        write_timeout: ODVInput[float] = UNSAID,
        connect_timeout: ODVInput[float] = UNSAID,
        pool_timeout: ODVInput[float] = UNSAID,
    ) -> tuple[int, bytes]:
        """One request, never repeated here: Telegram has no idempotency key, so the outbox decides."""
        if self._session is None:
            raise RuntimeError("This AiohttpRequest is not initialised.")
        said = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        timeout = _timeout(*map(_chosen, said, self._timeouts))
        body = _form(request_data) if request_data else None
        plain = PLAIN_FORM if isinstance(body, bytes) else None
        try:
            async with self._session.request(
                method, url, data=body, headers=plain, timeout=timeout, allow_redirects=False
            ) as answer:
                content = await answer.read()
                self._heard(answer.status < SERVER_FAULT)
                return answer.status, content
        # Some of aiohttp's messages hold the address, and so the token: `from None` keeps them from tracebacks.
        except TimeoutError as error:
            self._heard(False)
            raise TimedOut(_reason(error, url)) from None
        except (aiohttp.ClientError, OSError) as error:
            self._heard(False)
            raise NetworkError(_reason(error, url)) from None


def _chosen(said: ODVInput[float], default: float) -> float | None:
    return default if isinstance(said, DefaultValue) else said


def _timeout(
    read: float | None, write: float | None, connect: float | None, pool: float | None
) -> aiohttp.ClientTimeout:
    """aiohttp has no write timeout, so the sum of all four bounds the exchange; a None leaves it open."""
    start = None if connect is None or pool is None else connect + pool
    total = None if start is None or read is None or write is None else start + write + read
    return aiohttp.ClientTimeout(total=total, connect=start, sock_connect=connect, sock_read=read)


def _form(request_data: RequestData) -> aiohttp.FormData | bytes:
    """Most calls carry no file: those are written in one go, since a FormData prepares for files in any case."""
    if not request_data.multipart_data:
        return urlencode(request_data.json_parameters).encode()
    form = aiohttp.FormData(request_data.json_parameters)
    for name, (filename, content, mimetype) in request_data.multipart_data.items():
        whole = io.BytesIO(content) if isinstance(content, bytes) else content  # aiohttp reads it piece by piece
        form.add_field(name, whole, filename=filename, content_type=mimetype)
    return form


def _reason(error: Exception, url: str) -> str:
    return f"{type(error).__name__}: {error}".replace(url, "the Bot API")
