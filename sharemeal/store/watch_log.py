"""見守り記録 page by page: reports by the moment they were received, newest first, and never by counting pages.

A page begins behind a row (received_at, id), so that what comes in meanwhile moves nothing, and the millionth row
is found as fast as the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, undefer_group

from sharemeal.store.columns import HIGHEST_ID
from sharemeal.store.households import Household
from sharemeal.store.service_days import ServiceDay
from sharemeal.store.visits import CheckIn
from sharemeal.store.volunteers import Volunteer
from sharemeal.visits import Condition, Contact, standing

PAGE_ROWS = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Sieve:
    """Which reports are asked for; None asks for all. ``home`` and ``volunteer`` are numbers as people know them."""

    first: date | None = None
    last: date | None = None
    home: int | None = None
    volunteer: int | None = None
    contact: Contact | None = None
    condition: Condition | None = None


@dataclass(frozen=True)
class Place:
    """A row's place in the log."""

    received_at: datetime
    id: int

    @classmethod
    def of(cls, row: CheckIn) -> Self:
        """Where this row stands."""
        return cls(row.received_at, row.id)

    def as_text(self) -> str:
        """The place as an address carries it: microseconds and id."""
        return f"{(self.received_at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"

    @classmethod
    def from_text(cls, text: str) -> Self | None:
        """The place that :meth:`as_text` wrote; None for anything else."""
        micros, _dash, row = text.partition("-")
        if not (micros.isascii() and micros.isdecimal() and row.isascii() and row.isdecimal()):
            return None
        if len(micros) > 17 or len(row) > 15 or int(row) > HIGHEST_ID:
            return None
        return cls(_EPOCH + timedelta(microseconds=int(micros)), int(row))


@dataclass(frozen=True)
class LogPage:
    """Some rows, newest first, and whether there are more on either side."""

    rows: Sequence[CheckIn]
    older: Place | None
    newer: Place | None


def _wanted(sieve: Sieve) -> Select[Any]:
    query = select(CheckIn)
    if sieve.first is not None or sieve.last is not None:
        days = select(ServiceDay.id)
        if sieve.first is not None:
            days = days.where(ServiceDay.service_date >= sieve.first)
        if sieve.last is not None:
            days = days.where(ServiceDay.service_date <= sieve.last)
        query = query.where(CheckIn.day_id.in_(days))
    if sieve.home is not None:
        query = query.where(
            CheckIn.household_id.in_(select(Household.id).where(Household.number == sieve.home))
        )
    if sieve.volunteer is not None:
        person = select(Volunteer.person_id).where(Volunteer.number == sieve.volunteer)
        query = query.where(CheckIn.reporter_id.in_(person))
    if sieve.contact is not None:
        query = query.where(CheckIn.contact == sieve.contact)
    if sieve.condition is not None:
        query = query.where(CheckIn.condition == sieve.condition)
    return query.options(undefer_group("personal"), joinedload(CheckIn.household), joinedload(CheckIn.day))


def page(
    session: Session,
    sieve: Sieve,
    *,
    behind: Place | None = None,
    before: Place | None = None,
    most: int = PAGE_ROWS,
) -> LogPage:
    """The rows older than ``behind``, or the next ones newer than ``before``, or the newest; with notes: a reading."""
    query = _wanted(sieve)
    if before is not None:
        later = or_(
            CheckIn.received_at > before.received_at,
            and_(CheckIn.received_at == before.received_at, CheckIn.id > before.id),
        )
        found = list(
            session.scalars(query.where(later).order_by(CheckIn.received_at, CheckIn.id).limit(most + 1))
        )
        rows = list(reversed(found[:most]))
        return LogPage(
            rows,
            older=Place.of(rows[-1]) if rows else before,
            newer=Place.of(rows[0]) if len(found) > most else None,
        )
    if behind is not None:
        query = query.where(
            or_(
                CheckIn.received_at < behind.received_at,
                and_(CheckIn.received_at == behind.received_at, CheckIn.id < behind.id),
            )
        )
    found = list(
        session.scalars(query.order_by(CheckIn.received_at.desc(), CheckIn.id.desc()).limit(most + 1))
    )
    rows = found[:most]
    return LogPage(
        rows,
        older=Place.of(rows[-1]) if len(found) > most else None,
        newer=(Place.of(rows[0]) if rows else behind) if behind is not None else None,
    )


def everything(session: Session, sieve: Sieve, *, most: int = 1000) -> Iterator[LogPage]:
    """All pages of the log, newest first, so many rows at a time."""
    behind: Place | None = None
    while True:
        found = page(session, sieve, behind=behind, most=most)
        yield found
        if found.older is None:
            return
        behind = found.older


def corrected(session: Session, rows: Sequence[CheckIn]) -> set[int]:
    """The ids of those rows in whose place a later report of the same person stands."""
    asked = {(row.day_id, row.household_id) for row in rows}
    query = select(CheckIn).where(
        CheckIn.day_id.in_({day for day, _home in asked}),
        CheckIn.household_id.in_({home for _day, home in asked}),
    )
    together: dict[tuple[int, int], list[CheckIn]] = {}
    for row in session.scalars(query):
        together.setdefault((row.day_id, row.household_id), []).append(row)
    stands = {row.id for reports in together.values() for row in standing(reports)}
    return {row.id for row in rows if row.undone_at is None and row.id not in stands}
