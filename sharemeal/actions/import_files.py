"""Take in a table: first looked at without writing, then all of it in one unit of work, or nothing.

Reading the same table twice changes nothing. Every fault of every row is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from sharemeal.actions.import_desks import DESKS, Desk
from sharemeal.papers.spreadsheets import Row
from sharemeal.papers.tables import TABLES, Change
from sharemeal.sentences import Refused, Sentence, SeveralRefused, word
from sharemeal.store.base import transaction


@dataclass(frozen=True)
class RowFault:
    """What is wrong in one cell. ``row`` counts from 2, the header is 1; ``column`` is the header."""

    row: int
    field: str
    column: str
    refusal: Refused


@dataclass(frozen=True)
class SeenRow:
    """One row and what taking it would do; None where it has a fault."""

    row: Row
    change: Change | None


@dataclass(frozen=True)
class Preview:
    """A table as it would be taken."""

    kind: str
    rows: tuple[SeenRow, ...]
    faults: tuple[RowFault, ...]
    notes: tuple[Sentence, ...] = ()

    def count(self, change: Change) -> int:
        """How many rows would do this."""
        return sum(seen.change == change for seen in self.rows)


@dataclass(frozen=True)
class Outcome:
    """What became of a table. With faults nothing was written and created and updated are 0."""

    kind: str
    rows: int
    created: int
    updated: int
    unchanged: int
    faults: tuple[RowFault, ...] = ()
    notes: tuple[Sentence, ...] = ()
    """What was left aside without being a fault."""

    def as_json(self, told: Callable[[Refused], str] = str) -> dict[str, Any]:
        """The answer of ``import --json``; ``told`` gives a refusal in the reader's language."""
        return {
            "rows": self.rows,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "errors": [
                {"row": fault.row, "column": fault.column, "message": told(fault.refusal)}
                for fault in self.faults
            ],
            **({"notes": [str(note) for note in self.notes]} if self.notes else {}),
        }

    def sentence(self) -> Sentence:
        """The outcome in one sentence."""
        table = word(TABLES[self.kind].word)
        if self.faults:
            return Sentence(
                "{word}の表に、直すところが{count}か所あります。何も書き込んでいません。",
                word=table,
                count=len(self.faults),
            )
        if self.created == self.updated == 0:
            return Sentence(
                "{word}の表{rows}行を読みました。すべて前と同じで、何も変わりません。",
                word=table,
                rows=self.rows,
            )
        return Sentence(
            "{word}の表{rows}行を読みました。新しい{created}件、変わった{updated}件、前と同じ{unchanged}件。",
            word=table,
            rows=self.rows,
            created=self.created,
            updated=self.updated,
            unchanged=self.unchanged,
        )


def preview(session: Session, kind: str, rows: Sequence[Row], *, now: datetime, actor: str = "") -> Preview:
    """What :func:`import_rows` would do with these rows of a table of ``kind``; nothing is written."""
    desk: Desk = DESKS[kind](session, now, actor)
    seen, faults = _looked_at(desk, kind, rows)
    looked = tuple(SeenRow(row, change) for row, change, _entry in seen)
    return Preview(kind, looked, tuple(faults), tuple(desk.notes))


def import_rows(session: Session, kind: str, rows: Sequence[Row], *, now: datetime, actor: str) -> Outcome:
    """Take in the rows of a table of ``kind``, all or none. The session is fenced to one lab."""
    with transaction(session, now):
        desk: Desk = DESKS[kind](session, now, actor)
        seen, faults = _looked_at(desk, kind, rows)
        counted = [change for _row, change, _entry in seen]
        if not faults:
            for _row, change, entry in seen:
                if change is not Change.UNCHANGED:
                    desk.write(entry)
    return outcome(kind, counted, tuple(faults), tuple(desk.notes))


def outcome(
    kind: str,
    changes: Sequence[Change | None],
    faults: tuple[RowFault, ...],
    notes: tuple[Sentence, ...] = (),
) -> Outcome:
    """The counts of a table that was taken or, with faults, refused as a whole."""
    return Outcome(
        kind=kind,
        rows=len(changes),
        created=0 if faults else changes.count(Change.CREATED),
        updated=0 if faults else changes.count(Change.UPDATED),
        unchanged=changes.count(Change.UNCHANGED),
        faults=faults,
        notes=notes,
    )


def _looked_at(
    desk: Desk, kind: str, rows: Sequence[Row]
) -> tuple[list[tuple[Row, Change | None, Any]], list[RowFault]]:
    """Each row with what it would change and its entry, and every fault."""
    seen: list[tuple[Row, Change | None, Any]] = []
    faults: list[RowFault] = []
    first_rows: dict[Hashable, int] = {}
    headers = TABLES[kind].headers
    for row in rows:
        change, entry = None, None
        refusals = _doubled(desk, kind, row, first_rows)
        try:
            entry = desk.read(row.texts)
            change = desk.change(entry)
        except SeveralRefused as several:
            refusals += several.refusals
        for refusal in refusals:
            field = refusal.field or ""
            faults.append(RowFault(row.number, field, headers.get(field, ""), refusal))
        seen.append((row, None if refusals else change, entry))
    return seen, faults


def _doubled(desk: Desk, kind: str, row: Row, first_rows: dict[Hashable, int]) -> list[Refused]:
    """A refusal when an earlier row is known by the same; a row that cannot be read is told of elsewhere."""
    try:
        first = first_rows.setdefault(desk.key(row.texts), row.number)
    except Refused:
        return []
    return [] if first == row.number else [_used_twice(desk, kind, first, row)]


def _used_twice(desk: Desk, kind: str, first: int, row: Row) -> Refused:
    return Refused(
        Sentence(
            "{column}「{value}」が、{first}行目と{second}行目の2か所にあります。",
            column=TABLES[kind].headers[desk.key_field],
            value=row.texts[desk.key_field].strip()[:40],
            first=first,
            second=row.number,
        ),
        remedy=Sentence("どちらかを直すか、消してください。"),
        field=desk.key_field,
    )
