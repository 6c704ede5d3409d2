"""Versions of a file in the tables: which one answers, how one takes another's place, and how all processes hear of it.

States: `draft`, `waiting` for a second person, `scheduled`, `live`, `replaced` by a later one, `withdrawn`, and
`offered`: a change that shipped while staff had edited the file; `retired`: nothing of the file answers any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal, Protocol

from sqlalchemy import Integer, Text, and_, cast, func, or_, select, update
from sqlmodel import col

from bot.errors import StoreUnavailable
from bot.store import switch
from bot.store.content import Row, Version
from bot.store.inbox import upsert
from bot.store.listening import CONTENT, tell
from bot.store.reach_tables import CheckVersion
from bot.store.tables import EntryVersion, OrganisationVersion, Setting
from bot.store.unit import Unit
from knowledge.check_one import Kind

TABLES: Mapping[Kind, Version] = {"entry": EntryVersion, "organisation": OrganisationVersion, "check": CheckVersion}
State = Literal["draft", "waiting", "scheduled", "live", "replaced", "withdrawn", "offered", "retired"]
UNPUBLISHED: tuple[State, ...] = ("draft", "waiting", "scheduled", "offered")
SHIPPED, STAFF = "shipped", "staff"
TRIES = 5


class Audit(Protocol):
    """Writes down that something was done, and to what: `publish`, `entry fire-safety/smoke-alarm-beeping 3`."""

    async def __call__(self, action: str, about: str) -> None: ...


def name_of(kind: Kind, row: Row) -> str:
    """A version as the audit names it."""
    return f"{kind} {row.slug} {row.version}"


async def one(unit: Unit, kind: Kind, version_id: int) -> Row | None:
    """A version by its number, as the database holds it now."""
    found: Row | None = await unit.session.get(TABLES[kind], version_id, populate_existing=True)
    return found


async def live(unit: Unit, kind: Kind, slug: str) -> Row | None:
    """The version that answers: the place's own over the nation's. None where there is none."""
    table = TABLES[kind]
    statement = select(table).where(col(table.slug) == slug, col(table.state) == "live")
    statement = statement.order_by(col(table.local).desc(), col(table.version).desc()).limit(1)
    found: Row | None = (await unit.session.execute(_anew(statement))).scalar_one_or_none()
    return found


async def retired(unit: Unit, kind: Kind, slug: str = "") -> list[Row]:
    """The versions by which files were taken away, one a file, the latest first; of one file with `slug`."""
    table = TABLES[kind]
    about = (col(table.slug) == slug,) if slug else ()
    statement = select(table).where(col(table.state) == "retired", *about).order_by(col(table.id).desc())
    return list((await unit.session.execute(_anew(statement))).scalars().all())


async def stands(unit: Unit, kind: Kind, slug: str) -> Row | None:
    """The version that a change is written over: what answers, or else what took the file away."""
    found = await live(unit, kind, slug)
    return found or next(iter(await retired(unit, kind, slug)), None)


def text_of(row: Row) -> str | None:
    """The file as a version has it; None where there would be none."""
    return None if row.retires else row.text


async def put(unit: Unit, kind: Kind, slug: str, local: bool, values: Mapping[str, Any]) -> int:
    """One more version of a file; its id. Raises StoreUnavailable where others keep taking its number."""
    table = TABLES[kind]
    for _ in range(TRIES):
        highest = select(func.max(col(table.version))).where(col(table.slug) == slug, col(table.local) == local)
        number = ((await unit.session.execute(highest)).scalar_one() or 0) + 1
        row = {"slug": slug, "local": local, "version": number, "at": unit.now, **values}
        statement = upsert(unit, table).values(row).on_conflict_do_nothing().returning(col(table.id))
        made: int | None = (await unit.session.execute(statement)).scalar_one_or_none()
        if made is not None:
            return made
    raise StoreUnavailable(reason="version numbers")


async def change(unit: Unit, kind: Kind, row: Row, **values: Any) -> bool:
    """Change a version that is still in the state it was read in; False where it is not any more."""
    table = TABLES[kind]
    statement = update(table).where(col(table.id) == row.id, col(table.state) == row.state).values(**values)
    return (await unit.session.execute(_plainly(statement.returning(col(table.id))))).scalar_one_or_none() is not None


async def locked_revision(unit: Unit) -> str | None:
    """The revision of the content; until this transaction ends nobody else can publish."""
    statement = update(Setting).where(col(Setting.name) == switch.REVISION).values(value=col(Setting.value))
    done = await unit.session.execute(_plainly(statement.returning(col(Setting.value))))
    found: str | None = done.scalar_one_or_none()
    return found


async def bump(unit: Unit) -> None:
    """The content changes with this transaction: every process hears of it, and reads it again."""
    more = cast(cast(col(Setting.value), Integer) + 1, Text)
    statement = update(Setting).where(col(Setting.name) == switch.REVISION).values(value=more, at=unit.now)
    done = await unit.session.execute(_plainly(statement.returning(col(Setting.value))))
    if done.scalar_one_or_none() is None:
        await switch.put(unit, switch.REVISION, "1")
    await tell(unit, CONTENT)


async def go_live(unit: Unit, kind: Kind, row: Row, **values: Any) -> None:
    """This version answers from now on, or, where it retires its file, nothing does; the one before is replaced."""
    table = TABLES[kind]
    layers = (True, False) if row.retires else (row.local,)
    same = and_(col(table.state) == "live", col(table.local).in_(layers))
    older = (col(table.slug) == row.slug, or_(same, col(table.state) == "retired"))
    await unit.session.execute(_plainly(update(table).where(*older).values(state="replaced")))
    await change(unit, kind, row, **{"state": now_in(row), "at": unit.now, "stopped_at": None, **values})
    await bump(unit)


def now_in(row: Row) -> State:
    """The state of a version that has gone live."""
    return "retired" if row.retires else "live"


async def stopped(unit: Unit, kind: Kind) -> list[Row]:
    """Drafts that were due and were kept from going live, and live versions that were kept from ending; the latest
    first."""
    table = TABLES[kind]
    kept = col(table.state).in_(("draft", "live"))
    statement = select(table).where(kept, col(table.stopped_at).is_not(None))
    return list((await unit.session.execute(_anew(statement.order_by(col(table.stopped_at).desc())))).scalars().all())


async def due(unit: Unit, kind: Kind, state: State, column: Literal["starts", "ends"]) -> list[Row]:
    """Versions in a state whose moment has come, the earliest first."""
    table = TABLES[kind]
    when: Any = col(getattr(table, column))
    statement = select(table).where(col(table.state) == state, when <= unit.now).order_by(when, col(table.id))
    return list((await unit.session.execute(_anew(statement))).scalars().all())


def ahead(moment: dt.datetime | None, now: dt.datetime) -> bool:
    """Is this still to come?"""
    return moment is not None and moment > now


async def draft_of(unit: Unit, kind: Kind, slug: str, staff_id: int) -> Row | None:
    """The one draft that somebody has of a file, also where it waits for a second person."""
    table = TABLES[kind]
    statement = select(table).where(col(table.slug) == slug, col(table.staff_id) == staff_id)
    statement = statement.where(col(table.state).in_(("draft", "waiting"))).order_by(col(table.id).desc()).limit(1)
    found: Row | None = (await unit.session.execute(_anew(statement))).scalar_one_or_none()
    return found


async def unpublished(unit: Unit, kind: Kind) -> list[Row]:
    """Versions that wait to be published, of all files, in the order in which they were written."""
    table = TABLES[kind]
    statement = select(table).where(col(table.state).in_(UNPUBLISHED)).order_by(col(table.at), col(table.id))
    return list((await unit.session.execute(_anew(statement))).scalars().all())


def _plainly(statement: Any) -> Any:
    """Rows that the session holds are not touched: whoever needs them reads them anew."""
    return statement.execution_options(synchronize_session=False)


def _anew(statement: Any) -> Any:
    """What was changed by a statement before is read anew."""
    return statement.execution_options(populate_existing=True)
