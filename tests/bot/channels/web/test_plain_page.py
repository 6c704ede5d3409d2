"""The whole conversation by plain forms, as a browser without JavaScript has it."""

from __future__ import annotations

import re

import pytest
from httpx import AsyncClient

from bot.channels.web.identity import chat_of
from bot.channels.web.parse import LONGEST
from handlers.turn import Button, Outcome, Reply, Turn
from tests.bot.channels.web.fakes import FakeConversation, NotStored, outcome, said, texts, urgent_for
from tests.bot.channels.web.html import Forms, Page

SAY = texts().say


async def opened(client: AsyncClient) -> Page:
    return Page((await client.get("/")).text)


async def test_the_first_page_says_what_it_is_for_and_how_to_get_away(client: AsyncClient) -> None:
    page = await opened(client)
    assert page.has("Call 999", SAY("web.leave"), "Ask Braunstone Blues", SAY("web.purpose"))
    assert page.has("Could somebody see your screen?", "cannot clear your browser history")
    assert page.has("Nothing is kept on this device")
    assert {link["href"] for link in page.links} >= {"tel:999", "https://www.bbc.co.uk/weather", "#message"}
    assert ("div", "log") in [(tag, found.get("role")) for tag, found in page.tags]
    assert page.buttons
    assert all(button["name"] == "say" for button in page.buttons)


async def test_a_trial_is_called_one(client: AsyncClient) -> None:
    assert (await opened(client)).has(SAY("web.not-live"))


async def test_no_cookie_is_ever_set(client: AsyncClient) -> None:
    first = await client.get("/")
    second = await client.post("/chat", data=Forms(Page(first.text)).write("hello"))
    assert not first.cookies
    assert not second.cookies


async def test_two_visitors_get_two_tokens(client: AsyncClient) -> None:
    one, two = await opened(client), await opened(client)
    assert len(one.fields["c"]) == 43
    assert one.fields["c"] != two.fields["c"]


async def test_words_are_echoed_and_answered(client: AsyncClient, conversation: FakeConversation) -> None:
    page = Page((await client.post("/chat", data=Forms(await opened(client)).write("My alarm beeps"))).text)
    assert page.has("You said:", "My alarm beeps", "Answer:", "You wrote My alarm beeps.")
    assert page.draft.strip() == ""
    assert conversation.turns[0].kind == "text"


async def test_a_whole_conversation(client: AsyncClient, conversation: FakeConversation) -> None:
    first = await opened(client)
    second = Page((await client.post("/chat", data=Forms(first).write("one"))).text)
    assert second.fields["c"] == first.fields["c"]
    assert second.fields["k"] != first.fields["k"]
    third = Page((await client.post("/chat", data=Forms(second).press("1~more~a~AAAA"))).text)
    assert third.has("You wrote one.", "You said:", "More", "You wrote 1~more~a~AAAA.")
    assert [turn.kind for turn in conversation.turns] == ["text", "tap"]
    assert len({turn.chat for turn in conversation.turns}) == 1


async def test_a_tap_keeps_the_draft(client: AsyncClient) -> None:
    page = Page((await client.post("/chat", data=Forms(await opened(client)).write("one"))).text)
    tapped = Forms(page).press("1~more~a~AAAA") | {"text": "half a sentence"}
    assert Page((await client.post("/chat", data=tapped)).text).draft.strip() == "half a sentence"


async def test_a_starter_can_be_pressed(client: AsyncClient, conversation: FakeConversation) -> None:
    page = await opened(client)
    await client.post("/chat", data=Forms(page).press("I feel lonely"))
    assert conversation.turns[0].text == "I feel lonely"


async def test_how_the_page_looks_is_remembered_by_the_form(client: AsyncClient) -> None:
    fields = Forms(await opened(client), {"large": "1"}).write("a")
    page = Page((await client.post("/chat", data=fields)).text)
    boxes = {found["id"]: "checked" in found for tag, found in page.tags if found.get("type") == "checkbox"}
    assert boxes == {"large": True, "flip": False}


async def test_a_reload_shows_the_same_answer_once(client: AsyncClient, conversation: FakeConversation) -> None:
    fields = Forms(await opened(client)).write("once")
    first = await client.post("/chat", data=fields)
    again = await client.post("/chat", data=fields)
    assert len(conversation.turns) == 1
    assert first.status_code == again.status_code == 200
    assert Page(again.text).words.count("You wrote once.") == 1


async def test_other_words_from_the_same_page_are_asked_about(
    client: AsyncClient, conversation: FakeConversation
) -> None:
    fields = Forms(await opened(client)).write("one")
    await client.post("/chat", data=fields)
    response = await client.post("/chat", data=fields | {"text": "another"})
    page = Page(response.text)
    assert response.status_code == 409
    assert page.has(SAY("web.key-reused"))
    assert page.draft.strip() == "another"
    again = await client.post("/chat", data=Forms(page).write(page.draft.strip()))
    assert again.status_code == 200
    assert [turn.text for turn in conversation.turns] == ["one", "another"]


