"""The script for a council's page."""

from __future__ import annotations

from httpx import AsyncClient

from tests.bot.channels.web.fakes import texts


async def test_it_is_a_script_with_its_words(client: AsyncClient) -> None:
    response = await client.get("/embed.js")
    assert response.headers["content-type"] == "text/javascript; charset=utf-8"
    assert response.text.startswith("(() => {")
    for text_id in ("web.embed-open", "web.embed-title", "web.embed-close"):
        assert f'"{texts().say(text_id, partnership="Braunstone Blues")}"' in response.text


async def test_the_page_in_the_frame_stays_one(client: AsyncClient) -> None:
    page = (await client.get("/?embed=1")).text
    assert 'action="/chat?embed=1#new"' in page
    assert '<body class="embed">' in page


async def test_after_a_sending_too(client: AsyncClient) -> None:
    response = await client.post("/chat?embed=1", data={"text": "hi"})
    assert 'action="/chat?embed=1#new"' in response.text
    assert "frame-ancestors 'self' http" in response.headers["content-security-policy"]
