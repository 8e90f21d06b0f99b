"""Who read or changed whose personal data: one row each, noticed by the store itself so that nobody forgets.

A table that holds personal columns is :class:`Personal`. Its personal columns are deferred: loading them, alone or
with the row, is a reading; writing them is a change, and so is writing what else tells of a person: place, need,
consents, pauses. Rows carry which columns, never what stands in them.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from contextlib import closing
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKey, Index, Text, event, func, insert, inspect, select, text
from sqlalchemy.orm import Mapped, Mapper, QueryContext, Session, UOWTransaction, mapped_column

from sharemeal.store.base import ALL_LABS, Base
from sharemeal.store.columns import UtcDateTime

FIRST_HASH = "0" * 64


class Personal:
    """A table with personal columns.

    ``personal`` names those that say who somebody is: reading and writing them is noted. ``watched`` names what else
    tells of them, which plans and sums read all day without a person looking: there writing alone is noted.
    """

    personal: ClassVar[tuple[str, ...]] = ()
    watched: ClassVar[tuple[str, ...]] = ()

    def audited(self) -> tuple[str, int]:
        """Table and id under which a change is noted: the row's own, or of the home or volunteer it tells of."""
        return self.__tablename__, self.id  # type: ignore[attr-defined]


class AuditEntry(Base):
    """One reading or changing. Hashes chain the rows in order of ``seq``; they are linked after the fact."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(
            "ix_audit_entry_unlinked",
            "seq",
            sqlite_where=text("hash IS NULL"),
            postgresql_where=text("hash IS NULL"),
        ),
    )

    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    lab_id: Mapped[int | None] = mapped_column(ForeignKey("lab.id", ondelete="SET NULL"), index=True)
    actor: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    subject_ids: Mapped[str] = mapped_column(Text)
    columns: Mapped[str] = mapped_column(Text, default="")
    prev_hash: Mapped[str | None] = mapped_column(Text)
    hash: Mapped[str | None] = mapped_column(Text)

    def digest(self, previous: str) -> str:
        """The hash of this row behind ``previous``."""
        fields = [previous, self.seq, self.at.isoformat(), self.lab_id, self.actor, self.what, self.subject]
        fields += [self.subject_ids, self.columns]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False).encode()).hexdigest()


def unlinked(session: Session, *, most: int = 1000) -> list[AuditEntry]:
    """The oldest rows that the chain does not hold yet."""
    query = select(AuditEntry).where(AuditEntry.hash.is_(None)).order_by(AuditEntry.seq).limit(most)
    return list(session.scalars(query))


def head(session: Session) -> str:
    """The hash of the last linked row, or FIRST_HASH."""
    query = (
        select(AuditEntry.hash).where(AuditEntry.hash.is_not(None)).order_by(AuditEntry.seq.desc()).limit(1)
    )
    return session.scalars(query).first() or FIRST_HASH


def last_linked(session: Session) -> int:
    """The ``seq`` of the last linked row, or 0."""
    return session.scalar(select(func.max(AuditEntry.seq)).where(AuditEntry.hash.is_not(None))) or 0


def linked_count(session: Session) -> int:
    """How many rows the chain holds."""
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.hash.is_not(None))
    return session.scalar(query) or 0


def wait_for_writers(session: Session) -> None:
    """Let everybody who has a number for a row finish, so that no row comes later with a lower number.

    SQLite has one writer at a time and needs no waiting.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE audit_entry IN SHARE ROW EXCLUSIVE MODE"))


def first_broken(session: Session) -> int | None:
    """The ``seq`` of the first linked row whose hash does not follow from the rows before it, or None."""
    previous = FIRST_HASH
    linked = select(AuditEntry).where(AuditEntry.hash.is_not(None)).order_by(AuditEntry.seq)
    with closing(session.scalars(linked.execution_options(yield_per=1000))) as entries:
        for entry in entries:
            if entry.prev_hash != previous or entry.hash != entry.digest(previous):
                return entry.seq
            previous = entry.hash
    return None


def note(
    session: Session,
    what: str,
    subject: str,
    subject_ids: list[int],
    columns: str = "",
    *,
    lab_id: int | None = None,
) -> None:
    """Write one audit row into the unit of work under way; ``lab_id`` is for sessions that see all labs."""
    fence = session.info["fence"]
    session.connection().execute(
        insert(AuditEntry).values(
            at=session.info["now"],
            lab_id=lab_id if fence == ALL_LABS else fence,
            actor=session.info["actor"],
            what=what,
            subject=subject,
            subject_ids=json.dumps(sorted(subject_ids)),
            columns=columns,
        )
    )


def readings(session: Session) -> dict[str, set[int]]:
    """Whose personal data this session has read since it was last asked: table → ids."""
    noted: dict[str, set[int]] = session.info.pop("readings", {})
    return noted


def _note_load(row: Any, context: QueryContext, names: object = None) -> None:
    if any(name in row.__dict__ for name in row.personal) and (
        names is None or any(name in row.personal for name in names)  # type: ignore[attr-defined]
    ):
        noted = context.session.info.setdefault("readings", defaultdict(set))
        noted[row.__tablename__].add(row.id)


@event.listens_for(Mapper, "mapper_configured")
def _watch_personal(_mapper: Mapper[Any], row_class: type[Any]) -> None:
    if issubclass(row_class, Personal):
        event.listen(row_class, "load", _note_load)
        event.listen(row_class, "refresh", _note_load)


@event.listens_for(Session, "before_flush")
def _collect_changes(session: Session, _context: UOWTransaction, _instances: object) -> None:
    changes = session.info.setdefault("changes", [])
    for what, rows in (("created", session.new), ("changed", session.dirty), ("erased", session.deleted)):
        for row in rows:
            if not isinstance(row, Personal):
                continue
            state = inspect(row)
            touched = [
                name
                for name in (*row.personal, *row.watched)
                if what == "erased" or state.attrs[name].history.has_changes()
            ]
            if touched:
                changes.append((what, row, ",".join(touched)))


@event.listens_for(Session, "after_flush")
def _write_changes(session: Session, _context: UOWTransaction) -> None:
    grouped: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for what, row, columns in session.info.pop("changes", []):
        subject, subject_id = row.audited()
        if subject != row.__tablename__:
            what, columns = "changed", f"{row.__tablename__} {what}: {columns}"
        grouped[what, subject, columns].add(subject_id)
    for (what, subject, columns), ids in grouped.items():
        note(session, what, subject, list(ids), columns)
