"""Small pieces that handlers build messages from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers import buttons
from handlers.buttons import Verb
from handlers.ports import Ports
from handlers.turn import Button, Effect, Outcome, Reply, Session, Trace
from knowledge.prose import Block, Paragraph, Span, Steps, line


def button(ports: Ports, label_id: str, verb: Verb, argument: str = "", **facts: object) -> Button:
    """A button whose label is in the catalogue."""
    return Button(label=ports.texts.say(label_id, **facts), token=buttons.encode(verb, argument))


def rows(*buttons_: Button | None, wide: int = 2) -> tuple[tuple[Button, ...], ...]:
    """Buttons side by side, `wide` in a row; None is left out."""
    shown = [b for b in buttons_ if b is not None]
    return tuple(tuple(shown[at : at + wide]) for at in range(0, len(shown), wide))


def entry_buttons(ports: Ports, slugs: Iterable[str], verb: Verb) -> tuple[tuple[Button, ...], ...]:
    """A button with the title of each entry, one in a row."""
    shown = (Button(label=entry.title, token=buttons.encode(verb, entry.id)) for entry in ports.library.known(slugs))
    return rows(*shown, wide=1)


def say(ports: Ports, text_id: str, buttons_: Iterable[tuple[Button, ...]] = (), /, **facts: object) -> Reply:
    """A message that is one text of the catalogue."""
    return Reply(blocks=ports.texts.blocks(text_id, **facts), buttons=tuple(buttons_))


def outcome(session: Session, *replies: Reply, effects: Sequence[Effect] = (), trace: Trace | None = None) -> Outcome:
    """What a handler returns."""
    return Outcome(session=session, replies=replies, effects=tuple(effects), trace=trace or Trace())


def action(session: Session, name: str, *replies: Reply, effects: Sequence[Effect] = ()) -> Outcome:
    """What a handler returns that did something other than answer a question."""
    return outcome(session, *replies, effects=effects, trace=Trace(route="action", action=name))


def numbered(ports: Ports, intro: Sequence[Block], choices: Sequence[tuple[str, str]]) -> tuple[Reply, tuple[str, ...]]:
    """A message with numbered choices that can be tapped or typed: (label, token) in, the message and tokens out."""
    items = tuple((Span(text=label),) for label, _ in choices)
    listed = tuple(
        (Button(label=f"{number}. {label}", token=token),) for number, (label, token) in enumerate(choices, start=1)
    )
    blocks = (*intro, Steps(items=items), *ports.texts.blocks("choices.how"))
    return Reply(blocks=blocks, buttons=listed), tuple(token for _, token in choices)


def bold(text: str) -> Paragraph:
    """A bold line."""
    return line(text, strong=True)


def fresh(session: Session, **changes: object) -> Session:
    """The session with an earlier message's choices and forms put away, and `changes` made."""
    return session.model_copy(update={"choices": (), "waiting": None, "paused": None, "campaign": 0, **changes})
