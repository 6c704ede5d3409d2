"""A real Chromium for the tests marked `browser`, one for the whole session, and a real server to visit.

Use both in a module with `pytestmark = BROWSER`, and import the fixtures `chromium` and `serve` into its conftest.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import uvicorn
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, async_playwright

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
BROWSER = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_OPTIONS = {"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]}

Serve = Callable[[Any], Awaitable[str]]


def chromium_path() -> Path | None:
    """The Chromium to use: BOT_TEST_CHROMIUM, or the system's."""
    named = (os.environ.get("BOT_TEST_CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser")
    return next((Path(name) for name in named if name and Path(name).exists()), None)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser. Skips, saying why, where there is none."""
    path = chromium_path()
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one in BOT_TEST_CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def serve() -> AsyncIterator[Serve]:
    """Starts an application on a free port; its address."""
    async with AsyncExitStack() as stack:

        async def start(app: Any) -> str:
            return await stack.enter_async_context(serving(app))

        yield start


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[str]:
    """A server while the block runs. The port is open before it starts, so nobody has to wait for it."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", timeout_graceful_shutdown=1))
    running = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


async def faults(page: Page) -> list[str]:
    """What axe finds wrong with a page, one line a fault."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    violations = await page.evaluate("options => axe.run(options).then(found => found.violations)", AXE_OPTIONS)
    return [
        f"{fault['id']}: {fault['help']}: {node['html'][:120]} {node.get('failureSummary', '')}"
        for fault in violations
        for node in fault["nodes"]
    ]
