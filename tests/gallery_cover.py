"""代わり on pictures: a volunteer cannot come, neighbours are asked, one of them goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Protocol

from sharemeal.actions.take_over import take_over
from sharemeal.store.base import Store
from tests.make.small_lab import DAY
from tests.make.stand_ins import Neighbours, T
from tests.sights import Sight, press

WALKER, ASKED, LATE, DESK = "cannot", "stand-in", "late", "cover-desk"
OURS = f"/plan/{DAY}/cover/1"


class Settable(Protocol):
    """A clock that stands where it is set."""

    moment: datetime


def scenes(store: Store, clock: Settable, people: dict[str, int]) -> Iterator[list[Sight]]:
    """In a lab of its own, half an hour before the first halt."""
    clock.moment = T - timedelta(minutes=30)
    lab = Neighbours(store, T - timedelta(days=1))
    people |= {
        WALKER: lab.courses.people[1],
        ASKED: lab.person_of(lab.asked[1]),
        LATE: lab.person_of(lab.asked[0]),
        DESK: lab.courses.boss,
    }
    yield [
        Sight("cannot", f"/duty/{DAY}/cannot", WALKER),
        Sight("cover-none", "/cover", ASKED),
        Sight("hand-over-before", OURS, DESK),
    ]
    cover_id = lab.cancels(T - timedelta(minutes=30))
    yield [
        Sight("cannot-told", f"/duty/{DAY}/cannot", WALKER),
        Sight("duty-cover-wanted", "/duty", ASKED),
        Sight("cover", "/cover", ASKED),
        Sight("today-nobody-goes", "/today", DESK),
        Sight("plan-nobody-goes", f"/plan/{DAY}", DESK),
        Sight("hand-over", OURS, DESK),
        Sight("hand-over-unchosen", OURS, DESK, press("この人にお願いする")),
    ]
    with store.session(lab.lab_id, actor="gallery") as session:
        take_over(session, cover_id, lab.asked[1], now=T - timedelta(minutes=25))
    yield [
        Sight("cover-settled", "/cover", LATE),
        Sight("cannot-taken", f"/duty/{DAY}/cannot", WALKER),
        Sight("route-taken-over", "/route", ASKED),
        Sight("hand-over-done", OURS, DESK),
    ]
