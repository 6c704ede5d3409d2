"""Which addresses Telegram takes in a link or a button, after tdlib's `LinkManager::check_link`."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def check_url(url: str) -> str:
    """The address as Telegram stores it, or a ValueError with the server's reason."""
    has_scheme = re.match(r"[a-zA-Z][\w+.-]*:(?!\d)", url)
    parts = urlsplit(url if has_scheme else f"http://{url}")
    if parts.scheme in ("tg", "ton", "tonsite"):
        return url
    if parts.scheme not in ("http", "https"):
        raise ValueError("Unsupported URL protocol")
    if "." not in (parts.hostname or "") or " " in parts.netloc:
        raise ValueError("Wrong HTTP URL")
    return parts._replace(path=parts.path or "/").geturl()
