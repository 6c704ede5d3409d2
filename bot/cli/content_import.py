"""`bot content sheet`, `import` and `import-feed`: content to a spreadsheet and back, and other directories in."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.diary import reading, writing
from bot.cli.people import with_store
from bot.errors import CommandFault
from bot.knowing import Knowing, snapshot
from bot.settings import Settings
from bot.staff import audit, feeds, importing, sheets
from bot.staff.feeds import Feed, Service
from bot.staff.import_trial import Rehearse, try_out
from bot.staff.importing import Who
from bot.staff.outcomes import Refusal, Rehearsal
from bot.staff.replay import Rehearsals
from bot.staff.versions import SHIPPED, Audit
from bot.store import content
from bot.store.unit import Store, Unit
from bot.wiring import place_folder
from handlers.catalogue import Texts
from knowledge.check_one import Kind
from knowledge.library import Library
from knowledge.sheets import Plan, Planned, Table, table_of

KINDS: dict[str, Kind] = {"organisations": "organisation", "entries": "entry"}
Dry = Annotated[bool, typer.Option("--dry-run", help="only print what would change")]
By = Annotated[str, typer.Option(help="whose import it is; kept with every version")]


def sheet(
    what: Annotated[Literal["organisations", "entries"], typer.Argument(help="which of the two")],
    out: Annotated[Path, typer.Argument(metavar="OUT.csv|OUT.xlsx", dir_okay=False)],
    template: Annotated[bool, typer.Option("--template", help="the columns with one example row")] = False,
) -> None:
    """Write the live organisations or answers as a spreadsheet, one a row.

    Example: bot content sheet organisations organisations.xlsx
    """
    kind, ending = KINDS[what], sheets.format_of(out.name)
    table = sheets.template(kind) if template else reading(lambda unit: _table(unit, kind))
    try:
        out.write_bytes(sheets.written(kind, table, ending, Texts()))
    except OSError as error:
        raise CommandFault(why=f"{out} cannot be written: {error.strerror}.") from None
    typer.echo(f"{len(table.rows)} rows written to {out}")


async def _table(unit: Unit, kind: Kind) -> Table:
    found = await importing.files(unit, kind, place_folder(Settings()))
    return table_of(kind, {slug: file.text for slug, file in found.items()})


def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE")],
    dry_run: Dry = False,
    by: By = "import",
) -> None:
    """Read a CSV or XLSX of organisations (live at once) or answers (as drafts): all or nothing. Nothing is removed.

    Example: bot content import organisations.xlsx --dry-run
    """
    table, who = sheets.read(file.name, file.read_bytes()), _who(by, file.name)
    planned = with_store(lambda store: _imported(store, table, who, dry_run=dry_run))
    _refuse(sheets.said(fault, Texts()) for fault in planned.faults)
    for line in _lines(planned):
        typer.echo(line)
    _end(dry_run)


async def _imported(store: Store, table: Table, who: Who, *, dry_run: bool) -> Plan:
    """Planned and tried out before the transaction, which must be short."""
    place = place_folder(Settings())
    if not dry_run:
        async with store.write() as unit:
            await content.seed(unit, place)
    async with store.read() as unit:
        planned, library = await importing.plan(unit, table, place, who), await importing.library(unit, place)
    trial = await try_out(planned, library, _rehearse(store, library))
    if trial is not None and trial.fault is not None:
        return Plan(planned.kind, faults=(trial.fault,))
    if dry_run:
        return planned
    async with store.write() as unit:
        return await importing.apply(unit, table, place, who, _audit(unit), trial)


def _rehearse(store: Store, library: Library) -> Rehearse:
    """Opens the index when it is asked for the first time: few sheets need it."""
    opened = cache(partial(_rehearsals, store, library))

    async def rehearse(texts: Mapping[str, str | None]) -> Rehearsal | Refusal:
        return await (await asyncio.to_thread(opened)).rehearse_files("organisation", texts)

    return rehearse


def _rehearsals(store: Store, library: Library) -> Rehearsals:
    settings = Settings()
    knowing = Knowing(snapshot(library, settings.index_folder, settings.encoder))
    return Rehearsals(store, place_folder(settings), knowing, settings.index_folder)


def import_feed(
    source: Annotated[Path, typer.Argument(exists=True, metavar="FILE_OR_FOLDER.json")],
    name: Annotated[str, typer.Option(help="whose directory it is, as residents read it; else the file's name")] = "",
    dry_run: Dry = False,
    by: By = "import",
) -> None:
    """Read another directory's Open Referral UK services. What we lack becomes a draft; what we have stays as it is.

    Example: bot content import-feed bristol.json --name "Bristol City Council" --dry-run
    """
    documents, place = feeds.documents(source), place_folder(Settings())

    async def work(unit: Unit) -> Feed:
        found = await feeds.plan(unit, documents, place, name or source.stem)
        if not dry_run and not found.faults:
            await feeds.apply(unit, found, place, _who(by, name or source.name), _audit(unit))
        return found

    found = reading(work) if dry_run else writing(work)
    _refuse(sheets.said(fault, Texts()) for fault in found.faults)
    for line in _services(found):
        typer.echo(line)
    _end(dry_run)


def _who(by: str, note: str) -> Who:
    """Raises CommandFault for the mark of what ships, which an upgrade may replace."""
    if by.strip() in ("", SHIPPED):
        raise CommandFault(why=f"--by needs a name, and not {SHIPPED}.")
    return Who(by.strip(), note=note)


def _audit(unit: Unit) -> Audit:
    async def write(action: str, about: str) -> None:
        await audit.record(unit, None, action, about)

    return write


def _refuse(faults: Iterable[str]) -> None:
    if found := list(faults):
        raise CommandFault(why="\n".join((*found, "Nothing was changed.")))


def _lines(planned: Plan) -> Sequence[str]:
    same = len(planned.rows) - len(planned.news)
    notes = [f"note: {sheets.said(note, Texts())}" for note in planned.notes]
    return [
        *(line for row in planned.news for line in _row(row)),
        *notes,
        f"{len(planned.news)} rows change, {same} do not.",
    ]


def _row(row: Planned) -> Sequence[str]:
    if row.state == "new":
        return [f"row {row.row}: {row.slug} is new"]
    return [f"row {row.row}: {row.slug}", *(f"   {c.column}: {c.old!r} becomes {c.new!r}" for c in row.changes)]


def _services(found: Feed) -> Sequence[str]:
    news, texts = len(found.news), Texts()
    empty = [f"{name}: no services in it" for name in found.empty]
    return [*(_service(service, texts) for service in found.services), *empty, f"{news} drafts of organisations"]


def _service(service: Service, texts: Texts) -> str:
    """What becomes of one service of a feed."""
    name, match = service.read.name, service.match
    if service.read.closed:
        return f"left out: {name} ({service.read.closed})"
    if service.slug:
        doubts = "".join(f"; {texts.say(f'staff.feed.doubt.{doubt}')}" for doubt in service.read.doubts)
        return f"new: {name} as {service.slug}{doubts}"
    why = ", ".join(texts.say(f"staff.feed.why.{sign}") for sign in match.why)
    return f"{match.kind}: {name} {'is' if match.kind == 'same' else 'may be'} {match.id} ({why})"


def _end(dry_run: bool) -> None:
    typer.echo("Nothing was changed: this was a dry run." if dry_run else "Done.")
