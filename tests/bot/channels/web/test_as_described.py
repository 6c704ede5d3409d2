"""Every address that a machine may ask, with whatever its own description allows and with what it forbids: nothing
breaks, and each answer is one that the description knows."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import APIOperation, BaseSchema, Case, CheckFunction, GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from bot.channels.web import events
from bot.channels.web.app import create_app
from bot.clock import FixedClock
from bot.conversation import Conversation
from bot.knowing import Knowing
from bot.serving import web_of
from bot.settings import Settings
from bot.store.unit import Store
from bot.store.vault import throwaway_vault
from bot.wiring import House
from tests.databases import SqliteFiles
from tests.house import braunstone

FEED = "/open-referral/openapi.json"
TOKEN = "x" * 43
LISTS = ("services", "organizations", "service_at_locations", "taxonomies", "taxonomy_terms")
EXAMPLES = max(settings.default.max_examples // 5, 1) if settings.default else 1
"""For each address: 8 in every run, 400 in a long one."""
BOUNDS = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 100, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TOLERANT = [positive_data_acceptance, negative_data_rejection]
"""Not asked of the chat: it makes up for what is odd, and words that the description allows may say nothing."""


@pytest.fixture(scope="module")
def app(sqlite_files: SqliteFiles) -> Iterator[FastAPI]:
    """The real bot, whose answers anybody may ask for as often as they like."""
    clock = FixedClock()
    store = Store(sqlite_files.fresh(), throwaway_vault(), clock)
    knowing = Knowing(braunstone())
    built = House(Settings(_env_file=None), clock, store, knowing, Conversation(store, knowing))
    made = create_app(dataclasses.replace(web_of(built), posts_a_minute=10**6, streams_an_address=10**6))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        await store.close()

    made.router.lifespan_context = lifespan
    yield made
    asgi.shutdown_lifespans()


@pytest.fixture(scope="module")
def feed(app: FastAPI) -> BaseSchema:
    """Open Referral UK, as it describes itself over the web."""
    return schemathesis.openapi.from_asgi(FEED, app)


@pytest.fixture(scope="module")
def chat(app: FastAPI) -> BaseSchema:
    """The chat, its pages and its calendars."""
    schema = schemathesis.openapi.from_dict(app.openapi())
    schema.app = app
    return schema


@pytest.fixture(autouse=True)
def _streams_end_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "LOOKS", 1)
    monkeypatch.setattr(events, "LOOK_EVERY", 0.0)


def asked(schema: BaseSchema, mode: GenerationMode, excluded: Sequence[CheckFunction] = ()) -> list[str]:
    """Ask every address in some of the ways there are; those that were asked."""
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    if mode is GenerationMode.NEGATIVE:
        operations = [one for one in operations if one.query or one.body]  # nothing else can be got wrong
    for operation in operations:
        _ask(operation, mode, excluded)
    return [operation.label for operation in operations]


def _ask(operation: APIOperation[Any, Any, Any, Any], mode: GenerationMode, excluded: Sequence[CheckFunction]) -> None:
    @BOUNDS
    @given(case=operation.as_strategy(generation_mode=mode))
    def holds(case: Case[Any]) -> None:
        case.call_and_validate(excluded_checks=list(excluded))

    holds()


def test_the_feed_answers_whatever_it_says_may_be_asked(feed: BaseSchema) -> None:
    assert len(asked(feed, GenerationMode.POSITIVE)) == 1 + 2 * len(LISTS)


def test_the_feed_refuses_whatever_it_says_may_not(feed: BaseSchema) -> None:
    assert {"GET /services", "GET /taxonomies"} <= set(asked(feed, GenerationMode.NEGATIVE))


@pytest.mark.parametrize("name", LISTS)
def test_everything_in_a_list_is_there_as_described(feed: BaseSchema, name: str) -> None:
    first = feed[f"/{name}"]["GET"].Case(query={"per_page": 3}).call_and_validate().json()
    assert first["contents"]
    for each in first["contents"]:
        answer = feed[f"/{name}/{{id}}"]["GET"].Case(path_parameters={"id": each["id"]}).call_and_validate()
        assert answer.status_code == 200


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_the_chat_takes_whatever_comes(chat: BaseSchema, mode: GenerationMode) -> None:
    assert "POST /chat" in asked(chat, mode, TOLERANT)


def test_words_are_answered_in_json_and_heard_again_in_the_stream(chat: BaseSchema) -> None:
    sent: Any = {"c": TOKEN, "k": "a-good-key", "text": "my smoke alarm is chirping"}
    told = chat["/chat"]["POST"].Case(body=sent, media_type="application/json").call_and_validate()
    assert told.json()["messages"]
    bearer = {"Authorization": f"Bearer {TOKEN}"}
    stream = chat["/chat/events"]["GET"].Case(headers=bearer).call_and_validate(excluded_checks=[ignored_auth])
    assert "data: {" in stream.text


def test_an_answer_that_is_not_as_described_is_found(app: FastAPI) -> None:
    """The net holds: the same address, described as something else."""
    document = app.openapi()
    broken = {**document, "paths": {"/healthz": {"get": {"responses": {"204": {"description": "nothing"}}}}}}
    schema = schemathesis.openapi.from_dict(broken)
    schema.app = app
    with pytest.raises(FailureGroup):
        asked(schema, GenerationMode.POSITIVE)
