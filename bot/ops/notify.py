"""Tells systemd how the bot is, where systemd asked to be told (Type=notify)."""

from __future__ import annotations

import os
import socket
from contextlib import suppress


def tell_systemd(said: str) -> None:
    """Send `READY=1` or `STOPPING=1`. Does nothing where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    if address.startswith("@"):  # an abstract socket, which has no file
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(said.encode(), address)
