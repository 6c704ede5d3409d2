"""`bot backup`, `bot restore`, `bot port-db`: copies of the database, put back, and its move to PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.ops import backup as backups
from bot.ops.backup import KEEP_DAYS, Copied
from bot.ops.errors import NowhereToPut
from bot.ops.port import Ported, port
from bot.settings import Settings
from bot.wiring import keys_file
from handlers.catalogue import Texts

SHOWN = 16
"""So much of a hash is enough to compare by eye."""


def backup(
    where: Annotated[Path | None, typer.Argument(metavar="FILE|FOLDER", help="else BOT_BACKUP_FOLDER")] = None,
    keep_days: Annotated[int, typer.Option(min=1, help="older copies in the folder are deleted")] = KEEP_DAYS,
) -> None:
    """Copy the database while the bot runs, and read the copy through. The keys are not in it.

    Example: bot backup /mnt/backups --keep-days 35
    """
    os.umask(0o077)
    settings, texts, now = Settings(), Texts(), SystemClock().now()
    place = where or settings.backup_folder
    if place is None:
        raise NowhereToPut()
    if where is None:
        place.mkdir(parents=True, exist_ok=True)
    typer.echo(texts.say("staff.ops.backup.done", **_facts(backups.backup(settings.database_url, place, now))))
    typer.echo(texts.say("staff.ops.backup.keys", keys=keys_file(settings)))
    for path in backups.delete_old(place, now, keep_days):
        typer.echo(texts.say("staff.ops.backup.deleted", days=keep_days, path=path))


def restore(
    copied: Annotated[Path, typer.Argument(metavar="FILE", help="a copy that bot backup made")],
    replace: Annotated[bool, typer.Option("--replace", help="keep what is there beside, under another name")] = False,
) -> None:
    """Put a copy in the place of the database. Stop the bot first; the key file must be there.

    Example: bot restore /mnt/backups/bot-20261125T020000Z.sqlite3 --replace
    """
    os.umask(0o077)
    settings, texts, now = Settings(), Texts(), SystemClock().now()
    done = backups.restore(copied, settings.database_url, keys_file(settings), now, replace=replace)
    typer.echo(texts.say("staff.ops.restore.done", opened=done.opened, **_facts(done.copied)))
    if done.before is not None:
        typer.echo(texts.say("staff.ops.restore.before", path=done.before))


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
