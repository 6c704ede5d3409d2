"""`bot keys`: the keys that personal details are sealed with; never the keys themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.diary import reading
from bot.cli.people import with_store
from bot.settings import Settings
from bot.staff import audit
from bot.store import keys, resealing
from bot.store.keys import Key
from bot.store.unit import Store
from bot.wiring import keys_file

app = typer.Typer(help="The keys that personal details are sealed with.", no_args_is_help=True)


@app.command()
def show() -> None:
    """The keys by number: since when, until when each sealed, and how many values it has sealed.

    Example: bot keys show
    """
    used = reading(resealing.under)
    for key in keys.listed(keys_file(Settings())):
        typer.echo(f"{key.id}: {_dates(key)}, {used[key.id]} values")


@app.command()
def rotate(
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="take old keys out now: older backups can never be read again")
    ] = False,
) -> None:
    """Seal everything with a new key while the bot runs. Killed or stopped, run it again: it goes on where it was.

    Example: bot keys rotate
    """
    path = keys_file(Settings())

    async def work(store: Store) -> tuple[int, int, list[int]]:
        async with store.read() as unit:
            used, now = await resealing.under(unit), unit.now
        left = used.total() - used[store.vault.current]
        if not left:
            keys.add(path, now)
            left = used.total()
        with typer.progressbar(length=left, label="Sealing anew") as bar:
            still = await resealing.reseal(store, bar.update)
        gone = await resealing.drop_unused(store, path, at_once=drop_old)
        await _record(store, store.vault.current, gone)
        return store.vault.current, still, gone

    with keys.alone(path):
        current, still, gone = with_store(work)
    _say(current, still, gone, keys.listed(path))


async def _record(store: Store, current: int, gone: list[int]) -> None:
    async with store.write() as unit:
        dropped = f", taken out {' '.join(map(str, gone))}" if gone else ""
        await audit.record(unit, None, "rotate keys", f"current {current}{dropped}")


def _say(current: int, still: int, gone: list[int], held: tuple[Key, ...]) -> None:
    typer.echo(f"Key {current} seals from now on. Keep a copy of the key file apart from the backups.")
    if still:
        typer.echo(f"{still} values were in use all the while: run bot keys rotate again.")
        raise typer.Exit(1)
    for id_ in gone:
        typer.echo(f"Key {id_} is taken out: nothing is sealed with it any more.")
    for key in held:
        if key.retired and not key.current:
            until = key.retired + resealing.BACKUPS_LAST
            typer.echo(f"Key {key.id} stays for backups. The first rotation after {until:%d %b %Y} takes it out.")


def _dates(key: Key) -> str:
    made = f"made {key.made:%d %b %Y}" if key.made else "made before dates were noted"
    return f"{made}, current" if key.current else f"{made}, retired {key.retired:%d %b %Y}" if key.retired else made
