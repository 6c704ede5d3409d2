"""The judge: every update, every row and every message of a run, compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from benchmarks.chaos.evidence import Evidence, Rows, rows
from benchmarks.chaos.nemesis import JUMPS, KILLS, REPEATS, STOPS
from benchmarks.chaos.people import Phone, Said
from benchmarks.chaos.plan import Setting
from benchmarks.chaos.replay import in_order, replayed
from benchmarks.chaos.sent import Reading, read_by, unexcused
from benchmarks.chaos.visits import overbooked, untrue
from bot.store.tables import Outbox
from bot.visits.booking import BOOKED, CANCELLED
from bot.visits.tasks import SOURCE

FLOOD = "Too Many Requests"


@dataclass
class Verdict:
    """What was done in a run, and what came of it. Findings say what each fault is."""

    setting: Setting
    seconds: float
    done: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)
    duplicates: int = 0
    slowest: float = 0.0

    def findings(self) -> list[str]:
        """Every fault, in a line."""
        return [f"{kind}: {fault}" for kind, found in self.faults.items() for fault in found]


async def judge(evidence: Evidence, seconds: float) -> Verdict:
    """Compare everything."""
    found = await rows(evidence.store)
    readings = {phone.person.id: read_by(phone, found) for phone in evidence.phones}
    verdict = Verdict(evidence.setting, seconds, _done(evidence, found))
    verdict.duplicates = sum(reading.extra for reading in readings.values())
    verdict.slowest = max(_waits(evidence, found), default=0.0)
    differing = await replayed(evidence, found)
    verdict.faults = {
        "lost": [
            *_not_applied(evidence, found),
            *_not_answered(evidence, found),
            *_not_read(readings.values()),
            *_not_reminded(found),
        ],
        "twice": [*_twice(found), *differing],
        "overbooked": overbooked(found),
        "told wrongly": untrue(evidence, found),
        "out of order": [*_disordered(evidence, found), *(each for r in readings.values() for each in r.disordered)],
        "unexplained duplicates": [
            line.row.key
            for phone in evidence.phones
            for line in readings[phone.person.id].repeated
            if phone.sort != "leaver" and unexcused(line, evidence)  # words that were dropped are not kept: no telling
        ],
        "unwell": _unwell(evidence),
    }
    return verdict


def _done(evidence: Evidence, found: Rows) -> Counter[str]:
    counts = Counter(evidence.nemesis.counts)
    outcomes = Counter(_outcome(call.outcome) for call in evidence.fake.calls)
    said = sum(len(phone.said) for phone in evidence.phones)
    door = evidence.door
    return counts + Counter(
        {
            "updates": said,
            "taps given up by Telegram": said - len(_handed_over(evidence, found)),
            "visits": sum(visit.state in (BOOKED, CANCELLED) for visit in found.visits),
            "429s": outcomes["429"],
            "lost responses": outcomes["lost"] + (door.lost if door else 0),
            "messages": len(found.outbox),
            REPEATS: door.twice if door else 0,
        }
    )


def _outcome(text: str) -> str:
    return "429" if text.startswith(FLOOD) else text


def _not_applied(evidence: Evidence, found: Rows) -> list[str]:
    states = {int(row.external_id): row.state for row in found.inbox}
    said = [each.number for each in _handed_over(evidence, found)]
    lost = [f"update {number} is {states.get(number, 'nowhere')}" for number in said if states.get(number) != "applied"]
    return lost + [f"update {number} came from nobody" for number in set(states) - set(said)]


def _handed_over(evidence: Evidence, found: Rows) -> list[Said]:
    """All that people did, but for taps that Telegram itself gave up after 150 seconds."""
    given_up = {*evidence.fake.world.updates.expired, *evidence.fake.world.webhook.dropped}
    given_up -= {int(row.external_id) for row in found.inbox}
    return [each for phone in evidence.phones for each in phone.said if each.number not in given_up]


def _not_answered(evidence: Evidence, found: Rows) -> list[str]:
    said = [each for each in _handed_over(evidence, found) if each.wants_answer]
    return [f"update {each.number} has no answer" for each in said if not found.by_update.get(each.number)]


def _not_read(readings: Iterable[Reading]) -> list[str]:
    return [f"{key} was never read" for reading in readings for key in reading.unread]


def _not_reminded(found: Rows) -> list[str]:
    queued = Counter(row.key for row in found.outbox if row.key.startswith(SOURCE))
    sent = {f"{SOURCE}{task.id}:0": task.state for task in found.tasks if task.state == "sent"}
    return [f"{key} is marked and not queued" for key in sent if not queued[key]] + [
        f"{key} is queued and not marked" for key in queued if key not in sent
    ]


def _twice(found: Rows) -> list[str]:
    """Numbers of a chat's messages have no gap and no double: what was applied twice would leave one."""
    wrong = []
    for chat in found.chats:
        numbers = [row.seq for row in found.by_chat[chat.id]]
        if numbers != list(range(1, chat.next_seq)):
            wrong.append(f"chat {chat.id} has messages {numbers[-3:]}, the next is {chat.next_seq}")
    return wrong


def _disordered(evidence: Evidence, found: Rows) -> list[str]:
    """Messages are applied in the order in which they were written, and so are taps."""
    wrong = []
    for phone in evidence.phones:
        answered = in_order([each for each in phone.said if found.by_update.get(each.number)], found)
        for kind in ("message", "callback_query"):
            numbers = [each.number for each in answered if kind in each.update]
            if numbers != sorted(numbers):
                wrong.append(f"{phone.person.id}: {kind}s were applied in another order")
    return wrong


def _waits(evidence: Evidence, found: Rows) -> list[float]:
    """Seconds from each update to the first message that answers it."""
    return [wait for phone in evidence.phones for said in phone.said if (wait := _wait(phone, said, found)) is not None]


def _wait(phone: Phone, said: Said, found: Rows) -> float | None:
    answers: list[Outbox] = found.by_update.get(said.number, [])
    ids = [row.message_id.split()[0] for row in answers if row.message_id]
    message = phone.person.chat.messages.get(int(ids[0])) if ids else None
    return (message.date - said.at).total_seconds() if message else None


def _unwell(evidence: Evidence) -> list[str]:
    faults = [] if evidence.calm else ["it did not come to rest"]
    faults += [f"a process ended with {code}" for code in evidence.exits if code != 0]
    faults += [f"a process ended by itself with {code}" for code in evidence.nemesis.fleet.fallen]
    return faults + [line[:300] for line in evidence.errors()]


__all__ = ["JUMPS", "KILLS", "REPEATS", "STOPS", "Verdict", "judge"]
