"""Calendar files by their secret addresses, and links to them from the chat."""

from __future__ import annotations

import httpx
import icalendar
import pytest
from httpx import AsyncClient

from bot.channels.web.ports import Web
from bot.channels.web.quota import Quota
from handlers.turn import Button, File, Outcome, Reply, Turn
from knowledge.prose import Paragraph, Span, line
from tests.bot.channels.web.conftest import client_of
from tests.bot.channels.web.fakes import FakeCalendars, FakeConversation, outcome, texts, web
from tests.bot.channels.web.html import Page

SAY = texts().say
TOKEN = "5eaf00d5eaf00d5eaf00d5eaf00d5eaf"
VISIT, TEAM = f"/calendar/J7M-4Q3/{TOKEN}.ics", f"/calendar/team/7/{TOKEN}.ics"
FILE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:1@visits.test\r\n"
    "SEQUENCE:2\r\nDTSTAMP:20261125T100000Z\r\nDTSTART:20261130T100000Z\r\nSUMMARY:Home visit – café\r\n"
    "END:VEVENT\r\nEND:VCALENDAR\r\n"
)
WRONG = [
    "/calendar/J7M-4Q3/0000.ics",
    f"/calendar/GGG-GGG/{TOKEN}.ics",
    "/calendar/GGG-GGG/0000.ics",
    f"/calendar/J7M-4Q3/{TOKEN}",
    f"/calendar/J7M-4Q3%00/{TOKEN}.ics",
    "/calendar/%F0%9F%92%A9/%22%0D%0Ax.ics",
    "/calendar/team/7/0000.ics",
    f"/calendar/team/8/{TOKEN}.ics",
    f"/calendar/team/seven/{TOKEN}.ics",
    f"/calendar/team/{TOKEN}.ics",
    f"/calendar/7/{TOKEN}.ics",
]


@pytest.fixture
def calendars(channel: Web) -> FakeCalendars:
    found = channel.calendars
    assert isinstance(found, FakeCalendars)
    found.visits["J7M-4Q3", TOKEN] = FILE
    found.staff["7", TOKEN] = FILE
    return found


@pytest.mark.usefixtures("calendars")
@pytest.mark.parametrize(("path", "name"), [(VISIT, "visit-J7M-4Q3.ics"), (TEAM, "visits.ics")])
async def test_a_calendar_is_served(client: AsyncClient, path: str, name: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == 200
    assert answer.content == FILE.encode()
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == f'inline; filename="{name}"'
    [event] = icalendar.Calendar.from_ical(answer.content).events
    assert (event["UID"], event["SEQUENCE"]) == ("1@visits.test", 2)


@pytest.mark.usefixtures("calendars")
@pytest.mark.parametrize("path", WRONG)
async def test_every_wrong_address_is_the_same_page(client: AsyncClient, path: str) -> None:
    nowhere, answer = await client.get("/nowhere"), await client.get(path)
    assert answer.status_code == 404
    assert (answer.text, dict(answer.headers)) == (nowhere.text, dict(nowhere.headers))


@pytest.mark.parametrize("path", [VISIT, TEAM, WRONG[0]])
async def test_while_the_store_is_away_it_says_to_come_back(
    client: AsyncClient, calendars: FakeCalendars, path: str
) -> None:
    calendars.away = True
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert Page(answer.text).has(SAY("web.broken"))


async def test_guessing_is_slowed_down_and_tells_nothing() -> None:
    channel = web(FakeConversation(), posts_a_minute=3)
    assert isinstance(channel.calendars, FakeCalendars)
    channel.calendars.visits["J7M-4Q3", TOKEN] = FILE
    async with client_of(channel) as client:
        assert [(await client.get(WRONG[0])).status_code for _ in range(3)] == [404] * 3
        wrong, right = await client.get(WRONG[0]), await client.get(VISIT)
        assert wrong.status_code == right.status_code == 429
        assert wrong.text == right.text
        assert int(right.headers["retry-after"]) > 0
        # Somebody in danger can still write.
        assert (await client.post("/chat", json={"text": "hello"})).status_code == 200


def test_calendars_and_posts_are_counted_apart() -> None:
    quota = Quota(posts_a_minute=1, streams=1)
    assert [quota.wait("192.0.2.1", "calendars") > 0 for _ in range(2)] == [False, True]
    assert [quota.wait("192.0.2.1") > 0 for _ in range(2)] == [False, True]


def with_a_calendar(_turn: Turn) -> Outcome:
    """As a confirmation is: a button and a link below our own address, and a file that only Telegram sends."""
    words = Paragraph(spans=(Span(text="Put it in "), Span(text="your calendar", href=VISIT)))
    button = Button(label="Add to my calendar", url=VISIT)
    file = File(name="visit.ics", media_type="text/calendar", text="SECRET FILE")
    return outcome(Reply(blocks=(words, line("Booked.")), buttons=((button,),), file=file), Reply(file=file))


@pytest.mark.parametrize("address", ["/chat", "/chat?embed=1"])
async def test_a_link_below_our_own_address_works_from_the_page_and_from_the_frame(address: str) -> None:
    async with client_of(web(FakeConversation(script=with_a_calendar))) as client:
        answer = await client.post(address, data={"text": "book it"})
    page = Page(answer.text)
    links = [found for found in page.links if found["href"] == VISIT]
    assert [found["target"] for found in links] == ["_blank", "_blank"]
    assert page.has("your calendar", "Booked.", "Add to my calendar")
    assert str(httpx.URL("https://ask.example" + address).join(links[0]["href"])) == f"https://ask.example{VISIT}"
    assert "base" not in {tag for tag, _ in page.tags}
    assert "sandbox" not in answer.headers["content-security-policy"]
    assert "SECRET FILE" not in answer.text


async def test_the_script_gets_the_same_link_and_no_file() -> None:
    async with client_of(web(FakeConversation(script=with_a_calendar))) as client:
        body = (await client.post("/chat", json={"text": "book it"})).json()
    [message] = body["messages"]
    assert f'href="{VISIT}"' in message["html"]
    assert "SECRET FILE" not in message["html"]
