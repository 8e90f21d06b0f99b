"""A Friday that is fixed and about to be carried out: two homes, one or two volunteers, and a chain of two to tell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import select

from sharemeal.actions.fix_day import fix_day
from sharemeal.actions.record_visit import Outcome, check_in
from sharemeal.actions.record_visit import undo as take_back
from sharemeal.store import service_days
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.store.service_days import Stop
from sharemeal.store.watch import Concern
from sharemeal.visits import Means, Report
from tests.actions.planning import planned
from tests.make.small_lab import DAY, SmallLab, two_homes

AT_THE_DOOR = datetime(2026, 11, 27, 8, 10, tzinfo=UTC)
"""17:10 in Yokohama, in the middle of the windows."""


class FixedRound:
    """A lab whose Friday is fixed, and short words for what happens on it. ``boss`` and ``second`` are the chain."""

    def __init__(
        self, store: Store, now: datetime, lab: SmallLab | None = None, *, slug: str = "aoba"
    ) -> None:
        self.store = store
        self.lab = lab or two_homes(store, now, slug=slug)
        self.boss, self.second = self.lab.contacts()
        planned(self.lab)
        with self.lab.session() as session:
            fix_day(session, DAY, by="桜井", now=now)

    def stop(self, home: int) -> Stop:
        """The first stop at that home."""
        with self.lab.session() as session:
            day = service_days.on(session, DAY)
            assert day is not None
            return next(
                stop
                for route in day.routes
                for stop in route.stops
                if stop.household is not None and stop.household.number == home
            )

    def carrier(self, home: int) -> int:
        """The person id of the volunteer who goes to that home."""
        with self.lab.session() as session:
            stop = session.get_one(Stop, self.stop(home).id)
            return stop.route.volunteer.person_id

    def taps(
        self,
        home: int,
        contact: str,
        condition: str | None = "usual",
        codes: Iterable[str] = (),
        *,
        at: datetime = AT_THE_DOOR,
        uuid: str | None = None,
        note: str | None = None,
        observed_at: datetime | None = None,
    ) -> Outcome:
        """The volunteer of that home records its door."""
        with self.lab.session() as session:
            return check_in(
                session,
                self.stop(home).id,
                client_uuid=uuid or str(uuid4()),
                report=Report.read(contact, condition, codes, note, means=Means.DOOR),
                observed_at=observed_at or at,
                reporter_id=self.carrier(home),
                now=at,
            )

    def undoes(self, outcome: Outcome, *, at: datetime = AT_THE_DOOR) -> None:
        """The volunteer takes a report back."""
        with self.lab.session() as session:
            take_back(session, outcome.check_in.client_uuid, reporter_id=outcome.check_in.reporter_id, now=at)

    def concerns(self) -> list[Concern]:
        """Every concern, oldest first."""
        with self.lab.session() as session:
            return list(session.scalars(select(Concern).order_by(Concern.id)))

    def alerts(self) -> list[Alert]:
        """Every alert, oldest first."""
        with self.lab.session() as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    def messages(self) -> list[tuple[str, int, str]]:
        """(purpose, person, state) of every message, oldest first."""
        with self.lab.session() as session:
            rows = session.scalars(select(Message).order_by(Message.id))
            return [(row.purpose.value, row.person_id, row.state.value) for row in rows]


def later(minutes: float) -> datetime:
    """So many minutes after the moment at the door."""
    return AT_THE_DOOR + timedelta(minutes=minutes)
