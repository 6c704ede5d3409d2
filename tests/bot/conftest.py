"""A real browser and server for the end-to-end tests of this folder."""

from __future__ import annotations

from tests.browser import chromium, serve

__all__ = ["chromium", "serve"]
