"""What every channel takes out of words before anything else sees them."""

from __future__ import annotations


def clean(text: str) -> str:
    """Without what no database takes: halves of characters, and zeros."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\0", "")
