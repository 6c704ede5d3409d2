"""The content is swapped whole: no turn is answered from half of what was and half of what is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

from bot.clock import FixedClock
from bot.knowing import Knowing, Snapshot
from handlers.ports import Decision, Nobody
from handlers.turn import Turn
from knowledge.search.revised import Kit, revised
from tests.house import braunstone

LOCKS = "home-security/doors-and-locks"
ASKED = "my front door lock is broken"
ROUNDS = 20


@cache
def without_locks() -> Snapshot:
    """The same place after an answer was withdrawn."""
    before = braunstone()
    others = {slug: each for slug, each in before.holding.entries.items() if slug != LOCKS}
    library = before.holding.model_copy(update={"entries": others})
    kit = Kit.opened(before.index.encoder, before.index.lexicon)
    index = revised(before.index, before.holding, library, kit)
    assert index is not None
    return Snapshot(library, index)


def turn() -> Turn:
    return Turn(channel="web", key="1", chat="1", at=FixedClock().now(), kind="text", text=ASKED)


def shown(decision: Decision) -> tuple[str, ...]:
    return (*decision.answered, *decision.offered)


def test_a_turn_that_a_change_overtakes_is_answered_wholly_with_the_new_content(clock: FixedClock) -> None:
    knowing = Knowing(braunstone())
    begun = knowing.understand(turn())
    knowing.swap(without_locks())
    ports = knowing.ports(Nobody(), clock.now(), "en", None)
    fresh = without_locks()
    assert LOCKS in shown(braunstone().decide(begun))
    assert ports.library is fresh.holding
    assert ports.search.decide(begun) == fresh.decide(fresh.understand(turn()))


def test_answers_while_the_content_changes_over_and_over_show_only_what_there_is(clock: FixedClock) -> None:
    knowing, both = Knowing(braunstone()), (braunstone(), without_locks())

    def answered() -> bool:
        ports = knowing.ports(Nobody(), clock.now(), "en", None)
        found = shown(ports.search.decide(knowing.understand(turn())))
        return bool(found) and all(slug in ports.library.entries for slug in found)

    with ThreadPoolExecutor(2) as pool:
        asking = [pool.submit(answered) for _ in range(ROUNDS)]
        while not all(one.done() for one in asking):
            for each in both:
                knowing.swap(each)
        assert all(one.result() for one in asking)
