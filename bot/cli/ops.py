"""`bot backup`, `bot restore`, `bot port-db`: copies of the database, put back, and its move to PostgreSQL."""

from __future__ import annotations

import datetime as dt
import importlib
import os
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.ops import backup as backups
from bot.ops.backup import KEEP_DAYS, Copied
from bot.ops.errors import NowhereToPut
from bot.ops.files import file_of
from bot.ops.port import Ported, port
from bot.settings import Settings
from bot.store.engine import is_postgres
from bot.wiring import erased_log, keys_file
from handlers.catalogue import Texts

SHOWN = 16
"""So much of a hash is enough to compare by eye."""


def backup(
    where: Annotated[Path | None, typer.Argument(metavar="FILE|FOLDER", help="else BOT_BACKUP_FOLDER")] = None,
    keep_days: Annotated[int, typer.Option(min=1, max=KEEP_DAYS, help="older ones there are deleted")] = KEEP_DAYS,
) -> None:
    """Copy the database while the bot runs, and read the copy through. The keys are not in it. PostgreSQL is copied
    by pg_dump.

    Example: bot backup /mnt/backups --keep-days 35
    """
    os.umask(0o077)
    settings, texts, now = Settings(), Texts(), SystemClock().now()
    place = where or settings.backup_folder
    if place is None:
        raise NowhereToPut()
    if where is None:
        place.mkdir(parents=True, exist_ok=True)
    try:
        _copied(settings, texts, place, now)
    finally:  # what was promised to be deleted does not wait for a copy that is well
        for path in _past_their_time(settings.database_url, place, now, keep_days):
            typer.echo(texts.say("staff.ops.backup.deleted", days=keep_days, path=path))


def _copied(settings: Settings, texts: Texts, place: Path, now: dt.datetime) -> None:
    made = _kind(settings.database_url).backup(settings.database_url, place, now)
    typer.echo(texts.say("staff.ops.backup.done", **_facts(made)))
    if made.tried:
        typer.echo(texts.say("staff.ops.backup.tried"))
    typer.echo(texts.say("staff.ops.backup.keys", keys=keys_file(settings)))


def restore(
    copied: Annotated[Path, typer.Argument(metavar="FILE", help="a copy that bot backup made")],
    replace: Annotated[bool, typer.Option("--replace", help="keep what is there beside, under another name")] = False,
    gaps: Annotated[
        bool, typer.Option("--without-erasures", help="also where it is lost who was erased since the copy")
    ] = False,
) -> None:
    """Put a copy in the place of the database. Stop the bot first; the key file must be there.

    Example: bot restore /mnt/backups/bot-20261125T020000Z.sqlite3 --replace
    """
    os.umask(0o077)
    settings, texts, now = Settings(), Texts(), SystemClock().now()
    keys, erased = keys_file(settings), erased_log(settings)
    url = settings.database_url
    done = _kind(url).restore(copied, url, keys, now, replace=replace, erased=erased, gaps=gaps)
    typer.echo(texts.say("staff.ops.restore.done", opened=done.opened, **_facts(done.copied)))
    typer.echo(texts.say("staff.ops.restore.erased", count=done.erased_again, path=erased.path))
    if done.before is not None:
        typer.echo(texts.say("staff.ops.restore.before", path=done.before))


def _kind(url: str) -> ModuleType:
    """What copies a database of this kind; the driver of the other kind is not loaded."""
    return importlib.import_module("bot.ops.postgres") if is_postgres(url) else backups


def _past_their_time(url: str, folder: Path, now: dt.datetime, days: int) -> list[Path]:
    """Old copies, and what a restore set aside beside the database: they are deleted."""
    aside = [] if is_postgres(url) else backups.delete_set_aside(file_of(url), now, days)
    return [*backups.delete_old(folder, now, days), *aside]


def port_db(
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="an empty PostgreSQL database")],
) -> None:
    """Move everything from the SQLite file to PostgreSQL, and compare both. Stop the bot first.

    Example: bot port-db --to postgresql://bot@db.example/bot
    """
    texts, err = Texts(), typer.get_text_stream("stderr")
    with typer.progressbar(length=1, label=texts.say("staff.ops.port.title"), file=err) as bar:

        def done(rows: int, total: int) -> None:
            bar.length = total
            bar.update(rows)

        ported = port(Settings().database_url, to, done)
    typer.echo("\n".join(table_of(ported, texts)))
    rows = sum(one.target.rows for one in ported)
    typer.echo(texts.say("staff.ops.port.done", rows=rows, tables=len(ported)))


def table_of(ported: Iterable[Ported], texts: Texts) -> list[str]:
    """A line for each table: its name, its rows on both sides, the hash of both."""
    head = [texts.say(f"staff.ops.port.{name}") for name in ("table", "rows", "hash")]
    lines = [f"{head[0]:24} {head[1]:>9} {head[1]:>9}  {head[2]}"]
    for one in ported:
        hashes = f"{one.source.hash[:SHOWN]} = {one.target.hash[:SHOWN]}"
        lines.append(f"{one.table:24} {one.source.rows:>9} {one.target.rows:>9}  {hashes}")
    return lines


def _facts(copied: Copied) -> dict[str, object]:
    found = copied.sound
    return {"path": copied.path, "rows": sum(found.rows.values()), "revision": found.revision}
