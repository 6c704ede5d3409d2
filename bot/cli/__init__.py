"""The commands. Exit code 0: done; 1: the work found faults; 2: wrong usage. Errors: one plain sentence on stderr."""

from __future__ import annotations

import typer

from bot.cli import (
    ask,
    audit,
    campaigns,
    classify,
    content,
    content_import,
    demo,
    evaluate,
    keys,
    ops,
    ops_doctor,
    people,
    person,
    place,
    posters,
    report,
    serve,
    staff,
    switch,
    visits,
    visits_acts,
    visits_booking,
    visits_rota,
    visits_times,
    webhook,
    worker,
)
from bot.commands import carried_out

app = typer.Typer(
    help="A signposting bot: curated safety and wellbeing answers, and the people who can help.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("run")(serve.run)
app.command("worker")(worker.worker)
app.command("demo")(demo.demo)
app.command("ask")(ask.ask)
app.command("chat")(ask.chat)
app.command("evaluate")(evaluate.evaluate)
app.command("classify")(classify.classify)
app.command("backup")(ops.backup)
app.command("restore")(ops.restore)
app.command("port-db")(ops.port_db)
app.command("doctor")(ops_doctor.doctor)
app.command("report")(report.report)
app.command("off")(switch.off)
app.command("on")(switch.on)
app.add_typer(content.app, name="content")
content.app.command("sheet")(content_import.sheet)
content.app.command("import")(content_import.import_)
content.app.command("import-feed")(content_import.import_feed)
app.add_typer(place.app, name="place")
app.add_typer(posters.app, name="posters")
app.add_typer(people.handovers, name="handovers")
app.add_typer(people.reports, name="reports")
app.add_typer(webhook.app, name="webhook")
app.add_typer(staff.app, name="staff")
app.add_typer(audit.app, name="audit")
app.add_typer(person.app, name="person")
app.add_typer(campaigns.app, name="campaigns")
app.add_typer(keys.app, name="keys")
app.add_typer(visits.app, name="visits")
visits.app.command("outcome")(visits_acts.outcome)
visits.app.command("note")(visits_acts.note)
visits.app.command("safeguard")(visits_acts.safeguard)
visits.app.command("refer")(visits_acts.refer)
visits.app.command("assign")(visits_acts.assign)
visits.app.command("swap")(visits_acts.swap)
visits.app.command("book")(visits_booking.book)
visits.app.command("move")(visits_booking.move)
visits.app.command("cancel")(visits_booking.cancel)
visits.app.command("free")(visits_times.free)
visits.app.command("close-day")(visits_times.close_day)
visits.app.command("open-day")(visits_times.open_day)
visits.app.add_typer(visits_rota.app, name="rota")
visits.app.add_typer(visits_times.absences, name="absence")


def main() -> None:
    """The `bot` command."""
    carried_out(app)
