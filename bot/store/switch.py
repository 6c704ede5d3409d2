"""Small facts about the deployment: the off switch and the content revision."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlmodel import col

from bot.store.inbox import upsert
from bot.store.tables import Setting
from bot.store.unit import Unit

OFF = "switched-off"
REVISION = "content-revision"
VALUE = select(col(Setting.value)).where(col(Setting.name) == bindparam("name"))


async def get(unit: Unit, name: str) -> str | None:
    """A setting, None where it was never set."""
    found: str | None = (await unit.run(VALUE, {"name": name})).scalar_one_or_none()
    return found


async def put(unit: Unit, name: str, value: str) -> None:
    """Set a setting."""
    statement = upsert(unit, Setting).values(name=name, value=value, at=unit.now)
    statement = statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": unit.now})
    await unit.session.execute(statement)


async def message(unit: Unit) -> str | None:
    """The public message while the bot is switched off, else None."""
    return await get(unit, OFF)


async def turn_off(unit: Unit, public_message: str) -> None:
    """Answer everything but danger to life, crisis and abuse with this message."""
    await put(unit, OFF, public_message)


async def turn_on(unit: Unit) -> None:
    """Answer again."""
    await unit.session.execute(delete(Setting).where(col(Setting.name) == OFF))
