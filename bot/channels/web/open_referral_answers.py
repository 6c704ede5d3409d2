"""How the Open Referral feed answers, good news and bad: in JSON, readable from any page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bot.channels.web.open_referral_shapes import UNANSWERED, Paging
from knowledge import open_referral as hsds
from knowledge.open_referral import Json

FOR_ANYBODY = {"Access-Control-Allow-Origin": "*"}
KEPT_FOR = {"Cache-Control": "public, max-age=300"}


def page(found: Iterable[Json], asked: Paging, *, full: bool = False) -> JSONResponse:
    """The page that was asked for; without the lists within each object, unless it is to be full."""
    shown = hsds.page_of(list(found), asked.page, asked.per_page)
    return said(shown if full else {**shown, "contents": [hsds.basic(each) for each in shown["contents"]]})


def one(things: Mapping[str, Json], id: str) -> JSONResponse:
    """The object with this id, whole. Raises HTTPException 404."""
    if id not in things:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return said(things[id])


def said(body: Json) -> JSONResponse:
    """A good answer."""
    return JSONResponse(body, headers={**FOR_ANYBODY, **KEPT_FOR})


async def answerable(request: Request) -> None:
    """Refuse a filter that we would have to ignore. Raises RequestValidationError."""
    wrong = sorted(UNANSWERED & set(request.query_params))
    if wrong:
        raise RequestValidationError([{"loc": ("query", name)} for name in wrong])


async def refused(_request: Request, error: Exception) -> JSONResponse:
    """An address or a method that is not there."""
    if not isinstance(error, HTTPException):
        raise error
    answer = _problem(HTTPStatus(error.status_code))
    answer.headers.update(error.headers or {})
    return answer


async def misunderstood(_request: Request, error: Exception) -> JSONResponse:
    """Parameters that say nothing we understand, by name."""
    if not isinstance(error, RequestValidationError):
        raise error
    names = dict.fromkeys(str(fault["loc"][1]) for fault in error.errors())
    return _problem(HTTPStatus.BAD_REQUEST, fields=list(names))


async def broken(_request: Request, _error: Exception) -> JSONResponse:
    """A fault of ours."""
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR)


def _problem(status: HTTPStatus, **more: object) -> JSONResponse:
    return JSONResponse({"status": int(status), "error": status.phrase, **more}, status, FOR_ANYBODY)