@pytest.mark.parametrize(("text", "text_id"), [("", "web.empty"), ("x" * (LONGEST + 1), "web.too-long")])
async def test_words_that_cannot_be_taken_stay_in_the_box(client: AsyncClient, text: str, text_id: str) -> None:
    response = await client.post("/chat", data=Forms(await opened(client)).write(text))
    page = Page(response.text)
    assert response.status_code == 400
    assert page.has(SAY(text_id))
    assert page.draft.strip() == text


async def test_a_danger_in_words_that_are_too_long_is_still_answered(client: AsyncClient) -> None:
    response = await client.post("/chat", data=Forms(await opened(client)).write("fire " * LONGEST))
    assert Page(response.text).has("Get out, stay out.", SAY("web.too-long"))


async def test_when_nothing_can_be_stored_the_999_message_comes_first(
    client: AsyncClient, conversation: FakeConversation
) -> None:
    fields = Forms(await opened(client)).write("my house is on fire")
    conversation.failures.append(NotStored(urgent_for("fire")))
    response = await client.post("/chat", data=fields)
    page = Page(response.text)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert page.has("Get out, stay out.", "Call 999", "Ask Braunstone Blues", SAY("web.not-stored"))
    assert page.draft.strip() == "my house is on fire"
    assert page.fields["k"] == fields["k"]


async def test_after_503_the_same_form_goes_through_once(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.failures.append(NotStored())
    page = Page((await client.post("/chat", data=Forms(await opened(client)).write("hello"))).text)
    assert (await client.post("/chat", data=Forms(page).write("hello"))).status_code == 200
    assert [turn.text for turn in conversation.turns] == ["hello"]


async def test_a_tap_that_was_not_stored_keeps_its_key(client: AsyncClient, conversation: FakeConversation) -> None:
    page = Page((await client.post("/chat", data=Forms(await opened(client)).write("one"))).text)
    conversation.failures.append(NotStored())
    failed = Page((await client.post("/chat", data=Forms(page).press("1~more~a~AAAA"))).text)
    assert failed.fields["k"] == page.fields["k"]


async def test_the_page_stands_when_the_mailbox_is_away(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.away = True
    response = await client.post("/chat", data=Forms(await opened(client)).write("hello"))
    assert response.status_code == 200
    assert Page(response.text).has("You wrote hello.")


async def test_messages_of_staff_are_on_the_next_page(client: AsyncClient, conversation: FakeConversation) -> None:
    page = await opened(client)
    conversation.put(chat_of(page.fields["c"]), said("Sam here: we can come on Friday."))
    assert Page((await client.post("/chat", data=Forms(page).write("hi"))).text).has("we can come on Friday", "hi")


async def test_what_they_write_is_never_markup(client: AsyncClient, conversation: FakeConversation) -> None:
    nasty = "</textarea></p><script>alert(1)</script><img src=x onerror=alert(1)>"
    page = Page((await client.post("/chat", data=Forms(await opened(client)).write(nasty))).text)
    conversation.failures.append(NotStored())
    kept = Page((await client.post("/chat", data=Forms(page).write(nasty))).text)
    assert page.has(nasty)
    assert kept.draft.strip() == nasty
    for found in (page, kept):
        scripts = [attributes for tag, attributes in found.tags if tag == "script"]
        assert [bool(attributes["src"]) for attributes in scripts] == [True]
        assert "img" not in {tag for tag, _ in found.tags}


async def test_nothing_stands_in_front_of_an_urgent_answer(client: AsyncClient, conversation: FakeConversation) -> None:
    def script(_turn: Turn) -> Outcome:
        return outcome(said("Ring 999 now.", urgent=True))

    conversation.script = script
    response = await client.post("/chat", data=Forms(await opened(client)).write("help"))
    (article,) = re.findall(r'<article class="message bot urgent".*?</article>', response.text, re.DOTALL)
    assert Page(article).words.split()[:3] == ["Ring", "999", "now."]


async def test_a_reply_that_only_tidies_up_leaves_no_empty_bubble(
    client: AsyncClient, conversation: FakeConversation
) -> None:
    conversation.script = lambda _turn: outcome(Reply(strip_buttons_of="1"))
    response = await client.post("/chat", data=Forms(await opened(client)).write("help"))
    assert not [found for _, found in Page(response.text).tags if "data-seq" in found]


async def test_old_buttons_of_the_page_are_still_there(client: AsyncClient, conversation: FakeConversation) -> None:
    conversation.script = lambda turn: outcome(said("Which?", Button(label="Gas", token=f"1~{turn.text}~~A")))
    page = Page((await client.post("/chat", data=Forms(await opened(client)).write("one"))).text)
    page = Page((await client.post("/chat", data=Forms(page).write("two"))).text)
    assert {"1~one~~A", "1~two~~A"} <= {button["value"] for button in page.buttons}


async def test_the_address_of_the_form_opened_by_hand_is_the_chat(client: AsyncClient) -> None:
    assert (await client.get("/chat")).status_code == 200


async def test_health(client: AsyncClient) -> None:
    assert (await client.get("/healthz")).text == "ok"


def test_there_is_something_to_begin_with() -> None:
    assert len(list(texts().raw("web.starters").splitlines())) >= 4
