"""A campaign as it reaches somebody who asked for its topic, and what they do with it: read on, or stop it."""

from __future__ import annotations

from handlers import advice, topics
from handlers.buttons import Verb, encode
from handlers.catalogue import Texts, small
from handlers.marks import MOST_DIGITS, mark_of, marked
from handlers.ports import Ports
from handlers.replies import action, button, fresh, outcome, rows, say
from handlers.turn import Button, CampaignSaid, Effect, Outcome, Reply, Session, Turn, Unsubscribe
from knowledge.library import Library
from knowledge.prose import Block, Frozen, parse


class Letter(Frozen):
    """A campaign as its message needs it. `entry` is the answer that its button opens, or empty."""

    id: int
    topic: str
    text: str
    entry: str = ""


def letter(texts: Texts, library: Library, campaign: Letter) -> Reply:
    """The message of a campaign. An answer that is gone or sensitive by now has no button; to stop is always there."""
    topic, entry = library.topic(campaign.topic), library.entries.get(campaign.entry)
    opens = entry is not None and entry.tier != "sensitive"
    why = small(texts.blocks("campaign.why", label=topic.label if topic else campaign.topic))
    read = f"o.{campaign.id}.{mark_of(campaign.entry)}"
    return Reply(
        blocks=(*blocks_of(campaign.text), *why),
        buttons=rows(
            Button(label=entry.title, token=encode(Verb.CAMPAIGN, read)) if entry and opens else None,
            Button(
                label=texts.say("campaign.stop"),
                token=encode(Verb.CAMPAIGN, f"s.{campaign.id}.{campaign.topic}"),
            ),
            wide=1,
        ),
    )


def blocks_of(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a campaign's text."""
    return tuple(block for section in parse(text) for block in section.blocks)


async def tapped(_turn: Turn, session: Session, ports: Ports, argument: str) -> Outcome:
    """A button of a campaign: `o.NUMBER.MARK` opens its answer, `s.NUMBER.TOPIC` stops its topic."""
    what, number, rest = (*argument.split(".", 2), "", "")[:3]
    campaign = int(number) if number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS else 0
    if what == "s":
        return _stop(session, ports, campaign, rest)
    return _open(session, ports, campaign, rest)


def said_of(session: Session, slug: str, *, helped: bool) -> tuple[Effect, ...]:
    """Somebody says whether an answer helped: that counts for the campaign that led them to it."""
    if not session.campaign or session.quiet or slug not in session.shown:
        return ()
    return (CampaignSaid(campaign=session.campaign, what="helped" if helped else "unhelpful"),)


def _open(session: Session, ports: Ports, campaign: int, mark: str) -> Outcome:
    slug = marked(mark, ports.library.entries)
    if slug is None:
        return advice.unknown(session, ports, "error.gone")
    shown = advice.show(session, ports, (slug,))
    if session.quiet:
        return shown
    after = shown.session.model_copy(update={"campaign": campaign})
    return outcome(after, *shown.replies, effects=[CampaignSaid(campaign=campaign, what="opened")], trace=shown.trace)


def _stop(session: Session, ports: Ports, campaign: int, topic: str) -> Outcome:
    """One tap: nothing more about this topic. The message keeps its buttons, so that its answer can still be read."""
    more = rows(
        button(ports, "topics.others", Verb.TOPIC, "list"),
        button(ports, "topics.stop-all", Verb.PRIVACY, "stop"),
    )
    done = say(ports, "campaign.stopped", more, label=topics.label_of(ports, topic))
    effects: list[Effect] = [Unsubscribe(topic=topic)]
    if campaign and not session.quiet:
        effects.append(CampaignSaid(campaign=campaign, what="stopped"))
    return action(fresh(session), topics.ACTION, done, effects=effects)
