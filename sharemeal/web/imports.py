"""表を読み込む: choose a file, look through what it would do, mend its cells, take it in whole or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from flask import Blueprint, Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from sharemeal.actions import import_files
from sharemeal.actions.export_tables import export_table
from sharemeal.papers.exports import ENCODINGS, csv_table
from sharemeal.papers.spreadsheets import read_table
from sharemeal.papers.tables import TABLES, Table
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.web import import_draft
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, doorway, now
from sharemeal.web.import_view import (
    MOST_LINES,
    MOST_MENDED_AT_ONCE,
    cell_of,
    lines_with_faults,
    sound_lines,
)
from sharemeal.web.language import tell
from sharemeal.web.responses import errors_of

if TYPE_CHECKING:
    from sharemeal.web.sessions import StoredSession

pages = Blueprint("imports", __name__, url_prefix="/import")

DESK = (Role.COORDINATOR, Role.LAB_ADMIN)
EXPORTED_WITHIN = timedelta(minutes=15)
LISTS = {
    "kitchens": "kitchens.index",
    "households": "households.index",
    "volunteers": "volunteers.index",
    "offers": "kitchens.index",
}


def _tables() -> list[Table]:
    """The tables that who asks may read in: homes are the coordinators' alone."""
    return [
        table for table in TABLES.values() if table.kind != "households" or who().role is Role.COORDINATOR
    ]


def _table(kind: str) -> Table:
    """Raises LookupError for a table that there is not, or not for who asks."""
    for table in _tables():
        if table.kind == kind:
            return table
    raise LookupError(kind)


@pages.get("")
@allow(*DESK)
def show() -> ResponseReturnValue:
    """Which table, which file; and the tables to download."""
    return _page({}, request.args.get("kind", ""))


def _page(errors: dict[str, Refused], kind: str) -> ResponseReturnValue:
    return render_template(
        "imports.html",
        tables=_tables(),
        kind=kind,
        errors=errors,
        draft=import_draft.kept(),
        words={table.kind: table.word for table in TABLES.values()},
        megabytes=f"{doorway().settings.upload_bytes / 1024 / 1024:g}",
        lists=LISTS,
        taken=request.args.get("taken", "") if request.method == "GET" else "",
        may_export=who().role is Role.COORDINATOR,
        minutes=EXPORTED_WITHIN.seconds // 60,
    ), (422 if errors else 200)


@pages.post("/preview")
@allow(*DESK)
def preview() -> ResponseReturnValue:
    """Read the file and keep its rows for looking through; nothing is written to the lab."""
    kind, sent = request.form.get("kind", ""), request.files.get("file")
    try:
        if kind not in [table.kind for table in _tables()]:
            raise Refused(
                Sentence("どの表かが選ばれていません。"),
                remedy=Sentence("表の種類をひとつ選んでください。"),
                field="kind",
            )
        if sent is None or not sent.filename:
            raise Refused(
                Sentence("ファイルが選ばれていません。"),
                remedy=Sentence("CSVかxlsxで保存した表を選んでください。"),
                field="file",
            )
        rows = read_table(sent.read(), TABLES[kind], most_bytes=doorway().settings.upload_bytes)
    except Refused as refusal:
        return _page(errors_of(refusal if refusal.field else refusal.at("file")), kind)
    import_draft.begun(kind, sent.filename, rows)
    return redirect(url_for("imports.look"), 303)


@pages.get("/preview")
@allow(*DESK)
def look() -> ResponseReturnValue:
    """What the kept table would do, row by row, and the cells to mend."""
    draft = import_draft.kept()
    if draft is None:
        return redirect(url_for("imports.show"), 303)
    _table(draft.kind)
    seen = import_files.preview(db(), draft.kind, draft.rows, now=now(), actor=who().actor)
    faulty, sound = lines_with_faults(seen), sound_lines(seen)
    return render_template(
        "import_preview.html",
        draft=draft,
        table=TABLES[draft.kind],
        seen=seen,
        faulty=faulty[:MOST_MENDED_AT_ONCE],
        more_faulty=max(0, len(faulty) - MOST_MENDED_AT_ONCE),
        sound=sound[:MOST_LINES],
        more_sound=max(0, len(sound) - MOST_LINES),
        counts={
            line: sum(each.change == line for each in sound) for line in ("created", "updated", "unchanged")
        },
        list_page=LISTS[draft.kind],
        moved=request.args.get("other") is not None,
    )


@pages.post("/mend")
@allow(*DESK)
def mend() -> ResponseReturnValue:
    """直して確かめる: write the cells anew, leave out the rows that were ticked, and look again."""
    draft = _same_draft()
    if draft is None:
        return redirect(url_for("imports.look", other=""), 303)
    cells = {
        cell: text[: import_draft.LONGEST_CELL]
        for name, text in request.form.items()
        if (cell := cell_of(name)) is not None
    }
    dropped = frozenset(int(row) for row in request.form.getlist("drop") if row.isdecimal() and len(row) < 7)
    import_draft.keep(draft.mended(cells, dropped))
    return redirect(url_for("imports.look"), 303)


@pages.post("/confirm")
@allow(*DESK)
def confirm() -> ResponseReturnValue:
    """取り込む: all rows or none; with a fault that arose meanwhile, look again."""
    draft = _same_draft()
    if draft is None:
        return redirect(url_for("imports.look", other=""), 303)
    _table(draft.kind)
    outcome = import_files.import_rows(db(), draft.kind, draft.rows, now=now(), actor=who().actor)
    if outcome.faults:
        return redirect(url_for("imports.look"), 303)
    import_draft.forget()
    for said in (outcome.sentence(), *outcome.notes):
        flash(tell(said))
    return redirect(url_for("imports.show", taken=draft.kind), 303)


@pages.post("/forget")
@allow(*DESK)
def forget() -> ResponseReturnValue:
    """Put the table away; nothing was written."""
    import_draft.forget()
    flash(_("読み込みをやめました。何も書き込んでいません。"))
    return redirect(url_for("imports.show"), 303)


def _same_draft() -> import_draft.Draft | None:
    """The kept table, if it is the one that the form was made for: another tab may have begun another."""
    draft = import_draft.kept()
    return draft if draft is not None and draft.draft_id == request.form.get("draft") else None


@pages.get("/empty/<table>.csv")
@allow(*DESK)
def empty(table: str) -> ResponseReturnValue:
    """A file with nothing but the headers, to fill in."""
    asked = _table(table)
    return _file(csv_table(asked, []), f"{asked.kind}-empty.csv")


@pages.get("/current/<table>.csv")
@allow(Role.COORDINATOR)
def current(table: str) -> ResponseReturnValue:
    """The lab's table as it is. A list of homes leaves the house only right after signing in."""
    asked = _table(table)
    row = cast("StoredSession", session).row
    if row is None or now() - row.started_at > EXPORTED_WITHIN:
        raise Refused(
            Sentence("書き出すには、もう一度入りなおしてください。"),
            why=Sentence(
                "表にはお名前や住所が入るため、入ってから{minutes}分のあいだだけ書き出せます。",
                minutes=EXPORTED_WITHIN.seconds // 60,
            ),
            remedy=Sentence("「出る」を押して入りなおし、すぐに書き出してください。"),
        )
    encoding = request.args.get("encoding", "utf-8")
    if encoding not in ENCODINGS:
        raise LookupError(encoding)
    return _file(export_table(db(), asked.kind, now=now(), encoding=encoding), f"{asked.kind}.csv")


def _file(content: bytes, name: str) -> Response:
    return Response(
        content, mimetype="text/csv", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )
