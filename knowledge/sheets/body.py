"""The body of an answer as three cells: the bold first line, the steps, and what stands behind More. In Markdown."""

from __future__ import annotations

import re

HEADING = re.compile(r"^## More[ \t]*$", re.MULTILINE)
NUMBERED = re.compile(r"\d+\. (\S.*)")
MARKED = re.compile(r"\s*(?:\d+[.)]|[-*+]) ")
PARTS = ("lead", "steps", "more")


def parts(body: str) -> dict[str, str]:
    """The parts of a body that say something, as they are written."""
    first, *rest = HEADING.split(body, maxsplit=1)
    lead, _, steps = first.strip().partition("\n\n")
    found = {"lead": lead, "steps": steps.strip(), "more": "".join(rest).strip()}
    return {name: text for name, text in found.items() if text}


def joined(found: dict[str, str]) -> str:
    """The parts in; a body out. Where there is an empty line too many in a file, it is lost."""
    more = f"## More\n\n{found['more']}" if found.get("more") else ""
    return "\n\n".join(filter(None, (found.get("lead"), found.get("steps"), more))) + "\n"


def show_lead(markdown: str | None) -> str:
    """The first line without its stars."""
    text = markdown or ""
    return text[2:-2] if len(text) > 4 and text.startswith("**") and text.endswith("**") else text


def lead(cell: str) -> str | None:
    """The same back, bold."""
    return f"**{cell}**" if cell else None


def show_steps(markdown: str | None) -> str:
    """A step a line where there is nothing but a numbered list; else the Markdown as it is."""
    found = [NUMBERED.fullmatch(line) for line in (markdown or "").split("\n")]
    return "\n".join(each[1] for each in found if each) if all(found) else markdown or ""


def steps(cell: str) -> str | None:
    """The same back: lines become a numbered list, unless somebody wrote lists or paragraphs of their own."""
    if not cell or any(MARKED.match(line) for line in cell.split("\n")) or "\n\n" in cell:
        return cell or None
    said = [line.strip() for line in cell.split("\n")]
    return "\n".join(f"{number}. {line}" for number, line in enumerate(said, start=1))
