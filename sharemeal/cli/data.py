"""Tables in and out by hand: ``import``, ``export``, ``lab add``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from sharemeal.actions.export_tables import export_table
from sharemeal.actions.found_lab import found_lab
from sharemeal.actions.import_files import Outcome, import_rows, outcome, preview
from sharemeal.actions.note_readings import note_readings
from sharemeal.cli.opening import (
    ACTOR,
    Opened,
    json_option,
    lab_option,
    opened,
    print_json,
    refusals_said,
    refuse,
)
from sharemeal.papers.exports import ENCODINGS
from sharemeal.papers.spreadsheets import Row, read_table
from sharemeal.papers.tables import TABLES, Table
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.labs import Lab, all_labs


@click.group("import")
def import_group() -> None:
    """Read a table from a csv or xlsx file, all or nothing."""


@click.group("export")
def export_group() -> None:
    """Write a table as csv that can be imported again."""


@click.group("lab")
def lab_group() -> None:
    """Labs: the neighbourhoods that use this installation."""


@lab_group.command("add")
@click.argument("slug")
@click.argument("name")
@refusals_said
def lab_add(slug: str, name: str) -> None:
    """Add a lab by its short name and its name."""
    with opened() as desk:
        _found(desk, slug, name)
    click.echo(f"ラボ「{name}」（{slug}）をつくりました。")


def _found(desk: Opened, slug: str, name: str) -> Lab:
    with desk.store.session(all_labs=True, actor=ACTOR) as session:
        return found_lab(session, slug, name, now=desk.clock.now())


def _first_or_chosen_lab(desk: Opened, slug: str | None) -> Lab:
    """The lab that is meant; an empty database gets its first one here."""
    with desk.store.session(all_labs=True) as session:
        empty = not all_labs(session)
    if empty:
        return _found(desk, slug or "lab", "リビングラボ")
    return desk.lab(slug)


def _import(kind: str, path: Path, lab_slug: str | None, *, dry_run: bool, as_json: bool) -> None:
    with opened() as desk:
        try:
            rows = read_table(_content(path), TABLES[kind], most_bytes=desk.settings.upload_bytes)
            result = _taken(desk, kind, rows, lab_slug, dry_run=dry_run)
        except Refused as refusal:
            if as_json:
                error = {"row": 1, "column": refusal.field or "", "message": str(refusal)}
                print_json({"rows": 0, "created": 0, "updated": 0, "unchanged": 0, "errors": [error]})
            refuse(refusal)
    if as_json:
        print_json(result.as_json())
    elif not result.faults:
        click.echo(f"{result.sentence()}{'（ためし読みです。書き込んでいません。）' if dry_run else ''}")
    for note in result.notes:
        click.echo(str(note), err=True)
    if result.faults:
        click.echo(str(result.sentence()), err=True)
        for fault in result.faults:
            click.echo(f"{fault.row}行目 {fault.column}: {fault.refusal}", err=True)
        sys.exit(1)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Refused(
            Sentence("ファイルを開けません（{path}）。", path=path),
            remedy=Sentence("ファイルの場所と読み取りの許可を確かめてください。"),
        ) from None


def _taken(desk: Opened, kind: str, rows: tuple[Row, ...], lab_slug: str | None, *, dry_run: bool) -> Outcome:
    now = desk.clock.now()
    with desk.session(_first_or_chosen_lab(desk, lab_slug)) as session:
        if dry_run:
            seen = preview(session, kind, rows, now=now, actor=ACTOR)
            result = outcome(kind, [row.change for row in seen.rows], seen.faults, seen.notes)
        else:
            result = import_rows(session, kind, rows, now=now, actor=ACTOR)
        note_readings(session, now=now)
    return result


def _export(kind: str, lab_slug: str | None, output: Path | None, encoding: str) -> None:
    with opened() as desk, desk.session(desk.lab(lab_slug)) as session:
        table = export_table(session, kind, now=desk.clock.now(), encoding=encoding)
    if output is None:
        click.echo(table, nl=False)
    else:
        output.touch(mode=0o600)
        output.write_bytes(table)


def _import_command(table: Table) -> click.Command:
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Only check; write nothing.")
    @lab_option
    @json_option
    @refusals_said
    def command(file: Path, lab_slug: str | None, *, dry_run: bool, as_json: bool) -> None:
        _import(table.kind, file, lab_slug, dry_run=dry_run, as_json=as_json)

    return _named(command, table, f"Read {table.kind} from a csv or xlsx FILE, all or nothing.")


def _export_command(table: Table) -> click.Command:
    @click.option(
        "-o", "--output", type=click.Path(path_type=Path), help="Write here, not to standard output."
    )
    @click.option("--encoding", type=click.Choice(ENCODINGS), default=ENCODINGS[0], show_default=True)
    @lab_option
    @refusals_said
    def command(lab_slug: str | None, output: Path | None, encoding: str) -> None:
        _export(table.kind, lab_slug, output, encoding)

    return _named(command, table, f"Write {table.kind} as csv that can be imported again.")


def _named(command: Callable[..., None], table: Table, told: str) -> click.Command:
    return click.command(table.kind, help=told)(command)


for _table in TABLES.values():
    import_group.add_command(_import_command(_table))
    export_group.add_command(_export_command(_table))
