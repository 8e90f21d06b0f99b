"""The telephones of the volunteers and the people who end what they took up: all work that an ordeal is made of.

Each deed has a number and is drawn from the seed, so that a feeder which was killed is followed by one that begins
with the same deed: the telephone sends the same report again under the same UUID. What is acknowledged must stand.
"""

from __future__ import annotations

import os
import random
import select
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func
from sqlalchemy import select as asked

from sharemeal.actions.record_visit import check_in, undo
from sharemeal.actions.take_up import end_concern, take_up
from sharemeal.clock import Clock
from sharemeal.messages import OPEN
from sharemeal.sentences import Refused
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.messages import Message
from sharemeal.store.watch import Concern
from sharemeal.visits import Means, Report
from sharemeal.watch import Ending
from tests.faults.labs import Town, towns
from tests.faults.plan import Plan
from tests.faults.points import Slot, Where
from tests.faults.worker import Lines, kind

TELEPHONES = UUID("5b0e4c1e-0000-4000-8000-000000000000")
WORRY_SHARE = 0.65
SENT_TWICE_SHARE = 0.1
TAKEN_UP_SHARE = 0.2
BACKLOG = 60
"""So many messages that have not gone out make the feeder wait: an ordeal is not a test of speed."""


def uuid_of(seed: int, number: int) -> str:
    """What the telephone calls its report of that number."""
    return str(uuid5(TELEPHONES, f"{seed} {number}"))


class Feeder:
    """Does one deed after the other."""

    def __init__(self, plan: Plan, store: Store, now: Callable[[], datetime]) -> None:
        self._plan, self._store, self._now = plan, store, now
        self.towns = towns(store)

    def backlog(self) -> int:
        """How many messages have not gone out."""
        with self._store.session(all_labs=True) as session:
            query = asked(func.count()).select_from(Message).where(Message.state.in_(OPEN))
            return session.scalar(query) or 0

    def deed(self, number: int) -> None:
        """The tap of that number: a worry, or a visit that is taken back, so that its home is overdue; then endings."""
        draw = random.Random(f"deed {self._plan.seed} {number}")
        town = draw.choice(self.towns)
        at = draw.randrange(len(town.stops))
        worried = draw.random() < WORRY_SHARE or number == 0
        self.tap(town, at, number, worried=worried)
        if draw.random() < SENT_TWICE_SHARE:
            self.tap(town, at, number, worried=worried)
        if not worried:
            with self._store.session(town.lab_id, actor="telephone") as session:
                undo(session, uuid_of(self._plan.seed, number), reporter_id=town.walker, now=self._now())
        self._end_some(draw, self._plan.open_concerns)

    def relieve(self, number: int) -> None:
        """Nothing new: people end what is open, so that a machine that is too busy gets through its work."""
        self._end_some(random.Random(f"relief {number}"), self._plan.open_concerns // 2)

    def tap(self, town: Town, at: int, number: int, *, worried: bool) -> None:
        """A door of that lab, by its place on the course."""
        now = self._now()
        with self._store.session(town.lab_id, actor="telephone") as session:
            check_in(
                session,
                town.stops[at],
                client_uuid=uuid_of(self._plan.seed, number),
                report=Report.read("seen", "worried" if worried else "usual", (), None, means=Means.DOOR),
                observed_at=now,
                reporter_id=town.walker,
                now=now,
            )

    def _end_some(self, draw: random.Random, most: int) -> None:
        """More concerns than so many are ended, and one of what stays may be taken up."""
        with self._store.session(all_labs=True) as session:
            query = asked(Concern.lab_id, Concern.id, Alert.id).join(Alert, Alert.concern_id == Concern.id)
            found = session.execute(query.where(Concern.ended_at.is_(None)).order_by(Concern.id)).all()
        coordinators = {town.lab_id: town.coordinator for town in self.towns}
        draw.shuffle(found := list(found))
        too_many = max(0, len(found) - most)
        for lab_id, concern_id, _ in found[:too_many]:
            self._end(lab_id, concern_id, coordinators[lab_id])
        if found[too_many:] and draw.random() < TAKEN_UP_SHARE:
            lab_id, _, alert_id = found[-1]
            with self._store.session(lab_id, actor="coordinator") as session:
                try:
                    take_up(session, alert_id, coordinators[lab_id], now=self._now())
                except Refused:
                    return  # it has ended meanwhile

    def _end(self, lab_id: int, concern_id: int, person_id: int) -> None:
        with self._store.session(lab_id, actor="coordinator") as session:
            try:
                end_concern(
                    session,
                    concern_id,
                    ended_as=Ending.SAFE,
                    memo="",
                    person_id=person_id,
                    now=self._now(),
                )
            except Refused:
                return  # it ended by itself meanwhile


def feed(plan: Plan, store: Store, slot: Slot, lines: Lines) -> None:
    """Do deeds at the plan's pace until the parent has gone; the slot holds how many are acknowledged."""
    feeder = Feeder(plan, store, Clock(plan.ahead).now)
    _, number, _ = slot.read()
    while not select.select([lines.lifeline], [], [], 1 / plan.taps_per_second)[0]:
        try:
            if feeder.backlog() > BACKLOG:
                feeder.relieve(number)
                continue
            feeder.deed(number)
        except Exception as error:
            os.write(lines.errors, f"feeder: {kind(error)}\n".encode())
            continue
        number += 1
        slot.write(Where.WAITING, number)
